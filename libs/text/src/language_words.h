// Frequent words of customers' messages, folded as fold.h does. A word in several lists counts less
// for each.
#pragma once

#include <array>
#include <string_view>

namespace centralita::text {

// In the order of kLanguages.
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
    "cuesta alguna porfa",
    // en
    "the a an and of to in is it my i you your we they this that was were are be been have has had "
    "not no do does did "
    "don t s m ve re can could would will where when what why how who with for from on at but just "
    "still yet please "
    "thanks thank hello hi hey order package parcel arrived delivery refund return money want need "
    "card payment account "
    "login password help there their its if or so as by about any all out up get got ago today "
    "yesterday tomorrow "
    "cancel change wrong item size late lost never received nobody anyone someone pls asap",
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
    "oshte tova mnogo kolko struva dostavqte na li e do",
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
    "pela entregue recebi",
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
    "urgent personne moi rappelez",
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
    "ihren grosse umtauschen stornieren rechnung rabatt dringend niemand seit gekauft passwort",
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
    "annullare fattura sconto urgente nessuno mai cosa cosi ricevuto"};

// Russian words that Bulgarian does not have: Cyrillic alone does not make Bulgarian.
inline constexpr std::string_view kRussianWords =
    "где мой моя мое мои заказ заказа что это когда здравствуйте спасибо пожалуйста деньги вернуть "
    "хочу меня мне нет есть "
    "уже еще очень почему сколько посылка или только привет";

}  // namespace centralita::text
