from bot.server.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def broken(clock: Clock) -> Breaker:
    breaker = Breaker(failures=5, window_s=30, now=clock)
    for _ in range(5):
        breaker.failed()
    return breaker


def test_five_failures_in_half_a_minute_open_it() -> None:
    breaker = Breaker(now=Clock())

    states = []
    for _ in range(5):
        breaker.failed()
        states.append(breaker.state)

    assert states == ["closed"] * 4 + ["open"]
    assert not breaker.admits()


def test_five_failures_over_a_longer_time_do_not() -> None:
    clock = Clock()
    breaker = Breaker(now=clock)

    for _ in range(20):
        breaker.failed()
        clock.at += 8

    assert breaker.admits()


def test_a_success_forgets_failures() -> None:
    breaker = Breaker(now=Clock())
    for _ in range(4):
        breaker.failed()

    breaker.succeeded()
    breaker.failed()

    assert breaker.state == "closed"


def test_half_open_admits_one_canary() -> None:
    breaker = broken(Clock())

    breaker.ready()

    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_the_canarys_answer_closes_it() -> None:
    breaker = broken(Clock())
    breaker.ready()
    breaker.admits()

    breaker.succeeded()

    assert all(breaker.admits() for _ in range(3))


def test_the_canarys_failure_opens_it_again() -> None:
    breaker = broken(Clock())
    breaker.ready()
    breaker.admits()

    breaker.failed()

    assert breaker.state == "open"
    breaker.ready()
    assert breaker.admits()


def test_readiness_means_nothing_to_a_closed_one() -> None:
    breaker = Breaker(now=Clock())

    breaker.ready()

    assert breaker.state == "closed"
