"""Small words that give a language away, written without accents as hurried customers type them.

`STRONG` are at home in one or a few languages and never in English; `WEAK` also stand in titles and names that English
customers ask for (“do you have Das Kapital?”), so they count only beside a strong one. Words that are English words too
(die, war, comment, son, men, pour …) are left out.
"""

from __future__ import annotations

__all__ = ["STRONG", "WEAK"]

_STRONG = {
    "de": "ich wir ihr sie er ist sind habe hat haben habt kann kannst konnen konnt mochte will wollen brauche "
    "gibt nicht kein keine mein meine meinen meiner dein ihre unser und oder aber wo wann wie warum wer "
    "welche wieviel viel bei mit fur nach auf zu zum zur vom beim ein eine einen einem euch uns mir mich "
    "noch schon heute morgen bitte danke hallo guten bestellung bestellen lieferung versand "
    "offnungszeiten oeffnungszeiten geoffnet offen kostet kosten geld zuruck zurueck rechnung buch bucher "
    "buecher gutschein hilfe passwort vergessen angekommen geliefert umtauschen",
    "es": "mi mis tu su sus yo donde cuando cuanto cuanta cuantos como porque por para pero esta estan estoy "
    "son tiene tienen tengo quiero quisiera puedo pueden puede necesito hay hola buenos buenas dias "
    "tardes gracias favor una unos unas los las que muy mas hasta desde con sin nos les aceptan cerca "
    "hacen hace pedido envio envios libro libros tarjeta pagar devolver devolucion reembolso horario "
    "abren abierto cierran cuesta dinero ayuda contrasena llega llegado paquete persona hablar tienda "
    "regalo",
    "fr": "je tu il elle nous vous ils mon ma mes votre vos est sont etes suis avez avoir puis peux peut pouvez "
    "voudrais veux ou quand combien pourquoi quel quelle quels que qui pas ne une des du au aux avec sans "
    "dans chez sur mais tres bonjour bonsoir merci beaucoup svp commande commandes livraison livrez colis "
    "livre livres remboursement retourner rendre ouvert ouvrez horaires heure heures carte payer cadeau "
    "aide perdu recu mot passe quelqu coute",
    "it": "il mio mia miei mie dove quando quanto quanta perche chi che cosa sono siete avete ho hai posso puo "
    "potete vorrei voglio devo serve buongiorno buonasera salve grazie prego una uno dei delle degli del "
    "della nel nella con senza molto piu anche accettate dimenticato ordine ordinare spedizione spedite "
    "pacco libro libri rimborso restituire carta pagare orari aperto aperti aprite chiudete costa soldi "
    "aiuto arriva arrivato regalo faccio fare parlare vicino",
    "pt": "meu minha meus minhas voce voces onde quando quanto quantos porque para mas esta estao estou tem "
    "tenho quero gostaria posso podem preciso ola bom boa dia tarde obrigado obrigada uma uns umas dos "
    "das nao muito mais ate com sem pelo pela pedido encomenda encomendas frete envio livro livros cartao "
    "pagar devolver reembolso horario horas abrem aberto fecham custa dinheiro ajuda senha chega chegou "
    "recebi esqueci falar pessoa loja aceitam enviam",
    "nl": "ik jij je wij jullie zij mijn jouw uw ons onze waar wanneer hoe hoeveel waarom wie welke heb heeft "
    "hebben kan kunt kunnen wil willen moet bent zijn niet geen een het met voor van naar bij ook nog "
    "graag bedankt dank goedemorgen goedemiddag goedendag hallo bestelling bestellen verzending pakket "
    "levering leveren boek boeken terug terugsturen geld openingstijden gaan kost kosten betalen hulp "
    "nodig wachtwoord vergeten iemand praten aangekomen cadeaubon",
    "pl": "gdzie kiedy ile jak czy dlaczego kto jest sa mam masz macie mozna moge mozecie chce chcialbym "
    "chcialabym nie tak moj moja moje mojej dla od przez dzien dobry dziekuje prosze czesc zamowienie "
    "zamowienia przesylka paczka paczki paczke dostawa ksiazka ksiazke ksiazki zwrot zwrocic pieniedzy "
    "pieniadze kosztuje zaplacic otwarte otwieracie potrzebuje pomocy hasla haslo rozmawiac czlowiekiem "
    "polsku polski",
    "sv": "jag vi ni han hon min mitt mina ditt din er era var nar hur mycket varfor vem vilken har hade kan "
    "vill skulle behover maste ar inte ingen ett och eller men med utan till fran hos pa om nagon tack "
    "hej god morgon bestallning bestalla leverans frakt frakten paket paketet bok boken bocker tillbaka "
    "lamna pengar oppet oppnar stanger kostar betala hjalp losenord glomt prata finns kommer kommit "
    "skickar",
    "da": "jeg vi han hun min mit mine jer jeres hvor hvornar hvordan hvad hvem hvorfor hvilken har havde kan "
    "vil gerne skal er ikke ingen et og eller med uden til fra hos pa nogen tak hej god morgen bestilling "
    "ordre levering fragt fragten pakke pakken bog bogen boger tilbage returnere penge aben abner lukker "
    "koster sender tager betale hjaelp brug adgangskode glemt tale kommer kommet",
    "no": "jeg dere min mitt mine hvor nar hvordan hva hvem hvorfor hvilken har kan vil gjerne skal er ikke "
    "ingen et og eller med uten til fra noen takk hei bestilling ordre levering frakt pakke pakken bok "
    "boken boker tilbake penger apent apner stenger koster betale hjelp passord glemt snakke kommer "
    "kommet",
    "tr": "ben siz benim bir ve ile icin mi mu miyim musunuz misiniz nerede nereye nasil ne zaman kadar neden "
    "hangi var yok degil evet hayir merhaba tesekkurler lutfen selam siparis siparisim siparisimi kargo "
    "kargom paket paketim kitap kitabi kitabim iade gelir gelmedi geldi saat acik aciliyorsunuz istiyorum "
    "edebilir miyiz karti kredi ihtiyacim yardim sifremi unuttum konusmak para parami odeme",
    "cs": "kde kdy kolik jak proc kdo je jsou mam mate muzu muzete chci chtel chtela nemam neni muj moje dekuji "
    "prosim dobry den ahoj objednavka objednavku zasilka balik doprava kniha knihu knihy vratit vraceni "
    "penize stoji zaplatit otevreno pomoc heslo zapomnel mluvit",
    "ro": "unde cand cat cum cine este sunt am ai aveti pot puteti vreau doresc nu mea meu mele si sau pentru "
    "fara buna ziua multumesc comanda coletul livrare livrarea carte cartea carti retur returna bani "
    "costa plati deschis program ajutor parola",
    "hu": "hol mikor mennyi mennyibe hogyan miert ki van vannak nem kerem koszonom szeretnek tudok lehet az egy "
    "es vagy jo napot szia rendeles rendelesem csomag szallitas konyv konyvet penz nyitva segitseg jelszo",
    "fi": "missa milloin kuinka paljon miten miksi kuka on ovat minun minulla voinko haluan tarvitsen ei ja tai "
    "kiitos hei huomenta tilaus tilaukseni toimitus paketti kirja kirjan palauttaa rahat maksaa auki apua "
    "salasana",
    "cy": "ble pryd sut faint pam pwy mae yw oes gen dwi eisiau helo bore da diolch archeb llyfr llyfrau agor",
}
_WEAK = {
    "de": "der die das den dem des im am es in was so an war hat man also um bald",
    "es": "los las el la lo de del en un y a se al le no me te ha mes",
    "fr": "le la les de un et en l d c ce se y me on a pour comment tout pas par",
    "it": "la le lo gli i un di da in per e al si mi no me a ho come",
    "pt": "o a os as um de do da em no na e que se me com por",
    "nl": "de in op te en er is me hier we was over of die had van tot",
    "pl": "w z na do i o po ktorej to",
    "sv": "en den det de i av sa for men man ta far om",
    "da": "en den det de i af sa der for men man her have om kort",
    "no": "en den det de i av sa for men man her om",
    "tr": "de da o bu ne var ben mi",
    "cs": "a v z na do o to se",
    "ro": "la de in un o a cu",
    "hu": "a be ki",
    "fi": "se",
    "cy": "y yr i o a ar",
}
# Also at home in English; what is left gives a foreign language away.
_ENGLISH = frozenset(
    "die war men son hat man sin pour comment come due must per dove ma mine kind bad rat fast list brief "
    "person favor yo los las costa fare boa ate ons bent van din till pa god hun til ben ve mate cat am "
    "ai pot program mia mae serve chi ho az pam den dia ha hay sal min era far hej var tar kort par mes "
    "bok ole as no do so is in on me i a an o e at to be or most pay our vos us dos das tale brug will "
    "who her".split()
)


def _by_word(lists: dict[str, str], *, without: frozenset[str] = frozenset()) -> dict[str, frozenset[str]]:
    languages: dict[str, set[str]] = {}
    for language, words in lists.items():
        for word in words.split():
            if word not in without:
                languages.setdefault(word, set()).add(language)
    return {word: frozenset(found) for word, found in languages.items()}


STRONG = _by_word(_STRONG, without=_ENGLISH)
WEAK = _by_word(_WEAK)
