"""How the writer takes it: patience at an end, sarcasm, praise, relief, jokes; and whether the last answer helped.

Sentiment models read single words; these are whole turns of phrase with which customers say that they have had enough.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.desk.phrases import Phrases
from bot.desk.wording import clauses

_LISTS = {
    "bad": "ridiculous|unacceptable|outrageous|absurd|disgrace|disgraceful|disgusting|pathetic|useless|appalling"
    "|shocking|shambolic|shambles|infuriating|insulting|shameful|hopeless|nightmare|farce|garbage"
    "|rubbish|crap|bullshit|bs|incompetent|clueless|rude|laughable|atrocious|abysmal|joke|disaster|scandal"
    "|scandalous|mess|horrendous|dreadful|maddening|exasperating|inexcusable|unbelievable|awful|horrible"
    "|terrible|beyond belief|unreal|a waste of time|exhausting|mental|beyond frustrating"
    "|so frustrating|very frustrating|really frustrating|extremely frustrating|getting silly|getting old"
    "|taking the piss|taking the mick|taking the mickey|a scam|a con|a rip off|nonsense|enraging|not cool"
    "|beyond a joke|so rude|a fail",
    "very": "absolutely|totally|completely|utterly|simply|bloody|fucking|truly|so|beyond|really|just|getting"
    "|actually|a|an|the|such|total|complete|absolute|utter|bit|of|very|pretty|frankly|honestly|quite|beyond"
    "|bad|huge",
    "angry": "furious|fuming|livid|disgusted|outraged|pissed|pissed off|angry|raging|appalled|seething|frustrated"
    "|infuriated|insulted|shocked|disappointed|upset|annoyed|irritated|unhappy|dissatisfied|unimpressed"
    "|not happy|not impressed|mad",
    "poor": "worst|terrible|awful|horrible|horrendous|appalling|shocking|atrocious|dreadful|disgusting|pathetic"
    "|lousy|shit|shitty|crap|crappy|poor|abysmal|rude|useless|zero|bad|shameful|disgraceful|shoddy"
    "|incompetent|hopeless|rubbish",
    "business": "service|customer service|support|experience|company|shop|store|staff|business|communication"
    "|website|app"
    "|bot|chatbot|place|restaurant|hotel|salon|clinic|gym|care|team|people|delivery|quality|treatment"
    "|manners|robot|machine|system|assistant|answer|answers|ai|chat|help|customer care|after sales|garage"
    "|provider|response|excuse*",
    "insult": "liars|liar|scammers|thieves|thieving|idiots|idiot|morons|moron|muppets|clowns|crooks|cowboys|amateurs"
    "|con artists|incompetents|cheats|frauds|stupid|useless|pathetic|clueless|incompetent|hopeless|a joke"
    "|disgusting|shameless|rude|jokers|robbers|dumb|thick|crooked|worthless|criminals|no help|not helping"
    "|no use",
}

_PATIENCE = Phrases(
    """
    (this|that|it|which|you|your _|service|bot|app|website) (is|are|was|were|has been) {<very>} <bad>
    ^ {<very>|oh|well|honestly} (<bad>) $
    (absolutely|totally|completely|utterly|simply|bloody|fucking|truly|beyond) (<bad>|<angry>|fed up)
    (waste|wasting|wasted) [of] (my|our|everyone|hours|all this|so much|time|money|space|half|another|two|three)
    what [a|an] {<very>} <bad>
    what (kind|sort) of [a] [_] (business|company|service|shop|place|circus|joke|people|operation|outfit) … $
    (this is|that is) [just|absolutely|completely] (insane|crazy|mental)
    what is wrong with (you|your|this)
    <poor> [ever|possible] [customer] <business>
    (worst|most) [_] [_] (ever|i have ever|i have had)
    how (many more times|many times do i have|many times have i asked|many times must|hard can it|difficult can it|
        hard is it to|difficult is it to|dare you|
        on earth|is that possible|is this possible|can you treat|do you treat people|do you treat your|many emails|
        many calls)
    for the [_] (second|third|fourth|fifth|sixth|tenth|hundredth|umpteenth|millionth|2nd|3rd|4th|5th|10th|100th|
        nth) time
    (second|2nd) time [this|in|now|you|that|already] …  $
    (third|fourth|fifth|sixth|3rd|4th|5th|6th|tenth|10th) (time|email|message|call|attempt)
    (fed up|sick and tired|sick of|had enough|enough of this|at my wits end|last straw|final straw)
    (losing|lost|running out of|no more|no) [my|all|of] patience
    my patience is
    (fuck you|fuck this|fuck off|screw you|go to hell|piss off|for fucks sake|for fuck sake|ffs|stfu)
    i (trusted|believed|relied on) (you|this|your _)
    (can|could|do|did|does|will|would) not even (tell|say|answer|call|bother|apologi*|reply|know|look|try|read|
        give|send|see)
    (in tears|crying|desperate|heartbroken|devastated|gutted|at breaking point|stressed out|so stressed|worried sick)
    (copy|copied) and (paste|pasted)
    (canned|scripted|automated|robotic|generic) (answer*|reply|replies|response*|message*)
    (not|hardly) [an|a] (acceptable|adequate|reasonable|satisfactory|serious) [answer|solution|response|explanation]
    (not|hardly) (find|consider|call|think) (that|this) … (acceptable|adequate|reasonable|satisfactory|fair)
    i (am|was|feel|have been) {<very>|now|beginning to get|left feeling|feeling|getting} <angry>
    (makes|making|made) me [so|very|really|feel] <angry>
    (nobody|no one|none of you|you never|you guys never|never|not one of you) … (answer*|repl*|respon*|care|cares|
        cared|help*|listen*)
    (nobody|no one|none of you|you never|you guys never) … (call*|pick* up|bother*|got back|get back|gets back|
        contact*|turned up)
    (nobody|no one) (knows|seems|wants|can|has) …
    (ignor*|lied|lying|lie|cheat*|mock*|insult*|fob*) [to] (me|us|my|our)
    [being|been|feel|feeling] (ignored|lied to|cheated|robbed|fobbed off|mugged off|scammed|ripped off|conned|
        mistreated)
    you [all|guys|people|lot] (lied|ignored|cheated|scammed|robbed|ruined|stole|screwed|messed up|broke|lost my|
        let me down)
    you [all|guys|people|lot] (are|is) {<very>|all|nothing but|a|bunch|load|of|lot|pack} <insult>
    (bunch|load|pack) of [_] (<insult>)
    (ripped|rip|ripping) (me|us|people) off
    (stole|stealing|robbed|robbing|taken|took) (my money|me|us|our money)
    (daylight robbery|robbery|rip off|day light robbery)
    (stupid|useless|dumb|idiotic|fucking|bloody|worthless|damn|shit|crap|hopeless|pathetic|rubbish|goddamn|
        moronic) [_] (<business>|thing)
    (unbelievable|are you kidding me|are you kidding|are you serious|are you joking|are you deaf|are you even reading|
        must be joking|got to be kidding|got to be joking|have to be kidding|taking the piss|having a laugh|
        are you for real|i give up|enough is enough|beyond me|beggars belief|this is a joke|is this a joke|
        are you stupid|not a joke)
    what the (hell|fuck|actual) …
    (never|not) (told|informed|mentioned|warned) (me|us)
    refus* to (help|refund|answer|listen|pay|give|let|honour)
    (lack of|no) (communication|empathy|common sense|respect|manners|accountability)
    (where is|what happened to) (the|your) … (service|promise|guarantee|commitment)
    (pulling my hair|driving me mad|driving me crazy|driving me up the wall|making my blood boil|doing my head in)
    (epic fail|big fail|what a fail|nightmare of|absolute state)
    (how|why) (come|is it) (nobody|no one|that nobody|that no one|you can not|so hard|always)
    (you|it|this|that|bot|they) [just] (keep|keeps|kept) [on] (saying|telling|sending|giving|repeating|asking|
        ignoring|cancel*|charging|changing|failing|breaking|going|moving|making|taking)
    (going|goes|run|running|went) [me] [round|around] in circles
    same [useless|stupid|bloody|damn|canned|generic] (answer|thing|reply|response|nonsense|rubbish|message|
        link) (again|over|every)
    (fix|sort|solve|refund|resolve|answer|deliver|send|give) (it|this|me|my _|that) [_] [right] (now|
        immediately) $
    do your (job|jobs)
    i (want|demand|expect|deserve) (answers|an explanation|compensation|action|my money|a full refund|better|
        an apology)
    (want|give me|demand) [all] (my|our) [_] money [back]
    not good enough
    (unprofessional|shame on you|should be ashamed|ought to be ashamed|do you even care|do you care|
        could not care less|no use|no help|totally unhelpful|so unhelpful|unhelpful|you are not helping|not helping|
        this is not helping)
    (ruined|ruining|spoiled|spoilt|wrecked) (my|our|the|his|her) (_|_ _|_ _ _) $
    (let|letting) (me|us) down
    (sort|get) (it|this|yourselves|yourself|your act|your shit) (out|together)
    """,
    lists=_LISTS,
)
_OVERDUE = Phrases(
    """
    (still|yet) (no|nothing|waiting|nobody|no one|not) (news|reply|response|answer|sign|refund|parcel|order|delivery|
        word|update*)
    (still|yet) (nothing|waiting|nobody|no one|no reply|no refund|broken|not fixed|not here|not arrived|not resolved|
        not received)
    (still|yet) (have not|has not|had not|did not|do not have|not had|not got|not been) (received|arrived|heard|got|
        come|had|been)
    still (have not|has not|do not have|not) … (refund|parcel|package|order|reply|answer|response|money|delivery|it|
        anything)
    (been|have|am|kept|keep) [_] (waiting|on hold|chasing|asking|trying|calling|emailing|ringing|phoning) … (for|
        since|all|over)
    (been|have|am|kept|keep) [_] (waiting|on hold|chasing|asking|trying|calling|emailing) … (hours|days|weeks|months|
        ages|forever)
    kept (me|us) waiting
    (waited|waiting) … (hours|days|weeks|months|ages|forever|long enough)
    (hours|days|weeks|months) [and|now] (later|late|overdue|of waiting|of this|of nothing) [and|of|now] [still|no|
        nothing]
    how much longer
    why (is|does|did|has) (it|this|my _|my _ _) (take*|taking|so long|always|keep) …
    (nobody|no one) [has|have] (called|replied|answered|responded|come|contacted|got back|turned up|rang|phoned)
    (no|without) (reply|answer|response|update|news|call|explanation|apology) (yet|so far|since|for|after|at all)
    """,
    lists=_LISTS,
)
_SWEARING = Phrases(
    """
    (fuck*|shit|shitty|crap|bloody|damn|damned|goddamn|dammit|hell|arse|ass|bastard*|bullshit|bollocks|wanker*|twat*|
        piss*|fuck you|fuck this|fuck off|screw you|go to hell|sod off|piss off|bugger off|ffs|wtf|omfg|stfu)
    for (fuck|god|gods|goodness|heaven|heavens|christ|crying|pete) [s] (sake*|out)
    """
)
_SARCASM = Phrases(
    """
    (thanks|thank you|cheers) … for (nothing|wasting|ruining|losing|ignoring|absolutely|not|zero|no|the runaround|
        the wait)
    ^ (oh|well|wow|yeah|how|ah) {oh|well|how|just|so|that is|is not that} <fine> [another] $
    ^ {oh|well|wow|ah|just} <fine> (another|more|now|so now|and now|so i) …
    ^ (oh|simply|how) <fine> (service|work|job|timing)
    (great|good|nice|fantastic|brilliant|excellent|amazing|top|stellar|lovely|super) (job|work|service|effort|going|
        start) … <ill>
    well done … <ill>
    ^ (oh|wow|well|ah) <fine> (third|second|fourth|another|again|now|more|no|still|yet|so) …
    (thanks|thank you|cheers) … for (making|letting|having) (me|us|my _) (miss|late|wait|lose|cry|look|pay|queue) …
    ^ <fine> so (i|we|my|now|that) [just|will|have|get|am] …
    ^ <fine> [customer] (service|support|care|communication) (as|again|once|from|yet|there|guys|so far) …
    (slow clap|round of applause|what a surprise|surprise surprise|how convenient|how helpful|how original|
        how surprising|yeah right)
    ^ {wow|oh|well|yeah} (so helpful|very helpful|super helpful|real helpful) (not|as always|as ever|yet again|again)
    (fat lot of good|just what i needed|exactly what i needed|lucky me|how nice for you|a lot of good that)
    (love|loving|adore|enjoy|enjoying) (that for me|it when|how you|how nobody|how no one|being ignored|waiting|
        talking to a)
    (must be|it is) nice to (ignore|take|have)
    ^ (truly|really|wow) (world class|first class|five star|impressive|outstanding|stellar|exemplary) … $
    (bravo|kudos|congratulations|congrats|hats off|gold star) … <ill>
    ^ (bravo|slow clap|clap clap*|world class|first class) [service] $
    (thrilled|delighted|so happy|overjoyed|ecstatic) … (broken|late|wrong|missing|lost|waiting|ignored|cancelled|
        nothing)
    """,
    lists={
        "fine": "great|wonderful|brilliant|fantastic|lovely|perfect|marvellous|super|terrific|fabulous|splendid"
        "|awesome"
        "|nice|amazing|good",
        "ill": "losing|lost|breaking|broken|late|again|ruin*|forgetting|ignoring|not|wrong|cancel*|nothing|missing"
        "|delay*|overcharging|sending|for that|for the wait|on messing|messing|on losing",
    },
)
_PRAISE = Phrases(
    """
    (thanks|thank you|cheers|thankyou|much appreciated|grateful|bless you|ta)
    (appreciate|appreciated) [it|that|your|the|this]
    (perfect|brilliant|amazing|awesome|excellent|fantastic|wonderful|superb|fabulous|gorgeous|delighted|thrilled|
        incredible|stunning|delicious|yum*|addicted|masterpiece|genius|legend*|lifesaver|life saver|stoked|obsessed|
        yay|woohoo|hooray|wow)
    (love|loved|loves|loving|adore|adored) (it|this|you|your|that|the|my|every|reading|how|these|them|him|her|
        everything)
    (over the moon|made my day|made my week|made my year|can not wait|can not stop|well done|congrat*|good job|
        great job)
    best … (ever|shop|store|gift|present|book|cake|meal|day|news|place|thing|coffee|service|team|haircut|in town|
        in years)
    (so|really|very|super|pretty|damn|fucking|bloody|dangerously|insanely|stupidly|ridiculously|too) (good|
        happy|excited|pleased|helpful|cute|pretty|beautiful|cool|
        nice|kind|great)
    (great|lovely|good|nice|cool|sweet|excellent|neat) (stuff|news|one|work|to know|to hear|idea|choice|shop|place|
        team|thanks)
    ^ {oh|ok|okay|that is|thats|wow|haha} (great|lovely|cool|nice|good|sweet|ace|fab) [thanks|thank you] $
    (impressed|chuffed|blown away|five stars|highly recommend|recommend you to|top marks|big fan)
    """
)
_SETTLED = Phrases(
    """
    (that|it|this|everything|order|parcel|package|refund) [is|has|all|just] (worked|works|helps|helped|sorted|solved|
        fixed|arrived)
    (that|it|this|everything) (is|looks|seems) [all] (resolved|fine now|all good|good now|clear now|working now|
        ok now|sorted)
    (all sorted|problem solved|all good|sorted now|never mind|nevermind|no worries|found it|got it now|crisis averted|
        panic over)
    (that is|it is) (ok|okay|fine|great|perfect|all|helpful|very helpful|really helpful|good|brilliant) (thanks|
        thank you|now|then|$)
    (makes sense|my mistake|my bad|false alarm|just arrived|has arrived|have arrived|turned up|was my fault|misread)
    """
)
_UNHELPED = Phrases(
    """
    (that|this|it|which) (is|was|does|did|do|has) not [really|even|actually|quite] what i (asked|meant|want*|need*|
        said)
    (that|this|it|which) (is|was|does|did|do|has) not [really|even|actually|quite] (answer*|help*|my question|
        the question|the answer|the problem|the point|useful|relevant|right|correct|true)
    (not|never) (what i asked|what i meant|what i want*|what i need*|what i said|answer* my question|
        answer* the question|my question|helpful|helping|useful|answering)
    (you|it|bot) (are|is|do|did|does|have|can) [just|clearly|really|obviously] not (understand*|get|getting|listen*|
        read*|help*|answer*|hear*|follow*|know)
    (misunderstood|misunderstand|missed the point|missing the point)
    ^ (no|nope|nah|wrong|incorrect) {no|that is wrong|wrong|not that|still no} $
    none of (these|those|them|the above|that)
    wrong (answer|question|thing|topic)
    read (my|the) (question|message) [again]
    i [already|just|have already|have just] (looked|read|checked|seen|said|told|asked|meant|
        tried|answered|explained|wrote|gave you)
    (asked|told|sent) you (already|this|that|twice|three times|before)
    (tried|did|done) (that|this|it|all that) (already|twice|before|and)
    (that|this|it) (is no|was no|does not) (help|work|use)
    (huh|what do you mean|what are you talking about|what does that mean|that makes no sense|makes no sense) $
    (again|once more) (how|where|when|what|why|can)
    """
)
_QUESTION = Phrases(
    """
    ^ {and|so|but|ok|then|or|also|hi|hello|lol|haha|ha} (who|whose|what|which|when|where|why|how|can|could|
        will|would|do|does|did|
        is|are|am|may|should|have|has|was|were)
    """
)
_ASKS = Phrases(
    """
    ^ {and|so|but|ok|then|or|also|hi|hello} (who|whose|what|which|when|where|how|can|could|do|does|did|is|are|am|may|
        should|would|will) (i|you|we|it|there|they|the|a|an|this|that|my|your|much|many|long|far|time|kind|sort|day|
        size|colour|color|customer|_ _)
    """
)
_SENTENCES = re.compile(r"[^.!?\n]*\w[^.!?\n]*")
_LAUGHING = re.compile(
    r"\b(?:l+o+l+|lmf?ao+|rofl|(?:ha){2,}h?|(?:he){2,}h?|hihi|joking|kidding)\b|[😂🤣😆😜😝😉😅]|(?<!\w)[:;]-?[)DPp](?!\w)",
    re.IGNORECASE,
)
_HEATED = re.compile(r"[?!]{2,}|[?!] ?1{2,}")
_SHOUT = re.compile(r"\b[A-Z]{3,}\b")
_ANGRY_EMOJI = re.compile("[😠😡🤬👿💢😤🖕]")
SHOUTED_WORDS = 3  # one word in capitals is an emphasis or an abbreviation


@dataclass(frozen=True, kw_only=True)
class Temper:
    """How one message takes it; each sign stands for itself."""

    patience_signs: int = 0  # ways in which it says that patience is at an end
    overdue: bool = False  # still waiting, and says so; polite customers do too
    swearing: bool = False
    shouting: bool = False
    heated: bool = False  # "?!", "!!!"
    asking: bool = False
    plain_question: bool = False  # one question from its first word to its mark, and nothing told
    sarcastic: bool = False
    praising: bool = False
    settled: bool = False
    unhelped: bool = False
    laughing: bool = False


@lru_cache(maxsize=2_048)
def read(text: str) -> Temper:
    """Read how the writer of one utterance takes it."""
    parts = clauses(text)
    return Temper(
        patience_signs=_PATIENCE.count_in(parts) + bool(_ANGRY_EMOJI.search(text)),
        overdue=_OVERDUE.said_in(parts),
        swearing=_SWEARING.said_in(parts),
        shouting=_shouts(text),
        asking=_QUESTION.said_in(parts) or "?" in text,
        plain_question=len(_SENTENCES.findall(text)) == 1 and bool(parts) and _ASKS.said_in(parts[:1]),
        heated=bool(_HEATED.search(text)),
        sarcastic=_SARCASM.said_in((*parts, " ".join(parts))),
        praising=_PRAISE.said_in(parts),
        settled=_SETTLED.said_in(parts),
        unhelped=_UNHELPED.said_in(parts),
        laughing=bool(_LAUGHING.search(text)),
    )


def _shouts(text: str) -> bool:
    loud = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    return loud and len(_SHOUT.findall(text)) >= SHOUTED_WORDS
