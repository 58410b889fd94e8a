"""Standard Webhooks: what is signed, what is accepted, what is refused."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.errors import InvalidRequest, Refused, SignatureInvalid, TimestampOutOfTolerance, WebhookSecretInvalid
from bot.desk.webhooks import MAX_SIGNATURES, Signer, new_secret

# The golden vector that the specification's libraries share.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
MOMENT = datetime.fromtimestamp(1614265330, timezone.utc)
BODY = b'{"test": 2432232314}'
GOLDEN = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER_SECRET = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"

HEADERS = {"webhook-id": WEBHOOK_ID, "webhook-timestamp": "1614265330", "webhook-signature": GOLDEN}


def test_signing_gives_the_golden_signature() -> None:
    headers = Signer([SECRET]).sign(WEBHOOK_ID, MOMENT, BODY)

    assert headers == HEADERS


def test_the_golden_webhook_verifies() -> None:
    verified = Signer([SECRET]).verify(HEADERS, BODY, now=MOMENT)

    assert verified.webhook_id == WEBHOOK_ID
    assert verified.timestamp == MOMENT


def test_the_prefix_of_the_secret_may_be_missing() -> None:
    assert Signer([SECRET.removeprefix("whsec_")]).sign(WEBHOOK_ID, MOMENT, BODY) == HEADERS


def test_another_time_zone_signs_the_same_moment() -> None:
    tokyo = MOMENT.astimezone(timezone(timedelta(hours=9)))

    assert Signer([SECRET]).sign(WEBHOOK_ID, tokyo, BODY) == HEADERS


def test_a_naive_timestamp_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="time zone"):
        Signer([SECRET]).sign(WEBHOOK_ID, MOMENT.replace(tzinfo=None), BODY)


def test_header_names_are_read_in_any_case() -> None:
    headers = {name.title(): value for name, value in HEADERS.items()}

    assert Signer([SECRET]).verify(headers, BODY, now=MOMENT).webhook_id == WEBHOOK_ID


def test_while_rotating_both_secrets_sign_and_either_verifies() -> None:
    headers = Signer([OTHER_SECRET, SECRET]).sign(WEBHOOK_ID, MOMENT, BODY)

    assert len(headers["webhook-signature"].split(" ")) == 2
    assert Signer([SECRET]).verify(headers, BODY, now=MOMENT)
    assert Signer([OTHER_SECRET]).verify(headers, BODY, now=MOMENT)


def test_after_the_rotation_the_old_secret_is_worth_nothing() -> None:
    with pytest.raises(SignatureInvalid):
        Signer([OTHER_SECRET]).verify(HEADERS, BODY, now=MOMENT)


def test_signatures_of_other_schemes_are_passed_over() -> None:
    headers = HEADERS | {
        "webhook-signature": f"v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZ {GOLDEN}"
    }

    assert Signer([SECRET]).verify(headers, BODY, now=MOMENT)


@pytest.mark.parametrize("offset_s", [-300, 0, 300])
def test_300_s_either_way_are_fresh(offset_s: int) -> None:
    assert Signer([SECRET]).verify(HEADERS, BODY, now=MOMENT + timedelta(seconds=offset_s))


@pytest.mark.parametrize("offset_s", [-301, 301, 86_400])
def test_more_than_300_s_either_way_say_by_how_much_the_clock_differs(offset_s: int) -> None:
    with pytest.raises(TimestampOutOfTolerance, match=rf"clock differs by {abs(offset_s)} s") as refusal:
        Signer([SECRET]).verify(HEADERS, BODY, now=MOMENT + timedelta(seconds=offset_s))

    assert refusal.value.difference_s == offset_s


def test_a_stale_forgery_learns_nothing_about_the_clock() -> None:
    headers = HEADERS | {"webhook-timestamp": "1614260000"}

    with pytest.raises(SignatureInvalid):
        Signer([SECRET]).verify(headers, BODY, now=MOMENT)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg_other"},
        {"webhook-id": "msg.1614265330"},
        {"webhook-id": "msg\r\nx: y"},
        {"webhook-id": "m" * 2_000},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": GOLDEN.replace("v1,", "v2,")},
        {"webhook-signature": GOLDEN[:-4]},
        {"webhook-signature": "v1,\udcff\ud800"},
        {"webhook-signature": " ".join([GOLDEN] * (MAX_SIGNATURES + 1))},
        {"webhook-signature": "v1," + "A" * 1_000_000},
        {"Webhook-Signature": GOLDEN},
    ],
)
def test_forged_and_malformed_headers_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        Signer([SECRET]).verify(HEADERS | change, BODY, now=MOMENT)


@pytest.mark.parametrize("body", [b"", b'{"test":2432232314}', BODY + b" ", BODY[:-1]])
def test_any_other_body_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        Signer([SECRET]).verify(HEADERS, body, now=MOMENT)


@pytest.mark.parametrize("missing", list(HEADERS))
def test_a_missing_header_is_named(missing: str) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != missing}

    with pytest.raises(SignatureInvalid, match=missing):
        Signer([SECRET]).verify(headers, BODY, now=MOMENT)


@given(st.dictionaries(st.sampled_from([*HEADERS, "host"]), st.text(), max_size=4), st.binary())
def test_nothing_but_a_refusal_comes_of_any_headers(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Refused):
        Signer([SECRET]).verify(headers, body, now=MOMENT)


@pytest.mark.parametrize("webhook_id", ["", "a.b", "a b", "a\n", "é", "x" * 129])
def test_an_id_that_cannot_be_signed_unambiguously_is_not_signed(webhook_id: str) -> None:
    with pytest.raises(SignatureInvalid):
        Signer([SECRET]).sign(webhook_id, MOMENT, BODY)


@pytest.mark.parametrize(
    "secrets", [[], [""], ["whsec_"], ["whsec_c2hvcnQ="], ["whsec_not base64!"], ["whsec_é"], ["whsec_" + "QUFB" * 30]]
)
def test_unusable_secrets_are_refused_without_being_repeated(secrets: list[str]) -> None:
    with pytest.raises(WebhookSecretInvalid) as refusal:
        Signer(secrets)

    assert "c2hvcnQ" not in str(refusal.value)


def test_one_secret_instead_of_a_list_is_refused() -> None:
    with pytest.raises(WebhookSecretInvalid, match="list"):
        Signer(SECRET)


def test_new_secrets_work_and_differ() -> None:
    first, second = new_secret(), new_secret()

    assert first != second
    assert Signer([first]).verify(Signer([first]).sign("msg_1", MOMENT, BODY), BODY, now=MOMENT)


def test_a_signer_does_not_show_its_secrets() -> None:
    assert repr(Signer([SECRET])) == "Signer(1 secrets)"
