"""What a message announces: danger, fraud, legal steps, leaving; and what it wants done.

The phrases look for what the writer does ("I will sue you"), not for words ("a book about lawyers").
"""

from dataclasses import dataclass
from functools import lru_cache

from bot.desk.phrases import Phrases
from bot.desk.wording import clauses

_LISTS = {
    "limb": "arm|leg|wrist|ankle|finger|nose|tooth|teeth|foot|hand|head|knee|back|hip|shoulder|toe|elbow|neck"
    "|face|thumb",
    "kin": "i|we|toddler|infant|boy|girl|nephew|niece|staff member|he|she|they|you|wife|husband|son|daughter"
    "|child|kid|baby|mother|father|mum|mom|dad|friend|partner"
    "|grand*|girlfriend|boyfriend|colleague|guest|customer|someone|somebody|everyone|everybody|dog|cat|puppy"
    "|people",
    "lawyer": "lawyer|lawyers|solicitor|solicitors|attorney|attorneys|barrister|legal team",
    "authority": "trading standards|ombudsman|consumer protection|consumer rights|consumer council|consumer affairs"
    "|regulator|authorities|watchdog|better business bureau|bbb|police|citizens advice|health inspect*"
    "|health department|environmental health|data protection|ico|ftc|attorney general|licensing board"
    "|food standards",
    "deal": "shop|shopping|buy|buying|order|ordering|come|coming|go|going|use|using|visit|visiting|book|booking|eat"
    "|eating|return|returning|stay|staying|trust|trusting|recommend|recommending|do business|doing business"
    "|deal|dealing|spend|spending|set|setting|touch|touching",
    "us": "here|with you|from you|at yours|your|you|you people|you guys|you lot|this shop|this store|this place"
    "|this company|this site|this website|this app|this restaurant|this hotel|this salon|this clinic"
    "|this gym|this service|this cafe",
    "contract": "subscription|membership|account|contract|plan|policy|standing order",
}

_SELF_HARM = Phrases(
    """
    (kill|hurt|harm|cut|killing|hurting|harming|cutting) myself
    (kill|end|ending|take|taking) my [own] life
    (am|feel|feeling|been) suicidal
    (do not|no longer) (want|wish) to (live|be alive|be here anymore|be here any more|wake up)
    ^ [i] [just] (want|wish|wanted) to (die|be dead) $
    """
)
_SAFETY = Phrases(
    """
    (had|having|has|have|got|gets|caused|causing|suffer*|went into|having) … (allergic|anaphyla*) [reaction|shock]
    (had|having|has|have|got|suffer*) [a|an] [very|really] [bad|serious|severe] reaction to your
    <kin> … (food poisoning|poisoned|electrocuted|burnt|injured|bleeding|choking|choked|unconscious|hospitalised|
        hospitalized|collapsed|passed out|not breathing|in hospital|in the hospital|in casualty|to hospital)
    <kin> (was|were|got|been|is|are|get) (burned|shocked|scalded|cut|hurt) (by|on|from) (your|the|this|it)
    (gave|give|giving|got|getting) [me|us|my _] [a|an] [bad] (food poisoning|electric shock|shock)
    (caught|catch|catching|is on|are on|was on|went on|set) fire
    [black] (smoke|sparks|flames) [is|are|was|were] (coming|pouring|flying) (out|from)
    (nearly|almost) (choked|died|drowned|suffocated|lost an eye|lost a finger|got killed|burned|burnt|fainted)
    (broke|broken|fractured|sprained|dislocated|cut|burned|burnt|twisted) (my|his|her|their) <limb> … (at|in|on|by|with|
        from|because) (your|the|one) …
    (fell|slipped|tripped) (on|down|over|at|in) (your|one of your) …
    (burns|blisters|a rash|hives|an infection|bruises|a wound|stitches|chemical burns|swelling) (on|in|from|to|
        after) …
    (face|throat|lips|eyes|skin) … (swelling|swollen|swelled|burning|blistered|infected)
    (smell|smells|smelling|smelled|leak|leaks|leaking) [of|like] gas
    gas leak
    (it|charger|battery|phone|device|bottle|oven|heater|scooter) [just|has|have] (exploded|explodes|exploding)
    (this is|it is|its) an emergency
    (call|called|calling) (an ambulance|911|999|112)
    (ended up|am|was|were|been|currently|now|taken|rushed|sat|still|spent _) … (in|to|at) [the] (a e|casualty|hospital|
        urgent care|emergency room|intensive care)
    (with|has|have|got|now) (a|an) (broken|fractured|dislocated) <limb>
    (brake|brakes|steering|wheel|handlebar*|seat belt|ladder|stroller|pushchair|cot|rope|harness) … (failed|fail|
        came off|come off|fell off|snapped|gave way|collapsed|stopped working|not working on)
    (is|are|was|were|started|starts|starting|been|a bit of|a lot of|lots of|some|see|seeing|saw) [just|now] (smoking|
        smoke|sparking|sparks|flames|melting|melted|overheating|smouldering) [_] [_] $
    (it|battery|charger|phone|laptop|tablet|device|kettle|toaster|plug|socket|oven) (is|was|are|has|started|
        keeps) … (smoking|sparking|overheating|melting|smouldering|bulging|swollen|swelling)
    (burning|burnt|burned|chemical|electrical) smell
    (smells|smell|smelling|smelled) [like|of|a bit|kind of|kinda] [it is] (burning|burnt|smoke|chemicals)
    <kin> … (swallowed|choking on|drank|drunk|ate|eaten|licked|inhaled) … (battery|batteries|magnet*|bleach|tablet*|
        pill*|detergent|poison*|antifreeze|button|coin|lily|lilies|medicine|cleaner|chemical*)
    <kin> [_] (swallowed|inhaled) (a|an|the|one|some|part|it|something|your) …
    (can not|could not|struggling to|trouble|hard to|difficulty) [to] (breathe|breathing|swallow)
    (wrong|different|incorrect|double|higher|twice the) [_] (dose|dosage|strength|medicine|medication|tablets|pills|
        prescription)
    (wrong|somebody elses|someone elses|another patients) [_] (medicine|medication|tablets|pills|prescription)
    (overdose|overdosed)
    (carbon monoxide|co alarm)
    (threatened|attacked|assaulted|groped|harassed|stalked|threatening|attacking|harassing|stalking) (me|us|my _)
    <kin> (was|were|got|have been|has been|am being) [sexually|physically] (threatened|assaulted|attacked|harassed|
        groped|stalked)
    (glass|metal|needle|blade|plastic|nail|screw) in (my|our|his|her) [_] [_] (food|soup|salad|bread|cake|meal|drink|
        sandwich)
    (glass|metal|needle|blade|plastic|nail|screw) in (my|our|his|her) [_] [_] (coffee|burger|pizza|bottle|curry|pasta|
        tea)
    (feel|feels|feeling|felt) unsafe
    not feel safe
    """,
    lists=_LISTS,
)
# Said in different sentences as a rule: what it is, that it is not the usual one, that some of it was taken.
_WRONG_MEDICINE = (
    Phrases("(mg|ml|milligram*|dose|dosage|tablet*|pill*|capsule*|medicine|medication|injection|drops|inhaler)"),
    Phrases("(wrong|different|normally|usually|instead|not mine|not what i|somebody|someone|mix up|mixed up|not my)"),
    Phrases(
        "(already|have|just|she|he|gave|i) [just|already|also] (taken|took|swallowed|given|had|gave) [him|her] "
        "(one|two|three|four|it|them|some|both|a|half|the)"
    ),
)
_FRAUD = Phrases(
    """
    (account|card|email|profile|login) … [been|got|was|is] [just] (hacked|compromised|cloned|taken over)
    (hacked|cloned) [into] my
    (did not|never) (authorise*|authorize*|approve*) (this|that|these|those|the|any|it)
    (did not|never) (make|made|place|placed) … (payment*|purchase*|order*|charge*|transaction*)
    (payment*|charge*|transaction*|order*) … [that|which] i (never|did not) (made|make|placed|place|authori*|approve*)
    (purchase*|withdrawal*|transfer*) … [that|which] (i|we) (never|did not) (made|make|placed|place|authori*|approve*)
    (someone|somebody) (got|broke|logged|hacked|has got) [in|into] … (account|e mail|email|wallet|phone)
    (someone|somebody) has access to my
    (someone|somebody|person|stranger|they) [is|has|are] [been|got|else] (in|into|inside|on) my (account|profile|email)
    (email|e mail|password|phone number|address|login) [address|has|was|got|is] [been|was|has] changed [_] (did not|
        not by me|without)
    (did not|was not|never) change (it|my password|the password|my email|the email|anything)
    (gone|stolen|vanished|disappeared|emptied|cleaned) [out] (from|of|out of) my (bank|bank account|credit card|
        debit card|current account|savings)
    (was not|is not|not) me (who|that) (ordered|bought|paid|made|placed|booked)
    (paid|clicked|entered|gave|typed|opened|filled|sent) … (scam|phishing|fake|fraud|scammer*|fraudster*)
    (scammed|conned|defrauded) (me|us|my _) [by|out of|for] …
    (been|was|got|am) (scammed|phished|defrauded|hacked)
    (money|funds) (is|are|was|were|has|have) [been] [all] (gone|stolen|taken) from my account
    (unauthorised|unauthorized|fraudulent) (charge*|payment*|transaction*|purchase*|access|order*)
    (someone|somebody) [else] (used|using|has used|is using|has been using|ordered with) my (card|account|name|
        details)
    """
)
_LEGAL = Phrases(
    """
    (my|our|a|an) <lawyer> [already|just] (will|is going|are going|has|says|say|said|told|would|advised|wants)
    (hear|hearing|letter|call|word|email) … (from|by) (my|our|a) <lawyer>
    (contact*|call*|get|getting|see|seeing|hire|hiring|involve|involving|consult*|sue|instruct*) (my|our|a) <lawyer>
    (speak|speaking|talk|talking|go|going|went|hand*) … (with|to) (my|our|a) <lawyer>
    (take|taking|start*|consider*|begin*|pursu*|threaten*|seek*|seeking) [further] legal (action|steps|advice|
        proceedings)
    legal action against (you|your)
    (take|taking|see|seeing) (you|you all|you guys|this|your _|them) [all] (to|in|before) [the] [small claims|a] court
    (to|in|at|through) [the] small claims
    (i|we) (will|am going to|are going to|could|can|should|would|am|are|might|have to) [be] (sue|suing)
    (going to|gonna|ready to|about to) sue
    (sue|suing) (you|your _|the company|this company)
    lawsuit against (you|your)
    (report*|complain*|complaint|go|going|went|write|writing|contact*|call*) … (to|with|the) [the] [local] <authority>
    (refer*|bring*|submit*|forward*|involv*|inform*|notify*|alert*|turn*|approach*|file|filing|lodg*|escalat*|pass*|
        takes|taking|take) … (to|with|the) [the] [_] <authority>
    (file|filing|filed|make|making|lodge|lodging|submit*|issue|issuing) [a|an|the|our|my] [_] claim … (if|unless|
        against|court)
    ^ {or|otherwise|then|please _ _ _|and|i|we|will|shall|am|are|going to|have to} (file|lodge|issue) (a|our|my) claim $
    (under|citing|according to|pursuant to) [the] (gdpr|consumer rights|data protection|sale of goods|my rights|
        consumer law|consumer protection)
    (kept|keeping|have|keep|saved|made) [a|all|the] (copies|copy|record|records|screenshots|evidence|a log) of … (this|
        chat|conversation|exchange|everything|it all)
    (erase|delete|remove) all [of] my [personal] data
    (tell*|take|taking|raise|raising|escalat*) (this|it|you) … (to|with) [the] [local] <authority>
    (call|calling|called|contact*) [the] (police|trading standards|ombudsman|regulator|citizens advice|
        consumer protection)
    press charges
    (formal|official) complaint
    (want|like|need|going|wish|have) to (file|make|lodge|raise|submit|register|log|put in) a [_] complaint
    (am|will be|are) (filing|making|lodging|raising|submitting) a [_] complaint
    (do|doing|file|filing|filed|start*|open|opening|raise|raising|request*|initiat*) [a|the] charge back
    (do|doing|file|filing|filed|start*|open|opening|raise|raising|request*|initiat*) [a|the] chargeback
    (dispute|disputing|disputed) (the|this|that|it|your) [_] (with|through) my (bank|card|credit card)
    (dispute|disputing) [the|this|that|it] [charge|payment] with my
    (my bank|my card company) (to|will) (reverse|claim|get|stop|take)
    breach of contract
    (i|we|my bank|my card) … (chargeback|charge back)
    (this is|that is|is|it is) (illegal|against the law|theft|criminal)
    (discriminat*) against (me|us|my)
    (see|meet) you in court
    """,
    lists=_LISTS,
)
_LEAVING = Phrases(
    """
    (never|not|no longer|not ever) {again|ever|be|bother|going|to|even} <deal> … <us>
    (never|not) {again|ever|be|going|to} <deal> {back|here|ever} again $
    ^ never again $
    (never|not) {again|ever|be|going|to} (coming|come|go|going) back [here] $
    (tak*|giv*) (my|our) (business|money|custom|orders) (elsewhere|somewhere else)
    (tak*) (my|our) (business|custom|orders) away
    (tak*|giv*) (my|our) (business|money|custom) to (a|another|your|someone|the|somebody)
    (lost|losing|lose) [me as] (a|your|another|one|this) [very|long time|good|loyal|regular|paying] [_] (customer)
    (lost|losing|lose) [me as] (a|your|another|one|this) [very|long time|good|loyal|regular|paying] [_] (client|guest|
        member)
    lost [a|your|my] (custom|business|trust)
    (switch|switching|moving|move|moved|changing|change) [over] to (a|another|your|the|some) [_] (competitor*|
        competition|company|provider)
    (switch|switching|moving|move|changing|change) [over] to (a|another|your|the|some) [_] (shop|store|supplier|gym|
        salon|bank|one)
    (switch|switching|moving|change) (provider*|supplier*|compan*|gyms|salons|elsewhere)
    (go|going|shop|shopping|buy|buying|order|ordering|look|looking|booking|take|try) [it|this|them|my _] (elsewhere|
        somewhere else)
    (go|going|buy|buying|order|ordering) … (competitor*|competition)
    cancel* (my|our|the|this) [_] <contract> (if|unless|and|right now|over|today|immediately)
    (close|closing|delete|deleting|end|ending|terminate|terminating) (my|our) [_] <contract> (if|unless|and|right now|
        over|today)
    (i am|will be|we are|am just) (cancelling|canceling|closing|deleting|leaving) (my|our|you)
    (i am|we are) [so|just|completely|officially] done with (you|this company|this shop|this store|this place|your _|
        all of you)
    (i am|we are) [so|just|completely|officially] done $
    (i am|we are|then we are|then i am) (off|leaving|gone|going) to (a|another|someone|somewhere|your) [_] [_]
    (not|never) {be|going|to|gonna|ever} (renew|renewing) [_] [_] $
    ^ {consider|then|this|that} (us|me|it|is) (gone|goodbye) $
    ^ (goodbye|bye) and good riddance
    (leav*|writ*|post*|giv*|put*|expect*|deserve*|getting) … (bad|negative|terrible|awful|scathing|horrible|damning|
        honest) … (review*|rating*|feedback)
    (leav*|writ*|post*|giv*|put*|expect*|deserve*|getting) … (one|1|zero|0|single|no) (star|stars)
    (leave|leaving|write|writing|post|posting) [a|my] review (everywhere|saying|about how|on google|on trustpilot|
        on yelp)
    (tell|telling|warn|warning) [all|of|our|other|the|your] [my|_] (everyone|everybody|friends|followers|people|world|
        family|customers) … (about|to avoid|to stay|not|never|against|how)
    (make sure|ensure) … (everyone|everybody|friends|followers|people|nobody|no one) … (know*|hear*|shops|buys|comes|
        ever)
    (go|going|post|posting|put|putting|take|taking|all over) … (twitter|facebook|instagram|tiktok|social media|
        the press)
    (go|going|post|posting|put|putting|take|taking) … (the papers|the newspaper*|the media|trustpilot|
        tripadvisor|yelp|
        google reviews)
    (last|final) time i [ever|will|will ever] (shop|buy|order|come|use|visit|book|eat|deal|stay|spend) … $
    (reading|read|hear|hearing|see|seeing) … (on|in) (trustpilot|tripadvisor|yelp|google|facebook|twitter|
        the papers|the press)
    wish i [had|have] never (ordered|bought|come|booked|found|signed|joined|used)
    ^ {so|then|just|ok|right|fine|and|i am|we are} (cancelling|canceling|closing|ending) (my|our) [_] <contract>
    (you|have|just|you have) [just] lost (me|us|my custom|my business|our business|our custom)
    (or|then|otherwise) (i|we|me and my _) (am|are|will be) (joining|going|off|leaving|switching|moving|gone|out)
    ^ {or|then|otherwise|unless|so|and} (i|we) (am|are|will be|will) [be] (joining|join) _ $
    (to|with|for) (a|your|the|another) [_] (competitor*|competition|rival|rivals)
    (start|begin|be|started|am|are) [to] (migrating|migrate|moving|move|switching|looking) [us|everything] (away|
        elsewhere|off|somewhere else|over to)
    (will|shall|going to|am|intend to|plan to|gonna|might|about to|happy to) … (on|to) (tripadvisor|trustpilot|yelp|
        google|google reviews|facebook|twitter|x|instagram|tiktok|reddit|social media|booking|checkatrade|glassdoor)
    no longer (feel|feels|comfortable|trust*|prepared|willing) …
    no longer (want|wish) to (be|shop|use|stay|deal|come|order|buy|work) …
    (not|no longer) [feel|feeling|very|really|at all] (comfortable|confident|happy) (bringing|leaving|using|coming|
        staying|going|ordering|sending|letting|trusting) …
    (my|our|his|her|_) (records|file|files|notes|data|account) (sent|transferred|moved|forwarded) to (another|
        a different|a new|someone else)
    """,
    lists=_LISTS,
)
_STAYING = Phrases(
    """
    (anyone|anybody|anywhere|nowhere|any) [other|where] (else|shop|store|place)
    (never|not) … back to (them|that|the other|those|my old|another|any)
    never … (disappoint*|let me down|regret|leave without|leaving without|get enough|be without|leave you|stop)
    not (come|go|leave|visit|use|get|give you|trust) … (until|today|tomorrow|this|next|on|because i|by myself|without)
    (would|will|could) (never|not) … go back to
    (for|about|of|on) (your|the|a|another|their) [_] (competitor*|rival*) $
    not (use|using|get|come|go|order|book|visit|return|give) … (today|tomorrow|this week|this weekend|yet|
        any more pages|my card)
    """
)
_TO_DO = Phrases(
    """
    <do> [me from] (my|our|the|this|that|a|an|me|it|his|her|their|you)
    (need|want|like|have) … <done>
    (take|sign|put) me off
    """,
    lists={
        "do": "cancel|change|amend|modify|update|refund|replace|reschedule|rebook|exchange|reactivate|unsubscribe"
        "|redeliver|swap|correct|remove|delete|resend|move|extend|pause|upgrade|downgrade|waive|reissue|transfer"
        "|merge|unlock|reset",
        "done": "cancelled|canceled|changed|refunded|replaced|rescheduled|redelivered|removed|corrected"
        "|unlocked|resent"
        "|swapped",
    },
)


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """What one message announces; each sign stands for itself."""

    self_harm: bool = False
    safety: bool = False
    fraud: bool = False
    legal: bool = False
    leaving: bool = False
    wants_done: bool = False


@lru_cache(maxsize=2_048)
def read(text: str) -> Alarms:
    """Read what one utterance announces."""
    parts = clauses(text)
    return Alarms(
        self_harm=_SELF_HARM.said_in(parts),
        safety=_SAFETY.said_in(parts) or all(sign.said_in(parts) for sign in _WRONG_MEDICINE),
        fraud=_FRAUD.said_in(parts),
        legal=_LEGAL.said_in(parts),
        leaving=any(_LEAVING.said_in([part]) and not _STAYING.said_in([part]) for part in parts),
        wants_done=_TO_DO.said_in(parts),
    )
