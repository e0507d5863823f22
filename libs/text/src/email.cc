// What e-mail programs add below what was written: the history, in seven languages, and signatures.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "text_edit.h"

namespace centralita::text {
namespace {

struct Line {
  size_t at = 0;
  // Without its line feed.
  std::string_view text;
  size_t end = 0;
};

std::vector<Line> LinesOf(std::string_view in) {
  std::vector<Line> lines;
  for (size_t at = 0; at < in.size();) {
    const size_t feed = std::min(in.find('\n', at), in.size());
    std::string_view text = in.substr(at, feed - at);
    if (text.ends_with('\r')) text.remove_suffix(1);
    const size_t end = std::min(feed + 1, in.size());
    lines.push_back({at, text, end});
    at = end;
  }
  return lines;
}

std::string_view Trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '*'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

template <size_t N>
bool StartsWithOneOf(std::string_view text, const std::array<std::string_view, N>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [text](std::string_view one) { return text.starts_with(one); });
}

template <size_t N>
bool HoldsOneOf(std::string_view text, const std::array<std::string_view, N>& parts) {
  return std::any_of(parts.begin(), parts.end(), [text](std::string_view one) {
    return text.find(one) != std::string_view::npos;
  });
}

constexpr std::array<std::string_view, 9> kOn = {"On ", "El ", "Em ", "No dia ", "Le ",
                                                 "Am ", "Il ", "На ", "A "};
constexpr std::array<std::string_view, 14> kWrote = {
    "wrote:",    "wrote :", "escribió:", "escribio:", "escribió :",  "написа:",  "писа:",
    "escreveu:", "écrit :", "écrit:",    "schrieb",   "ha scritto:", "scrisse:", "geschrieben:"};
constexpr std::array<std::string_view, 14> kOriginal = {
    "Original Message",      "Original message",
    "Mensaje original",      "mensaje original",
    "Mensagem original",     "Message d'origine",
    "Message d’origine",     "Ursprüngliche Nachricht",
    "Messaggio originale",   "messaggio originale",
    "Оригинално съобщение",  "Оригинално писмо",
    "Reply above this line", "Responda por encima de esta línea"};
constexpr std::array<std::string_view, 9> kFrom = {
    "From:", "De:", "De :", "Von:", "Da:", "От:", "DE:", "FROM:", "Desde:"};
constexpr std::array<std::string_view, 14> kSent = {
    "Sent:",    "Date:",   "Enviado:", "Enviado el:", "Fecha:", "Enviada:", "Data:",
    "Envoyé :", "Envoyé:", "Date :",   "Gesendet:",   "Datum:", "Inviato:", "Изпратено:"};
constexpr std::array<std::string_view, 24> kSentFrom = {
    "Sent from my ",       "Sent from Mail",    "Sent from Outlook",   "Sent via ",
    "Get Outlook for",     "Enviado desde mi ", "Enviado desde ",      "Enviado do meu ",
    "Enviado a partir d",  "Envoyé de mon ",    "Envoyé depuis ",      "Envoyé à partir de ",
    "Von meinem ",         "Gesendet von ",     "Gesendet mit ",       "Inviato da ",
    "Inviato dal mio ",    "Изпратено от ",     "Enviat des del ",     "Obtener Outlook para",
    "Télécharger Outlook", "Outlook für ",      "Scarica Outlook per", "Obter o Outlook"};

// What a program adds is short; who writes "Sent via DHL on Monday, and …" is not done.
bool IsSentFrom(std::string_view line) {
  constexpr size_t kLongest = 60;
  return line.size() <= kLongest && StartsWithOneOf(line, kSentFrom);
}

// "El lun, 3 nov 2025 a las 10:12, Ana (<ana@example.com>) escribió:", over at most three lines.
// How many lines it takes; 0 if there is none.
size_t AttributionAt(const std::vector<Line>& lines, size_t first) {
  constexpr size_t kMaxLines = 3;
  if (!StartsWithOneOf(Trimmed(lines[first].text), kOn)) return 0;
  std::string joined;
  for (size_t i = first; i < std::min(first + kMaxLines, lines.size()); ++i) {
    joined += lines[i].text;
    if (!Trimmed(lines[i].text).ends_with(':')) continue;
    const bool dated =
        std::any_of(joined.begin(), joined.end(), [](char c) { return c >= '0' && c <= '9'; });
    return dated && HoldsOneOf(joined, kWrote) ? i + 1 - first : 0;
  }
  return 0;
}

bool IsOriginalMark(std::string_view line) {
  return (line.starts_with("--") || line.starts_with("__") || line.starts_with("##")) &&
         HoldsOneOf(line, kOriginal);
}

// The headers that Outlook puts above what it quotes.
bool IsHeaderBlock(const std::vector<Line>& lines, size_t first) {
  constexpr size_t kReach = 4;
  if (!StartsWithOneOf(Trimmed(lines[first].text), kFrom)) return false;
  for (size_t i = first + 1; i < std::min(first + kReach, lines.size()); ++i) {
    if (StartsWithOneOf(Trimmed(lines[i].text), kSent)) return true;
  }
  return false;
}

bool IsQuote(const Line& line) { return Trimmed(line.text).starts_with('>'); }

bool IsSignatureMark(const Line& line) { return line.text == "--" || line.text == "-- "; }

size_t NextWithText(const std::vector<Line>& lines, size_t from) {
  while (from < lines.size() && Trimmed(lines[from].text).empty()) ++from;
  return from;
}

// Whether nothing of the writer's own comes from `from` on, but perhaps more lines of programs.
bool NothingFollows(const std::vector<Line>& lines, size_t from) {
  constexpr int kMaxSentFrom = 3;
  for (int i = 0; i < kMaxSentFrom; ++i) {
    const size_t next = NextWithText(lines, from);
    if (next == lines.size()) return true;
    const std::string_view text = Trimmed(lines[next].text);
    if (IsQuote(lines[next]) || IsSignatureMark(lines[next]) || IsOriginalMark(text) ||
        IsHeaderBlock(lines, next) || AttributionAt(lines, next) > 0) {
      return true;
    }
    if (!IsSentFrom(text)) return false;
    from = next + 1;
  }
  return false;
}

}  // namespace

EmailCuts CutEmail(TextEdit& edit) {
  const std::vector<Line> lines = LinesOf(edit.in());
  EmailCuts cuts;
  bool kept = false;
  for (size_t i = 0; i < lines.size();) {
    const std::string_view text = Trimmed(lines[i].text);
    if (const size_t attribution = AttributionAt(lines, i); attribution > 0) {
      const size_t next = NextWithText(lines, i + attribution);
      const bool answered_below = next < lines.size() && IsQuote(lines[next]);
      cuts.history = true;
      if (!answered_below) break;
      i = next;
      continue;
    }
    if (IsOriginalMark(text) || IsHeaderBlock(lines, i)) {
      cuts.history = true;
      break;
    }
    if (IsSignatureMark(lines[i])) {
      cuts.signature = true;
      break;
    }
    if (IsQuote(lines[i])) {
      cuts.history = true;
    } else if (IsSentFrom(text) && NothingFollows(lines, i + 1)) {
      cuts.signature = true;
    } else {
      kept = kept || !text.empty();
      edit.Copy(lines[i].at, lines[i].end - lines[i].at);
    }
    ++i;
  }
  // Who wrote nothing of his own meant what he sent on.
  if (!kept) return {};
  return cuts;
}

}  // namespace centralita::text
