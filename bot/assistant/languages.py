"""Honest replies to customers who write in a language the assistant does not answer in.

The articles are English; a wrong guess would be worse than saying so. Texts written for this purpose, in the
plain register of the language.
"""

from __future__ import annotations

from dataclasses import dataclass

ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class ForeignReply:
    """What to say and what the button for a person is called."""

    text: str
    button: str


def reply_in(language: str | None) -> ForeignReply | None:
    """The reply for a language; None for English and when the language is not known.

    Args:
        language: ISO 639-1 code, or None when it could not be told.
    """
    if language is None or language == ENGLISH:
        return None
    return _REPLIES.get(language, _OTHERS)


_OTHERS = ForeignReply(
    text="I'm sorry, I only understand English so far. A person from the team can help you.", button="Talk to a person"
)

_REPLIES = {
    "de": ForeignReply(
        text="Es tut mir leid, ich verstehe bisher nur Englisch. Ein Mensch aus dem Team kann Ihnen helfen.",
        button="Mit einem Menschen sprechen",
    ),
    "fr": ForeignReply(
        text="Désolé, je ne comprends que l'anglais pour l'instant. Une personne de l'équipe peut vous aider.",
        button="Parler à une personne",
    ),
    "es": ForeignReply(
        text="Lo siento, por ahora solo entiendo inglés. Una persona del equipo puede ayudarle.",
        button="Hablar con una persona",
    ),
    "it": ForeignReply(
        text="Mi dispiace, per ora capisco solo l'inglese. Una persona del team può aiutarla.",
        button="Parlare con una persona",
    ),
    "pt": ForeignReply(
        text="Lamento, por enquanto só compreendo inglês. Uma pessoa da equipa pode ajudar.",
        button="Falar com uma pessoa",
    ),
    "nl": ForeignReply(
        text="Het spijt me, ik begrijp voorlopig alleen Engels. Iemand van het team kan u helpen.",
        button="Met een medewerker praten",
    ),
    "pl": ForeignReply(
        text="Przepraszam, na razie rozumiem tylko po angielsku. Ktoś z zespołu może pomóc.",
        button="Porozmawiaj z człowiekiem",
    ),
    "cy": ForeignReply(
        text="Mae'n ddrwg gen i, dim ond Saesneg rwy'n ei deall ar hyn o bryd. Gall rhywun o'r tîm eich helpu.",
        button="Siarad â pherson",
    ),
    "sv": ForeignReply(
        text="Jag är ledsen, jag förstår bara engelska än så länge. En person i teamet kan hjälpa dig.",
        button="Prata med en person",
    ),
    "da": ForeignReply(
        text="Jeg beklager, jeg forstår kun engelsk indtil videre. En person fra teamet kan hjælpe dig.",
        button="Tal med en person",
    ),
    "no": ForeignReply(
        text="Beklager, jeg forstår bare engelsk foreløpig. En person fra teamet kan hjelpe deg.",
        button="Snakk med en person",
    ),
    "fi": ForeignReply(
        text="Olen pahoillani, ymmärrän toistaiseksi vain englantia. Joku tiimistä voi auttaa.",
        button="Puhu ihmisen kanssa",
    ),
    "hu": ForeignReply(
        text="Sajnálom, egyelőre csak angolul értek. Egy munkatársunk segíthet.",
        button="Beszélek egy munkatárssal",
    ),
    "cs": ForeignReply(
        text="Omlouvám se, zatím rozumím jen anglicky. Může vám pomoci někdo z týmu.",
        button="Mluvit s člověkem",
    ),
    "ro": ForeignReply(
        text="Îmi pare rău, deocamdată înțeleg doar engleza. Vă poate ajuta o persoană din echipă.",
        button="Vorbește cu o persoană",
    ),
    "tr": ForeignReply(
        text="Üzgünüm, şimdilik yalnızca İngilizce anlıyorum. Ekipten biri size yardımcı olabilir.",
        button="Bir kişiyle konuş",
    ),
    "uk": ForeignReply(
        text="Вибачте, поки що я розумію лише англійську. Вам може допомогти людина з команди.",
        button="Поговорити з людиною",
    ),
    "ru": ForeignReply(
        text="Извините, пока я понимаю только английский. Вам может помочь сотрудник команды.",
        button="Поговорить с человеком",
    ),
    "zh": ForeignReply(text="抱歉，我目前只懂英语。我们的工作人员可以帮助您。", button="与工作人员交谈"),
    "ja": ForeignReply(
        text="申し訳ありませんが、今のところ英語しか分かりません。スタッフがお手伝いします。",
        button="スタッフと話す",
    ),
    "ar": ForeignReply(text="عذرًا، لا أفهم سوى الإنجليزية حاليًا. يمكن لأحد موظفينا مساعدتك.", button="التحدث إلى شخص"),
}
