// Words and phrases that betray something, by kind and language: es en bg pt fr de it, the first
// three in depth. Long because it is a dictionary. Any form will do: they are folded when they are
// loaded; a stretched letter stands there once.
#pragma once

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
  kNegative,
  kPositive,
  kUrgent,
  kCalm,
};

struct SignalWords {
  SignalKind kind;
  // Separated by '|'.
  std::string_view phrases;
};

inline constexpr SignalWords kSignalWords[] = {
    // --- Anger
    {SignalKind::kAngry,
     "estoy harto|estoy harta|harto de|harta de|hasta las narices|hasta los "
     "cojones|mentirosos|mentiroso|"
     "me mentis|sois unos mentirosos|verguenza|sinverguenza|sinverguenzas|vergonzoso|vergonzosa|"
     "tomadura de pelo|me tomais el pelo|tomando el pelo|indignado|indignada|indignante|estafa|"
     "estafadores|estafado|estafada|ladrones|timadores|timo|me habeis "
     "timado|inutiles|incompetentes|"
     "inaceptable|intolerable|lamentable|asco|asqueroso|asquerosa|que "
     "asco|furioso|furiosa|cabreado|"
     "cabreada|enfadado|enfadada|enfadadisimo|enfadadisima|de una puta "
     "vez|puta|mierda|joder|idiotas|"
     "imbeciles|payasos|panda de|os reis de mi|una burla|falta de respeto|es una verguenza|"
     "hijos de puta|me estais robando|robo|ya esta bien|ridiculo|patetico|penoso"},
    {SignalKind::kAngry,
     "furious|fuming|livid|outraged|outrageous|disgusting|disgusted|disgrace|disgraceful|shameful|"
     "shame on you|ridiculous|absolute joke|bunch of clowns|clowns|liars|you "
     "lied|scam|scammed|scammers|"
     "scammer|ripped off|rip off|thieves|con artists|fed up|sick of|sick and tired|had enough|"
     "unacceptable|appalling|pathetic|useless|incompetent|idiots|morons|bullshit|bs|wtf|fucking|"
     "fuck|shit|"
     "crap|hell is wrong with you|pissed|pissed off|angry|so mad|insulting|insult|how dare you|"
     "waste of time|stealing from me|stole my money|daylight robbery|beyond a joke|taking the "
     "piss"},
    {SignalKind::kAngry,
     "безобразие|безобразници|срам|срамота|позор|измама|измамници|мошеници|крадци|лъжци|лъжете|"
     "лъжете ме|писна ми|дойде ми до гуша|до гуша|възмутен|възмутена|възмутително|бесен|бясна|"
     "ядосан|ядосана|вбесен|вбесена|гавра|гаврите се|подигравка|подигравате се|недопустимо|"
     "скандално|отвратително|отвратителен|отвратителна|нагли|наглост|нахалство|некадърници|"
     "идиоти|тъпаци|глупости|майната ви|боклуци|ужас|кражба|крадете|bezobrazie|sram|izmama|"
     "izmamnici|pisna mi|majnata vi"},
    {SignalKind::kAngry,
     "absurdo|palhacada|palhacos|vergonha|uma vergonha|indignado|indignada|ladroes|burla|burlado|"
     "fui enganado|fui enganada|enganaram me|golpe|golpistas|farto de|farta de|cansado de|cansada "
     "de|"
     "inaceitavel|incompetentes|furioso|furiosa|mentirosos|merda|porra|caralho|descaso|falta de "
     "respeito|"
     "revoltado|revoltada|irritado|irritada|ridiculo"},
    {SignalKind::kAngry,
     "honteux|une honte|honte|scandaleux|scandale|inadmissible|inacceptable|ras le bol|j en ai "
     "marre|"
     "marre de|voleurs|arnaque|arnaqueurs|escrocs|escroquerie|furieux|furieuse|en colere|foutage "
     "de gueule|"
     "vous vous moquez|se moque de|menteurs|incompetents|nuls|merde|putain|degoute|degoutee|c est "
     "abuse|"
     "cest abuse|lamentable|ridicule|je suis excede|excedee"},
    {SignalKind::kAngry,
     "frechheit|unverschamt|unverschamtheit|sauerei|abzocke|abzocker|betruger|betrug|stinksauer|"
     "wutend|"
     "sauer|verarscht|verarsche|verarschen|lugner|inakzeptabel|unfassbar|skandal|schweinerei|"
     "scheisse|"
     "scheiss|saftladen|unmoglich von ihnen|es reicht|mir reicht s|schnauze voll|zum "
     "kotzen|lacherlich|"
     "emport|unding"},
    {SignalKind::kAngry,
     "vergogna|vergognoso|vergognosa|vergognatevi|truffa|truffatori|truffato|truffata|ladri|"
     "indecente|"
     "inaccettabile|scandaloso|presa in giro|mi prendete in "
     "giro|furioso|furiosa|arrabbiato|arrabbiata|"
     "arrabbiatissima|stufo|stufa|stanco di|bugiardi|incompetenti|schifo|che schifo|fa "
     "schifo|merda|cazzo|"
     "ridicolo|ridicoli|buffoni|rubato|indignato|indignata"},
    // --- Threats of the law
    {SignalKind::kLegalThreat,
     "abogado|abogada|abogados|demanda|demandar|demandare|os demando|demandaros|les "
     "demandare|denuncia|"
     "denunciar|denunciare|denuncio|os denuncio|voy a denunciar|denunciaros|via legal|vias "
     "legales|via "
     "judicial|"
     "acciones legales|medidas legales|tribunales|juzgado|juicio|querella|hoja de reclamaciones|"
     "hojas de reclamaciones|omic|facua|consumo voy|oficina del consumidor|proteccion al "
     "consumidor|"
     "arbitraje de consumo|junta arbitral|burofax|policia|guardia civil|agencia de proteccion de "
     "datos|aepd"},
    {SignalKind::kLegalThreat,
     "lawyer|lawyers|solicitor|attorney|legal action|take legal|legal steps|legal proceedings|sue "
     "you|"
     "suing|i ll sue|i will sue|lawsuit|small claims|small claims court|see you in court|"
     "take you to court|"
     "trading standards|ombudsman|consumer protection|consumer rights act|report you to|"
     "reporting you to|better business bureau|bbb complaint|ftc|attorney general|letter before "
     "action|"
     "legal department|police report|the police|gdpr complaint|regulator"},
    {SignalKind::kLegalThreat,
     "адвокат|адвоката|адвоката ми|адвокати|съд|на съд|в съда|съда|съдя|ще ви съдя|ще ви "
     "осъдя|дело|"
     "ще заведа дело|иск|исков|съдебно|по съдебен ред|кзп|комисия за защита на потребителите|"
     "комисията за защита|защита на потребителите|ще подам жалба|подавам жалба|ще ви подам|полиция|"
     "полицията|прокуратура|прокуратурата|кзлд|сигнал до|ще сезирам|правни "
     "действия|kzp|advokat|sad|"
     "shte vi sadq|shte vi sudia|policiq"},
    {SignalKind::kLegalThreat,
     "advogado|advogada|advogados|processar|vou processar|processo judicial|tribunal|acao judicial|"
     "medidas legais|meios legais|procon|vou ao procon|livro de reclamacoes|deco|asae|"
     "defesa do consumidor|juizado|pequenas causas|queixa crime|apresentar "
     "queixa|policia|consumidor gov"},
    {SignalKind::kLegalThreat,
     "avocat|avocats|mon avocat|porter plainte|je porte plainte|plainte|tribunal|justice|en "
     "justice|"
     "action en justice|poursuites|mise en demeure|dgccrf|ufc que choisir|que choisir|signal conso|"
     "mediateur|repression des fraudes|conciliateur|police|saisir la|voie legale|voies legales"},
    {SignalKind::kLegalThreat,
     "anwalt|anwaltin|rechtsanwalt|rechtsanwaltin|anzeige|anzeigen|klage|verklagen|verklage|"
     "gericht|"
     "vor gericht|rechtliche schritte|rechtlich vorgehen|verbraucherzentrale|verbraucherschutz|"
     "schlichtungsstelle|mahnbescheid|polizei|rechtsschutz|datenschutzbehorde"},
    {SignalKind::kLegalThreat,
     "avvocato|avvocati|il mio avvocato|vie legali|azioni legali|azione legale|per vie "
     "legali|denuncia|"
     "denunciare|vi denuncio|denuncero|querela|tribunale|giudice|causa legale|fare causa|"
     "associazione consumatori|associazione dei consumatori|altroconsumo|codacons|agcm|garante|"
     "polizia|carabinieri|diffida|giudice di pace"},
    // --- Money back through the bank
    {SignalKind::kChargeback,
     "contracargo|retrocesion|retroceso del cargo|retroceder el cargo|retroceder el pago|disputar "
     "el cargo|"
     "disputa con el banco|disputa en paypal|disputa de paypal|abrir una disputa|abrire una "
     "disputa|"
     "devolver el recibo|devolvere el recibo|devuelvo el recibo|anular el cargo en el banco|"
     "que mi banco devuelva|reclamar al banco|reclamare al banco|reclamacion al banco|reclamar a "
     "mi banco|"
     "mi banco va a devolver|voy a ir al banco|hablar con mi banco para|reclamar a paypal|"
     "chargeback|charge back|charge backs|chargebacks|dispute the charge|dispute the payment|"
     "disputing the charge|disputing this charge|disputing the payment|dispute this charge|"
     "dispute it with my bank|dispute with paypal|paypal dispute|open a dispute|opening a dispute|"
     "raise a dispute|paypal claim|section 75|reverse the charge|reverse the payment|reverse the "
     "transaction|"
     "my bank will reverse|stop the payment|contact my bank to|claim it back through my bank|"
     "claim the money back from my bank|get my bank to refund|credit card company to refund"},
    {SignalKind::kChargeback,
     "чарджбек|чарджбак|чардж бек|оспоря плащането|оспорвам плащането|оспорване на плащането|"
     "оспоря транзакцията|оспорвам транзакцията|ще оспоря|спор в paypal|диспут|ще пусна диспут|"
     "банката да ми върне|банката ще ми върне|чрез банката|през банката си|възстановяване чрез "
     "банката|"
     "рекламация към банката|ще поискам от банката|chargebek|contestar a cobranca|contestar a "
     "compra|"
     "contestar o pagamento|contestar no cartao|contestacao no banco|estorno no banco|estorno pelo "
     "cartao|"
     "estornar pelo banco|disputa no paypal|abrir disputa|rejeicao de debito|contester le paiement|"
     "contester le debit|opposition sur le paiement|faire opposition|litige paypal|ouvrir un "
     "litige|"
     "retrofacturation|ruckbuchung|ruckbuchen|zuruckbuchen|zuruckbuchen lassen|lastschrift zuruck|"
     "paypal kauferschutz|kauferschutz|kreditkartenreklamation|contestare l addebito|"
     "contestare il pagamento|contesto l addebito|disconoscere l addebito|disconosco il pagamento|"
     "storno in banca|controversia paypal|aprire una controversia|riaddebito"},
    // --- Threats to tell everybody
    {SignalKind::kPublicThreat,
     "mala resena|malas resenas|una resena|resena negativa|poner una resena|pondre una resena|"
     "resena de una estrella|una estrella|en google|en redes|redes sociales|en twitter|en facebook|"
     "en instagram|en tiktok|en trustpilot|trustpilot|lo publicare|voy a publicar|publicar esto|"
     "lo voy a contar|contarlo en|se va a enterar todo|se enterara todo el mundo|viral|a la prensa|"
     "a los medios|periodista|television|no compreis|no comprais aqui|no comprar aqui|"
     "aviso a todo el mundo|opinion negativa|valoracion negativa|"
     "bad review|negative review|terrible review|one star|1 star|one star review|leave a review|"
     "leaving a review|write a review|leaving feedback|negative feedback|on social media|all over "
     "twitter|"
     "on twitter|on facebook|on tiktok|on instagram|on reddit|post this|posting this|i will post|"
     "i ll post|go viral|going viral|the press|the media|journalist|the papers|watchdog|tell "
     "everyone|"
     "warn everyone|warn others|everyone will know|avoid this company|do not buy from|don t buy "
     "from|"
     "name and shame|review on google|google review"},
    {SignalKind::kPublicThreat,
     "лош отзив|лоши отзиви|негативен отзив|отрицателен отзив|ще напиша отзив|ще оставя отзив|"
     "оценка една звезда|една звезда|1 звезда|във фейсбук|в социалните мрежи|социалните мрежи|"
     "в групата във|ще публикувам|ще го публикувам|ще пусна публикация|в интернет|медиите|в "
     "медиите|"
     "журналист|журналисти|телевизията|нова телевизия|всички да разберат|ще разберат всички|"
     "всички ще разберат|не купувайте|не поръчвайте|ще предупредя|господари на ефира|"
     "ma avaliacao|avaliacao negativa|uma estrela|reclame aqui|nas redes|redes sociais|vou "
     "publicar|"
     "nao comprem|portal da queixa|na imprensa|mauvais avis|avis negatif|une etoile|sur les "
     "reseaux|"
     "reseaux sociaux|je vais publier|n achetez pas|n achetez rien|la presse|60 millions|"
     "schlechte bewertung|negative bewertung|ein stern|1 stern|in den sozialen medien|auf facebook|"
     "offentlich machen|nicht kaufen|kauft nicht|kauft hier nicht|die presse|"
     "recensione negativa|pessima recensione|brutta recensione|una stella|sui social|lo pubblico|"
     "pubblichero|non comprate|ai giornali|striscia la notizia"},
    // --- Danger to people
    {SignalKind::kSafety,
     "me he quemado|se ha quemado|quemaduras|quemadura|se quemo|ha ardido|se "
     "incendio|incendio|fuego|"
     "en llamas|echa humo|humo|chispas|exploto|ha explotado|explosion|cortocircuito|calambre|"
     "descarga electrica|me ha dado corriente|electrocutado|reaccion alergica|alergia|intoxicacion|"
     "intoxicado|intoxicada|toxico|vomitos|urgencias|al hospital|en el "
     "hospital|ambulancia|herido|herida|"
     "me he cortado|se ha cortado|se atraganto|atragantado|asfixia|cristales en|moho en|"
     "peligroso|peligrosa|peligro|un bebe|casi se ahoga|huele a gas|fuga de gas|"
     "caught fire|on fire|fire|smoke|smoking|smoke "
     "coming|sparks|sparking|exploded|explode|explosion|"
     "burned|burnt my|burns|burn marks|overheated|overheating|electric shock|electrocuted|short "
     "circuit|"
     "allergic reaction|allergic|rash|poisoning|poisoned|toxic|hospital|a and e|emergency "
     "room|ambulance|"
     "injured|injury|injuries|hurt my|cut myself|cut my|bleeding|choked|choking|choking hazard|"
     "glass in|mould in|mold in|dangerous|hazard|unsafe|gas leak|smell of gas|battery "
     "swollen|recall"},
    {SignalKind::kSafety,
     "запали се|се запали|пожар|гори|пуши|дим|искри|искри|изгаряне|изгаряния|изгорих се|изгори ме|"
     "експлодира|избухна|взрив|токов удар|удари ме ток|хвана ме ток|късо съединение|алергична "
     "реакция|"
     "алергия|обрив|отравяне|натровихме се|натрових се|токсично|болница|болницата|в "
     "болница|линейка|"
     "спешна помощ|пострада|нараних се|нарани се|нараняване|порязах се|поряза се|кърви|задави се|"
     "задавяне|опасно|опасен|опасна|опасност|мухъл в|стъкла в|изтичане на газ|мирише на газ|"
     "queimou se|queimadura|pegou fogo|incendio|fumaca|faiscas|explodiu|choque eletrico|levei um "
     "choque|"
     "reacao "
     "alergica|alergia|intoxicacao|hospital|ambulancia|machucou|ferido|ferida|perigoso|perigo|"
     "engasgou|a pris feu|en feu|incendie|fumee|etincelles|brulure|brulures|brule|explose|"
     "decharge electrique|electrocute|reaction allergique|allergie|intoxication|hopital|urgences|"
     "ambulance|blesse|blessee|blessure|dangereux|dangereuse|danger|etouffe|"
     "brand|in flammen|gebrannt|feuer "
     "gefangen|rauch|qualmt|funken|verbrannt|verbrennung|explodiert|"
     "stromschlag|kurzschluss|allergische reaktion|allergisch|vergiftung|krankenhaus|notaufnahme|"
     "krankenwagen|verletzt|verletzung|gefahrlich|gefahr|verschluckt|"
     "ha preso fuoco|preso fuoco|incendio|fumo|scintille|bruciato|bruciata|ustione|ustioni|esploso|"
     "scossa elettrica|presa la scossa|cortocircuito|reazione allergica|allergia|intossicazione|"
     "ospedale|pronto soccorso|ambulanza|ferito|ferita|pericoloso|pericolosa|pericolo|soffocato"},
    // --- Who needs care
    {SignalKind::kVulnerable,
     "soy mayor|persona mayor|jubilado|jubilada|pensionista|discapacidad|discapacitado|"
     "discapacitada|silla de ruedas|minusvalia|minusvalido|ciego|ciega|sordo|sorda|dependiente|"
     "embarazada|enfermo|enferma|cancer|quimio|quimioterapia|dialisis|hospitalizado|hospitalizada|"
     "ingresado|ingresada|operacion|recien operado|recien operada|medicacion|depresion|ansiedad|"
     "suicidarme|suicidio|no puedo mas|quitarme la vida|fallecido|fallecio|ha muerto|murio mi|mi "
     "difunto|"
     "mi difunta|viuda|viudo|funeral|entierro|luto|en paro|sin trabajo|no llego a fin de mes|"
     "no tengo para comer|sin dinero para|madre soltera|victima de|violencia de genero|"
     "elderly|pensioner|retired|disabled|disability|wheelchair|blind|deaf|dementia|alzheimer|"
     "carer|pregnant|cancer|chemo|chemotherapy|dialysis|in "
     "hospital|hospitalised|hospitalized|surgery|"
     "seriously ill|terminally ill|my medication|depression|depressed|anxiety|panic "
     "attack|suicidal|"
     "kill myself|end my life|can t go on|passed away|has died|died last|my "
     "late|widow|widower|funeral|"
     "bereavement|lost my job|unemployed|can t afford food|can t feed|homeless|single "
     "mother|single mum|"
     "domestic violence|autistic|special needs"},
    {SignalKind::kVulnerable,
     "пенсионер|пенсионерка|възрастен човек|възрастна|възрастни хора|инвалид|инвалидна количка|"
     "увреждане|увреждания|тежко болен|тежко болна|болен съм|болна съм|рак|химиотерапия|диализа|"
     "в болницата съм|бременна|операция|лекарствата ми|депресия|тревожност|самоубийство|"
     "да се самоубия|не издържам "
     "повече|почина|починал|починала|погребение|вдовица|вдовец|безработен|"
     "безработна|останах без работа|нямам пари за храна|самотна майка|сляп|сляпа|глух|"
     "idoso|idosa|reformado|reformada|aposentado|aposentada|deficiencia|deficiente|cadeira de "
     "rodas|cego|"
     "gravida|doente|cancro|cancer|quimioterapia|internado|internada|depressao|suicidio|faleceu|"
     "falecido|viuva|viuvo|funeral|desempregado|desempregada|mae solteira|"
     "personne agee|retraite|retraitee|handicape|handicapee|handicap|fauteuil "
     "roulant|aveugle|sourd|"
     "enceinte|malade|cancer|chimio|chimiotherapie|hospitalise|hospitalisee|depression|suicide|"
     "mettre fin a mes jours|decede|decedee|deces|veuve|veuf|obseques|au chomage|mere celibataire|"
     "rentner|rentnerin|behindert|behinderung|schwerbehindert|rollstuhl|blind|gehorlos|schwanger|"
     "schwer krank|krebs|chemotherapie|im "
     "krankenhaus|depressionen|suizid|verstorben|gestorben|witwe|"
     "witwer|beerdigung|arbeitslos|alleinerziehend|pflegebedurftig|"
     "anziano|anziana|pensionato|pensionata|disabile|invalido|invalida|sedia a rotelle|cieco|sordo|"
     "incinta|malato|malata|cancro|tumore|chemioterapia|ricoverato|ricoverata|depressione|suicidio|"
     "deceduto|deceduta|mancato|vedova|vedovo|funerale|disoccupato|disoccupata|madre single"},
    // --- Several matters, a long history
    {SignalKind::kComplex,
     "dos pedidos|tres pedidos|varios pedidos|los dos pedidos|ambos pedidos|varios problemas|dos "
     "problemas|"
     "varias cosas|dos cosas|por un lado|por otro lado|en primer lugar|en segundo lugar|tercera "
     "vez que|"
     "tercer correo|cuarta vez que|cuarto correo|quinta vez que|quinto correo|cuatro correos|cinco "
     "correos|"
     "tres correos|varios correos|ya van tres|llevo meses|llevo semanas|desde hace meses|"
     "he llamado mil veces|he llamado tres veces|como ya os dije|como ya os he dicho|"
     "two orders|three orders|both orders|several orders|multiple orders|several issues|two issues|"
     "two problems|multiple problems|a few things|two things|firstly|secondly|on top of that|third "
     "time|"
     "fourth time|fifth time|third email|fourth email|several emails|multiple emails|countless "
     "emails|"
     "been going on for|for weeks now|for months now|for months|as i said before|as i already said|"
     "previous emails|previous agent|passed from|different answers"},
    {SignalKind::kComplex,
     "две поръчки|двете поръчки|трите поръчки|няколко поръчки|няколко проблема|два проблема|"
     "няколко неща|две неща|от една страна|от друга страна|за трети път|трети имейл|трети път|"
     "четвърти път|четвърти имейл|няколко имейла|от месеци|от седмици|вече месец|както вече писах|"
     "както вече казах|многократно|звънях три пъти|"
     "dois pedidos|duas encomendas|varios pedidos|varias encomendas|varios problemas|dois "
     "problemas|"
     "terceira vez|terceiro email|quarta vez|ha meses|varios emails|como ja disse|"
     "deux commandes|plusieurs commandes|plusieurs problemes|deux problemes|troisieme fois|"
     "troisieme mail|quatrieme fois|depuis des mois|depuis des semaines|plusieurs mails|d une part|"
     "zwei bestellungen|mehrere bestellungen|mehrere probleme|zwei probleme|zum dritten mal|"
     "dritte mail|zum vierten mal|seit monaten|seit wochen|mehrere mails|mehrfach|einerseits|"
     "due ordini|piu ordini|diversi ordini|diversi problemi|due problemi|terza volta|terza mail|"
     "quarta volta|da mesi|da settimane|diverse mail|come gia detto"},
    // --- Machines that answer
    {SignalKind::kAutoReply,
     "respuesta automatica|mensaje automatico|mensaje generado automaticamente|fuera de la oficina|"
     "fuera de oficina|estare ausente|me encuentro de vacaciones|estoy de vacaciones hasta|"
     "no tendre acceso al correo|autorespuesta|no se ha podido entregar el mensaje|"
     "automatic reply|auto reply|autoreply|automated response|automatically generated|out of "
     "office|"
     "out of the office|ooo until|on annual leave|on maternity leave|limited access to email|"
     "limited access to my email|i am currently away|will be back in the office|delivery status "
     "notification|"
     "undeliverable|undelivered mail returned|mail delivery failed|mail delivery subsystem|"
     "delivery has failed|message could not be delivered|mailbox full|mailer daemon|"
     "автоматичен отговор|автоматично съобщение|автоматично генерирано|извън офиса|в отпуск съм|"
     "в отпуск до|нямам достъп до пощата|отсъствам от офиса|съобщението не може да бъде доставено|"
     "resposta automatica|mensagem automatica|fora do escritorio|ausente do escritorio|estou de "
     "ferias ate|"
     "reponse automatique|message automatique|absent du bureau|absence du bureau|je suis absent|"
     "je suis absente|en conges jusqu|actuellement en conges|"
     "automatische antwort|abwesenheitsnotiz|abwesenheitsnachricht|nicht im buro|nicht im hause|"
     "ausser haus|keinen zugriff auf meine e mails|unzustellbar|"
     "risposta automatica|messaggio automatico|fuori ufficio|fuori sede|sono in ferie fino|"
     "saro assente|assente dall ufficio|mancata consegna del messaggio"},
    // --- Bait of thieves; with a link, or twice
    {SignalKind::kBait,
     "verifique su cuenta|verifica tu cuenta|confirme sus datos|confirma tus datos|actualice sus "
     "datos|"
     "su cuenta ha sido suspendida|tu cuenta ha sido suspendida|cuenta sera bloqueada|"
     "paquete esta retenido|paquete retenido|retenido en aduana|tasas de aduana|gastos de aduana "
     "pendientes|"
     "pague aqui|pulse aqui|haga clic|introduzca su tarjeta|numero de tarjeta y|ha ganado|has "
     "ganado|premio|"
     "verify your account|confirm your account|confirm your card|confirm your details|update your "
     "details|"
     "update your payment|your account has been suspended|account will be suspended|"
     "account has been limited|unusual activity|unpaid customs|customs fee|parcel is on hold|"
     "package is on hold|redelivery fee|click here|click the link|click below|enter your card|"
     "enter your password|you have won|you won|claim your prize|claim your reward|gift card winner|"
     "wire transfer|western union|seed phrase|"
     "потвърдете профила си|потвърдете акаунта|потвърдете данните си|вашият акаунт е спрян|"
     "пратката ви е задържана|задържана на митницата|митническа такса|платете тук|кликнете тук|"
     "натиснете тук|въведете картата|спечелихте|печелите награда|"
     "verifique sua conta|confirme seus dados|encomenda retida|taxa alfandegaria|clique aqui|voce "
     "ganhou|"
     "verifiez votre compte|confirmez vos donnees|colis en attente|frais de douane|cliquez ici|"
     "vous avez gagne|konto bestatigen|ihr konto wurde gesperrt|zollgebuhr|klicken sie hier|"
     "sie haben gewonnen|verifica il tuo conto|conferma i tuoi dati|pacco in giacenza|spese "
     "doganali|"
     "clicca qui|hai vinto"},
    // --- Selling to the shop
    {SignalKind::kSpam,
     "posicionamiento web|posicionar su web|primera pagina de google|enlaces patrocinados|"
     "ganar dinero desde casa|ingresos pasivos|criptomonedas|inversion garantizada|prestamos "
     "rapidos|"
     "seguidores para|aumente sus ventas|colaboracion patrocinada|casino online|viagra|"
     "backlinks|first page of google|first page of search|rank your website|seo services|seo "
     "agency|"
     "dear webmaster|increase your traffic|guest post|sponsored post|web design services|"
     "make money from home|passive income|crypto investment|bitcoin|guaranteed returns|quick loan|"
     "buy followers|online casino|viagra|cialis|hot singles|nigerian prince|inheritance fund|"
     "lottery winner|work from home opportunity|reply yes to|"
     "печели от вкъщи|от вкъщи с крипто|пасивен доход|крипто|биткойн|бързи кредити|онлайн казино|"
     "оптимизация за търсачки|последователи за|ganhe dinheiro|renda extra|criptomoedas|"
     "emprestimo rapido|gagner de l argent|investissement garanti|geld verdienen von zuhause|"
     "suchmaschinenoptimierung|guadagnare da casa|guadagna da casa|prestiti veloci"},
    // --- Discontent without a tag
    {SignalKind::kNegative,
     "mal|mala|malo|malisimo|malisima|pesimo|pesima|horrible|terrible|fatal|peor|decepcionado|"
     "decepcionada|decepcionante|decepcion|descontento|descontenta|insatisfecho|insatisfecha|roto|"
     "rota|"
     "rotos|rotas|defectuoso|defectuosa|problema|problemas|queja|quejarme|nadie contesta|nadie "
     "responde|"
     "sin respuesta|no funciona|sigo esperando|sigo sin|no lo recomiendo|nunca mas|jamas "
     "vuelvo|desastre|"
     "caos|preocupado|preocupada|triste|frustrado|frustrada|frustrante|equivocado|equivocada|"
     "engano|engañoso|tarde|retraso|danado|danada|perdido|cobrado dos "
     "veces|basura|chapuza|lento|lentisimo|"
     "bad|worse|worst|awful|terrible|horrible|poor|disappointed|disappointing|unhappy|dissatisfied|"
     "broken|faulty|defective|damaged|missing|wrong|problem|problems|issue|complaint|complain|"
     "no one replies|nobody replies|nobody answers|no reply|no response|doesn t work|does not work|"
     "not working|still waiting|still no|never again|wouldn t recommend|do not recommend|don t "
     "recommend|"
     "would not "
     "recommend|disaster|nightmare|mess|sad|upset|frustrated|frustrating|annoyed|annoying|late|"
     "delayed|lost|charged twice|rubbish|garbage|junk|not impressed|let down|worried|slow"},
    {SignalKind::kNegative,
     "лош|лоша|лошо|лоши|ужасно|ужасен|ужасна|ужасни|най лошото|разочарован|разочарована|"
     "разочароващо|разочарование|недоволен|недоволна|счупен|счупена|счупено|счупени|дефектен|"
     "дефектна|"
     "повреден|повредена|проблем|проблеми|проблема|оплакване|жалба|никой не отговаря|никой не "
     "вдига|"
     "няма отговор|не работи|още чакам|още няма|все още няма|не препоръчвам|никога "
     "повече|катастрофа|"
     "кошмар|тъжен|тъжна|грешен|грешна|грешно|закъснение|закъснява|изгубена|липсва|боклук|бавно|"
     "ma|mau|pessimo|pessima|horrivel|terrivel|pior|decepcionado|decepcionada|insatisfeito|"
     "insatisfeita|quebrado|quebrada|partido|avariado|defeito|problema|problemas|reclamacao|"
     "ninguem responde|sem resposta|nao funciona|ainda nao|nunca mais|nao "
     "recomendo|atrasado|atrasada|"
     "errado|errada|triste|frustrado|lixo|mauvais|mauvaise|pire|horrible|decu|decue|decevant|"
     "mecontent|mecontente|insatisfait|casse|cassee|defectueux|probleme|problemes|reclamation|"
     "personne ne repond|sans reponse|ne marche pas|ne fonctionne pas|toujours pas|toujours rien|"
     "plus "
     "jamais|deconseille|catastrophe|retard|perdu|triste|schlecht|schlechte|schlechter|schlimm|"
     "schrecklich|enttauscht|enttauschend|unzufrieden|kaputt|defekt|beschadigt|problem|probleme|"
     "beschwerde|niemand antwortet|keine antwort|funktioniert nicht|geht nicht|immer noch nicht|"
     "nie wieder|nicht zu empfehlen|katastrophe|verspatet|falsch|falsche|traurig|frustriert|"
     "cattivo|cattiva|pessimo|pessima|orribile|terribile|peggio|peggiore|deluso|delusa|deludente|"
     "insoddisfatto|rotto|rotta|difettoso|difettosa|problema|problemi|reclamo|nessuno risponde|"
     "senza risposta|non funziona|ancora niente|mai "
     "piu|sconsiglio|disastro|ritardo|sbagliato|sbagliata|"
     "triste|frustrato"},
    // --- Content
    {SignalKind::kPositive,
     "perfecto|perfecta|excelente|genial|estupendo|estupenda|fantastico|fantastica|maravilloso|"
     "maravillosa|encantado|encantada|encanta|me "
     "encanto|contento|contenta|contentisima|feliz|precioso|"
     "preciosa|bonito|bonita|rapidisimo|rapidisima|amable|amables|majos|majas|buenisimo|buenisima|"
     "recomiendo|recomendable|repetire|satisfecho|satisfecha|gracias|muchisimas gracias|muy "
     "bien|mejor|"
     "mejores|un 10|diez|felicidades|enhorabuena|bueno|buena|bien|guay|guapo|"
     "perfect|excellent|great|amazing|awesome|fantastic|wonderful|brilliant|lovely|beautiful|"
     "gorgeous|"
     "love|loved|loving|happy|delighted|thrilled|pleased|satisfied|recommend|recommended|friendly|"
     "helpful|quick|fast delivery|good|nice|best|thanks|thank you|thx|ty|tysm|cheers|well done|"
     "congratulations|impressed|superb|top notch|spot on"},
    {SignalKind::kPositive,
     "перфектно|перфектен|перфектна|отлично|отличен|отлична|чудесно|чудесен|чудесна|прекрасно|"
     "прекрасен|прекрасна|страхотно|страхотен|страхотна|супер|доволен|доволна|щастлив|щастлива|"
     "хубав|хубава|хубаво|красив|красива|бързо|любезни|любезна|препоръчвам|добре|добър|добра|"
     "благодаря|"
     "мерси|поздравления|браво|най добрите|обичам|харесва ми|евала|"
     "perfeito|perfeita|excelente|otimo|otima|maravilhoso|maravilhosa|adorei|amei|amo|adoro|"
     "contente|"
     "feliz|satisfeito|satisfeita|lindo|linda|bonito|rapido|recomendo|obrigado|obrigada|parabens|"
     "bom|boa|nota 10|parfait|parfaite|excellent|excellente|super|genial|magnifique|ravi|ravie|"
     "contente|content|satisfait|satisfaite|merci|recommande|tres bien|joli|jolie|rapide|bravo|"
     "adore|perfekt|ausgezeichnet|hervorragend|toll|super|wunderbar|wunderschon|zufrieden|"
     "glucklich|"
     "begeistert|liebe|danke|dankeschon|vielen "
     "dank|empfehlen|empfehlenswert|schnell|gut|freundlich|"
     "klasse|perfetto|perfetta|eccellente|ottimo|ottima|fantastico|fantastica|meraviglioso|"
     "meravigliosa|bellissimo|bellissima|contento|contenta|felice|soddisfatto|soddisfatta|grazie|"
     "consiglio|consigliato|bravi|bello|bella|veloce|velocissima|gentile|gentilissimi|complimenti"},
    // --- Haste
    {SignalKind::kUrgent,
     "urgente|urge|urgencia|cuanto antes|lo antes posible|inmediatamente|de inmediato|ahora "
     "mismo|hoy mismo|"
     "ya mismo|sin falta|antes de manana|para manana|para hoy|es para una boda|para una boda|lo "
     "necesito ya|"
     "me corre prisa|corre prisa|con urgencia|ultimo dia|me voy de viaje|cumpleanos es|"
     "urgent|urgently|asap|as soon as possible|immediately|right now|right away|straight "
     "away|today please|"
     "by today|by tomorrow|before tomorrow|need it today|need it tomorrow|need it "
     "by|emergency|last chance|"
     "time sensitive|deadline|wedding|flying tomorrow|leaving tomorrow|birthday is|"
     "спешно|спешен|спешна|веднага|незабавно|възможно най бързо|възможно най скоро|час по скоро|"
     "до утре|за утре|още днес|днес трябва|трябва ми днес|трябва ми утре|трябва ми до|за сватба|"
     "за рожден ден|бързам|speshno|vednaga|"
     "urgente|urgencia|o quanto antes|o mais rapido possivel|imediatamente|agora mesmo|ainda hoje|"
     "ate amanha|para hoje|preciso hoje|casamento|urgence|au plus vite|des que possible|"
     "immediatement|tout de suite|aujourd hui meme|avant demain|mariage|dringend|sofort|umgehend|"
     "schnellstmoglich|so schnell wie moglich|so bald wie moglich|noch heute|bis "
     "morgen|eilt|hochzeit|"
     "subito|al piu presto|il prima possibile|immediatamente|oggi stesso|entro domani|entro oggi|"
     "urgentemente|matrimonio"},
    {SignalKind::kCalm,
     "sin prisa|no hay prisa|cuando podais|cuando puedan|no corre prisa|no es urgente|cuando "
     "tengais un rato|"
     "no rush|no hurry|when you get a chance|whenever you can|not urgent|take your time|"
     "не е спешно|без бързане|когато можете|няма спешност|sem pressa|quando puderem|nao e urgente|"
     "pas urgent|pas presse|quand vous pourrez|rien d urgent|keine eile|nicht dringend|"
     "wenn sie zeit haben|eilt nicht|senza fretta|con calma|quando potete|non e urgente"},
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
