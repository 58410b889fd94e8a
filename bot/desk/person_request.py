"""Does this message ask for a person? In any wording, and not when it only mentions one.

"I want a human", "REPRESENTATIVE!!", "why can't I just speak to somebody" ask; "I don't want to talk to a"
" person", "who
can I talk to about events", "am I talking to a human?" and "is there a person called Anna" do not. Works on clauses, so
that a request counts wherever it stands and a negation only where it belongs.
"""

from functools import lru_cache
from typing import Literal

from bot.desk.phrases import Phrases
from bot.desk.wording import clauses

Asked = Literal["yes", "no", "unclear"]

_REAL = "real|actual|live|living|proper|genuine|breathing|human|flesh and blood".split("|")
_SOMEONE = (
    "someone|somebody|anyone|anybody|people|one|body|man|woman|guy|lady|assistant|assistants|team|folk|folks"
    "|dude|bloke|chap|fella|gentleman|gal"
)
_REAL_SOMEONE = "|".join(f"{real} {one}" for real in _REAL for one in _SOMEONE.split("|"))
_PERSONAL = (
    "human|humans|human being|human beings|person|persons|living soul|soul|mortal|agent|agents|rep|reps"
    "|representative|representatives|operator|operators|manager|managers|supervisor|supervisors|someone real"
    "|somebody real|someone human|somebody human|someone in charge|whoever is in charge|whoever is responsible"
    "|expert|experts|somebody in charge|someone senior"
    "|someone else|somebody else|person responsible|responsible person|person in charge|responsible"
)
_ROLE = (
    "my account manager|my advisor|my adviser|my agent"
    "|advisor|adviser|advisors|advisers|consultant|consultants|employee|employees|colleague|colleagues"
    "|manageress|clerk|receptionist|specialist|technician|engineer|boss|owner|staff|staff member"
    "|member of staff|member of the team|member of your team|one of your team|one of the team|one of you"
    "|one of your staff|team member|associate|attendant|concierge|customer service|customer services"
    "|customer support|customer care|customer relations|support team|support staff|help desk|helpdesk"
    "|head teacher|headteacher|principal|director|head of _|head chef|proprietor|matron|foreman|secretary"
    "|coordinator|administrator|accountant|partner|instructor|tutor|planner|team leader|team lead|shift leader"
    "|service desk|front desk|management|higher up|higher ups|complaints department|complaints team"
)
_TRADES = "vet|doctor|nurse|dentist|pharmacist|mechanic|bookseller|stylist|florist|therapist|chef|coach|trainer"


def _with_plurals(names: str) -> str:
    """Names, and those of one word also with an s."""
    return "|".join(
        f"{name}|{name}s" if " " not in name and not name.endswith("s") else name for name in names.split("|")
    )


_LISTS = {
    "personal": f"{_PERSONAL}|{_REAL_SOMEONE}",
    "strong": f"{_PERSONAL}|{_with_plurals(_ROLE)}|{_REAL_SOMEONE}",
    "any": f"{_PERSONAL}|{_with_plurals(_ROLE)}|{_REAL_SOMEONE}|{_SOMEONE}|some one|support|sales|reception|service"
    f"|the team|your team|{_with_plurals(_TRADES)}",
    "filler": "a|an|the|your|any|some|actual|actually|real|live|living|proper|genuine|human|nice|friendly"
    "|competent"
    "|senior|different|another|other|fuck|fucking|bloody|damn|goddamn|freaking|breathing|qualified|trained"
    "|local|duty|store|shop|sales|customer|service|support|care|technical|tech|account|booking|billing"
    "|complaints|help|flesh and blood|one of|of",
    "want": "want|need|demand|require|prefer|request|take|get|find|fetch|bring me|send|give me|ask for|asked for"
    "|asking for|wanted|would like|put on",
    "please": "please|now|a|an|the|your|any|just|only|immediately|asap|today|right|away|hello|hi|hey|ok|okay|yes|yeah"
    "|i|we|said|ask|asked|asking|for|want|need|get|give|me|us|instead|already|again|thanks|thank|you|fuck"
    "|fucking|bloody|damn|ffs|still|sorry|um|er|oh|to|so|and|well|can|have|some|put|on|would|like|could|and"
    "|also",
    "link": "to|want|need|wanting|needing|wish|like|have|having|ever|really|actually|even|going|asking|trying|be"
    "|being|care|bother|bothering|me|connect|transfer|transferring|make|making|for|get|ready|in|the|mood"
    "|particularly|feel|much|about|put|pass|on|over|us|just|yet|now|all|at|think i|worth|look|looking|here"
    "|keen|necessary|a|any|your",
}

_REQUEST = Phrases(
    """
    # talk to a human, have a word with the manager, discuss this with somebody
    (talk|speak|chat|word|communicate|conversation|liaise|discuss|converse|spoken) [_] [_] (to|
        with) {<filler>} (<any>)
    (talk|speak|speaking|talking|chat) with (the|your) (boss|responsible|manager|owner|chef|director)
    (can|could|may|want*|need*|like|wish*|rather|prefer|please|possible|arrange|hoping|ask*) … (speak|talk|word|
        conversation|discuss this|discuss it) (to|with) (mr|mrs|ms|miss|dr|doctor|sister|whoever|the head|
        the person|the people|the lady|the man|the guy|the team|your team|your _ team|the one) …
    (want*|need*|like|wish*|rather|prefer|can i|could i|may i) [_] (sort|settle|discuss|clear|arrange|go through|talk|
        speak) … with (him|her|them|the person)
    ^ {hi|hello|please|sorry|excuse me|and} is _ (in|at work|working|on shift|on duty) (today|tomorrow|now|
        this morning|this afternoon|tonight|at the moment|right now) $
    (talk|speak) human
    (talk|speak|chat) {<filler>} (<strong>)
    # I want a human, get me your manager, I would prefer a real person
    ^ <want> [me|us|it] [just] {<filler>} (<strong>)
    (i|we|please|just|can|could|would|will|to|and|so|then|now|ok|okay|rather|really|still|also|simply|only|urgently|
        must|me|gonna|lets) <want> [me|us] [just] {<filler>} (<strong>)
    put {<filler>} (<personal>) on
    (can|could|may|let) (i|we|me|us) [please|just] (have|see) {<filler>} (<strong>)
    # connect me with support, put me through to somebody, pass this on to your manager
    (connect*|put) [me|us|this chat] [over|through|on] (to|with) {<filler>} (<any>)
    (transfer*|pass*) (me|us|this chat) [over|through|on] (to|with) {<filler>} (<any>)
    (transfer*|switch*|forward*) to {<filler>} (<personal>)
    (switch*|redirect*|forward*|hand*|patch*) [me|us|this chat] [over|through|on] (to|with) {<filler>} (<any>)
    (route*|refer*|direct*|link|get) (me|us) [over|through|on|back] (to|with) {<filler>} (<any>)
    (raise|pass|escalat*|send|take|refer|forward|hand) (this|it|that|my _) [on|up|over] (to|
        with) {<filler>} (<strong>)
    (put|pass|patch|get) me through
    (put|get) (me|us) in (touch|contact) with
    (can|could|may|please|want|need|like|have|get) … (assigned|passed|escalated|handed|forwarded|transferred|routed|
        referred|put through|looked at) [on|over|up|through] (to|by) {<filler>} (<strong>)
    (number|line|phone) … {<filler>} (<personal>) (picks|answers|pick|answer) [up]
    (want|need|get me|give me|find me|prefer|like) (someone|somebody|anyone|anybody|people) who (knows|
        understands|can actually|
        can help|can fix|can sort|can answer|is able|actually)
    (explain|describe|show|say|put) (this|it|that|everything|my _) to {<filler>} (<any>) $
    (turn|switch|shut) [off] (the|this) (bot|chatbot|robot) [off]
    (transfer|redirect|connect|hand|forward|switch) me [over|across] {please|now|asap|already|immediately|then} $
    (transfer|redirect|connect|forward|hand) (this chat|the chat|this conversation)
    ^ {please|can|could|you|just|i|want|would|like|to|need|this|kindly|have|it|must|be} (escalate|escalated|
        escalation)
    # help from a person, live agent
    (help|helped|answer|answers|response|reply|assistance|assisted|contacted|called|served|hear|call) [back] (from|
        by) {<filler>} (<strong>)
    (deal|dealing) with {<filler>} (<personal>)
    (rather|prefer to|like to|want to|can i|could i|let me) (ask|consult|see|use|have) {<filler>} (<personal>)
    (easier|better|quicker|faster|simpler|best|rather) … (with|to|from|by) {<filler>} (<personal>)
    (human|live|real) (agent|agents|support|help|assistance|assistant|operator|rep|advisor|adviser|customer service|
        intervention|contact)
    (need|want|prefer|get) [a|an|some] (human|real) (help|answer|answers|response|touch|conversation|reply|voice)
    (can|could|would|will|may|let) {<filler>} (<personal>) [please] (help|look|answer|contact|call|assist|deal|check|
        respond|reply|step|read|handle|take over|get back|get in touch|jump in|sort|talk|speak)
    (hold of|reach|through to|contact|access|summon|see) {<filler>} (<personal>)
    (can|could|would|will|may) {<filler>} (<strong>) [of yours|there|from your team] [please] (help|look|answer|contact|
        call|assist|deal|respond|reply|step|take over|get back|get in touch|jump in|sort|explain|confirm)
    (discuss|talk|speak|go) … (with|to) {<filler>} (<strong>)
    who (do|can|should|must|could|would) i (complain|escalate) [this] to
    (any chance of|how about|what about|chance to get|possible to get|possible to have|
        where is) {<filler>} (<personal>) $
    # is there a human I can talk to, are there any real people here, anybody there?
    (is|are|any|got|have|no) [not] [there] {<filler>} (<strong>) (at all|at your _|at this _|in your _|left|
        there|here|free|available|online|around|on duty|
        on hand|i can|we can|i could|who can|that can|to talk|to speak|to chat|to help me)
    (is|are|get) [not] [there] [not] [no] (someone|somebody|anyone|anybody|no one|nobody|people) [else] [_] (i can|
        we can|i could|to) [_] <speak>
    (need|want|like|get|give me) (someone|somebody) [i can|we can|to|who i can|that i can] (talk|speak) (to|with) $
    (need|want|like|get|give me) (anyone|a person|people) [i can|we can|to|who i can|that i can] (talk|speak) (to|
        with) $
    (need|want|like|get|have) (someone|somebody) to (contact|call|ring|phone|speak|talk|explain) [to|with] [me|us]
    (need|want) (someone|somebody) to help me [now|please|here] $
    (is|are|got|have) [you] [not] [there] [like] {<filler>} (<any>) (i|we) [can|could] (talk to|speak to|speak with|
        talk with|text|message|ring|phone|write to|deal with) …
    (is|are) [not] [there] (anyone|anybody|someone|somebody) [actually|real|human|even|else] (there|available|online|
        listening|alive)
    ^ {hello|hi|hey|is|are|oi|um} (anyone|anybody|someone|somebody|any humans|any human|any people) [real] (there|
        here|home|available|around) $
    ^ is {<filler>} (<personal>) [even|actually] (reading|listening|there|working) …
    # call me back
    (can|could|please|have|get|want|need|ask) {<caller>} <ring> (me|us) [back] $
    (can|could|please|have|get|want|need|ask) {<caller>} <ring> (me|us) [back] (please|now|asap|immediately|today|
        tomorrow|on|at|about|regarding|later|and|to|urgently|in|
        this morning|this afternoon|this evening|this week|tonight|between|instead|directly|because|as|for) …
    (get|have|ask) (one|someone|somebody) of [the|your] _ to (call|ring|phone|give) (me|us) …
    ^ {please|just} (call|ring|phone) (me|us) [back|please|now|asap|on _|at _|today|tomorrow] $
    (request|want|need|arrange|book|get|have|like) a (call back|callback|phone call)
    give (me|us) a (call|ring|bell)
    (talk|speak|call) … (on|by|over) the (phone|telephone)
    # other languages: the desk still hears the word
    (mit|zu) [einem|einer] (menschen|mitarbeiter|mitarbeiterin|jemandem|berater|beraterin|person|
        kundendienst) … (sprechen|reden)
    (parler|parle) (a|à|avec) [un|une|votre|quelquun] (humain|personne|conseiller|conseillère|agent|vrai*|responsable|
        quelquun)
    hablar con [un|una|el|la] (humano|persona|agente|alguien|asesor|operador|encargado|encargada|representante|
        gerente)
    parlare con [un|una|il|qualche] (umano|persona|operatore|operatrice|qualcuno|responsabile)
    falar com [um|uma|o|a] (humano|pessoa|atendente|alguém|alguem|gerente|operador)
    (medewerker|mens|iemand) [te] (spreken|praten)
    (spreken|praten) met [een] (medewerker|mens|iemand|persoon)
    (rozmawiać|porozmawiać) z (człowiekiem|konsultantem|kimś|pracownikiem)
    """,
    lists=_LISTS
    | {
        "speak": "talk|speak|chat|call|phone|ring|contact|deal",
        "ring": "call|ring|phone|contact|telephone",
        "caller": "someone|somebody|anyone|you|a|the|your|real|person|human|manager|to|please|just|they|them"
        "|be|so|kind|as|kindly|possibly|good|enough|would|mind|one of the _"
        "|one of your team",
    },
)
_NO_BOT = Phrases(
    """
    (not|no|stop|never|hate|sick of|tired of|enough of|enough with|fed up with|done with|rather than|instead of|
        other than) {<talk>} (<bot>)
    (not|no|stop|never|hate|rather than|instead of|sick of|tired of) {<talk>} (talk|talking|speak|speaking|deal|
        dealing|chat|chatting|write|writing|type|typing|explain|explaining|tell|telling|share|sharing|discuss|
        discussing|say|saying|conversation*|get on) [it|this|that|them|any of this] {<talk>} (<thing>)
    """,
    lists={
        "bot": "bot|bots|chatbot|chatbots|chat bot|automated replies|automated responses",
        "thing": "ai|robot|robots|machine|machines|computer|computers|program|programme|algorithm|automated thing"
        "|thing|screen|wall|bot|chatbot",
        "talk": "enough|want|wanting|like|need|to|talk|talking|speak|speaking|chat|chatting|deal|dealing|with|a"
        "|an|the|this"
        "|these|your|you|stupid|dumb|useless|damn|bloody|fucking|more|any|some|another|be|having|have|going"
        "|write|writing|me|give",
    },
)
_ALONE = Phrases("^ {<please>} {<filler>} (<personal>) {<please>} $", lists=_LISTS)
# Names of departments are requests only where they are all that is said.
_WHOLE = Phrases(
    """
    ^ {<please>} {<filler>} (<strong>) {<please>} $
    ^ {please|hello|hi} (support|customer support|support team|call back|callback|escalate|phone call) {please|now} $
    """,
    lists=_LISTS,
)
_NEGATED = Phrases(
    """
    (not|never|without|instead of|stop|hate|avoid|rather than|too shy|afraid|before|never mind) {<link>} $
    no [need|point|reason|desire|intention] {<link>} $
    """,
    lists=_LISTS,
)
_NOT_NEGATED = Phrases(
    """
    (can|could|may|why|do|is|are|will|would) (i|we|you|there|it) [_] not
    (can|could) not
    (why|not only)
    """
)
# Talk about persons that asks for none: who is speaking, what happened, titles, jokes, jobs, conditions.
_ASIDE = Phrases(
    """
    (am i|are we|i am|was i|are you|is this|is that) [_] (talking|speaking|chatting|writing|texting)
    (are|is) (you|this|it|that) [even|really|actually|just] [a|an] {real|actual|live|human} (bot|robot|human|person|
        ai|machine|people)
    ^ (you|this|it|that) (are|is) [not] [a|an] (bot|robot|human|person)
    (am|are|is|was) not a (bot|robot|chatbot)
    (is|are) (the|your) _ [_] (a|an) (real|actual|live|human) (person|human) …
    (had|used|got|managed|able|chance|nice|lovely|great|good|fun|pleasure|easy) to (talk|speak|chat)
    (book|books|novel|copy|copies|title|song|film|game|album|poem|story|play|course|class) (is|was|of|called|named|
        titled|about|on|where|by|how)
    (have|got|stock|sell|read|called|titled|named|reading|copy of) … how to (talk|speak)
    (do|does|are|would|will) (you|they) (need|want|require|hire|hiring|looking for|have jobs|employ)
    (do|does|will|must|should) (i|we|one) (need|have) to (talk|speak|call|contact)
    what (can|could|should) you call
    (do|does|would|will|must|should) (i|we|one) (need|have|require) (a|an|my|your|to get|to have|to bring)
    (estate|letting|travel|insurance|literary|cleaning|shipping|customs|secret|booking) (agent|agents)
    (person|human|agent|manager|staff|doctor|vet) (called|named|discount|account|card|id|rights|anatomy|resources)
    (might|may) (have|need|want) to
    (call|ring|phone|contact) (me|us) … (when|if|before|once|as soon)
    """
)
_JOKE = Phrases("(just kidding|only joking|only kidding|i am joking|i kid|jk)")
_VISIT = Phrases(
    """
    in person
    (when|if) i (come|visit|pop|drop|am) (in|by|round|there|over)
    """
)


@lru_cache(maxsize=2_048)
def asks_for_person(text: str) -> Asked:
    """Tell whether a message asks for a person.

    Args:
        text: One utterance as typed.

    Returns:
        "yes" for a request; "no" where persons are mentioned but none is asked for, which also outweighs a classifier
        that heard one; "unclear" where the wording says neither.
    """
    parts = clauses(text)
    verdicts = {_clause(part) for part in parts}
    if "joke" in verdicts:
        return "no"
    if _alone(parts, mentioned="no" in verdicts):
        return "yes"
    return "yes" if "yes" in verdicts else "no" if "no" in verdicts else "unclear"


def _alone(parts: tuple[str, ...], *, mentioned: bool) -> bool:
    """Whether a clause holds nothing but the person; after "am I speaking to a bot or" that is no request."""
    return (len(parts) == 1 and _WHOLE.said_in(parts)) or (_ALONE.said_in(parts) and not mentioned)


def _clause(part: str) -> Literal["yes", "no", "unclear", "joke"]:
    if _JOKE.said_in([part]):
        return "joke"
    if _ASIDE.said_in([part]):
        return "no"
    if _NO_BOT.said_in([part]):
        return "yes"
    starts = _REQUEST.starts_in(part)
    if not starts:
        return "unclear"
    return "no" if _VISIT.said_in([part]) or all(_negated(part, start) for start in starts) else "yes"


def _negated(part: str, start: int) -> bool:
    before = [part[:start].strip()]
    return _NEGATED.said_in(before) and not _NOT_NEGATED.said_in(before)
