"""How often somebody may try to sign in."""

import pytest

from bot.desk.errors import RateLimited
from bot.server import login_limits
from bot.server.login_limits import LoginLimits, Window


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> LoginLimits:
    return LoginLimits(key=b"k" * 32, enabled=True, clock=clock)


def fail(limits: LoginLimits, times: int, *, address: str = "203.0.113.1", email: str = "olga@shop.example") -> None:
    for _ in range(times):
        limits.start(address=address, email=email, device=None)


def test_an_address_has_five_failures_in_five_minutes(limits: LoginLimits, clock: Clock) -> None:
    fail(limits, 5)

    with pytest.raises(RateLimited) as refused:
        fail(limits, 1, email="other@shop.example")

    assert refused.value.retry_after_s == 300
    clock.now += 300
    fail(limits, 1)


def test_an_account_has_ten_failures_in_a_quarter_of_an_hour(limits: LoginLimits) -> None:
    for n in range(10):
        fail(limits, 1, address=f"203.0.113.{n}")

    with pytest.raises(RateLimited) as refused:
        fail(limits, 1, address="203.0.113.99")

    assert refused.value.retry_after_s == 900


def test_a_right_password_does_not_count(limits: LoginLimits) -> None:
    for _ in range(20):
        limits.start(address="203.0.113.1", email="olga@shop.example", device=None).succeeded()


def test_a_browser_that_signed_in_before_is_counted_by_itself(limits: LoginLimits) -> None:
    mine = limits.device_cookie("olga@shop.example")
    for n in range(1000):
        try:
            fail(limits, 1, address=f"198.51.100.{n % 200}")
        except RateLimited:
            continue

    limits.start(address="198.51.100.1", email="olga@shop.example", device=mine)
    for _ in range(9):
        limits.start(address="198.51.100.1", email="olga@shop.example", device=mine)
    with pytest.raises(RateLimited):
        limits.start(address="198.51.100.1", email="olga@shop.example", device=mine)


@pytest.mark.parametrize("forge", ["", "x", "nonce.0000", "nonce.", "{other}"])
def test_a_forged_device_is_no_device(limits: LoginLimits, forge: str) -> None:
    cookie = forge.format(other=limits.device_cookie("somebody@else.example"))
    fail(limits, 5)

    with pytest.raises(RateLimited):
        limits.start(address="203.0.113.1", email="olga@shop.example", device=cookie)


def test_waiting_shortens_as_time_passes(clock: Clock) -> None:
    window = Window(2, 60, clock=clock)
    window.count("a")
    clock.now += 10
    window.count("a")

    assert window.wait_s("a") == 50
    assert window.wait_s("b") == 0


def test_a_flood_of_names_takes_bounded_memory(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_limits, "MAX_KEYS", 100)
    window = Window(5, 60, clock=clock)

    for n in range(1000):
        window.count(str(n))

    assert len(window._times) == 100


def test_limits_can_be_off_for_load_tests(clock: Clock) -> None:
    fail(LoginLimits(key=b"k", enabled=False, clock=clock), 100)
