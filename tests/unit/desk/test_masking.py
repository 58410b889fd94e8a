import random

import pytest

from bot.desk.masking import iban_fits, is_card, luhn, mask

CARDS = [
    "4242424242424242",  # Visa
    "4222222222222",  # Visa of 13
    "4000000000000000006",  # Visa of 19
    "5555555555554444",  # Mastercard
    "2223003122003222",  # Mastercard of the newer range
    "378282246310005",  # American Express
    "30569309025904",  # Diners Club
    "6011111111111117",  # Discover
    "3530111333300000",  # JCB
    "6200000000000005",  # UnionPay
    "6759649826438453",  # Maestro
]


@pytest.mark.parametrize("number", CARDS)
def test_a_card_keeps_its_last_four_digits(number: str) -> None:
    assert mask(number).text == f"•••• {number[-4:]}"
    assert mask(f"My card is {number}, thanks").text == f"My card is •••• {number[-4:]}, thanks"
    assert mask(number).kinds == ("card",)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("4242 4242 4242 4242", "•••• 4242"),
        ("4242-4242-4242-4242", "•••• 4242"),
        ("4242.4242.4242.4242", "•••• 4242"),
        ("4242\u00a04242\u00a04242\u00a04242", "•••• 4242"),
        ("4242–4242–4242–4242", "•••• 4242"),
        ("3782 822463 10005", "•••• 0005"),
        ("42 42 42 42 42 42 42 42", "•••• 4242"),
        ("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "•••• 4242"),
        ("card:4242424242424242.", "card:•••• 4242."),
        ("Visa4242424242424242", "Visa•••• 4242"),
        ("(4242424242424242)", "(•••• 4242)"),
        ("4242 4242 4242 4242 12/27", "•••• 4242 12/27"),
        ("4242 4242 4242 4242 12 27", "•••• 4242 12 27"),
        ("4242 4242 4242 4242 123", "•••• 4242"),
        ("2 books, 4242 4242 4242 4242", "2 books, •••• 4242"),
        ("2 4242 4242 4242 4242", "2 •••• 4242"),
        ("4242424242424242 or 5555 5555 5555 4444?", "•••• 4242 or •••• 4444?"),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "•••• 4242"),
        ("I paid for my order with 4242424242424242", "I paid for my order with •••• 4242"),
        ("my phone died, here is the card 4242424242424242", "my phone died, here is the card •••• 4242"),
        ("4242424242424242, cvv 123", "•••• 4242, cvv •••"),
        ("the security code is 1234", "the security code is •••"),
    ],
)
def test_cards_as_people_write_them(written: str, kept: str) -> None:
    masked = mask(written)

    assert masked.text == kept
    assert masked.kinds == ("card",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Where is my order?",
        "My order is LB-20481.",
        "order number 4242424242424242",
        "Order no. 4242 4242 4242 4242",
        "Tracking number is 4242424242424242",
        "Order 1234567890123",
        "Order 4242424242424241",  # no sum
        "4242 4242 4242 4241",
        "9999999999999995",  # a sum, but no issuer
        "1111111111111117",
        "0000000000000000",
        "4444444444444",  # no sum
        "Do you have 9783161484100?",
        "ISBN 978-3-16-148410-0",
        "978 3 642 11746 6 and 979-0-2600-0043-8",
        "978-3-642-11746-6 2026",
        "9780306406157 9783161484100",
        "+49 151 2345 6789 01",
        "+4242424242424242",
        "0049 4242 4242 4242 4242",
        "call me on 4915112345678",
        "Phone: 4222222222222",
        "my phone number is 4222222222222",
        "01865 123456 or 07700 900123",
        "1Z999AA10123456784",
        "JD4242424242424242",
        "RR123456785GB",
        "https://carrier.example/track/4242424242424242",
        "IMEI 490154203237518",
        "490154203237518",  # an IMEI has the sum, too, but no issuer has 15 digits with a 4
        "4242 4242 4242 42424",
        "From 10:30 to 12:45 on 22.11.2026",
        "€ 12.99 + 4.50 = 17.49",
        "a4b2c3d4e5f60718293a4b5c6d7e8f90",
        "Room 12, 4242",
    ],
)
def test_what_is_no_card_stays_readable(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).kinds == ()


def test_book_numbers_are_never_cards() -> None:
    drawn = random.Random(7)
    for _ in range(2_000):
        body = drawn.choice(("978", "979")) + "".join(drawn.choices("0123456789", k=9))
        check = -sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(body)) % 10
        isbn = f"{body}{check}"
        assert mask(f"Have you {isbn} in stock?").kinds == ()
        assert mask(f"{isbn[:3]}-{isbn[3]}-{isbn[4:7]}-{isbn[7:12]}-{isbn[12]} 2 copies").kinds == ()


def test_numbers_of_ten_digits_and_less_are_never_cards() -> None:
    drawn = random.Random(7)

    assert all(mask(str(drawn.randrange(10**12))).kinds == () for _ in range(2_000))


@pytest.mark.parametrize(
    ("account", "kept"),
    [
        ("DE89370400440532013000", "•••• 3000"),
        ("DE89 3704 0044 0532 0130 00", "•••• 3000"),
        ("de89 3704 0044 0532 0130 00", "•••• 3000"),
        ("GB29-NWBK-6016-1331-9268-19", "•••• 6819"),
        ("GB29NWBK60161331926819 please", "•••• 6819 please"),
        ("NL91 ABNA 0417 1643 00", "•••• 4300"),
        ("FR1420041010050500013M02606", "•••• 2606"),
        ("NO9386011117947", "•••• 7947"),
        ("Refund to DE89 3704 0044 0532 0130 00, thanks", "Refund to •••• 3000, thanks"),
        ("IBAN: CH9300762011623852957.", "IBAN: •••• 2957."),
    ],
)
def test_bank_accounts_keep_their_last_four_signs(account: str, kept: str) -> None:
    assert mask(account).text == kept
    assert mask(account).kinds == ("bank_account",)


@pytest.mark.parametrize(
    "text",
    [
        "DE89370400440532013001",  # no sum
        "DE8937040044053201300",  # too short for Germany
        "DE893704004405320130000",  # too long
        "XX89370400440532013000",  # no country
        "We meet in room DE89",
        "Voucher LARK2026BOOKS1234567",
    ],
)
def test_what_is_no_bank_account_stays_readable(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my password is hunter2", "my password is ••••"),
        ("Password: hunter2", "Password: ••••"),
        ("password:hunter2!", "password:••••!"),
        ("password = s3cret, please help", "password = ••••, please help"),
        ("My password for the shop is Tr0ub4dor&3.", "My password for the shop is ••••."),
        ('the password is "correct horse battery staple"', "the password is ••••"),
        ("passphrase is “open sesame”", "passphrase is ••••"),
        ("passcode is 4711", "passcode is ••••"),
        ("My PIN is 1234", "My PIN is ••••"),
        ("pwd: abc123", "pwd: ••••"),
        ("Mein Passwort ist Geheim1", "Mein Passwort ist ••••"),
        ("password was hunter2 and e-mail ada@example.org", "password was •••• and e-mail ada@example.org"),
        ("Password:\nhunter2", "Password:\n••••"),
        ("password is sunshine", "password is ••••"),
    ],
)
def test_what_follows_a_password_is_blacked_out(said: str, kept: str) -> None:
    assert mask(said).text == kept
    assert mask(said).kinds == ("password",)


@pytest.mark.parametrize(
    "text",
    [
        "My password is wrong",
        "my password is not accepted",
        "The password isn't working",
        "password is too short?",
        "I forgot my password: can you help me?",
        "My password is the problem",
        "password: forgotten",
        "Where do I reset my password?",
        "Is a password required?",
        "my password was stolen!",
        "The PIN code of my town is 560001",
        "Mein Passwort ist falsch",
        "how do I change the password for my account",
    ],
)
def test_what_is_said_about_a_password_stays_readable(text: str) -> None:
    assert mask(text).text == text


def test_several_things_are_each_named_once() -> None:
    masked = mask("Cards 4242424242424242 and 378282246310005, IBAN DE89370400440532013000, password: hunter2")

    assert masked.text == "Cards •••• 4242 and •••• 0005, IBAN •••• 3000, password: ••••"
    assert masked.kinds == ("card", "bank_account", "password")


def test_masking_again_changes_nothing() -> None:
    once = mask("4242 4242 4242 4242, DE89 3704 0044 0532 0130 00, password is hunter2, cvv 123").text

    assert mask(once).text == once
    assert mask(once).kinds == ()


def test_a_long_message_takes_no_long_time() -> None:
    for text in ("4" * 2_000, "4 " * 1_000, "password is " * 160, "DE89 " * 400, "password for a b c d " * 95):
        mask(text)


@pytest.mark.parametrize(("digits", "right"), [("79927398713", True), ("79927398710", False), ("0", True)])
def test_luhn(digits: str, right: bool) -> None:
    assert luhn(digits) is right


def test_the_parts_alone() -> None:
    assert is_card("4242424242424242")
    assert not is_card("4242424242424241")
    assert iban_fits("GB29NWBK60161331926819")
    assert not iban_fits("GB29NWBK60161331926818")
