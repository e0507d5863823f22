// Frequent words of the languages of most customers. A word in several lists counts less for each.
#pragma once

#include <array>
#include <string_view>

namespace centralita::text {

// In the order of kHeadLanguages.
inline constexpr std::array<std::string_view, 7> kFrequentWords = {
    // es
    "el la los las un una de del que y en no por para con mi mis se es esta este esto estoy estan "
    "he ha han me lo le les "
    "su sus al como donde cuando cuanto cual quien pero porque ya muy mas hola buenas buenos dias "
    "tardes gracias favor "
    "pedido pedidos paquete llegado llega llegar quiero quisiera necesito tengo tienen puedo "
    "pueden hace desde todavia "
    "aun nada dinero devolver devolucion reembolso compra comprado cuenta tarjeta pago envio "
    "tienda producto sigo ayuda "
    "hoy ayer manana sin si hay era fue ser talla cambiar cancelar factura descuento codigo "
    "urgente quien alguien vosotros "
    "ustedes usted verguenza estafa tampoco tambien solo os haceis podeis habeis teneis haber "
    "cuesta alguna porfa"
    " eso esos esas esa aquel ella ellos ellas nosotros yo tu te cada entre sobre hasta"
    " fueron sido son eran habia tan todo toda todos todas otro otra otros mismo parte gran"
    " durante segun contra ante bajo tras e u ni a o puede nos sea asi despues antes entonces"
    " ahora siempre nunca alli aqui tiempo ano anos mejor uno dos tres mientras aunque hacia"
    " quieren estaba tengan zapatos camiseta roto rota mal bien",
    // en
    "the a an and of to in is it my i you your we they this that was were are be been have has had "
    "not no do does did "
    "don t s m ve re can could would will where when what why how who with for from on at but just "
    "still yet please "
    "thanks thank hello hi hey order package parcel arrived delivery refund return money want need "
    "card payment account "
    "login password help there their its if or so as by about any all out up get got ago today "
    "yesterday tomorrow "
    "cancel change wrong item size late lost never received nobody anyone someone pls asap"
    " he she him his her them then than these those which while into over after before only"
    " also other its more most some such new first would should may might must being between"
    " through during because under against said says year years two one own very much many"
    " made make like here broken shoes shirt works working bad good",
    // bg
    "и в на да не се за с от е са ми ме ви си ли че по но как къде кога какво защо кой това тази "
    "този тези аз ние вие "
    "съм сте сме беше има няма моята моят моето моите поръчка поръчката пратка пратката доставка "
    "доставката пари парите "
    "искам моля благодаря здравейте здрасти добър ден вече още все никой обаждам върна върнете "
    "връщане рекламация карта "
    "картата плащане акаунт парола помощ може мога ще до при след преди днес вчера утре без или "
    "ако много колко размер "
    "kade kude koga moqta moyata porachka porachkata poruchka poruchkata pratka pratkata dostavka "
    "dostavkata pari parite "
    "iskam molq molya blagodarq blagodarya zdraveite zdravei nqma nyama shte kakvo zashto veche "
    "oshte tova mnogo kolko struva dostavqte na li e do"
    " който която което които между през във със към над под около според така също само бил"
    " била било били бъде бъдат бях бяха него нея тях неговата тя той то нас вас те го я му"
    " им би едно един една едни друг друга други всички всичко всеки година години две три"
    " повече най защото докато когато където обаче нито дори тогава сега тук там нещо някой"
    " трябва",
    // pt
    "o a os as um uma de do da dos das que e em no na nos nas por para com meu minha meus minhas "
    "se esta este isto isso "
    "eu voce voces nao sim mas porque ja muito mais ola oi bom boa dia tarde noite obrigado "
    "obrigada favor encomenda "
    "pedido pedidos pacote chegou chegar quero queria preciso tenho posso podem faz desde ainda "
    "nada dinheiro devolver "
    "devolucao reembolso compra comprei conta cartao pagamento envio entrega loja produto ajuda "
    "hoje ontem amanha sem "
    "tem foi ser onde quando quanto qual quem alguem cade tamanho trocar cancelar fatura desconto "
    "urgente ate ao aos pelo "
    "pela entregue recebi"
    " ele ela eles elas lhe seu sua seus suas pelos pelas entre sobre mesmo outro outra"
    " outros todo toda todos todas foram sido era sao estao tinha ha cada depois antes agora"
    " sempre nunca aqui ali assim entao ano anos dois tres tambem ou nem como num numa dele"
    " dela deles quais qualquer so nesta neste pode sapatos camisa avariado errado mal bem",
    // fr
    "le la les un une des de du que qui et en ne pas pour par avec mon ma mes se est ce cette cet "
    "ces je tu il nous vous "
    "ils sont ai as a avons avez ont suis etes bonjour bonsoir salut merci svp plait commande "
    "colis livraison livre recu "
    "arrive jamais toujours encore rien argent retour rembourser remboursement acheter achete "
    "compte carte paiement "
    "boutique produit aide aujourd hui hier demain sans si ou quand comment pourquoi combien quel "
    "quelle mais tres plus "
    "c j l d n qu s au aux sur dans votre vos notre veux voudrais besoin peux pouvez depuis taille "
    "changer annuler facture "
    "urgent personne moi rappelez"
    " elle elles lui leur leurs nos eux cela ca y dont entre vers chez sous contre apres"
    " avant pendant etre avoir fait faire ete etait etaient sera soit tout toute tous toutes"
    " autre autres meme ainsi alors donc car comme bien peu an ans deux trois premier aussi"
    " deja ici non oui peut par ni son ses chaussures chemise casse mauvais",
    // de
    "der die das den dem des ein eine einen einem einer und ist in nicht ich du er sie es wir ihr "
    "mein meine meinen "
    "meiner meinem mir mich sich mit fur auf von zu im am an aus bei nach noch immer schon aber wo "
    "wann wie was warum wer "
    "hallo guten tag morgen danke bitte bestellung paket lieferung geliefert angekommen geld "
    "zuruck ruckgabe "
    "ruckerstattung erstattung mochte will brauche habe hat haben hatte kann konnen konnten wurde "
    "werden war sind bin "
    "seid keine kein heute gestern konto karte zahlung hilfe laden produkt artikel ohne wenn oder "
    "sehr mehr ihre ihrem "
    "ihren grosse umtauschen stornieren rechnung rabatt dringend niemand seit gekauft passwort"
    " als dass dieser diese dieses diesen diesem sein seine seinen seiner ihnen ihn ihm uns"
    " euch wird worden gewesen muss soll sollte wurden durch gegen unter uber zwischen vor um"
    " bis wahrend jahr jahre jahren zwei drei ersten nur auch so dann da damit doch hier dort"
    " mehr viele alle alles andere anderen man etwas nichts ins zum zur beim vom schuhe hemd"
    " kaputt falsch",
    // it
    "il lo la i gli le un uno una di del della dei delle che e in non per con mio mia miei mie si "
    "e questo questa sono "
    "sei siamo siete ho hai ha abbiamo avete hanno mi ti ci vi ma perche dove quando quanto quale "
    "chi come ciao salve "
    "buongiorno buonasera grazie favore ordine pacco consegna arrivato arrivata arriva ancora "
    "niente soldi reso "
    "restituire rimborso acquisto comprato conto carta pagamento spedizione negozio prodotto aiuto "
    "oggi ieri domani "
    "senza se anche piu molto gia voglio vorrei posso potete devo da dal dalla al alla nel nella "
    "taglia cambiare "
    "annullare fattura sconto urgente nessuno mai cosa cosi ricevuto"
    " lui lei loro noi voi suo sua suoi sue nostro vostro questi queste quello quella quelli"
    " quelle essere stato stata stati state era erano fu sara aveva fatto fare tra fra su sul"
    " sulla sugli nei nelle negli dai dagli dalle ai agli alle cui ne ed o oppure ogni tutto"
    " tutta tutti tutte altro altra altri altre stesso anno anni due tre primo dopo prima"
    " durante contro sotto sopra quindi poi allora sempre qui qua puo solo scarpe maglia"
    " rotto sbagliato male bene"};

}  // namespace centralita::text
