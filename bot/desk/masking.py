"""Blacks out what nobody should ever send to a help desk: card numbers, bank accounts, passwords.

It works on the words alone, before anything is kept, logged or sent on. A mistake costs something either way, so each
kind has a proof: a card number has a sum (Luhn) and the first digits of a card issuer, a bank account its own sum (ISO
13616) and the length of its country, a password the words that introduce it. Order numbers, telephone numbers, book
numbers and parcel numbers stay readable: without them nobody can help.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["card", "bank_account", "password"]

DOTS = "••••"

_MOST_DIGITS = 19
_GAP = r"[ \u00a0\u2009\u202f.\-\u2010-\u2015]?"
# Glued to a word ("Visa4242…") it is a number still; glued to fewer letters it is a parcel's ("JD0146…").
_RUN = re.compile(rf"(?:(?<!\w)|(?<=[A-Za-z]{{4}}))\d(?:{_GAP}\d)+(?!\w)")
_DIGITS = re.compile(r"\d+")

# First digits and lengths that issuers use; other numbers of this length have the sum by chance one time in ten.
_ISSUERS = tuple(
    (re.compile(first), frozenset(lengths))
    for first, lengths in (
        (r"4", (13, 16, 19)),  # Visa
        (r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),  # Mastercard
        (r"3[47]", (15,)),  # American Express
        (r"3(?:0[0-5]|095|[68-9])", (14, 16, 19)),  # Diners Club
        (r"6(?:011|4[4-9]|5)", (16, 19)),  # Discover
        (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),  # JCB
        (r"62|81", (16, 17, 18, 19)),  # UnionPay
        (r"50(?:18|20|38)|5893|6304|67(?:59|6[1-3]|0[69]|71)", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
        (r"220[0-4]", (16, 17, 18, 19)),  # Mir
    )
)

# Numbers that are introduced as something else, even where they have a card's sum and a card's first digits.
_SOMETHING_ELSE = re.compile(
    r"(?:(?:\+|\b00)\s*\(?"
    r"|://\S*"
    r"|\b(?:(?:call|ring|text)(?: me| us)?|(?:tel|phone|mobile|cell|whatsapp|telephone|handy|telefon|imei|isbn|ean)"
    r"(?:\W?(?:number|nummer|no|nr)\b)?"
    r"|(?:order|tracking|parcel|shipment|consignment|delivery|invoice|customer|reference|ticket|bestell|sendungs)\W?"
    r"(?:number|nummer|code|id|no|nr)\b)"
    r"[\s:#.=-]*(?:(?:is|was|ist|at|on|unter)\b[\s:]*)?)$",
    re.IGNORECASE,
)
_LOOKED_BACK_CHARS = 80

_SECURITY_CODE = re.compile(
    r"(\b(?:cv[vc]2?|csc|security (?:code|number)|prüfziffer)\b\W{0,3}(?:(?:is|was|ist)\W{1,3})?)\d{3,4}\b",
    re.IGNORECASE,
)

# ISO 13616 registry: two letters and the length of the whole.
_IBAN_LENGTHS = {
    code: int(length)
    for code, length in (
        entry.split(":")
        for entry in (
            "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BI:27 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22"
            " DJ:27 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FK:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HN:28"
            " HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25"
            " MC:27 MD:24 ME:22 MK:19 MN:20 MR:27 MT:31 MU:30 NI:28 NL:18 NO:15 OM:23 PK:24 PL:28 PS:29 PT:25 QA:29"
            " RO:24 RS:22 RU:33 SA:24 SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 SO:23 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29"
            " VA:22 VG:24 XK:20 YE:30"
        ).split()
    )
}
_IBAN_START = re.compile(rf"(?<![A-Za-z0-9])([A-Za-z]{{2}}){_GAP}\d{_GAP}\d")
_IBAN_SIGN = re.compile(r"[A-Za-z0-9]")
_IBAN_GAPS = frozenset(" \u00a0\u2009\u202f.-\u2010\u2011\u2012\u2013\u2014\u2015")

_PASSWORD = re.compile(
    r"\b(?P<said>(?:pass ?(?:word|phrase|code)|pwd?|passwort|kennwort|mot de passe|contraseña|wachtwoord"
    r"|(?:my|card|bank|debit|credit)\s+pin(?: (?:code|number))?)"
    r"(?:\s+(?:for|to|of|on)(?:\s+[\w@.'-]+){1,4}?)?)"
    r"(?P<link>\s*[:=]\s*|\s+(?P<verb>is|was|ist|lautet|est|es)\s*:?\s+)"
    r"(?P<secret>[\"'“‘«„](?P<quoted>[^\"'”’»“\n]{1,80})[\"'”’»“]|\S+)",
    re.IGNORECASE,
)
# What people say about a password instead of saying it: "is wrong", "is not accepted", "is too short".
_ABOUT_IT = frozenset(
    """a about accepted after again all already also always an and any asked at because been before being blank blocked
    broken but can cannot case changed compromised confirmed correct correctly could denied did different disabled do
    does due each email empty enough error even every expired failed failing fine for forgot forgotten from given gone
    good hacked hard have has hello help here hi how i if impossible in incorrect insecure invalid is it its just keeps
    known leaked like link locked login longer lost may me might missing must my need needed needs never new no not
    nothing now of off ok okay old on only or our out outdated page please possible private protected refused rejected
    required requested reset right safe said saved says screen sent set shared short should so something sorry still
    stolen strong stuck supposed temporary thanks that the their then there they this to too tried try trying unknown
    until updated valid very was we weak what when where which who why will with working would wrong yes yet you your
    abgelaufen aber bitte contre expirée falsch gesperrt incorrect incorrecta incorrecto inválida nicht oublié richtig
    ungültig vergessen weg zu zurückgesetzt
    """.split()
)


@dataclass(frozen=True, kw_only=True)
class Masked:
    """A text as it may be kept, and what was blacked out in it."""

    text: str
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Find:
    start: int
    end: int
    kind: Kind
    shown: str


@dataclass(frozen=True, kw_only=True)
class _Group:
    start: int
    digits: str

    @property
    def end(self) -> int:
        return self.start + len(self.digits)


def mask(text: str) -> Masked:
    """Black out what must not be kept; a text without such a thing comes back as it is.

    Masking what is masked changes nothing, so a resent message is the same message.
    """
    accounts = list(_bank_accounts(text))
    cards = list(_cards(text, accounts))
    found = sorted(
        [*accounts, *cards, *_security_codes(text), *_passwords(text)], key=lambda one: (one.start, -one.end)
    )
    parts: list[str] = []
    kinds: list[Kind] = []
    at = 0
    for one in found:
        if one.start < at:
            continue  # inside something that is blacked out already
        parts += [text[at : one.start], one.shown]
        kinds.append(one.kind)
        at = one.end
    return Masked(text="".join([*parts, text[at:]]), kinds=tuple(dict.fromkeys(kinds)))


def _cards(text: str, accounts: Sequence[_Find]) -> Iterator[_Find]:
    for run in _RUN.finditer(text):
        if any(account.start < run.end() and run.start() < account.end for account in accounts):
            continue
        before = text[max(0, run.start() - _LOOKED_BACK_CHARS) : run.start()]
        if run[0].startswith("00") or _SOMETHING_ELSE.search(before):
            continue
        for part in _without_books(_groups(run)):
            yield from _cards_of(part)


def _groups(run: re.Match[str]) -> list[_Group]:
    """The groups of digits of a run; ٤ and ４ are digits, too."""
    start = run.start()
    return [
        _Group(start=start + each.start(), digits="".join(str(int(sign)) for sign in each[0]))
        for each in _DIGITS.finditer(run[0])
    ]


def _without_books(groups: Sequence[_Group]) -> Iterator[Sequence[_Group]]:
    """The groups before, between and after book numbers."""
    begun = 0
    for first, group in enumerate(groups):
        if first < begun or group.digits[0] != "9":
            continue
        for last, digits in _joined(groups, first):
            if _is_isbn(digits):
                yield groups[begun:first]
                begun = last + 1
                break
    yield groups[begun:]


def _joined(groups: Sequence[_Group], first: int) -> Iterator[tuple[int, str]]:
    """What the groups from this one on make together, as long as that can be a card's number."""
    digits = ""
    for last in range(first, len(groups)):
        digits += groups[last].digits
        if len(digits) > _MOST_DIGITS:
            return
        yield last, digits


def _is_isbn(digits: str) -> bool:
    """Whether this is the number of a book: EAN-13 in "Bookland", with its check digit (ISO 2108)."""
    if len(digits) != 13 or digits[:3] not in ("978", "979"):
        return False
    return sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(digits)) % 10 == 0


def _cards_of(groups: Sequence[_Group]) -> Iterator[_Find]:
    """Cards within a run: a short number may stand before one, a date or the code of its back behind it."""
    begun = 0
    for first, group in enumerate(groups):
        if first < begun:
            continue
        for last, digits in _joined(groups, first):
            if is_card(digits):
                has_code = last + 1 < len(groups) and len(groups[last + 1].digits) == 3
                begun = last + 1 + has_code
                end = groups[begun - 1].end
                yield _Find(start=group.start, end=end, kind="card", shown=f"{DOTS} {digits[-4:]}")
                break


def is_card(digits: str) -> bool:
    """Whether these digits can be the number of a payment card: its issuer, its length and its sum fit."""
    if not 13 <= len(digits) <= _MOST_DIGITS:
        return False
    return any(len(digits) in lengths and first.match(digits) for first, lengths in _ISSUERS) and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(sign), 10)) for sign in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _security_codes(text: str) -> Iterator[_Find]:
    for found in _SECURITY_CODE.finditer(text):
        yield _Find(start=found.end(1), end=found.end(), kind="card", shown="•••")


def _bank_accounts(text: str) -> Iterator[_Find]:
    at = 0
    while found := _IBAN_START.search(text, at):
        at = found.start() + 1
        end = _iban_end(text, found.start(), _IBAN_LENGTHS.get(found[1].upper(), 0))
        if end is None:
            continue
        signs = "".join(sign for sign in text[found.start() : end] if sign not in _IBAN_GAPS)
        if iban_fits(signs):
            yield _Find(start=found.start(), end=end, kind="bank_account", shown=f"{DOTS} {signs[-4:]}")
            at = end


def _iban_end(text: str, start: int, length: int) -> int | None:
    """Where an account number of this length ends; None where the text has something else in it or goes on."""
    if not length:
        return None
    signs = 0
    for at in range(start, len(text)):
        sign = text[at]
        if _IBAN_SIGN.match(sign):
            signs += 1
            if signs == length:
                goes_on = at + 1 < len(text) and text[at + 1].isalnum()
                return None if goes_on else at + 1
        elif sign not in _IBAN_GAPS or text[at - 1] in _IBAN_GAPS:
            return None
    return None


def iban_fits(account: str) -> bool:
    """Whether an international account number has its sum: ISO 7064, mod 97-10."""
    if not re.fullmatch(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]+", account):
        return False
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1


def _passwords(text: str) -> Iterator[_Find]:
    for found in _PASSWORD.finditer(text):
        secret, start = found["secret"], found.start("secret")
        if found["quoted"] is None:
            secret = secret.rstrip(".,;!?)]") or secret
            if _is_said_about(secret):
                continue
        yield _Find(start=start, end=start + len(secret), kind="password", shown=DOTS)


def _is_said_about(secret: str) -> bool:
    """Whether a word tells about the password instead of being it."""
    plain = secret.strip("\"'“”‘’*_").replace("’", "'").lower()
    return plain in _ABOUT_IT or plain.endswith("n't") or plain.startswith(DOTS) or not plain
