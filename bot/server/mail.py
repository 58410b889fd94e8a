"""E-mail by SMTP, in threads of its own.

```
MailFailed          the server did not take the mail; try again later
└── MailNotSet      no mail server is set
```
"""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from bot.desk.errors import WorldFailed

TIMEOUT_S = 15.0
"""For each step of the dialogue."""
TOTAL_TIMEOUT_S = 45.0
"""For all of it; below the lease of a delivery."""
SCHEMES = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class MailFailed(WorldFailed):
    """The mail server did not take the mail. It is tried again."""

    code = "mail_failed"


class MailNotSet(MailFailed):
    """No mail server is set. Set FRONTDESK_SMTP_URL and FRONTDESK_MAIL_FROM."""

    code = "mail_not_set"


@dataclass(frozen=True, kw_only=True, repr=False)
class MailServer:
    """Where mail is handed in.

    Attributes:
        scheme: `smtp` insists on STARTTLS, `smtps` is TLS from the start, `smtp+plain` is for a server on this machine.
        sender: The address in `From`.
    """

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    sender: str


def read_smtp_url(url: str, sender: str) -> MailServer:
    """Read `smtp://user:password@host:587`.

    Raises:
        ValueError: It is none; the message does not repeat it, for it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the port of the SMTP URL is not a number") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError("the SMTP URL must look like smtp://user:password@mail.example.org:587")
    return MailServer(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or SCHEMES[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        sender=sender,
    )


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail. A repeated try keeps its `message_id`, by which mail programs drop the second copy."""

    to: str
    subject: str
    text: str
    message_id: str
    date: datetime


class Mailer:
    """Hands mails in.

    Args:
        server: Where; None when no mail server is set.
        tls: Certificates that are trusted; the system's by default.
    """

    def __init__(self, server: MailServer | None, *, tls: ssl.SSLContext | None = None) -> None:
        self.server = server
        self._tls = tls or ssl.create_default_context()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mail")

    async def send(self, mail: Mail) -> None:
        """Hand one mail in.

        Raises:
            MailNotSet: There is no mail server.
            MailFailed: It did not take the mail; the message says why in fixed words.
        """
        if self.server is None:
            raise MailNotSet
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._hand_in, self.server, mail)
        try:
            await asyncio.wait_for(work, TOTAL_TIMEOUT_S)
        except TimeoutError as exc:
            raise MailFailed("the mail server did not answer in time") from exc
        except (smtplib.SMTPException, OSError, UnicodeError) as exc:
            raise MailFailed(_words(exc)) from exc

    def _hand_in(self, server: MailServer, mail: Mail) -> None:
        smtp = self._connected(server)
        try:
            if server.scheme == "smtp":
                smtp.starttls(context=self._tls)
            if server.user is not None:
                smtp.login(server.user, server.password or "")
            smtp.send_message(_message(server, mail), from_addr=server.sender, to_addrs=[mail.to])
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()  # the mail is taken; how the server says goodbye does not matter any more
        finally:
            smtp.close()

    def _connected(self, server: MailServer) -> smtplib.SMTP:
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=self._tls)
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _message(server: MailServer, mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = f"<{mail.message_id}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no vacation replies (RFC 3834)
    message.set_content(mail.text)
    return message


_REASONS: tuple[tuple[type[Exception], Callable[[Exception], str]], ...] = (
    (smtplib.SMTPAuthenticationError, lambda exc: "the mail server refused the user name or password"),
    (smtplib.SMTPNotSupportedError, lambda exc: "the mail server offers no STARTTLS or no login"),
    (smtplib.SMTPRecipientsRefused, lambda exc: f"the mail server refused the address ({_code(exc)})"),
    (smtplib.SMTPResponseException, lambda exc: f"the mail server answered {_code(exc)}"),
    (smtplib.SMTPServerDisconnected, lambda exc: "the mail server closed the connection"),
    (smtplib.SMTPException, lambda exc: "the mail server did not take the mail"),
    (ssl.SSLError, lambda exc: "the mail server's certificate is not valid"),
    (TimeoutError, lambda exc: "the mail server did not answer in time"),
)


def _words(error: Exception) -> str:
    """A failure in fixed words; what the server wrote is not repeated."""
    return next(
        (words(error) for kind, words in _REASONS if isinstance(error, kind)), "no connection to the mail server"
    )


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
