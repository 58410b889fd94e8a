"""What each turn says about needing a person: the facts of the turn, read in the light of the turns before it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.desk import alarms, subjects, temper
from bot.desk.escalation_settings import EscalationSettings
from bot.desk.needs import PLAIN, Heard, Level
from bot.desk.person_request import asks_for_person
from bot.desk.phrases import Phrases
from bot.desk.wording import plain, quotes, similarity

Outcome = Literal["answer", "clarify", "fallback", "small_talk", "flow"]

REQUEST_INTENT = "talk_to_person"
INSULT_INTENT = "insult"
DENY_INTENT = "deny"
UNHELPED_INTENTS = ("did_not_help", "none_of_these")
REPEAT_REACH = 4  # how many turns back a question counts as asked before
CLEAR_SIGNS = 3  # so many signs of lost patience outweigh a laugh
FAINT = 0.05  # unhappy less likely than this, angry words are not meant for us
LOW = 0.2  # and a low mood alone is no anger
AGAIN = 0.3  # enough, where the message before complained
GLAD_POLARITY = 0.3  # clearly friendly, by either scorer
LOOP_TURNS = 3  # the same article that often in a row is a loop
FOLLOW_UPS = 4  # calm follow-up questions may share an article for longer
RANT_WORDS = 60  # who is unhappy at such length has more to tell than one answer settles

_CONSENT = (
    "yes|yeah|yep|yup|ya|yea|sure|definitely|absolutely|please|go ahead|do it|do that|of course|i would"
    "|i do|ok|okay|k|fine|great|good|alright|right|certainly|gladly|by all means|cool|sounds good|perfect"
)
# Nothing but consent from the first word to the last: "absolutely useless" and "yes, that is wrong" are none.
_YES = Phrases(
    """
    ^ <consent> {<courtesy>} $
    ^ (that would be|would be|sounds|good idea|why not|let us) {great|good|nice|lovely|helpful|do|that|perfect|fine} $
    """,
    lists={
        "consent": _CONSENT,
        "courtesy": f"{_CONSENT}|thanks|thank|you|that|would|be|is|lovely|nice|helpful|kind|do|it|go|ahead|then|me"
        "|to|a|the|person|human|someone|somebody|connect|i|want|need|like|now|let|us|put|through|can|could|very|much"
        "|so|if|may|bring|in|get|them|with|talk|speak|please|one|asap|want that|definitely",
    },
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_NO = re.compile(
    r"^(?:no|nope|nah|not (?:now|yet|needed|necessary)|no need|no thanks|never ?mind|i am (?:good|fine|ok(?:ay)?))\b"
)


@dataclass(frozen=True, kw_only=True)
class TurnFacts:
    """What is known of one turn of the customer's.

    Attributes:
        message_id: Of the utterance.
        text: The utterance as typed.
        intent: Small talk or flow that the classifier heard; None for questions.
        outcome: What the assistant did with it; None where it is not known.
        article_id: The article that was answered or offered first.
        polarity: Sentiment in [-1, 1]; None where it cannot be judged.
        label: `negative`, `neutral` or `positive`; None where it cannot be judged.
        frustration: In [0, 1]; None where it cannot be judged.
        needs: What it reads like: a probability by name of `bot.desk.needs.WORDS`; None where it cannot be judged.
        tool_failed: Whether a look-up behind a flow failed.
        article_escalates: The owner's mark on that article.
        decision: What was decided at that turn; None for the current one.
        at: Seconds since 1970, where known.
    """

    message_id: str
    text: str
    intent: str | None = None
    outcome: Outcome | None = None
    article_id: str | None = None
    polarity: float | None = None
    label: str | None = None
    frustration: float | None = None
    needs: Mapping[str, float] | None = None
    tool_failed: bool = False
    article_escalates: Literal["always", "never", "auto"] = "auto"
    decision: Literal["continue", "offer", "escalate"] | None = None
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Signs:
    """One turn, read."""

    facts: TurnFacts
    heard: Heard
    announced: Mapping[str, Level] = field(default_factory=dict)  # of danger, fraud, person, legal, leaving
    accepts_offer: bool = False
    angry: bool = False
    very_angry: bool = False
    out_of_patience: bool = False  # says so in words, not by mood alone
    complains: bool = False  # as the model reads it
    still_unhappy: bool = False  # the message before complained, and this one does not say that it is solved
    friendly: bool = False
    settles: bool = False
    failure: str | None = None  # why this question was not helped, or None
    says_unhelped: bool = False  # that the answer before did not help
    wants_done: Level | None = None  # something that somebody must do
    asking: bool = False
    grave: bool = False  # unhappy, and more hangs on it than the price
    fierce: bool = False  # shouts, swears at us, or has had enough in three ways
    ranting: bool = False  # unhappy at length
    spared: bool = False  # the owner marked its article "never"


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What the words of one turn say, whatever the turns around it."""

    alarms: alarms.Alarms
    temper: temper.Temper
    subjects: subjects.Subjects
    unhelped: bool  # by its words, or as the classifier heard it
    patience_signs: int  # likewise
    elsewhere: bool  # others are meant: by name, or by "they" after they were named
    continued: bool  # nobody else is named after a message about us
    told_to_us: bool  # what it tells, apart from what it asks, is about us
    words: int
    heard: Heard

    @property
    def about_us(self) -> bool:
        """Whether it is about the business, by itself or because the message before was."""
        return (self.subjects.concerns_us or self.continued) and not self.elsewhere


def read_turns(turns: Sequence[TurnFacts], settings: EscalationSettings) -> list[Signs]:
    """Read every turn; the same number comes back in the same order."""
    words: list[_Words] = []
    for turn in turns:
        words.append(_read_words(turn, settings, before=words[-1] if words else None))
    return [_read_turn(index, turns, words, settings) for index in range(len(turns))]


def _read_words(turn: TurnFacts, settings: EscalationSettings, *, before: _Words | None) -> _Words:
    heard = Heard(needs=turn.needs, sure=settings.need_to_hand_over, likely=settings.need_to_offer)
    mood, about = temper.read(turn.text), subjects.read(turn.text)
    same_others = before is not None and before.elsewhere and about.they and not about.us
    told = subjects.read(_statements(turn.text))
    complained = before is not None and _complains(before)
    ours_still = complained or (before is not None and before.about_us and about.stakes)  # whose day it spoiled
    others = about.people and not about.stakes
    gossip = turn.outcome == "small_talk" and about.they and not about.concerns_us
    return _Words(
        alarms=alarms.read(turn.text),
        temper=mood,
        subjects=about,
        heard=heard,
        unhelped=turn.intent in UNHELPED_INTENTS or heard.level("unhelped", said=mood.unhelped) is not None,
        patience_signs=mood.patience_signs + (turn.intent == INSULT_INTENT),
        elsewhere=not ours_still and (about.elsewhere or same_others or gossip or (told.rivals and not told.us)),
        continued=before is not None and before.about_us and not (others or about.rivals or about.fiction),
        told_to_us=told.you,
        words=len(turn.text.split()),
    )


def _statements(text: str) -> str:
    """What is told, without what is asked: "my old gym was filthy. What are your hours?" speaks of the old gym."""
    return " ".join(one for one in _SENTENCE.findall(text) if not one.rstrip().endswith("?"))


def _read_turn(index: int, turns: Sequence[TurnFacts], words: Sequence[_Words], settings: EscalationSettings) -> Signs:
    facts, said = turns[index], words[index]
    offered = index > 0 and turns[index - 1].decision == "offer"
    declines = offered and (facts.intent == DENY_INTENT or bool(_NO.search(plain(facts.text))))
    angry = _angry(facts, said, settings, before=words[index - 1] if index else None)
    settled = said.temper.settled or said.heard.probability("settled") >= PLAIN
    doubtful = angry or said.temper.sarcastic or said.unhelped
    return Signs(
        facts=facts,
        heard=said.heard,
        announced={} if declines else _announced(index, turns, words),
        accepts_offer=offered and not declines and _accepts(facts, said),
        angry=angry,
        very_angry=angry and _very(facts, said, settings),
        out_of_patience=angry and bool(said.patience_signs or said.temper.sarcastic or said.heard.level("impatient")),
        complains=_complains(said),
        still_unhappy=index > 0 and _complains(words[index - 1]) and not settled and not said.temper.praising,
        friendly=not doubtful and (said.temper.praising or settled),
        settles=not angry and (declines or (settled and not doubtful)),
        failure=None if declines else _failure(index, turns, words, settings),
        says_unhelped=index > 0 and said.unhelped and not declines,
        wants_done=_wants_done(facts, said),
        asking=said.temper.asking,
        grave=angry and said.subjects.stakes,
        fierce=angry and (said.temper.shouting or said.temper.swearing or said.patience_signs >= CLEAR_SIGNS),
        ranting=angry and said.told_to_us and said.words >= RANT_WORDS,
        spared=facts.article_escalates == "never" and facts.outcome == "answer",
    )


def _wants_done(facts: TurnFacts, said: _Words) -> Level | None:
    """Whether somebody must do something; a question how it is done, that an article answers, is no order."""
    level = said.heard.level("action", said=said.alarms.wants_done and facts.outcome == "fallback")
    return None if level == "likely" and said.temper.asking and facts.outcome == "answer" else level


def _announced(index: int, turns: Sequence[TurnFacts], words: Sequence[_Words]) -> Mapping[str, Level]:
    """What the message announces; a clear “no” of the phrases outweighs what it reads like."""
    said, alarm = words[index], words[index].alarms
    others = (said.subjects.fiction or said.subjects.rivals) and not said.subjects.us
    serious = not said.elsewhere and not _told_of(said) and not _in_jest(said)
    phrases = {
        "danger": alarm.self_harm or (alarm.safety and not others and not _in_jest(said)),
        "fraud": alarm.fraud,
        "person": _asks(turns[index]),
        "legal": alarm.legal and serious,
        "leaving": alarm.leaving and not _kindly(index, turns, words),
    }
    polarity = turns[index].polarity
    glad = polarity is not None and polarity > 0 and said.heard.probability("complaint") < LOW
    quoted, jest = quotes(turns[index].text), _in_jest(said)
    meant = {  # what the model alone may say
        "danger": not (others or jest),
        "fraud": not jest,
        "person": asks_for_person(turns[index].text) != "no" and not quoted and turns[index].outcome != "flow",
        "legal": serious and not quoted,
        "leaving": not (glad or quoted or jest or said.elsewhere),
    }
    levels = {name: said.heard.level(name, said=found) for name, found in phrases.items() if found or meant[name]}
    offered = any(turn.decision == "offer" for turn in turns[:index])
    if levels.get("person") and not (phrases["person"] or offered) and turns[index].outcome == "answer":
        levels["person"] = "likely"  # "can another person come in my place": an article knew what was asked
    return {name: level for name, level in levels.items() if level is not None}


def _kindly(index: int, turns: Sequence[TurnFacts], words: Sequence[_Words]) -> bool:
    """Whether "I'll tell everyone about you" is praise, by its own words and mood and by what went before."""
    own, polarity = words[index], turns[index].polarity
    if own.patience_signs or own.temper.sarcastic:
        return False
    if own.temper.praising or (polarity is not None and polarity < 0):
        return own.temper.praising
    before = words[index - 1] if index else None
    glad = own.temper.laughing or (polarity is not None and polarity >= GLAD_POLARITY)
    return glad or bool(before and before.temper.praising and not before.patience_signs)


def _told_of(said: _Words) -> bool:
    """Whether it is told of in a book or film rather than announced to us."""
    return said.subjects.fiction and not said.subjects.concerns_us


def _in_jest(said: _Words) -> bool:
    return said.temper.laughing and not said.patience_signs


def _asks(facts: TurnFacts) -> bool:
    asked = asks_for_person(facts.text)
    return asked == "yes" or (asked == "unclear" and facts.intent == REQUEST_INTENT)


def _accepts(facts: TurnFacts, said: _Words) -> bool:
    if said.patience_signs or said.unhelped or said.temper.sarcastic:
        return False
    return facts.intent == "affirm" or _YES.said_in([plain(facts.text)])


def _complains(said: _Words) -> bool:
    return not said.elsewhere and not said.subjects.oneself and said.heard.unhappy >= said.heard.likely


def _angry(facts: TurnFacts, said: _Words, settings: EscalationSettings, *, before: _Words | None) -> bool:
    mood, about = said.temper, said.subjects
    if said.elsewhere:
        return False
    if said.heard.known:
        ours = said.heard.unhappy
        again = before is not None and _complains(before) and ours >= AGAIN and not mood.asking
        if _complains(said) or (again and not about.oneself and not mood.praising):
            return True
        if ours < FAINT:
            return False
    glad = facts.polarity is not None and facts.polarity >= GLAD_POLARITY and facts.label == "positive"
    if mood.sarcastic and not (glad and mood.asking):
        return True
    if said.patience_signs or mood.overdue or said.alarms.leaving or (mood.shouting and about.concerns_us and not glad):
        joking = mood.laughing and said.patience_signs < CLEAR_SIGNS and not mood.overdue
        return not joking and not (mood.praising and not about.concerns_us)
    if mood.praising or mood.laughing or mood.settled or about.oneself or mood.plain_question:
        return False
    meant = not said.heard.known or said.heard.unhappy >= LOW
    return said.about_us and meant and _negative(facts, settings)


def _negative(facts: TurnFacts, settings: EscalationSettings) -> bool:
    low = facts.polarity is not None and facts.polarity <= settings.negative_polarity
    return low and facts.label != "positive"


def _very(facts: TurnFacts, said: _Words, settings: EscalationSettings) -> bool:
    strong = facts.polarity is not None and facts.polarity <= settings.strong_polarity
    mood = said.temper
    if said.heard.known:
        if said.heard.probability("impatient") >= PLAIN:
            return True
        if said.heard.probability("impatient") < FAINT:
            return False
    loud = mood.shouting or mood.heated or mood.swearing
    signs = said.patience_signs + mood.sarcastic
    return mood.shouting or signs + (mood.overdue and signs > 0) >= 2 or (signs > 0 and (strong or loud))


def _failure(
    index: int, turns: Sequence[TurnFacts], words: Sequence[_Words], settings: EscalationSettings
) -> str | None:
    facts, said, mood = turns[index], words[index], words[index].temper
    if facts.outcome == "small_talk":
        return None
    if facts.outcome == "fallback":
        idle = (mood.praising or mood.laughing) and not said.unhelped and not mood.asking
        return None if idle else "not understood"
    if index + 1 < len(turns) and words[index + 1].unhelped and facts.outcome in ("answer", "clarify"):
        return "the answer did not help"
    if _asked_before(index, turns, settings):
        return "asked before"
    if facts.outcome == "clarify" and index > 0 and turns[index - 1].outcome == "clarify":
        return "still not clear"
    uneasy = mood.overdue or said.patience_signs or (facts.polarity or 0.0) <= settings.negative_polarity
    at_least = 2 if uneasy else FOLLOW_UPS if mood.asking else LOOP_TURNS
    return "the same answer again" if _loops(index, turns, at_least=at_least) else None


def _asked_before(index: int, turns: Sequence[TurnFacts], settings: EscalationSettings) -> bool:
    text = turns[index].text
    if len(plain(text).split()) < 2 or turns[index].outcome == "flow":
        return False
    earlier = [
        turn for turn in turns[max(0, index - REPEAT_REACH) : index] if turn.outcome not in ("small_talk", "flow")
    ]
    return any(similarity(text, turn.text) >= settings.repeat_similarity for turn in earlier)


def _loops(index: int, turns: Sequence[TurnFacts], *, at_least: int) -> bool:
    """Whether the same article was the answer that many times in a row; follow-up questions may share one."""
    last = turns[max(0, index - at_least + 1) : index + 1]
    articles = {turn.article_id if turn.outcome == "answer" else None for turn in last}
    return len(last) == at_least and len(articles) == 1 and None not in articles
