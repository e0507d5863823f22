#include "negation.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace centralita::text {
namespace {

// Separated by '|'. es en bg pt fr de it.
constexpr std::string_view kRefusals =
    "no quiero|no queremos|no queria|no quisiera|ya no quiero|no necesito|no necesitamos|no deseo|"
    "no pido|no estoy pidiendo|no busco|no me interesa|no hace falta|no pretendo|"
    "no pienso|no quiero ni|"
    "don t want|dont want|do not want|don t need|dont need|do not need|didn t want|did not want|"
    "don t ask for|not asking for|wasn t asking for|not looking for|not interested in|"
    "not requesting|no need for|no need to|would not like|wouldn t like|not after|"
    "rather not|never asked for|never wanted|instead of|"
    "не искам|не искаме|не желая|не желаем|не ми трябва|не ми трябват|не ни трябва|не моля за|"
    "не търся|няма нужда от|нямам нужда от|не настоявам за|вместо|"
    "ne iskam|ne iskame|ne jelaq|ne mi trqbva|ne mi tryabva|nqmam nujda ot|"
    "nao quero|nao queremos|nao queria|nao preciso|nao precisamos|nao desejo|nao estou a pedir|"
    "nao estou pedindo|nao peco|nao procuro|em vez de|"
    "ne veux pas|veux pas|ne voulons pas|ne souhaite pas|ne demande pas|n ai pas besoin|"
    "pas besoin|ne cherche pas|ne desire pas|au lieu de|"
    "will kein|will keine|will keinen|mochte kein|mochte keine|mochte keinen|brauche kein|"
    "brauche keine|brauche keinen|wollen kein|wollen keine|wollen keinen|will nicht|"
    "mochte nicht|verlange kein|verlange keine|suche kein|suche keine|statt|"
    "non voglio|non vogliamo|non vorrei|non desidero|non chiedo|non sto chiedendo|"
    "non ho bisogno|non mi serve|non cerco|invece di";

// Of what will not be: refusals, unless it is about getting something.
constexpr std::string_view kNotInFuture =
    "no voy a|no vamos a|not going to|няма да|nqma da|nyama da|nao vou|nao vamos|ne vais pas|"
    "n allons pas";

// Among the fillers.
constexpr std::string_view kReceiving =
    "recibir get receive have получа receber recevoir ricevere tener";

constexpr std::string_view kFillers =
    "un una uno el la lo los las mi mis tu su sus vuestro ningun ninguna otro otra mas que me nos "
    "poner dejar escribir publicar hagan hagais hacer haga pedir pida solicitar recibir ni de del "
    "al tener "
    "a an the my any your our another to get ask for asking request requesting of have receive "
    "you give me do make be is it leave write post on "
    "да ми ни си се го за от никакъв никакво никаква мой моя моето един една едно правите правя "
    "направите получа нито da mi se za ot nikakuv "
    "o os as um uma meu minha nenhum nenhuma do da dos fazer pedir receber nem mais "
    "le les des du d l mon ma mes aucun aucune autre faire demander recevoir ni etre "
    "der die das den dem ein eine einen mein meine meinen noch keinen keine sie "
    "il gli i una mio mia nessun nessuna altro altra di del fare chiedere ricevere ne";

constexpr std::string_view kNegators =
    "no nunca jamas tampoco ningun ninguna sin ni nada "
    "not never no isn wasn aren weren don doesn didn won wouldn can cannot cant dont doesnt didnt "
    "isnt wasnt wont without neither nor hardly ain aint "
    "не нито никога никак без няма ne bez nqma nyama "
    "nao nem sem jamais nenhum nenhuma "
    "pas jamais sans aucun aucune guere "
    "nicht nie niemals kein keine keinen keiner ohne weder "
    "non mai senza nessun nessuna neanche";

constexpr std::string_view kTurns =
    "pero sino quiero queremos quisiera exijo but i want just only actually но а искам ама mas "
    "porem quero mais je veux aber sondern ich ma voglio bensi no obstante";

constexpr std::string_view kConditions = "si como if ако ako se caso wenn falls sofern qualora";

constexpr std::string_view kSubjects =
    "me nos se os ustedes vosotros you u they he she it we i вие ти те ми voces voce vous nous ils "
    "elle il on tu ne n vi mi sie ihr du er man wir";

constexpr std::string_view kParticles = "ne n";

constexpr std::string_view kCopulas =
    "es era fuera sea estoy estas estais estan is was are am be isn wasn aren weren isnt wasnt е "
    "съм сте са sou esta sao est "
    "suis ist sind war sono siete sei e";

constexpr int kConditionReach = 5;
constexpr int kMaxFillers = 5;
constexpr int kNegationReach = 3;

void Mark(Vocabulary& words, std::vector<bool>& marks, std::string_view list) {
  FoldedText folded;
  folded.Append(list);
  for (const Token& token : folded.tokens()) {
    const uint32_t id = words.Add(folded.TextOf(token));
    if (marks.size() <= id) marks.resize(id + 1);
    marks[id] = true;
  }
}

bool Has(const std::vector<bool>& marks, uint32_t id) { return id < marks.size() && marks[id]; }

}  // namespace

Negation::Negation() {
  AddRefusals(kRefusals, false);
  AddRefusals(kNotInFuture, true);
  Mark(words_, filler_, kFillers);
  Mark(words_, negator_, kNegators);
  Mark(words_, turn_, kTurns);
  Mark(words_, receiving_, kReceiving);
  Mark(words_, condition_, kConditions);
  Mark(words_, subject_, kSubjects);
  Mark(words_, particle_, kParticles);
  Mark(words_, copula_, kCopulas);
}

void Negation::AddRefusals(std::string_view list, bool future) {
  FoldedText folded;
  while (!list.empty()) {
    const size_t end = std::min(list.find('|'), list.size());
    folded.Clear();
    folded.Append(list.substr(0, end));
    Refusal refusal{{}, future};
    for (const Token& token : folded.tokens()) {
      refusal.words.push_back(words_.Add(folded.TextOf(token)));
    }
    refusals_[refusal.words.back()].push_back(std::move(refusal));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

uint32_t Negation::IdOf(const FoldedText& text, size_t token) const {
  const Token& at = text.tokens()[token];
  return words_.Find(at.hash, text.TextOf(at));
}

const Negation::Refusal* Negation::RefusalEndingAt(const FoldedText& text, size_t token) const {
  const auto found = refusals_.find(IdOf(text, token));
  if (found == refusals_.end()) return nullptr;
  for (const Refusal& refusal : found->second) {
    const std::vector<uint32_t>& words = refusal.words;
    if (words.size() > token + 1) continue;
    const size_t first = token + 1 - words.size();
    size_t i = 0;
    while (i < words.size() && IdOf(text, first + i) == words[i] &&
           (i == 0 || !text.BreaksBefore(first + i))) {
      ++i;
    }
    if (i == words.size()) return &refusal;
  }
  return nullptr;
}

bool Negation::IsUnwanted(const FoldedText& text, size_t token) const {
  bool receiving = false;
  for (int steps = 0; steps <= kMaxFillers && !text.BreaksBefore(token); ++steps) {
    --token;
    if (const Refusal* refusal = RefusalEndingAt(text, token)) {
      return !(refusal->future && receiving);
    }
    const uint32_t id = IdOf(text, token);
    if (!Has(filler_, id)) return false;
    receiving = receiving || Has(receiving_, id);
  }
  return false;
}

bool Negation::IsOfACondition(const FoldedText& text, size_t negator) const {
  const size_t end = std::min(negator + 2, text.tokens().size());
  for (size_t near = negator - std::min(negator, size_t{1}); near < end; ++near) {
    if (Has(copula_, IdOf(text, near))) return false;
  }
  size_t token = negator;
  for (int steps = 0; steps < kConditionReach && !text.BreaksBefore(token); ++steps) {
    const uint32_t id = IdOf(text, --token);
    if (Has(condition_, id)) return true;
    const bool in_french_negation = token > 0 && Has(particle_, IdOf(text, token - 1));
    if (!Has(subject_, id) && !in_french_negation) return false;
  }
  return false;
}

bool Negation::IsNegated(const FoldedText& text, size_t token) const {
  for (int steps = 0; steps < kNegationReach && !text.BreaksBefore(token); ++steps) {
    const uint32_t id = IdOf(text, --token);
    if (Has(negator_, id)) return !IsOfACondition(text, token);
    if (Has(turn_, id)) return false;
  }
  return false;
}

}  // namespace centralita::text
