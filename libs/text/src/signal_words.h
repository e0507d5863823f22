// Words and phrases that betray something, by kind and language: es en bg pt fr de it, the first
// three in depth. Long because it is a dictionary. Any form will do: they are folded when they are
// loaded; a stretched letter stands there once.
#pragma once

#include <cstdint>
#include <string_view>

namespace centralita::text {

enum class SignalKind {
  kAngry,
  kLegalThreat,
  kChargeback,
  kPublicThreat,
  kSafety,
  kVulnerable,
  kComplex,
  kAutoReply,
  kBait,
  kSpam,
  kTrolling,
  kNegative,
  kPositive,
  kUrgent,
  kCalm,
};

// Sets of the languages whose words they are.
using SignalLanguages = uint32_t;
inline constexpr SignalLanguages kEs = 1, kEn = 2, kBg = 4, kPt = 8, kFr = 16, kDe = 32, kIt = 64;
inline constexpr SignalLanguages kAnyLanguage = 127;

struct SignalLanguage {
  std::string_view code;
  SignalLanguages bit;
};
inline constexpr SignalLanguage kSignalLanguages[] = {
    {"es", kEs}, {"en", kEn}, {"bg", kBg}, {"pt", kPt}, {"fr", kFr}, {"de", kDe}, {"it", kIt}};

struct SignalWords {
  SignalKind kind;
  // A word of one language is nothing, or another word, in the next ("brand", "sad", "robo").
  SignalLanguages languages;
  // Separated by '|'.
  std::string_view phrases;
};

inline constexpr SignalWords kSignalWords[] = {
    // --- Anger
    {SignalKind::kAngry, kEs,
     "estoy harto|estoy harta|harto de|harta de|hasta las narices|hasta los cojones|mentirosos|"
     "mentiroso|me mentis|sois unos mentirosos|verguenza|sinverguenza|sinverguenzas|vergonzoso|"
     "vergonzosa|tomadura de pelo|me tomais el pelo|tomando el pelo|indignado|indignada|"
     "indignante|estafa|estafadores|estafado|estafada|ladrones|timadores|timo|me habeis timado|"
     "inutiles|incompetentes|inaceptable|intolerable|lamentable|asco|asqueroso|asquerosa|"
     "que asco|furioso|furiosa|cabreado|cabreada|enfadado|enfadada|enfadadisimo|enfadadisima|"
     "de una puta vez|puta|mierda|joder|idiotas|imbeciles|payasos|panda de|os reis de mi|"
     "una burla|falta de respeto|es una verguenza|hijos de puta|me estais robando|ya esta bien|"
     "ridiculo|patetico|penoso|es un robo|vaya robo|menudo robo|que robo"},
    {SignalKind::kAngry, kEn,
     "furious|fuming|livid|outraged|outrageous|disgusting|disgusted|disgrace|disgraceful|"
     "shameful|shame on you|ridiculous|absolute joke|bunch of clowns|clowns|liars|you lied|scam|"
     "scammed|scammers|scammer|ripped off|rip off|thieves|con artists|fed up|sick of|"
     "sick and tired|had enough|unacceptable|appalling|pathetic|useless|incompetent|idiots|"
     "morons|bullshit|bs|wtf|fucking|fuck|shit|crap|hell is wrong with you|pissed|pissed off|"
     "angry|so mad|insulting|insult|how dare you|waste of time|stealing from me|stole my money|"
     "daylight robbery|beyond a joke|taking the piss"},
    {SignalKind::kAngry, kBg,
     "безобразие|безобразници|срам|срамота|позор|измама|измамници|мошеници|крадци|лъжци|лъжете|"
     "лъжете ме|писна ми|дойде ми до гуша|до гуша|възмутен|възмутена|възмутително|бесен|бясна|"
     "ядосан|ядосана|вбесен|вбесена|гавра|гаврите се|подигравка|подигравате се|недопустимо|"
     "скандално|отвратително|отвратителен|отвратителна|нагли|наглост|нахалство|некадърници|"
     "идиоти|тъпаци|глупости|майната ви|боклуци|ужас|кражба|крадете|bezobrazie|izmama|izmamnici|"
     "pisna mi|majnata vi|sramota|sram za vas|golqm sram"},
    {SignalKind::kAngry, kPt,
     "absurdo|palhacada|palhacos|vergonha|uma vergonha|indignado|indignada|ladroes|burla|"
     "burlado|fui enganado|fui enganada|enganaram me|golpe|golpistas|farto de|farta de|"
     "cansado de|cansada de|inaceitavel|incompetentes|furioso|furiosa|mentirosos|merda|porra|"
     "caralho|descaso|falta de respeito|revoltado|revoltada|irritado|irritada|ridiculo"},
    {SignalKind::kAngry, kFr,
     "honteux|une honte|honte|scandaleux|scandale|inadmissible|inacceptable|ras le bol|"
     "j en ai marre|marre de|voleurs|arnaque|arnaqueurs|escrocs|escroquerie|furieux|furieuse|"
     "en colere|foutage de gueule|vous vous moquez|se moque de|menteurs|incompetents|nuls|merde|"
     "putain|degoute|degoutee|c est abuse|cest abuse|lamentable|ridicule|je suis excede|excedee"},
    {SignalKind::kAngry, kDe,
     "frechheit|unverschamt|unverschamtheit|sauerei|abzocke|abzocker|betruger|betrug|stinksauer|"
     "wutend|sauer|verarscht|verarsche|verarschen|lugner|inakzeptabel|unfassbar|skandal|"
     "schweinerei|scheisse|scheiss|saftladen|unmoglich von ihnen|es reicht|mir reicht s|"
     "schnauze voll|zum kotzen|lacherlich|emport|unding"},
    {SignalKind::kAngry, kIt,
     "vergogna|vergognoso|vergognosa|vergognatevi|truffa|truffatori|truffato|truffata|ladri|"
     "indecente|inaccettabile|scandaloso|presa in giro|mi prendete in giro|furioso|furiosa|"
     "arrabbiato|arrabbiata|arrabbiatissima|stufo|stufa|stanco di|bugiardi|incompetenti|schifo|"
     "che schifo|fa schifo|merda|cazzo|ridicolo|ridicoli|buffoni|rubato|indignato|indignata"},
    // --- Threats of the law
    {SignalKind::kLegalThreat, kEs,
     "abogado|abogada|abogados|demandar|demandare|os demando|demandaros|les demandare|denuncia|"
     "denunciar|denunciare|denuncio|os denuncio|voy a denunciar|denunciaros|via legal|"
     "vias legales|via judicial|acciones legales|medidas legales|tribunales|juzgado|querella|"
     "hoja de reclamaciones|hojas de reclamaciones|omic|facua|consumo voy|"
     "oficina del consumidor|proteccion al consumidor|arbitraje de consumo|junta arbitral|"
     "burofax|policia|guardia civil|agencia de proteccion de datos|aepd|poner una demanda|"
     "pondre una demanda|presentar una demanda|interponer una demanda|ir a juicio|a juicio"},
    {SignalKind::kLegalThreat, kEn,
     "lawyer|lawyers|solicitor|attorney|legal action|take legal|legal steps|legal proceedings|"
     "sue you|suing|i ll sue|i will sue|lawsuit|small claims|small claims court|"
     "see you in court|take you to court|trading standards|ombudsman|consumer protection|"
     "consumer rights act|report you to|reporting you to|better business bureau|bbb complaint|"
     "ftc|attorney general|letter before action|legal department|police report|the police|"
     "gdpr complaint|to the regulator"},
    {SignalKind::kLegalThreat, kBg,
     "адвокат|адвоката|адвоката ми|адвокати|на съд|в съда|съдя|ще ви съдя|ще ви осъдя|"
     "ще заведа дело|исков|съдебно|по съдебен ред|кзп|комисия за защита на потребителите|"
     "комисията за защита|защита на потребителите|ще подам жалба|подавам жалба|ще ви подам|"
     "полиция|полицията|прокуратура|прокуратурата|кзлд|сигнал до|ще сезирам|правни действия|kzp|"
     "advokat|shte vi sadq|shte vi sudia|policiq|съд ще|пред съда|ще завеждам дело|"
     "завеждам дело|съдебно дело|съдебен иск|na sad|na sud"},
    {SignalKind::kLegalThreat, kPt,
     "advogado|advogada|advogados|vou processar|processo judicial|tribunal|acao judicial|"
     "medidas legais|meios legais|procon|vou ao procon|livro de reclamacoes|asae|"
     "defesa do consumidor|juizado|pequenas causas|queixa crime|apresentar queixa|policia|"
     "consumidor gov|processar voces|processar vos|processar a empresa|processar a loja|"
     "deco proteste|queixa a deco|queixa na deco|ir a deco|contactar a deco"},
    {SignalKind::kLegalThreat, kFr,
     "avocat|avocats|mon avocat|porter plainte|je porte plainte|plainte|tribunal|en justice|"
     "action en justice|poursuites|mise en demeure|dgccrf|ufc que choisir|que choisir|"
     "signal conso|mediateur|repression des fraudes|conciliateur|saisir la|voie legale|"
     "voies legales|la police|a la justice|devant la justice"},
    {SignalKind::kLegalThreat, kDe,
     "erstatte anzeige|"
     "anwalt|anwaltin|rechtsanwalt|rechtsanwaltin|klage|verklagen|verklage|gericht|vor gericht|"
     "rechtliche schritte|rechtlich vorgehen|verbraucherzentrale|verbraucherschutz|"
     "schlichtungsstelle|mahnbescheid|polizei|rechtsschutz|datenschutzbehorde|anzeige erstatten|"
     "anzeige erstatte|strafanzeige|anzeige bei|zeige sie an|zeige euch an"},
    {SignalKind::kLegalThreat, kIt,
     "avvocato|avvocati|il mio avvocato|vie legali|azioni legali|azione legale|per vie legali|"
     "denuncia|denunciare|vi denuncio|denuncero|querela|tribunale|giudice|causa legale|"
     "fare causa|associazione consumatori|associazione dei consumatori|altroconsumo|codacons|"
     "agcm|garante|polizia|carabinieri|diffida|giudice di pace"},
    // --- Money back through the bank
    {SignalKind::kChargeback, kEs,
     "contracargo|retrocesion|retroceso del cargo|retroceder el cargo|retroceder el pago|"
     "disputar el cargo|disputa con el banco|disputa en paypal|disputa de paypal|"
     "abrir una disputa|abrire una disputa|devolver el recibo|devolvere el recibo|"
     "devuelvo el recibo|anular el cargo en el banco|que mi banco devuelva|reclamar al banco|"
     "reclamare al banco|reclamacion al banco|reclamar a mi banco|mi banco va a devolver|"
     "voy a ir al banco|hablar con mi banco para|reclamar a paypal"},
    {SignalKind::kChargeback, kEn,
     "chargeback|charge back|charge backs|chargebacks|dispute the charge|dispute the payment|"
     "disputing the charge|disputing this charge|disputing the payment|dispute this charge|"
     "dispute it with my bank|dispute with paypal|paypal dispute|open a dispute|"
     "opening a dispute|raise a dispute|paypal claim|section 75|reverse the charge|"
     "reverse the payment|reverse the transaction|my bank will reverse|stop the payment|"
     "contact my bank to|claim it back through my bank|claim the money back from my bank|"
     "get my bank to refund|credit card company to refund"},
    {SignalKind::kChargeback, kBg,
     "чарджбек|чарджбак|чардж бек|оспоря плащането|оспорвам плащането|оспорване на плащането|"
     "оспоря транзакцията|оспорвам транзакцията|ще оспоря|спор в paypal|диспут|ще пусна диспут|"
     "банката да ми върне|банката ще ми върне|през банката си|възстановяване чрез банката|"
     "рекламация към банката|ще поискам от банката|chargebek|парите чрез банката|"
     "парите си чрез банката"},
    {SignalKind::kChargeback, kPt,
     "contestar a cobranca|contestar a compra|contestar o pagamento|contestar no cartao|"
     "contestacao no banco|estorno no banco|estorno pelo cartao|estornar pelo banco|"
     "disputa no paypal|abrir disputa|rejeicao de debito"},
    {SignalKind::kChargeback, kFr,
     "contester le paiement|contester le debit|opposition sur le paiement|faire opposition|"
     "litige paypal|ouvrir un litige|retrofacturation"},
    {SignalKind::kChargeback, kDe,
     "ruckbuchung|ruckbuchen|zuruckbuchen|zuruckbuchen lassen|lastschrift zuruck|"
     "paypal kauferschutz|kauferschutz|kreditkartenreklamation"},
    {SignalKind::kChargeback, kIt,
     "contestare l addebito|contestare il pagamento|contesto l addebito|disconoscere l addebito|"
     "disconosco il pagamento|storno in banca|controversia paypal|aprire una controversia|"
     "riaddebito"},
    // --- Threats to tell everybody
    {SignalKind::kPublicThreat, kEs,
     "mala resena|malas resenas|resena negativa|pondre una resena|resena de una estrella|"
     "en trustpilot|trustpilot|lo publicare|voy a publicar|publicar esto|lo voy a contar|"
     "contarlo en|se va a enterar todo|se enterara todo el mundo|a la prensa|a los medios|"
     "periodista|no compreis|no comprais aqui|no comprar aqui|aviso a todo el mundo|"
     "opinion negativa|valoracion negativa|voy a poner una resena|vamos a poner una resena|"
     "voy a dejar una resena|dejare una resena|poneros una resena|escribire una resena|"
     "voy a escribir una resena|valoracion de una estrella|una sola estrella|"
     "le doy una estrella|os doy una estrella|publicarlo en|ponerlo en redes|ponerlo en google|"
     "contare en|contarlo en redes|subirlo a redes|subirlo a las redes|difundirlo en|"
     "en todas las redes|quejarme en redes|denunciaros en redes|hacer viral|hacerlo viral|"
     "hara viral|hare viral|se hace viral|voy a la television|ire a la television|a la prensa y"},
    {SignalKind::kPublicThreat, kEn,
     "bad review|negative review|terrible review|one star review|negative feedback|"
     "all over twitter|posting this|i will post|i ll post|go viral|going viral|the media|"
     "journalist|the papers|watchdog|tell everyone|warn everyone|warn others|everyone will know|"
     "avoid this company|do not buy from|don t buy from|name and shame|review on google|"
     "google review|i ll leave a review|i will leave a review|i m leaving a review|"
     "i am leaving a review|leave a bad review|leave you a review|i ll write a review|"
     "i will write a review|i ll be leaving a review|going to leave a review|"
     "leave negative feedback|leaving negative feedback|leave one star|leaving one star|"
     "give you one star|giving you one star|give one star|give it one star|one star rating|"
     "1 star review|1 star rating|going on social media|all over social media|expose you|"
     "on social media about|take this to social media|take to social media|put this on|ill post|"
     "post about this|post about you|i m posting|post this on|post this everywhere|to the press|"
     "contact the press"},
    {SignalKind::kPublicThreat, kBg,
     "лош отзив|лоши отзиви|негативен отзив|отрицателен отзив|ще напиша отзив|ще оставя отзив|"
     "оценка една звезда|ще публикувам|ще го публикувам|ще пусна публикация|медиите|в медиите|"
     "журналист|журналисти|телевизията|нова телевизия|всички да разберат|ще разберат всички|"
     "всички ще разберат|не купувайте|не поръчвайте|ще предупредя|господари на ефира|"
     "пусна във фейсбук|публикувам във фейсбук|напиша във фейсбук|пиша във фейсбук|"
     "разкажа във фейсбук|кажа във фейсбук|в групата във фейсбук ще|пусна в социалните мрежи|"
     "публикувам в социалните мрежи|пиша в социалните мрежи|напиша в социалните мрежи|"
     "разкажа в социалните мрежи|из социалните мрежи|напиша в интернет|пусна в интернет|"
     "публикувам в интернет|отзив с една звезда|давам една звезда|дам една звезда|"
     "само една звезда"},
    {SignalKind::kPublicThreat, kPt,
     "ma avaliacao|avaliacao negativa|reclame aqui|vou publicar|nao comprem|portal da queixa|"
     "na imprensa|dar uma estrela|dou uma estrela|avaliacao de uma estrela|publicar nas redes|"
     "expor nas redes|por nas redes|postar nas redes|divulgar nas redes|reclamar nas redes"},
    {SignalKind::kPublicThreat, kFr,
     "mauvais avis|avis negatif|je vais publier|n achetez pas|n achetez rien|60 millions|"
     "mettre une etoile|mets une etoile|mettrai une etoile|avis une etoile|"
     "publier sur les reseaux|publie sur les reseaux|partager sur les reseaux|"
     "poster sur les reseaux|parler sur les reseaux|denoncer sur les reseaux|a la presse|"
     "contacter la presse|alerter la presse"},
    {SignalKind::kPublicThreat, kDe,
     "schlechte bewertung|negative bewertung|offentlich machen|kauft nicht|kauft hier nicht|"
     "nur ein stern|1 stern bewertung|ein stern bewertung|gebe einen stern|einen stern geben|"
     "auf facebook posten|auf facebook veroffentlichen|auf google bewerten|"
     "in den sozialen medien posten|in den sozialen medien veroffentlichen|"
     "in den sozialen medien teilen|hier nicht kaufen|an die presse|die presse informieren"},
    {SignalKind::kPublicThreat, kIt,
     "recensione negativa|pessima recensione|brutta recensione|lo pubblico|pubblichero|"
     "non comprate|ai giornali|striscia la notizia|con una stella|dare una stella|do una stella|"
     "recensione da una stella|pubblicare sui social|pubblico sui social|scrivo sui social|"
     "scrivero sui social|raccontero sui social|racconto sui social|su tutti i social"},
    // --- Danger to people
    {SignalKind::kSafety, kEs,
     // Not bare: there is Tierra del Fuego.
     "hay fuego|fuego en|fuego y|y fuego|con fuego|en fuego|un fuego|el fuego|mucho fuego|"
     "echa fuego|echo fuego|echaba fuego|echando fuego|pego fuego|prende fuego|prendio fuego|"
     "prendido fuego|salio fuego|sale fuego|fuego a|humo|"
     "me he quemado|se ha quemado|quemaduras|quemadura|se quemo|ha ardido|se incendio|incendio|"
     "en llamas|echa humo|chispas|exploto|ha explotado|explosion|cortocircuito|calambre|"
     "descarga electrica|me ha dado corriente|electrocutado|reaccion alergica|dado alergia|me dio "
     "alergia|provocado alergia|provoco alergia|"
     "intoxicacion|intoxicado|intoxicada|toxico|vomitos|urgencias|al hospital|en el hospital|"
     "ambulancia|herido|herida|me he cortado|se ha cortado|se atraganto|atragantado|asfixia|"
     "cristales en|moho en|peligroso|peligrosa|peligro|casi se ahoga|huele a gas|fuga de gas|"
     "prendido fuego|prendio fuego|pego fuego|pegado fuego|prende fuego|sale humo|salia humo|"
     "salio humo|saliendo humo|huele a humo|mucho humo"},
    {SignalKind::kSafety, kEn,
     "fire|smoke|smoking|"
     "caught fire|on fire|smoke coming|sparks|sparking|exploded|explode|explosion|burned|"
     "burnt my|burns|burn marks|overheated|overheating|electric shock|electrocuted|"
     "short circuit|allergic reaction|poisoning|poisoned|toxic|a and e|emergency room|ambulance|"
     "injured|injury|injuries|hurt my|cut myself|cut my|bleeding|choked|choking|choking hazard|"
     "glass in|mould in|mold in|dangerous|hazard|unsafe|gas leak|smell of gas|battery swollen|"
     "fire hazard|a fire|fire brigade|set fire|smoke from|smoke out|full of smoke|"
     "started smoking|is smoking|was smoking|a rash|skin rash|safety recall|been recalled|"
     "an allergic|in hospital|to hospital|the hospital"},
    {SignalKind::kSafety, kBg,
     "гори|пуши|дим|"
     "запали се|се запали|пожар|искри|изгаряне|изгаряния|изгорих се|изгори ме|експлодира|"
     "избухна|взрив|токов удар|удари ме ток|хвана ме ток|късо съединение|алергична реакция|"
     "получих алергия|получи алергия|направи алергия|предизвика алергия|обрив|отравяне|натровихме "
     "се|натрових се|токсично|болница|болницата|в болница|"
     "линейка|спешна помощ|пострада|нараних се|нарани се|нараняване|порязах се|поряза се|кърви|"
     "задави се|задавяне|опасно|опасен|опасна|опасност|мухъл в|стъкла в|изтичане на газ|"
     "мирише на газ|дим от|излиза дим|пуши и|започна да пуши|започна да гори|димеше|пушек"},
    {SignalKind::kSafety, kPt,
     "queimou se|queimadura|pegou fogo|incendio|fumaca|faiscas|explodiu|choque eletrico|"
     "levei um choque|reacao alergica|deu alergia|causou alergia|tive alergia|teve "
     "alergia|intoxicacao|hospital|ambulancia|machucou|ferido|"
     "ferida|perigoso|perigo|engasgou"},
    {SignalKind::kSafety, kFr,
     "a pris feu|en feu|incendie|fumee|etincelles|brulure|brulures|brule|explose|"
     "decharge electrique|electrocute|reaction allergique|fait une allergie|provoque une "
     "allergie|declenche une allergie|intoxication|hopital|"
     "urgences|ambulance|blesse|blessee|blessure|dangereux|dangereuse|danger|etouffe"},
    {SignalKind::kSafety, kDe,
     "einen brand|einem brand|brand entstanden|brand ausgebrochen|"
     "in flammen|gebrannt|feuer gefangen|rauch|qualmt|funken|verbrannt|verbrennung|explodiert|"
     "stromschlag|kurzschluss|allergische reaktion|allergisch reagiert|vergiftung|krankenhaus|"
     "notaufnahme|krankenwagen|verletzt|verletzung|gefahrlich|gefahr|verschluckt|ein brand|"
     "in brand|brand geraten|brandgefahr|gebrannt hat|zimmerbrand"},
    {SignalKind::kSafety, kIt,
     "fumo|"
     "ha preso fuoco|preso fuoco|incendio|scintille|bruciato|bruciata|ustione|ustioni|esploso|"
     "scossa elettrica|presa la scossa|cortocircuito|reazione allergica|dato allergia|provocato "
     "allergia|causato allergia|intossicazione|"
     "ospedale|pronto soccorso|ambulanza|ferito|ferita|pericoloso|pericolosa|pericolo|soffocato|"
     "esce fumo|usciva fumo|uscito fumo|fa fumo"},
    // --- Who needs care
    {SignalKind::kVulnerable, kEs,
     "soy mayor|persona mayor|jubilado|jubilada|pensionista|discapacidad|discapacitado|"
     "discapacitada|silla de ruedas|minusvalia|minusvalido|ciego|ciega|sordo|sorda|embarazada|"
     "enfermo|enferma|cancer|quimio|quimioterapia|dialisis|hospitalizado|hospitalizada|"
     "recien operado|recien operada|medicacion|depresion|ansiedad|suicidarme|suicidio|"
     "no puedo mas|quitarme la vida|fallecido|fallecio|ha muerto|murio mi|mi difunto|mi difunta|"
     "viuda|viudo|funeral|entierro|luto|en paro|sin trabajo|no llego a fin de mes|"
     "no tengo para comer|sin dinero para|madre soltera|victima de|violencia de genero|"
     "persona dependiente|estoy ingresado|estoy ingresada|ingresado en el hospital|"
     "ingresada en el hospital|ingresado en la uci|ingresada en la uci|una operacion de|"
     "mi operacion|me han operado|me operaron|me operan"},
    {SignalKind::kVulnerable, kEn,
     "elderly|pensioner|disability|wheelchair|deaf|dementia|alzheimer|carer|pregnant|cancer|"
     "chemo|chemotherapy|dialysis|in hospital|hospitalised|hospitalized|surgery|seriously ill|"
     "terminally ill|my medication|depression|depressed|anxiety|panic attack|suicidal|"
     "kill myself|end my life|can t go on|passed away|has died|died last|widow|widower|funeral|"
     "bereavement|lost my job|unemployed|can t afford food|can t feed|homeless|single mother|"
     "single mum|domestic violence|autistic|special needs|i m disabled|im disabled|"
     "i am disabled|disabled person|disabled customer|disabled man|disabled woman|"
     "disabled child|disabled son|disabled daughter|disabled mother|disabled mum|"
     "disabled father|disabled husband|disabled wife|registered disabled|severely disabled|"
     "i m blind|i am blind|blind person|registered blind|partially blind|almost blind|"
     "my late husband|my late wife|my late father|my late mother|my late mum|my late dad|"
     "my late son|my late daughter|i m retired|i am retired"},
    {SignalKind::kVulnerable, kBg,
     "пенсионер|пенсионерка|възрастен човек|възрастна|възрастни хора|инвалид|инвалидна количка|"
     "увреждане|увреждания|тежко болен|тежко болна|болен съм|болна съм|рак|химиотерапия|диализа|"
     "в болницата съм|бременна|лекарствата ми|депресия|тревожност|самоубийство|да се самоубия|"
     "не издържам повече|почина|починал|починала|погребение|вдовица|вдовец|безработен|"
     "безработна|останах без работа|нямам пари за храна|самотна майка|сляп|сляпа|глух|"
     "след операция|на операция|претърпях операция|претърпя операция|имам операция|"
     "тежка операция"},
    {SignalKind::kVulnerable, kPt,
     "idoso|idosa|reformado|reformada|aposentado|aposentada|deficiencia|deficiente|"
     "cadeira de rodas|cego|gravida|doente|cancro|cancer|quimioterapia|internado|internada|"
     "depressao|suicidio|faleceu|falecido|viuva|viuvo|funeral|desempregado|desempregada|"
     "mae solteira"},
    {SignalKind::kVulnerable, kFr,
     "personne agee|retraite|retraitee|handicape|handicapee|handicap|fauteuil roulant|aveugle|"
     "sourd|enceinte|malade|cancer|chimio|chimiotherapie|hospitalise|hospitalisee|depression|"
     "suicide|mettre fin a mes jours|decede|decedee|deces|veuve|veuf|obseques|au chomage|"
     "mere celibataire"},
    {SignalKind::kVulnerable, kDe,
     "rentner|rentnerin|behindert|behinderung|schwerbehindert|rollstuhl|gehorlos|schwanger|"
     "schwer krank|krebs|chemotherapie|im krankenhaus|depressionen|suizid|verstorben|gestorben|"
     "witwe|witwer|beerdigung|arbeitslos|alleinerziehend|pflegebedurftig|ich bin blind|"
     "bin blind|fast blind|erblindet"},
    {SignalKind::kVulnerable, kIt,
     "anziano|anziana|pensionato|pensionata|disabile|sedia a rotelle|cieco|sordo|incinta|malato|"
     "malata|cancro|tumore|chemioterapia|ricoverato|ricoverata|depressione|suicidio|deceduto|"
     "deceduta|vedova|vedovo|funerale|disoccupato|disoccupata|madre single|sono invalido|"
     "sono invalida|invalido civile|invalida civile|persona invalida|e mancato mio|"
     "e mancata mia|venuto a mancare|venuta a mancare"},
    // --- Several matters, a long history
    {SignalKind::kComplex, kAnyLanguage,
     "dos pedidos|tres pedidos|varios pedidos|los dos pedidos|ambos pedidos|varios problemas|"
     "dos problemas|varias cosas|dos cosas|por un lado|por otro lado|en primer lugar|"
     "en segundo lugar|tercera vez que|tercer correo|cuarta vez que|cuarto correo|"
     "quinta vez que|quinto correo|cuatro correos|cinco correos|tres correos|varios correos|"
     "ya van tres|llevo meses|llevo semanas|desde hace meses|he llamado mil veces|"
     "he llamado tres veces|como ya os dije|como ya os he dicho|two orders|three orders|"
     "both orders|several orders|multiple orders|several issues|two issues|two problems|"
     "multiple problems|a few things|two things|firstly|secondly|on top of that|third time|"
     "fourth time|fifth time|third email|fourth email|several emails|multiple emails|"
     "countless emails|been going on for|for weeks now|for months now|for months|"
     "as i said before|as i already said|previous emails|previous agent|passed from|"
     "different answers|две поръчки|двете поръчки|трите поръчки|няколко поръчки|"
     "няколко проблема|два проблема|няколко неща|две неща|от една страна|от друга страна|"
     "за трети път|трети имейл|трети път|четвърти път|четвърти имейл|няколко имейла|от месеци|"
     "от седмици|вече месец|както вече писах|както вече казах|многократно|звънях три пъти|"
     "dois pedidos|duas encomendas|varias encomendas|dois problemas|terceira vez|terceiro email|"
     "quarta vez|ha meses|varios emails|como ja disse|deux commandes|plusieurs commandes|"
     "plusieurs problemes|deux problemes|troisieme fois|troisieme mail|quatrieme fois|"
     "depuis des mois|depuis des semaines|plusieurs mails|d une part|zwei bestellungen|"
     "mehrere bestellungen|mehrere probleme|zwei probleme|zum dritten mal|dritte mail|"
     "zum vierten mal|seit monaten|seit wochen|mehrere mails|mehrfach|einerseits|due ordini|"
     "piu ordini|diversi ordini|diversi problemi|due problemi|terza volta|terza mail|"
     "quarta volta|da mesi|da settimane|diverse mail|come gia detto"},
    // --- Machines that answer
    {SignalKind::kAutoReply, kAnyLanguage,
     "respuesta automatica|mensaje automatico|mensaje generado automaticamente|"
     "fuera de la oficina|fuera de oficina|estare ausente|me encuentro de vacaciones|"
     "estoy de vacaciones hasta|no tendre acceso al correo|autorespuesta|"
     "no se ha podido entregar el mensaje|automatic reply|auto reply|autoreply|"
     "automated response|automatically generated|out of office|out of the office|ooo until|"
     "on annual leave|on maternity leave|limited access to email|limited access to my email|"
     "i am currently away|will be back in the office|delivery status notification|undeliverable|"
     "undelivered mail returned|mail delivery failed|mail delivery subsystem|"
     "delivery has failed|message could not be delivered|mailbox full|mailer daemon|"
     "автоматичен отговор|автоматично съобщение|автоматично генерирано|извън офиса|в отпуск съм|"
     "в отпуск до|нямам достъп до пощата|отсъствам от офиса|"
     "съобщението не може да бъде доставено|resposta automatica|mensagem automatica|"
     "fora do escritorio|ausente do escritorio|estou de ferias ate|reponse automatique|"
     "message automatique|absent du bureau|absence du bureau|je suis absent|je suis absente|"
     "en conges jusqu|actuellement en conges|automatische antwort|abwesenheitsnotiz|"
     "abwesenheitsnachricht|nicht im buro|nicht im hause|ausser haus|"
     "keinen zugriff auf meine e mails|unzustellbar|risposta automatica|messaggio automatico|"
     "fuori ufficio|fuori sede|sono in ferie fino|saro assente|assente dall ufficio|"
     "mancata consegna del messaggio"},
    // --- Bait of thieves; with a link, or twice
    {SignalKind::kBait, kAnyLanguage,
     "verifique su cuenta|verifica tu cuenta|confirme sus datos|confirma tus datos|"
     "actualice sus datos|su cuenta ha sido suspendida|tu cuenta ha sido suspendida|"
     "cuenta sera bloqueada|paquete esta retenido|paquete retenido|retenido en aduana|"
     "tasas de aduana|gastos de aduana pendientes|pague aqui|pulse aqui|haga clic|"
     "introduzca su tarjeta|numero de tarjeta y|ha ganado|has ganado|premio|verify your account|"
     "confirm your account|confirm your card|confirm your details|update your details|"
     "update your payment|your account has been suspended|account will be suspended|"
     "account has been limited|unusual activity|unpaid customs|customs fee|parcel is on hold|"
     "package is on hold|redelivery fee|click here|click the link|click below|enter your card|"
     "enter your password|you have won|you won|claim your prize|claim your reward|"
     "gift card winner|wire transfer|western union|seed phrase|потвърдете профила си|"
     "потвърдете акаунта|потвърдете данните си|вашият акаунт е спрян|пратката ви е задържана|"
     "задържана на митницата|митническа такса|платете тук|кликнете тук|натиснете тук|"
     "въведете картата|спечелихте|печелите награда|verifique sua conta|confirme seus dados|"
     "encomenda retida|taxa alfandegaria|clique aqui|voce ganhou|verifiez votre compte|"
     "confirmez vos donnees|colis en attente|frais de douane|cliquez ici|vous avez gagne|"
     "konto bestatigen|ihr konto wurde gesperrt|zollgebuhr|klicken sie hier|sie haben gewonnen|"
     "verifica il tuo conto|conferma i tuoi dati|pacco in giacenza|spese doganali|clicca qui|"
     "hai vinto"},
    // --- Selling to the shop
    {SignalKind::kSpam, kAnyLanguage,
     "posicionamiento web|posicionar su web|primera pagina de google|enlaces patrocinados|"
     "ganar dinero desde casa|ingresos pasivos|criptomonedas|inversion garantizada|"
     "prestamos rapidos|seguidores para|aumente sus ventas|colaboracion patrocinada|"
     "casino online|viagra|backlinks|first page of google|first page of search|"
     "rank your website|seo services|seo agency|dear webmaster|increase your traffic|guest post|"
     "sponsored post|web design services|make money from home|passive income|crypto investment|"
     "bitcoin|guaranteed returns|quick loan|buy followers|online casino|cialis|hot singles|"
     "nigerian prince|inheritance fund|lottery winner|work from home opportunity|reply yes to|"
     "печели от вкъщи|от вкъщи с крипто|пасивен доход|крипто|биткойн|бързи кредити|"
     "онлайн казино|оптимизация за търсачки|последователи за|ganhe dinheiro|renda extra|"
     "criptomoedas|emprestimo rapido|gagner de l argent|investissement garanti|"
     "geld verdienen von zuhause|suchmaschinenoptimierung|guadagnare da casa|guadagna da casa|"
     "prestiti veloci"},
    {SignalKind::kSpam, kEs,
     "ofrecemos servicios|ofrecerle nuestros servicios|ofrecerles nuestros servicios|"
     "ofreceros nuestros servicios|para ofrecerle|para ofrecerles|le ofrecemos|les ofrecemos|"
     "agencia de marketing|marketing digital|diseno web|diseno de paginas|desarrollo web|"
     "base de datos de empresas|listado de empresas|somos una agencia|somos fabricantes|"
     "fabricante lider|sin compromiso para su|presupuesto sin compromiso|agendar una llamada|"
     "agendar una reunion|concertar una reunion|una llamada de 15|llamada de quince|"
     "multiplica tus ventas|multiplique sus ventas|aumentar sus ventas|aumentar tus ventas|"
     "aumenta tus ventas|conseguir mas clientes|consiga mas clientes|mas trafico|"
     "trafico a su web|trafico a tu web|visibilidad en google|seo|comprar seguidores|"
     "compra seguidores|seguidores reales|gana dinero|ganar dinero|gane dinero|dinero facil|"
     "ingresos extra|trabaja desde casa|trabajo desde casa|rentabilidad garantizada|"
     "invertir en|inversion segura|invierte en|credito inmediato|prestamo inmediato|"
     "prestamos sin|ofrecemos prestamos|sin aval|loteria|herencia de|millones de dolares|"
     "millones de euros|casino|apuestas|tragaperras|bono de bienvenida|giros gratis|"
     "tiradas gratis|adelgaza|pierde peso|perder peso|mujeres solteras|chicas solteras|"
     "chicas calientes|sexo gratis|onlyfans|suscribete a mi|sigueme en|mi canal de|tarot|"
     "vidente|amarres de amor|intercambio de enlaces|enlace a cambio|criptomoneda|forex|"
     "oferta exclusiva para su empresa|relojes de lujo replica"},
    {SignalKind::kSpam, kEn,
     "we offer services|we offer a range|we provide services|our services include|"
     "offer our services|offering our services|came across your website|"
     "came across your store|found your website|visited your website|looking at your website|"
     "noticed your website|noticed that your website|your website could|your site could|"
     "grow your business|scale your business|boost your sales|increase your sales|"
     "double your sales|more leads|qualified leads|lead generation|15 minute call|15 min call|"
     "quick 15|schedule a call|hop on a call|book a call with us|jump on a call|free audit|"
     "free consultation|digital marketing|marketing agency|our agency|seo|"
     "search engine optimization|search engine ranking|google ranking|rank higher|rank you|"
     "web development|app development|mobile app development|website redesign|"
     "redesign your website|email list of|mailing list of|database of|bulk sms|bulk email|"
     "domain authority|link building|link exchange|paid post|outsourcing|"
     "we are a manufacturer|we are manufacturer|leading manufacturer|leading supplier|"
     "our factory|collaboration opportunity|collaborate with your brand|promote your brand|"
     "promote your products|in exchange for a post|paid promotion|influencer collaboration|"
     "business loan|business funding|loan offer|personal loan|instant loan|"
     "investment opportunity|invest in|double your money|double your bitcoin|earn up to|"
     "earn extra|earn money|make money|make 500|make 1000|extra income|work from home|"
     "part time job offer|forex|trading signals|crypto|nft|airdrop|free spins|welcome bonus|"
     "no deposit bonus|sports betting|betting tips|lottery|next of kin|inheritance of|"
     "beneficiary of|million dollars|million usd|dear friend i am|dear beneficiary|"
     "dear sir madam we|replica watches|replica rolex|cheap rolex|weight loss|lose weight|"
     "male enhancement|meet singles|singles in your area|sexy|onlyfans|subscribe to my|"
     "my youtube channel|check out my|follow my page|hot girls|adult content|real followers|"
     "instagram followers|buy reviews|google reviews for sale|5 star reviews for"},
    {SignalKind::kSpam, kBg,
     "предлагаме услуги|предлагаме ви|"
     "бихме искали да ви предложим|"
     "искаме да ви предложим|искам да ви предложа|"
     "предлагам услуги|да ви предложим|нашите услуги|"
     "изработка на сайт|изработка на сайтове|"
     "изработка на уебсайтове|уеб дизайн|"
     "дигитален маркетинг|маркетинг агенция|"
     "рекламна агенция|първа страница на гугъл|"
     "първа страница в гугъл|първа страница в google|"
     "първо място в google|сео|seo|повече клиенти|"
     "повече трафик|увеличете продажбите|"
     "увеличим продажбите|увеличете трафика|"
     "повече продажби за вашия|база данни с|"
     "списък с имейли|кратък разговор|"
     "15 минутен разговор|безплатен одит|"
     "безплатна консултация|инвестиция в|инвестирай|"
     "инвестирайте|гарантирана печалба|"
     "гарантиран доход|бърз кредит|бързи пари|"
     "кредит без|заем без|заем до|без поръчител|"
     "печелете|печели по|изкарвай|изкарвайте|"
     "допълнителен доход|работа от вкъщи|"
     "работи от вкъщи|казино|залози|спортни прогнози|"
     "безплатни завъртания|бонус без депозит|"
     "наследство от|лотария|милиона долара|"
     "милиона евро|отслабни|отслабнете|"
     "свали килограми|хапчета за|запознанства|"
     "секси момичета|секс|абонирайте се за канала|"
     "последвай ме|последвайте ме|моя канал|гледачка|"
     "баячка|таро|криптовалути|форекс|"
     "купи последователи|реални последователи|"
     "хиляди последователи|реплика часовници|"
     "производител от китай|ние сме производител"},
    {SignalKind::kSpam, kPt | kFr | kDe | kIt,
     "marketing digital|agencia de marketing|oferecemos servicos|primeira pagina do google|"
     "aumentar suas vendas|ganhar dinheiro|dinheiro facil|trabalhe de casa|emprestimo sem|"
     "cassino|apostas|seguidores reais|agence de marketing|agence seo|"
     "nous proposons nos services|nous vous proposons nos services|premiere page de google|"
     "augmenter vos ventes|plus de trafic|gagnez de l argent|gagner de l argent|argent facile|"
     "travail a domicile|pret rapide|pret sans|casino|paris sportifs|abonnes reels|"
     "wir bieten ihnen|unsere dienstleistungen|marketing agentur|erste seite bei google|"
     "umsatz steigern|mehr kunden fur ihr|geld verdienen|nebenverdienst|kredit ohne|"
     "sportwetten|echte follower|agenzia di marketing|offriamo servizi|prima pagina di google|"
     "aumentare le vendite|guadagnare soldi|guadagna soldi|soldi facili|lavora da casa|"
     "prestito senza|scommesse|follower reali|criptovalute|kryptowahrung|cryptomonnaie"},
    // --- Who plays with whoever answers
    {SignalKind::kTrolling, kEs,
     "cuentame un chiste|cuenta un chiste|dime un chiste|contadme un chiste|casate conmigo|"
     "quieres casarte conmigo|quieres ser mi novia|quieres ser mi novio|quieres salir conmigo|"
     "tienes novio|tienes novia|manda nudes|pasa nudes|mandame fotos tuyas|manda pack|"
     "pasa el pack|tu madre en|tu prima la|os estoy troleando|te estoy troleando|troleando|"
     "trolleando|os trolleo|solo quiero trolear|vengo a trolear|me aburro y|me aburro mucho|"
     "que llevas puesto|que llevas puesta|eres virgen|caca culo|culo pedo|chupamela|comeme el|"
     "cantame una cancion|canta una cancion|cuentame un cuento|insultame|dime algo guarro|"
     "a que no me pillas|pringados|pringaos|bot tonto|eres un bot tonto|robot tonto"},
    {SignalKind::kTrolling, kEn,
     "tell me a joke|tell us a joke|know any jokes|marry me|will you marry|be my girlfriend|"
     "be my boyfriend|do you have a boyfriend|do you have a girlfriend|go out with me|"
     "send nudes|send me nudes|your mum is|your mom is|ur mum|ur mom|yo mama|joe mama|"
     "deez nuts|ligma|sugma|i m so bored|im so bored|i m bored so|bored lol|just trolling|"
     "trolling you|i m trolling|we re trolling|get trolled|you got trolled|get rekt|u mad bro|"
     "you mad bro|get rickrolled|never gonna give you up|what are you wearing|sing me a song|"
     "sing a song for me|sing me something|say something funny|say something dirty|talk dirty|"
     "suck my|eat my shorts|pull my finger|refrigerator running|do you poop|are you a virgin|"
     "stupid bot|dumb bot|silly robot|tell me a story|insult me|roast me|do a barrel roll|"
     "say banana"},
    {SignalKind::kTrolling, kBg,
     "кажи виц|кажете виц|кажи ми виц|разкажи виц|"
     "разкажи ми виц|разкажете виц|омъжи се за мен|"
     "ще се омъжиш ли за мен|ожени се за мен|"
     "имаш ли гадже|имаш ли си гадже|"
     "искаш ли да излезем|прати голи снимки|"
     "прати гола снимка|пратете голи снимки|"
     "майка ти да|твойта майка|само се бъзикам|"
     "само ви бъзикам|бъзикам се с вас|"
     "бъзикаме се с вас|само тролвам|тролвам ви|"
     "тролвам те|тролваме ви|дойдох да тролвам|"
     "скучно ми е и|много ми е скучно|изпей ми песен|"
     "изпей ми нещо|какво си облякла|"
     "с какво си облечена|с какво си облечен|"
     "девствена ли си|духай ми|лапай ми|обиди ме|"
     "кажи нещо мръсно|кажи нещо смешно|тъп бот|"
     "глупав бот|разкажи ми приказка|kaji vic|kaji mi vic|"
     "razkaji vic"},
    // --- Discontent without a tag
    {SignalKind::kNegative, kEs,
     "mal|mala|malo|malisimo|malisima|pesimo|pesima|horrible|terrible|fatal|peor|decepcionado|"
     "decepcionada|decepcionante|decepcion|descontento|descontenta|insatisfecho|insatisfecha|"
     "roto|rota|rotos|rotas|defectuoso|defectuosa|problema|problemas|queja|quejarme|"
     "nadie contesta|nadie responde|sin respuesta|no funciona|sigo esperando|sigo sin|"
     "no lo recomiendo|nunca mas|jamas vuelvo|desastre|caos|preocupado|preocupada|triste|"
     "frustrado|frustrada|frustrante|equivocado|equivocada|engano|engañoso|retraso|danado|"
     "danada|perdido|cobrado dos veces|basura|chapuza|lento|lentisimo|muy tarde|demasiado tarde|"
     "tan tarde|llega tarde|llego tarde|llegado tarde|llegan tarde"},
    {SignalKind::kNegative, kEn,
     "bad|worse|worst|awful|terrible|horrible|poor|disappointed|disappointing|unhappy|"
     "dissatisfied|broken|faulty|defective|damaged|missing|wrong|problem|problems|issue|"
     "complaint|complain|no one replies|nobody replies|nobody answers|no reply|no response|"
     "doesn t work|does not work|not working|still waiting|still no|never again|"
     "wouldn t recommend|do not recommend|don t recommend|would not recommend|disaster|"
     "nightmare|mess|sad|upset|frustrated|frustrating|annoyed|annoying|late|delayed|lost|"
     "charged twice|rubbish|garbage|junk|not impressed|let down|worried|slow"},
    {SignalKind::kNegative, kBg,
     "лош|лоша|лошо|лоши|ужасно|ужасен|ужасна|ужасни|най лошото|разочарован|разочарована|"
     "разочароващо|разочарование|недоволен|недоволна|счупен|счупена|счупено|счупени|дефектен|"
     "дефектна|повреден|повредена|проблем|проблеми|проблема|оплакване|жалба|никой не отговаря|"
     "никой не вдига|няма отговор|не работи|още чакам|още няма|все още няма|не препоръчвам|"
     "никога повече|катастрофа|кошмар|тъжен|тъжна|грешен|грешна|грешно|закъснение|закъснява|"
     "изгубена|липсва|боклук|бавно"},
    {SignalKind::kNegative, kPt,
     "mau|pessimo|pessima|horrivel|terrivel|pior|decepcionado|decepcionada|insatisfeito|"
     "insatisfeita|quebrado|quebrada|partido|avariado|defeito|problema|problemas|reclamacao|"
     "ninguem responde|sem resposta|nao funciona|ainda nao|nunca mais|nao recomendo|atrasado|"
     "atrasada|errado|errada|triste|frustrado|lixo|muito ma|ma qualidade|ma experiencia|que ma"},
    {SignalKind::kNegative, kFr,
     "mauvais|mauvaise|pire|horrible|decu|decue|decevant|mecontent|mecontente|insatisfait|casse|"
     "cassee|defectueux|probleme|problemes|reclamation|personne ne repond|sans reponse|"
     "ne marche pas|ne fonctionne pas|toujours pas|toujours rien|plus jamais|deconseille|"
     "catastrophe|retard|perdu|triste"},
    {SignalKind::kNegative, kDe,
     "schlecht|schlechte|schlechter|schlimm|schrecklich|enttauscht|enttauschend|unzufrieden|"
     "kaputt|defekt|beschadigt|problem|probleme|beschwerde|niemand antwortet|keine antwort|"
     "funktioniert nicht|geht nicht|immer noch nicht|nie wieder|nicht zu empfehlen|katastrophe|"
     "verspatet|falsch|falsche|traurig|frustriert"},
    {SignalKind::kNegative, kIt,
     "cattivo|cattiva|pessimo|pessima|orribile|terribile|peggio|peggiore|deluso|delusa|"
     "deludente|insoddisfatto|rotto|rotta|difettoso|difettosa|problema|problemi|reclamo|"
     "nessuno risponde|senza risposta|non funziona|ancora niente|mai piu|sconsiglio|disastro|"
     "ritardo|sbagliato|sbagliata|triste|frustrato"},
    // --- Content
    {SignalKind::kPositive, kEs,
     "perfecto|perfecta|excelente|genial|estupendo|estupenda|fantastico|fantastica|maravilloso|"
     "maravillosa|encantado|encantada|encanta|me encanto|contento|contenta|contentisima|feliz|"
     "precioso|preciosa|bonito|bonita|rapidisimo|rapidisima|amable|amables|majos|majas|"
     "buenisimo|buenisima|recomiendo|recomendable|repetire|satisfecho|satisfecha|gracias|"
     "muchisimas gracias|muy bien|mejor|mejores|un 10|diez|felicidades|enhorabuena|bueno|buena|"
     "bien|guay|guapo"},
    {SignalKind::kPositive, kEn,
     "perfect|excellent|great|amazing|awesome|fantastic|wonderful|brilliant|lovely|beautiful|"
     "gorgeous|love|loved|loving|happy|delighted|thrilled|pleased|satisfied|recommend|"
     "recommended|friendly|helpful|quick|fast delivery|good|nice|best|thanks|thank you|thx|ty|"
     "tysm|cheers|well done|congratulations|impressed|superb|top notch|spot on"},
    {SignalKind::kPositive, kBg,
     "перфектно|перфектен|перфектна|отлично|отличен|отлична|чудесно|чудесен|чудесна|прекрасно|"
     "прекрасен|прекрасна|страхотно|страхотен|страхотна|супер|доволен|доволна|щастлив|щастлива|"
     "хубав|хубава|хубаво|красив|красива|бързо|любезни|любезна|препоръчвам|добре|добър|добра|"
     "благодаря|мерси|поздравления|браво|най добрите|обичам|харесва ми|евала"},
    {SignalKind::kPositive, kPt,
     "perfeito|perfeita|excelente|otimo|otima|maravilhoso|maravilhosa|adorei|amei|amo|adoro|"
     "contente|feliz|satisfeito|satisfeita|lindo|linda|bonito|rapido|recomendo|obrigado|"
     "obrigada|parabens|bom|boa|nota 10"},
    {SignalKind::kPositive, kFr,
     "parfait|parfaite|excellent|excellente|super|genial|magnifique|ravi|ravie|contente|content|"
     "satisfait|satisfaite|merci|recommande|tres bien|joli|jolie|rapide|bravo|adore"},
    {SignalKind::kPositive, kDe,
     "perfekt|ausgezeichnet|hervorragend|toll|super|wunderbar|wunderschon|zufrieden|glucklich|"
     "begeistert|liebe|danke|dankeschon|vielen dank|empfehlen|empfehlenswert|schnell|gut|"
     "freundlich|klasse"},
    {SignalKind::kPositive, kIt,
     "perfetto|perfetta|eccellente|ottimo|ottima|fantastico|fantastica|meraviglioso|"
     "meravigliosa|bellissimo|bellissima|contento|contenta|felice|soddisfatto|soddisfatta|"
     "grazie|consiglio|consigliato|bravi|bello|bella|veloce|velocissima|gentile|gentilissimi|"
     "complimenti"},
    // --- Haste
    {SignalKind::kUrgent, kAnyLanguage,
     "urgente|urge|urgencia|cuanto antes|lo antes posible|inmediatamente|de inmediato|"
     "ahora mismo|hoy mismo|ya mismo|sin falta|antes de manana|para manana|para hoy|"
     "es para una boda|para una boda|lo necesito ya|me corre prisa|corre prisa|con urgencia|"
     "ultimo dia|me voy de viaje|cumpleanos es|urgent|urgently|asap|as soon as possible|"
     "immediately|right now|right away|straight away|today please|by today|by tomorrow|"
     "before tomorrow|need it today|need it tomorrow|need it by|emergency|last chance|"
     "time sensitive|deadline|wedding|flying tomorrow|leaving tomorrow|birthday is|спешно|"
     "спешен|спешна|веднага|незабавно|възможно най бързо|възможно най скоро|час по скоро|"
     "до утре|за утре|още днес|днес трябва|трябва ми днес|трябва ми утре|трябва ми до|за сватба|"
     "за рожден ден|бързам|speshno|vednaga|o quanto antes|o mais rapido possivel|imediatamente|"
     "agora mesmo|ainda hoje|ate amanha|para hoje|preciso hoje|casamento|urgence|au plus vite|"
     "des que possible|immediatement|tout de suite|aujourd hui meme|avant demain|mariage|"
     "dringend|sofort|umgehend|schnellstmoglich|so schnell wie moglich|so bald wie moglich|"
     "noch heute|bis morgen|eilt|hochzeit|subito|al piu presto|il prima possibile|"
     "immediatamente|oggi stesso|entro domani|entro oggi|urgentemente|matrimonio"},
    {SignalKind::kUrgent, kEs,
     "lo necesito para|los necesito para|la necesito para|las necesito para|"
     "me hace falta para|me hace falta ya|lo necesito hoy|necesito ya|a tiempo para|"
     "llega a tiempo|llegue a tiempo|llegara a tiempo|viajo manana|manana viajo|me voy manana|"
     "salgo manana|es manana|es para manana|es pasado manana|es el sabado|es este sabado|"
     "es el viernes|es este viernes|para este sabado|para el sabado|para este viernes|"
     "para el viernes|para este fin de semana|antes del fin de semana|antes del viernes|"
     "antes del sabado|antes del lunes|para esta noche|esta misma tarde|esta misma noche|"
     "hoy por favor|hoy como muy tarde|como muy tarde|como tarde|ya por favor|por favor ya|"
     "contestad ya|contestadme ya|responded ya|respondan ya|llamadme ya|llamenme ya|"
     "se me acaba el plazo|se acaba el plazo|se acaba hoy|acaba hoy|termina hoy|vence hoy|"
     "vence manana|caduca hoy|caduca manana|es ya|no puedo esperar mas|no puede esperar|"
     "no puedo esperar|no tengo tiempo|no hay tiempo|cuestion de horas|en dos horas|"
     "en una hora|antes de que salga|antes de que lo envieis|antes de que lo envien|"
     "antes de que se envie|parad el pedido|paren el pedido|parad el envio|paren el envio|"
     "detengan el envio|detened el envio|bloquead|bloqueen|bloqueadla|bloqueadme la|"
     "estan usando mi tarjeta|alguien ha entrado en mi cuenta|han entrado en mi cuenta|"
     "hackeado|hackeada|hackearon|me han robado|compras que no he hecho|cargos que no|"
     "no he hecho yo|suplantado|fraude|medicamento|medicinas|para mi bebe|leche del bebe|"
     "se quedan sin|nos quedamos sin|me quedo sin|rapido por favor|rapidamente|daos prisa|"
     "dense prisa|date prisa|tengo prisa|prisa|el repartidor esta|esta en la puerta|"
     "estoy en la puerta|estoy esperando en|en la calle|sin calefaccion|sin nevera"},
    {SignalKind::kUrgent, kEn,
     "need it for|need them for|need this for|in time for|arrive in time|here in time|"
     "on time for|tonight|this evening|this afternoon|by friday|by saturday|by sunday|"
     "by monday|by wednesday|by thursday|by tuesday|before friday|before saturday|"
     "before monday|before the weekend|this weekend|tomorrow morning|is tomorrow|"
     "it s tomorrow|tomorrow is|the day after tomorrow|my flight|flight is|fly tomorrow|"
     "fly out|we leave|i leave tomorrow|leaving in|travelling tomorrow|traveling tomorrow|"
     "leave tomorrow|expires today|expires tomorrow|ends today|runs out today|"
     "running out of time|out of time|no time|can t wait any longer|cannot wait any longer|"
     "can t wait that long|cannot wait|within the hour|in an hour|in two hours|"
     "in the next hour|before it ships|before it s shipped|before it is shipped|"
     "before you ship|before it leaves|before it goes out|stop the order|stop the delivery|"
     "stop the shipment|stop this order|cancel it now|cancel now|cancel immediately|"
     "now please|please hurry|hurry|quickly please|need an answer today|need an answer now|"
     "answer now|reply now|call me now|call me back now|someone is using my|"
     "somebody is using my|someone is using|someone got into my|somebody got into my|"
     "someone logged into|hacked|fraud|fraudulent|unauthorised|unauthorized|didn t make this|"
     "did not make this|don t recognise|don t recognize|do not recognise|do not recognize|"
     "stolen card|card was stolen|block my|freeze my|lock my account|locked out|"
     "driver is here|driver is outside|he s outside|standing outside|stuck outside|stranded|"
     "baby formula|insulin|medicine|last day|final notice|today or|needs to be here|"
     "has to be here|must arrive|must be here|need it here|need help now|help now|"
     "need this sorted|sort this today|no heating|no hot water"},
    {SignalKind::kUrgent, kBg,
     "до края на деня|до довечера|довечера|тази вечер|"
     "до петък|до събота|до понеделник|до сряда|"
     "до четвъртък|преди петък|преди събота|"
     "преди уикенда|този уикенд|за уикенда|"
     "утре сутрин|утре заминавам|заминавам утре|"
     "заминаваме утре|пътувам утре|утре пътувам|"
     "утре пътуваме|утре е|вдругиден|в събота е|"
     "в петък е|полетът ми|полета ми|рожденият ден е|"
     "рожденият му ден|рожденият ѝ ден|рождения ден|"
     "сватбата е|сватбата ми|партито е|балът е|бала е|"
     "навреме за|да дойде навреме|да стигне навреме|"
     "трябва да е тук|нужно ми е за|нужна ми е за|"
     "нужен ми е за|трябва ми за|трябват ми за|"
     "изтича днес|изтича утре|последен ден|"
     "последният ден|нямам време|няма време|"
     "не мога да чакам|не може да чака|"
     "не търпи отлагане|по най бързия|"
     "колкото се може по бързо|възможно най|"
     "по бързо моля|в рамките на час|до един час|до час|"
     "след един час|след час|преди да го изпратите|"
     "преди да я изпратите|преди да тръгне|"
     "преди изпращане|спрете поръчката|"
     "спрете пратката|спрете доставката|спрете я|"
     "блокирайте|хакнаха|хакнат|хакнали|хакната|"
     "откраднаха|откраднали|откраднат|измамнически|"
     "не съм правил|не съм правила|не съм поръчвал|"
     "не съм поръчвала|някой влезе|някой е влязъл|"
     "някой ползва|теглят ми|изтеглиха ми|"
     "отговорете веднага|обадете се веднага|"
     "обадете ми се веднага|моля бързо|бързо моля|"
     "побързайте|по скоро моля|сега моля|още сега|"
     "на минутата|куриерът е тук|куриерът е пред|"
     "пред вратата|пред блока|за бебето|"
     "адаптирано мляко|инсулин|лекарство|"
     "лекарството|без отопление|без ток|оставаме без|"
     "останахме без|останах без|неотложно|"
     "наложително|крайно време|краен срок|"
     "крайният срок"},
    {SignalKind::kUrgent, kPt,
     "preciso para|a tempo de|a tempo para|hoje sem falta|esta noite|ate sexta|ate sabado|"
     "antes de sexta|antes de sabado|viajo amanha|embarco amanha|ultimo dia|termina hoje|"
     "expira hoje|nao posso esperar|com urgencia|urgencia|o mais breve possivel|"
     "o mais depressa possivel|parem o envio|parem a encomenda|hackearam|hackeada|"
     "conta invadida|cartao clonado|nao reconheco|fraude|bloqueiem|depressa|"
     "antes que seja enviado"},
    {SignalKind::kUrgent, kFr,
     "ce soir|a temps|avant vendredi|avant samedi|avant lundi|avant le week end|demain matin|"
     "pour demain|pour ce soir|pour samedi|pour vendredi|pars demain|part demain|"
     "partons demain|dernier jour|expire aujourd hui|expire demain|plus le temps|pas le temps|"
     "peux plus attendre|peux pas attendre|peut pas attendre|dans l heure|avant l envoi|"
     "avant expedition|bloquez|pirate|piratee|fraude|livreur est la|devant la porte|"
     "en urgence|vite svp|vite s il vous plait|au plus tot|le plus vite possible|"
     "le plus rapidement|d urgence|rapidement svp"},
    {SignalKind::kUrgent, kDe,
     "heute noch|heute abend|rechtzeitig|bis freitag|bis samstag|bis montag|vor freitag|"
     "vor dem wochenende|am wochenende|morgen fruh|reise morgen|fliege morgen|fahre morgen|"
     "letzter tag|letzte chance|lauft heute ab|lauft morgen ab|keine zeit|kann nicht warten|"
     "nicht langer warten|kann nicht mehr warten|innerhalb einer stunde|bevor es verschickt|"
     "bevor sie es verschicken|vor dem versand|bevor es rausgeht|gehackt|"
     "habe ich nicht gekauft|sperren sie|bitte sperren|betrugsversuch|schnell bitte|"
     "bitte schnell|fahrer steht|vor der tur|unverzuglich|eilig|zeitkritisch|schnellstens|"
     "brauche es fur|brauche ich bis|brauche es bis"},
    {SignalKind::kUrgent, kIt,
     "stasera|in tempo|entro venerdi|entro sabato|entro lunedi|prima di venerdi|"
     "prima di sabato|prima del weekend|domani mattina|per domani|per stasera|per sabato|"
     "parto domani|partiamo domani|ultimo giorno|scade oggi|scade domani|non ho tempo|"
     "non posso aspettare|non posso piu aspettare|entro un ora|prima della spedizione|"
     "prima che parta|bloccate|fermate|hackerato|hackerata|carta clonata|non riconosco|frode|"
     "corriere e qui|davanti alla porta|d urgenza|con urgenza|urgenza|quanto prima|"
     "nel piu breve tempo|di fretta|mi serve per|mi serve entro"},
    {SignalKind::kCalm, kAnyLanguage,
     "sin prisa|no hay prisa|cuando podais|cuando puedan|no corre prisa|no es urgente|"
     "cuando tengais un rato|no rush|no hurry|when you get a chance|whenever you can|not urgent|"
     "take your time|не е спешно|без бързане|когато можете|няма спешност|sem pressa|"
     "quando puderem|nao e urgente|pas urgent|pas presse|quand vous pourrez|rien d urgent|"
     "keine eile|nicht dringend|wenn sie zeit haben|eilt nicht|senza fretta|con calma|"
     "quando potete|non e urgente"},
    {SignalKind::kCalm, kEs | kEn | kBg,
     "no tengo prisa|no tenemos prisa|sin urgencia|sin ninguna prisa|cuando quieras|"
     "cuando querais|cuando os venga bien|mas adelante|por curiosidad|simple curiosidad|"
     "era por saber|solo por saber|es solo una pregunta|solo una pregunta|solo una duda|"
     "solo queria saber|el ano que viene|algun dia|no rush at all|just curious|just wondering|"
     "out of curiosity|at your convenience|whenever suits|whenever is convenient|"
     "whenever you have time|no pressure|in no hurry|not in a hurry|not in any hurry|"
     "no particular hurry|some day|next year|just a thought|fyi|just a quick question|"
     "just a question|just asking|не бързам|не бързаме|"
     "не е належащо|не е бързо|просто питам|само питам|"
     "само да питам|от любопитство|любопитно ми е|"
     "при възможност|няма бързане|"
     "няма за къде да бързаме|по някое време|"
     "без спешност|когато ви е удобно|"
     "когато имате време|догодина"},
};

// A message of these alone is a greeting.
inline constexpr std::string_view kGreetings =
    "hola holi holis buenas buenos dias tardes noches saludos hey hi hello hiya yo good morning "
    "afternoon evening greetings howdy здравейте здравей здрасти добър ден вечер утро добро "
    "привет ало zdravei zdraveite zdr ola oi bom boa dia tarde noite alo bonjour bonsoir salut "
    "coucou slt bjr hallo guten tag morgen abend moin servus gruss gott ciao salve buongiorno "
    "buonasera buon giorno sera";
// They may stand beside.
inline constexpr std::string_view kBesideGreetings =
    "a al todos todas equipo amigos chicos there team all everyone guys sir madam на всички екип "
    "a todos equipa a tous toute l equipe madame monsieur zusammen an alle team a tutti "
    "staff que tal como estas estan how are you";
// A message of these alone says nothing.
inline constexpr std::string_view kNoise =
    "test testing prueba probando тест проба teste essai probe prova asdf asdfg asdfgh qwerty qwe "
    "qwer asd jkl hjkl zxcv zxc xxx abc abcd 123 1234 12345 lorem ipsum blah bla";

}  // namespace centralita::text
