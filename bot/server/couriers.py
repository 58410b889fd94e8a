"""How a delivery looks on its way: a signed webhook, a post in Slack's format, a mail, or on a bus."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.endpoint_secrets import secret, valid_secrets
from bot.desk.outgoing import line
from bot.desk.webhooks import Signer
from bot.server.bus import Bus
from bot.server.egress import Answer, Egress
from bot.server.mail import Mail, Mailer, MailFailed
from bot.store.endpoints import Endpoint

MAX_BODY_BYTES = 20_480
"""What Standard Webhooks asks for; our own payloads are under 1 KB, so a larger one is a mistake of ours."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is to be told, and the id that stays the same over all tries."""

    id: str
    type: str
    payload: Mapping[str, Any]

    @property
    def data(self) -> Mapping[str, Any]:
        """The facts of the payload."""
        found: Mapping[str, Any] = self.payload.get("data") or {}
        return found


class Couriers:
    """Takes letters to endpoints of every kind.

    Args:
        egress: The way to web servers.
        mailer: The way to the mail server.
        master: What the endpoints' secrets are derived from.
        business: Whose desk this is, for subjects.
        bus: The way to RabbitMQ.
    """

    def __init__(self, *, egress: Egress, mailer: Mailer, master: str, business: str, bus: Bus | None = None) -> None:
        self._egress = egress
        self._mailer = mailer
        self._master = master
        self._business = business
        self._bus = bus or Bus(None)

    @property
    def can_mail(self) -> bool:
        """Whether a mail server is set."""
        return self._mailer.server is not None

    def secret_of(self, endpoint: Endpoint) -> str | None:
        """The secret that signs for an endpoint, for the one moment in which its owner is told; None without one."""
        if endpoint.kind != "webhook":
            return None
        return secret(self._master, endpoint.id, endpoint.secret_generation)

    async def check(self, url: str) -> None:
        """Refuse a web address that nothing may be sent to.

        Raises:
            TargetRefused: Nothing may.
        """
        await self._egress.check_name(url)

    async def close(self) -> None:
        """Let go of threads and connections."""
        await self._bus.close()
        self._egress.close()
        self._mailer.close()

    async def carry(self, endpoint: Endpoint, letters: Sequence[Letter], *, now: datetime) -> Answer:
        """Make one try to deliver letters that travel together; webhooks travel alone."""
        if endpoint.kind == "webhook":
            return await self._webhook(endpoint, letters[0], now)
        if endpoint.kind == "slack":
            return await self._egress.post(endpoint.url, _json({"text": slack_text(letters)}), {})
        if endpoint.kind == "amqp":
            return await self._bus.publish(letters, now=now)
        return await self._mail(endpoint, letters, now)

    async def _webhook(self, endpoint: Endpoint, letter: Letter, now: datetime) -> Answer:
        body = _json(letter.payload)
        if len(body) > MAX_BODY_BYTES:
            return Answer(error=f"the payload has {len(body):,} bytes, and at most {MAX_BODY_BYTES:,} are sent")
        secrets = valid_secrets(
            self._master,
            endpoint.id,
            endpoint.secret_generation,
            previous_until=endpoint.previous_secret_until,
            now=now,
        )
        return await self._egress.post(endpoint.url, body, Signer(secrets).sign(letter.id, now, body))

    async def _mail(self, endpoint: Endpoint, letters: Sequence[Letter], now: datetime) -> Answer:
        mail = Mail(
            to=endpoint.url.removeprefix("mailto:"),
            subject=_subject(self._business, letters),
            text=mail_text(letters),
            message_id=letters[0].id,
            date=now,
        )
        try:
            await self._mailer.send(mail)
        except MailFailed as exc:
            return Answer(error=exc.message.rstrip("."))
        return Answer(status=200)


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def slack_text(letters: Sequence[Letter]) -> str:
    """One line each, in Slack's markup with its three characters escaped."""
    return "\n".join(_slack_line(letter) for letter in letters)


def _slack_line(letter: Letter) -> str:
    words = line(letter.type, letter.data).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    link = letter.data.get("link")
    return f"{words} <{link}|Open>" if link else words


def mail_text(letters: Sequence[Letter]) -> str:
    """One paragraph each."""
    told = (f"{line(letter.type, letter.data)}\n{letter.data.get('link') or ''}".rstrip() for letter in letters)
    return "\n\n".join(told) + "\n"


def _subject(business: str, letters: Sequence[Letter]) -> str:
    first = line(letters[0].type, letters[0].data)
    more = f" (and {len(letters) - 1} more)" if len(letters) > 1 else ""
    return " ".join(f"{business}: {first}{more}".split())[:200]
