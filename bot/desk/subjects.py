"""Whom and what a message is about: the business, other people, other businesses, a story.

A customer who is angry at the boss, at the villain of a novel or at another shop needs no agent.
"""

from dataclasses import dataclass
from functools import lru_cache

from bot.desk.phrases import Phrases
from bot.desk.wording import clauses

_TO_US = Phrases(
    """
    (you|your|yours|yourself|yourselves|bot|chatbot|robot|this is)
    (sending|sent|send|telling|told|tell|giving|gave|give|answer|answered|help|helped|asking|charging|call|
        called) (me|us)
    this (chat|shop|store|company|place|site|website|app|business|service|assistant|restaurant|hotel|salon|clinic|gym|
        thing)
    """
)
_SERVICE = Phrases(
    """
    (order|orders|ordered|ordering|delivery|deliveries|delivered|deliver|parcel|package|shipping|shipment|courier|
        tracking|refund|refunds|refunded|money|charged|charge|charges|overcharged|bill|billed|billing|invoice|payment|
        paid|pay|price|fee|fees|waiting|waited|wait|reply|replied|response|responded|answer|answers|service|support|
        staff|help|manager|reception|booking|booked|reservation|appointment|account|subscription|membership|website|
        app|checkout|password|login|log in|broken|damaged|faulty|wrong|missing|late|delay|delayed|delays|cancelled|
        defective|leaking|stained|cold|dirty|product|item|items|purchase|purchased|bought|return|returned|voucher|
        discount|warranty|repair|repaired|replacement|customer)
    """
)
_PEOPLE = Phrases(
    """
    (my|his|her|their|our|the|this|that|another|a|an|some) [_] <others>
    (referee|football|match|league|goal|election|exam|exams|hangover)
    (brexit|monday|mondays|traffic|weather|politicians|football)
    (at|with|about) (myself|him|her|them)
    (my [own] fault|my [own] mistake|silly me|i messed up|i screwed up|stupid of me|hate myself|idiot me|kick myself)
    my [own] (fault|mistake|stupidity)
    i am (such|so) [a|an] [_] (idiot|fool|klutz|stupid|clumsy)
    (he|she) (is|was|always|never|keeps|says|said|wants|told|called|made|got|had|has|kills|dies)
    """,
    lists={
        "others": "boss|husband|wife|ex|sister|brother|mother|father|mum|mom|dad|aunt|uncle|neighbour"
        "|neighbours|neighbor"
        "|neighbors|friend|friends|colleague|colleagues|coworker|teacher|kid|kids|son|daughter|boyfriend"
        "|girlfriend|partner|landlord|flatmate|roommate|mother in law|in laws|villain|hero|heroine|character"
        "|characters|protagonist|murderer|killer|author|narrator|plot|story|ending|novel|book|film|movie|series"
        "|weather|rain|traffic|train|trains|bus|government|team|match|game|chapter|exam|exams|hangover|headache"
        "|cat|dog|puppy|school|referee|season|wedding"
    },
)
_ONESELF = Phrases(
    """
    my [own] (fault|mistake|stupidity|bad)
    (at|with|about) myself
    (silly|stupid|daft|idiot|dumb|clumsy) (me|of me)
    (hate|kick|kicking|blame) myself
    i am [such|so|just] [a|an] [_] (idiot|fool|klutz|stupid|clumsy|daft|dumb)
    i (messed up|screwed up|misread|mistyped|mismeasured|forgot)
    i [_] (booked|ordered|bought|typed|chose|picked|measured|entered|clicked|put|wrote) [in] (it|the|a|my) [_] wrong
    i [_] (booked|ordered|bought|typed|chose|picked|entered|clicked) the wrong
    """
)
_RIVALS = Phrases(
    """
    (other|another|different|previous|last|old|former|every other|big|rival) [_] <trade>
    (amazon|waterstones|ebay|walmart|tesco|royal mail|competitor|competitors|competition|everywhere else)
    my (airline|landlord|school|boss|employer|internet provider|phone company|insurance|energy supplier)
    (unlike|compared to|than) [at] (other|others|the other|everyone else|most)
    """,
    lists={
        "trade": "host|hosting|club|vendor|groomer|kennels|daycare|nursery|doctor|surgery|agency|contractor"
        "|builder|electrician|tailor|optician"
        "|caterer|airline|shop|shops|store|stores|place|places|company|companies|garage|salon|vet|vets|hotel|hotels"
        "|restaurant"
        "|restaurants|gym|gyms|bank|supplier|bakery|bakeries|dentist|clinic|mechanic|provider|chain|chains"
        "|florist|guy|people|cafe|website|site|studio|plumber|barber|hairdresser"
    },
)
_YOU = Phrases("(you|your|yours|yourselves)")
_THEY = Phrases("(they|them|their|theirs|he|him|his|she|her|hers)")
_FICTION = Phrases(
    """
    (book|books|novel|novels|film|films|movie|movies|series|thriller|thrillers|memoir|memoirs|biography|story|stories|
        character|characters|chapter|plot|author|podcast|documentary|textbook|lyrics|song|songs|quiz|recipe|costume|
        game|guide|episode|play|poem|poems|poetry|comic|manga|musical|show|joke|jokes|essay|dissertation|course|class|
        workshop|talk on)
    """
)


_STAKES = Phrases(
    """
    (funeral|wake|burial|cremation|wedding|christening|baptism|graduation|hospital|surgery|operation|chemo*|newborn|
        pregnant|premature|passport|visa|medication|medicine|insulin|inhaler|oxygen|wheelchair|disabled|carer|ashes|
        eviction|evicted|homeless|court date|job interview|heirloom)
    (my|our|his|her) _ [_] (birthday|party|anniversary|last day)
    (no|without) (heating|hot water|electricity|power|water|gas|food|money)
    (baby|child|children|toddler|mother|father|mum|mom|dad|grandmother|grandfather|gran|wife|husband|son|
        daughter) … (crying|cried|in tears|heartbroken|freezing|hungry|alone|ill|sick|scared|stranded)
    """
)


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """Whom and what one message is about; several may hold."""

    us: bool = False  # says "you", or speaks of this business or the assistant
    you: bool = False  # says "you" or "your"
    service: bool = False  # orders, money, waiting, help
    people: bool = False  # bosses, relatives, villains, the weather, oneself
    oneself: bool = False  # the writer's own mistake
    rivals: bool = False  # other businesses
    they: bool = False  # somebody named before
    stakes: bool = False  # days and things that do not come again: weddings, funerals, passports, operations
    fiction: bool = False  # books, films, songs, classes

    @property
    def concerns_us(self) -> bool:
        """Whether it is about what the business does."""
        return self.us or self.service

    @property
    def elsewhere(self) -> bool:
        """Whether others are meant: another business, or people and things that are not the business."""
        return (self.rivals and not self.us) or (self.people and not self.concerns_us)


@lru_cache(maxsize=2_048)
def read(text: str) -> Subjects:
    """Read whom and what one utterance is about."""
    parts = clauses(text)
    return Subjects(
        us=_TO_US.said_in(parts),
        you=_YOU.said_in(parts),
        service=_SERVICE.said_in(parts),
        people=_PEOPLE.said_in(parts),
        oneself=_ONESELF.said_in(parts),
        rivals=_RIVALS.said_in(parts),
        they=_THEY.said_in(parts),
        stakes=_STAKES.said_in(parts),
        fiction=_FICTION.said_in(parts),
    )
