"""E-mail through a scripted mail server on the loopback."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.server.couriers import Couriers, Letter
from bot.server.egress import Egress
from bot.server.mail import Mail, Mailer, MailFailed, MailNotSet, read_smtp_url
from bot.server.settings import Settings
from bot.store.endpoints import Endpoint
from tests.integration.server.receiver_under_test import free_socket

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MAIL = Mail(to="desk@example.org", subject="Hello", text="Grüße\n", message_id="msg_1", date=NOW)


def settings(**fields: Any) -> Settings:
    return Settings(**{"engine_secret": "x", "webhook_secret": "y", **fields})


@dataclass
class MailServerUnderTest:
    """Speaks SMTP; `says` replaces its answer to a command."""

    port: int
    says: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    tls: ssl.SSLContext | None = None

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.serve(reader, writer))
        self.tasks.add(task)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 mail.example\r\n")
            while line := (await reader.readline()).decode().strip():
                await self._answer(line, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = line.split(" ")[0].upper()
        self.heard.append(line)
        if command in self.says:
            writer.write(f"{self.says[command]}\r\n".encode())
        elif command == "EHLO":
            writer.write(
                b"250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n" if self.tls else b"250 mail.example\r\n"
            )
        elif command == "STARTTLS" and self.tls:
            writer.write(b"220 go ahead\r\n")
            await writer.start_tls(self.tls)
        elif command == "AUTH":
            writer.write(b"235 welcome\r\n")
        elif command == "DATA":
            writer.write(b"354 go ahead\r\n")
            self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"250 taken\r\n")
        else:
            writer.write(b"250 ok\r\n")


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[MailServerUnderTest]:
    listening = free_socket()
    mail = MailServerUnderTest(listening.getsockname()[1], tls=tls)
    server = await asyncio.start_server(mail.accept, sock=listening)
    try:
        yield mail
    finally:
        server.close()
        for task in mail.tasks:
            task.cancel()
        await asyncio.gather(*mail.tasks, return_exceptions=True)
        await asyncio.sleep(0.01)


def mailer(server: MailServerUnderTest, scheme: str = "smtp+plain", tls: ssl.SSLContext | None = None) -> Mailer:
    return Mailer(
        read_smtp_url(f"{scheme}://ada:pass%20word@127.0.0.1:{server.port}", "frontdesk@books.example"), tls=tls
    )


def anonymous(server: MailServerUnderTest) -> Mailer:
    return Mailer(read_smtp_url(f"smtp+plain://127.0.0.1:{server.port}", "frontdesk@books.example"))


async def test_a_burst_leaves_as_one_mail_with_links_and_without_customers_words() -> None:
    letters = [
        Letter(
            id=f"msg_{n}",
            type="conversation.rated",
            payload={"data": {"score": n, "link": f"https://desk.example/agent#c{n}"}},
        )
        for n in (1, 2)
    ]
    endpoint = Endpoint(id="end_1", kind="email", url="mailto:desk@example.org", event_types=["x"], created_at=NOW)
    async with serving() as server:
        couriers = Couriers(egress=Egress(), mailer=anonymous(server), master="m", business="Larkspur\r\nBcc: x@y.z")
        answer = await couriers.carry(endpoint, letters, now=NOW)

    message = message_from_bytes(server.mails[0], policy=SMTP)
    assert answer.status == 200
    assert message["To"] == "desk@example.org"
    assert message["From"] == "frontdesk@books.example"
    subject = str(message["Subject"]).strip()
    assert subject == "Larkspur Bcc: x@y.z: A customer rated a conversation 1 of 5. (and 1 more)"
    assert message["Bcc"] is None
    assert message["Message-ID"] == "<msg_1@books.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://desk.example/agent#c2" in str(message.get_payload())


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"MAIL": "451 4.3.0 internal-db-7 is down"}, "the mail server answered 451"),
        ({"DATA": "554 5.7.1 no"}, "the mail server answered 554"),
        ({"RCPT": "550 5.1.1 no such user here"}, "the mail server refused the address (550)"),
    ],
)
async def test_a_refusal_is_a_failure_in_fixed_words(says: dict[str, str], words: str) -> None:
    async with serving() as server:
        server.says = says
        with pytest.raises(MailFailed) as failed:
            await anonymous(server).send(MAIL)

    assert str(failed.value) == words


async def test_a_server_that_is_not_there_is_a_failure() -> None:
    async with serving() as server:
        gone = anonymous(server)

    with pytest.raises(MailFailed, match="no connection to the mail server"):
        await gone.send(MAIL)


async def test_without_a_mail_server_nothing_is_sent() -> None:
    with pytest.raises(MailNotSet, match="FRONTDESK_SMTP_URL"):
        await Mailer(None).send(MAIL)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mail-tls")
    arguments = (
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=mail"
        " -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)
    return folder


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


async def test_starttls_comes_before_the_password(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=certificate / "cert.pem")
    async with serving(server_side(certificate)) as server:
        await mailer(server, "smtp", trusting).send(MAIL)

    commands = [line.split(" ")[0].upper() for line in server.heard]
    assert commands.index("STARTTLS") < commands.index("AUTH") < commands.index("DATA")
    assert len(server.mails) == 1


async def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    async with serving() as server:
        with pytest.raises(MailFailed, match="no STARTTLS"):
            await mailer(server, "smtp").send(MAIL)

    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in server.heard)


async def test_an_unknown_certificate_gets_neither_password_nor_mail(certificate: Path) -> None:
    async with serving(server_side(certificate)) as server:
        with pytest.raises(MailFailed, match="certificate is not valid"):
            await mailer(server, "smtp").send(MAIL)

    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in server.heard)


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25", "smtp://mail.example:port"])
def test_a_bad_smtp_url_stops_the_start_without_telling_the_password(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(smtp_url=f"{url}?pw=hunter2", mail_from="a@b.example")

    assert "hunter2" not in str(refused.value)


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(ValidationError, match="FRONTDESK_MAIL_FROM"):
        settings(smtp_url="smtp://mail.example")


@pytest.mark.parametrize("changed", [{"host": "0.0.0.0"}, {"server_url": "https://desk.example"}])
def test_compressed_time_is_refused_where_others_reach_the_desk(changed: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="FRONTDESK_OUTBOX_SPEED"):
        settings(outbox_speed=100, **changed)


def test_a_bad_private_target_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="not an address or network"):
        settings(private_targets="localhost")
