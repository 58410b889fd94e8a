"""Group G: what a receiver's address, name, certificate or answer may try."""

import asyncio
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import pytest

from bot.desk.addresses import TargetRefused, read_private_target
from bot.server.egress import READ_MAX_BYTES, Answer, Egress, Resolve
from tests.integration.server.receiver_under_test import Receiver, answers, hangs, receiving

pytestmark = pytest.mark.anyio
LOOPBACK = [read_private_target(f"127.0.0.1:{port}") for port in range(18400, 18490)]


def names(*answers: Sequence[str]) -> Resolve:
    """A resolver that answers these lists, one after the other, the last one for ever."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def post(egress: Egress, url: str) -> Answer:
    return await egress.post(url, b'{"a": 1}', {"webhook-id": "msg_1"})


def at(receiver: Receiver, host: str = "hooks.example") -> str:
    return f"http://{host}:{receiver.port}/in?x=1"


async def test_a_request_goes_to_the_checked_address_under_the_receivers_name() -> None:
    async with receiving() as receiver:
        answer = await post(Egress(allowed=LOOPBACK, resolve=names(["127.0.0.1"])), at(receiver))

    [received] = receiver.received
    assert answer.status == 200
    assert received.line == "POST /in?x=1 HTTP/1.1"
    assert received.headers["host"] == f"hooks.example:{receiver.port}"
    assert received.headers["webhook-id"] == "msg_1"
    assert received.headers["content-type"] == "application/json"
    assert received.body == b'{"a": 1}'


@pytest.mark.parametrize(
    "found",
    [
        ["10.0.0.5"],
        ["8.8.8.8", "10.0.0.5"],
        ["10.0.0.5", "8.8.8.8"],
        ["2606:4700::1111", "::1"],
        ["169.254.169.254"],
        ["fd00:ec2::254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fe80::1%lo"],
        ["0.0.0.0"],
    ],
)
async def test_a_name_with_any_private_address_is_refused_without_a_connection(found: list[str]) -> None:
    egress = Egress(resolve=names(found))

    answer = await post(egress, "https://metadata.google.internal/")

    assert answer.status is None
    assert "private or reserved network" in str(answer.error)
    assert found[0] not in str(answer.error)
    with pytest.raises(TargetRefused):
        await egress.check_name("https://metadata.google.internal/")


async def test_the_name_is_resolved_once_so_that_rebinding_finds_no_second_answer() -> None:
    asked: list[str] = []

    async def rebinds(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with receiving() as receiver:
        first = await post(Egress(allowed=LOOPBACK, resolve=rebinds), at(receiver))
        second = await post(Egress(allowed=LOOPBACK, resolve=rebinds), at(receiver))

    assert asked == ["hooks.example"] * 2  # once for each try
    assert first.status == 200
    assert "private or reserved network" in str(second.error)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    async with receiving() as receiver:
        receiver.reaction = answers(status, f"Location: http://127.0.0.1:{receiver.port}/internal\r\n")
        answer = await post(Egress(allowed=LOOPBACK), receiver.url)

    assert answer.status == status
    assert len(receiver.received) == 1


async def test_a_refresh_in_the_body_is_only_a_body() -> None:
    async with receiving() as receiver:
        receiver.reaction = answers(200, "Refresh: 0; url=http://127.0.0.1/\r\n", b'<meta http-equiv="refresh">')
        answer = await post(Egress(allowed=LOOPBACK), receiver.url)

    assert answer.status == 200
    assert len(receiver.received) == 1


async def test_an_endless_body_is_cut_at_64_kb() -> None:
    sent = 0

    async def pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 16_384)
            await writer.drain()
            sent += 16_384

    async with receiving() as receiver:
        receiver.reaction = pours
        answer = await post(Egress(allowed=LOOPBACK), receiver.url)

    assert answer.status == 200
    assert sent < 100 * READ_MAX_BYTES  # what the sockets' buffers hold, and no more


async def trickles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("reaction", [hangs, trickles])
async def test_a_slow_receiver_costs_no_more_than_the_time_limit(reaction: object) -> None:
    async with receiving() as receiver:
        receiver.reaction = reaction  # type: ignore[assignment]
        began = monotonic()
        answer = await post(Egress(allowed=LOOPBACK, timeout_s=0.5), receiver.url)

    assert answer.status is None
    assert "no complete answer" in str(answer.error)
    assert monotonic() - began < 10


async def test_a_slow_name_server_costs_no_more_either() -> None:
    async def slow(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    answer = await post(Egress(resolve=slow, timeout_s=0.2), "https://hooks.example/")

    assert "no complete answer" in str(answer.error)


async def test_an_answer_torn_off_half_way_is_a_failure() -> None:
    async def tears(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it")

    async with receiving() as receiver:
        receiver.reaction = tears
        answer = await post(Egress(allowed=LOOPBACK), receiver.url)

    assert answer.status is None
    assert answer.error


async def test_a_banner_of_another_protocol_is_not_repeated() -> None:
    async def speaks_redis(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"-ERR wrong number of arguments for 'internal-db-7.corp' command\r\n")

    async with receiving() as receiver:
        receiver.reaction = speaks_redis
        answer = await post(Egress(allowed=LOOPBACK), receiver.url)

    assert answer == Answer(error="it does not speak HTTP as it should")


async def test_an_address_where_nobody_listens_and_a_name_without_address_are_told_apart() -> None:
    refused = await post(Egress(allowed=LOOPBACK), "http://127.0.0.1:18489/")
    unknown = await post(Egress(resolve=names([])), "https://no-such-name.example/")

    assert refused == Answer(error="no connection")
    assert unknown == Answer(error="the name of the host has no address")


async def test_the_second_address_of_a_name_is_tried_when_the_first_does_not_connect() -> None:
    both = [read_private_target("127.0.0.0/8:" + str(port)) for port in range(18400, 18490)]
    async with receiving() as receiver:
        answer = await post(Egress(allowed=both, resolve=names(["127.0.0.9", "127.0.0.1"])), at(receiver))

    assert answer.status == 200


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate authority of our own."""
    folder = tmp_path_factory.mktemp("tls")
    _openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ours")
    return folder


def _openssl(folder: Path, arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)


def certificate(authority: Path, name: str, *, host: str, days: str = "-days 2", by_us: bool = True) -> ssl.SSLContext:
    """A server's side of TLS."""
    (authority / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
    if by_us:
        _openssl(authority, f"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={host}")
        _openssl(
            authority,
            f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem {days}"
            f" -extfile {name}.ext",
        )
    else:
        _openssl(
            authority,
            f"req -x509 -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.pem -days 2 -subj /CN={host}"
            f" -addext subjectAltName=DNS:{host}",
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
    return context


def trusting(authority: Path) -> Egress:
    tls = ssl.create_default_context(cafile=authority / "ca.pem")
    return Egress(allowed=LOOPBACK, resolve=names(["127.0.0.1"]), tls=tls)


async def test_the_certificate_is_checked_against_the_name_not_the_address(authority: Path) -> None:
    asked: list[str | None] = []
    side = certificate(authority, "good", host="hooks.example")
    side.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with receiving(side) as receiver:
        answer = await post(trusting(authority), f"https://hooks.example:{receiver.port}/")

    assert answer.status == 200
    assert asked == ["hooks.example"]
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"


@pytest.mark.parametrize(
    ("name", "host", "days", "by_us", "words"),
    [
        ("elsewhere", "other.example", "-days 2", True, "its certificate is for another host"),
        ("old", "hooks.example", "-days -1", True, "has expired"),
        ("self", "hooks.example", "", False, "its certificate is self-signed"),
    ],
)
async def test_a_wrong_certificate_is_a_failure_that_says_why(
    authority: Path, name: str, host: str, days: str, by_us: bool, words: str
) -> None:
    side = certificate(authority, name, host=host, days=days, by_us=by_us)
    async with receiving(side) as receiver:
        answer = await post(trusting(authority), f"https://hooks.example:{receiver.port}/")

    assert answer.status is None
    assert words in str(answer.error)
    assert receiver.received == []


async def test_a_receiver_without_tls_behind_https_is_a_failure(authority: Path) -> None:
    async with receiving() as receiver:
        answer = await post(trusting(authority), f"https://hooks.example:{receiver.port}/")

    assert answer == Answer(error="it does not speak TLS as it should")
