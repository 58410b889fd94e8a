"""Decides whether a message is in a language the models can judge.

The models know English. Language identification is unreliable on a few words ("thx", "Harry Potter"), so
the gate closes only on evidence: another script, words that only another language has, or a confident identifier
that no English word contradicts.
"""

from __future__ import annotations

import re
import unicodedata

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOISE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|\S+@\S+", re.IGNORECASE)
_MIN_WORDS = 3  # fewer ("great", "Les Misérables") say too little
_MIN_LETTERS = 10
_ENGLISH_UP_TO = 0.01  # probability of English at which the others are believed
_FOREIGN_SCRIPT_FROM = 0.5  # share of letters that are not Latin

# What customers of European and American shops write in, and the large languages beyond; fewer rivals, fewer mistakes.
_LANGUAGES = (
    "ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sv th tl tr uk ur vi zh"
).split()
# Words of English that hardly any other language in Latin script writes; a single one in five keeps the gate open.
# "was", "is", "for", "of", "have" and the like are also German, Dutch or Danish words, so they prove nothing.
_ENGLISH = frozenset(
    """the and you your my were don't didn't can't won't isn't i'm i've it's that's this that what where when why how
    which has had with from they their there would could should been about please thanks thank thx pls plz to but
    just get got want need order book books delivery refund help late still never again really very good bad great
    love hate awful terrible can did does if some any more may up out make made using time flight card account money
    today tomorrow ordered bought last week month year are not it i me he she we our""".split()
)
# Everyday words of the languages customers also write in, with and without accents, none of which is an English word.
_FOREIGN = frozenset(
    """ich ist nicht ein eine einen einem einer und für fuer mein meine meinen wir sie wo wie wann warum noch immer
    schon seit auf bei zu zum zur oder aber auch kann kein keine keinen wird wurde habe haben bitte danke hallo ihr
    euch uns hier jetzt heute gestern sehr schlecht schlechter schlechte unverschämt frechheit paket bestellung
    lieferung rechnung guten morgen wieder niemand nichts kommt gekommen kaputt kostet frage geld zurück zurueck das
    der dem des dass doch je pas une les mes votre vous nous avec pour dans sur que qui où ou quand comment pourquoi
    bonjour bonsoir merci oui colis commande livraison toujours jamais rien très tres être etre suis sont avez
    voudrais veux s'il plaît plait retard remboursement nul c'est j'ai j'attends n'est qu'est el del por para qué
    con tu su donde dónde está esta estoy pedido paquete hola gracias muchas buenos días dias quiero quisiera
    necesito llegó llego llega llegado todavía todavia aún nunca nada muy mal malo bueno cuando cuándo cómo como
    envío envio dinero reembolso devolver hablar funciona ayuda tengo tiene favor señor porque gli della dello nel
    che sono mio uno quando perché perche ciao buongiorno grazie pacco ordine consegna rimborso ancora mai niente
    molto vorrei voglio soldi arrivato pessimo servizio het een niet mijn jullie slechte waar wanneer waarom nog
    steeds bestelling pakket goedemorgen bedankt alstublieft graag heb heeft kunnen geen naar maar ook weken não nao
    você voce meu minha meus onde obrigado obrigada péssimo atendimento olá ola bom dia encomenda pacote ainda quero
    preciso chegou dinheiro muito uma sem nas är inte dålig och mitt var när varför hej beställning det här jeg ikke
    hvor når hvorfor hei takk tak pakke bestilling nie jest gdzie moja moje mój moj kiedy dlaczego dzień dzien dobry
    dziękuję dziekuje prosze proszę zamówienie paczka nerede siparişim siparisim bir değil degil merhaba teşekkürler
    teşekkür tesekkurler zaman neden kargo""".split()
)
# Words English shares with its neighbours: evidence only where they outnumber foreign ones.
_SHARED = frozenset(
    "was is for of have at in on will over am be so who best quick question ever change hi looking".split()
)
_FOREIGN_FROM = 0.4  # share of foreign words at which they decide, if there are more of them than English ones
_COUNTED_AS_NAME = 4  # words


class LanguageGate:
    """Tells English from what is surely not English."""

    def __init__(self) -> None:
        self._identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(_LANGUAGES)

    def judges(self, text: str) -> bool:
        """Whether the models can judge the text.

        Args:
            text: A message with at least one letter.

        Returns:
            False only when another language or script is nearly certain.
        """
        text = _NOISE.sub(" ", text)
        if _foreign_script(text):
            return False
        words = _WORD.findall(text.replace("’", "'"))
        if _is_name(words):
            return True
        lowered = [word.lower() for word in words]
        english, foreign = (sum(word in known for word in lowered) for known in (_ENGLISH, _FOREIGN))
        if foreign > english and foreign >= _FOREIGN_FROM * len(words):
            return False
        shared = sum(word in _SHARED for word in lowered)
        english += shared if shared > foreign else 0
        if len(words) < _MIN_WORDS or sum(map(len, words)) < _MIN_LETTERS or 5 * english >= len(words):
            return True
        share = dict(self._identifier.rank(" ".join(lowered)))["en"]
        return bool(share > (_ENGLISH_UP_TO if len(words) > _MIN_WORDS else _ENGLISH_UP_TO / 10))


def _is_name(words: list[str]) -> bool:
    """A few words with capitals ("Gabriel García Márquez") are a name, whatever its language."""
    return 1 < len(words) <= _COUNTED_AS_NAME and all(word[0].isupper() and not word.isupper() for word in words)


def _foreign_script(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return False
    foreign = sum(not (char.isascii() or unicodedata.name(char, "").startswith("LATIN")) for char in letters)
    return foreign / len(letters) >= _FOREIGN_SCRIPT_FROM
