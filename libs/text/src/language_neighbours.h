// Frequent words of languages that are easily taken for one of those in language_words.h, so that
// these are not taken for sure. Any form will do: they are folded when they are loaded.
#pragma once

#include <array>
#include <string_view>

namespace centralita::text {

struct NeighbourWords {
  std::string_view code;
  std::string_view words;
};

inline constexpr std::array<NeighbourWords, 9> kNeighbourWords = {{
    {"nl",
     "de het een en van ik je u jij hij zij wij jullie is zijn was waren heb hebt heeft hebben had "
     "niet geen in op te ten ter met voor naar aan bij uit over onder door tot om als dan dat die "
     "dit deze wat waar wanneer hoe waarom wie welke ook nog al maar of want zo er worden wordt "
     "werd "
     "kan kunnen kon moet moeten wil willen zou zouden zal zullen mijn uw onze ons mij hem haar "
     "hun "
     "bestelling pakket bezorgd levering geld terug betaling graag bedankt dank hallo goedemorgen "
     "goedendag alsjeblieft alstublieft vandaag gisteren morgen steeds meer veel heel naar tussen "
     "tijdens jaar eerste na gaan gaat kwam komen komt bestaat alle andere wel geleverd ontvangen"},
    {"ro",
     "si in la cu de pe din pentru care nu este sunt a al ale ai o un una unui unei ca sa se mai "
     "ce "
     "am ai are avem aveti au fost fi eu tu el ea noi voi ei ele imi iti isi mi ti acest aceasta "
     "acesta aceste acestei acestui sau dar daca cand unde cum cat de la dupa prin intre pana "
     "despre "
     "fara foarte tot toate toti comanda coletul colet comenzii bani banii plata buna ziua "
     "multumesc "
     "va rog vreau doresc pot poate trebuie inca deja azi ieri maine lui lor sale sau atunci numai "
     "doar astfel precum asupra catre fiind ani an avea face facut lei"},
    {"pl",
     "i w z na nie sie do to ze jest o jak za od po ale co czy tak moje moj moja moim mnie mi ja "
     "ty "
     "on ona my wy oni sa byl byla bylo byc przez dla przy juz jeszcze tylko kiedy gdzie dlaczego "
     "kto ktory ktora ktore ten ta te tego tej tym bardzo prosze dziekuje dzien dobry witam "
     "zamowienie zamowienia przesylka przesylki paczka paczki pieniadze zwrot platnosc chce mam ma "
     "moge mozna oraz lub jako roku lat sie pod nad przed jego jej ich we ze czekam tydzien"},
    {"tr",
     "ve bir bu da de icin ile ne var yok ben sen o biz siz onlar benim senin bana sana mi mu cok "
     "daha gibi ama ancak olarak olan oldu olur olacak degil hala henuz nerede ne zaman neden "
     "nasil "
     "kim siparis siparisim kargo para iade odeme merhaba tesekkurler lutfen istiyorum gelmedi "
     "bugun "
     "dun yarin sonra once kadar her en ya ki hem veya tarafindan yeni gore ise etti etmek eden "
     "yil "
     "arasinda uzere sekilde"},
    {"ca",
     "el la els les un una de del dels i que en no per amb es son ser meu meva meus meves jo tu "
     "ell "
     "nosaltres vosaltres aquest aquesta aquests aixo molt mes pero perque quan on com qui quin "
     "quina ha han he hem heu comanda encara ja gracies bon dia bona tarda si us plau vull vaig va "
     "van fer estat estan tambe sense fins als pels entre despres any anys tots totes ens hi"},
    {"sv",
     "och i att det som en ett pa ar av for med till den har inte om jag du han hon vi ni de dem "
     "min "
     "mitt mina ditt var vara kan ska skulle ville vill fran men eller nar dar hur varfor vem mig "
     "dig oss er hej tack paket bestallning pengar leverans betalning idag igar annu ocksa mycket "
     "efter under over vid sig sa finns blev blir alla nagon"},
    {"ru",
     "и в не на я что с по это как но он она они мы вы ты мой моя мое мои твой ваш ваша меня мне "
     "тебя вам вас его ее их к у же так за от о об из бы только если когда где почему кто который "
     "которая которые этот эта эти того чтобы или уже еще очень все быть был была было были есть "
     "нет для до при под над без после через здравствуйте привет спасибо пожалуйста деньги заказ "
     "заказа посылка посылку доставка доставки вернуть возврат хочу могу можно нужно сегодня вчера "
     "завтра сколько свою свой года году лет даже вот ли себя этого этом также"},
    {"uk",
     "і й в у не на я що з із зі по це як але він вона вони ми ви ти мій моя моє мої ваш мене мені "
     "тебе вам вас його її їх до же так за від про би тільки якщо коли де чому хто який яка які "
     "цей "
     "ця ці того щоб або вже ще дуже все бути був була було були є немає для при під над без після "
     "через добрий день привіт дякую будь ласка гроші замовлення посилка доставка повернути хочу "
     "можу можна потрібно сьогодні вчора завтра скільки та також року років має щодо цього"},
    {"mk",
     "и во на да не се за со од е сум си сме сте се јас ти тој таа тоа ние вие тие мој моја мое "
     "мои "
     "каде кога како што зошто кој која кое овој оваа ова овие многу уште веќе нарачка пратка пари "
     "здраво благодарам ве молам сакам имам може треба денес вчера утре или ако само по до ги го "
     "ја "
     "му им нив у је су што који која које овај ова ово али био била како кад где зашто ко мој "
     "моја "
     "наруџбина пошиљка новац хвала молим хоћу могу данас јуче сутра само још већ"},
}};

}  // namespace centralita::text
