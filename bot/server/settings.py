"""Every setting of the server, read once from the environment by whoever starts it, then passed down."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import failpoints
from bot.desk.addresses import read_private_target
from bot.desk.retention import DEFAULT_DAYS, MOST_DAYS
from bot.server.mail import MailServer, read_smtp_url

_ROOT = Path(__file__).resolve().parents[2]


def _listed(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """The server's settings: `FRONTDESK_<NAME>` in the environment, except `PORT`.

    Limits are promises to everyone else on the machine; each of them can be raised. Lists are separated by commas.
    """

    model_config = SettingsConfigDict(
        env_prefix="FRONTDESK_",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,  # secrets are among them
    )

    data_dir: Path = Field(_ROOT / "data", description="Folder of the database, the secrets and the logs.")
    database_url: str | None = Field(None, description="`postgresql+psycopg://…` instead of the SQLite file.")
    redis_url: SecretStr | None = Field(
        None,
        description="`redis://…`: several servers tell each other at once what is new.",
    )
    models_dir: Path = Field(_ROOT / "models", description="Folder of the trained models.")
    profile: Path = Field(_ROOT / "knowledge_base" / "business.yml", description="The business profile.")
    articles_dir: Path = Field(_ROOT / "knowledge_base" / "articles", description="Folder of the articles.")

    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, validation_alias="PORT", ge=1, le=65535, description="Port the server listens on.")
    server_url: str | None = Field(None, description="Address people reach the server at, if it differs.")
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Other websites that may embed the widget, as `https://host[:port]`."
    )
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list, description="Proxies whose `X-Forwarded-For` is believed, as addresses or networks."
    )

    engine_port: int = Field(5005, description="Loopback port of the engine.")
    actions_port: int = Field(5055, description="Loopback port of the actions.")
    engine_secret: SecretStr = Field(description="Shared secret of server and engine.")
    webhook_secret: SecretStr = Field(description="`whsec_…`, shared by the server and the actions.")
    previous_webhook_secret: SecretStr | None = Field(None, description="Still accepted while the secret is rotated.")
    engine_timeout_s: float = Field(8.0, gt=0, le=9, description="After this the customer hears an honest failure.")
    engine_concurrency: int = Field(8, ge=1, description="Turns that may run at the same time.")

    message_max_chars: int = Field(2000, ge=1, description="Longest message.")
    message_max_bytes: int = Field(8192, ge=1, description="Longest message in UTF-8.")
    body_max_bytes: int = Field(16_384, ge=1024, description="Largest request body.")
    messages_per_minute: int = Field(20, ge=1, description="Messages per conversation and minute.")
    messages_burst: int = Field(5, ge=1, description="Messages at once before the rate counts.")
    conversations_per_hour: int = Field(10, ge=1, description="New conversations per address (IPv6: per /64) and hour.")
    requests_per_minute: int = Field(3000, ge=1, description="Requests per address and minute.")
    sockets_per_conversation: int = Field(3, ge=1, description="Open feeds per conversation.")
    sockets_per_address: int = Field(30, ge=1, description="Open customer feeds per address.")
    sockets_total: int = Field(5000, ge=1, description="Open feeds in all.")
    sockets_per_second: int = Field(60, ge=1, description="Feeds let in per second; twice as many at once.")
    frames_per_minute: int = Field(120, ge=1, description="Frames a client may send per minute.")
    queued_max_bytes: int = Field(262_144, ge=1024, description="Unread feed data after which a slow reader is cut.")
    hello_timeout_s: float = Field(10.0, gt=0, description="How long a socket may stay silent before its hello.")
    handoff_reminder_minutes: int = Field(
        5, ge=1, le=240, description="Wait after which an unclaimed handoff is alerted and its customer told."
    )
    retention_days: int = Field(
        DEFAULT_DAYS,
        ge=0,
        le=MOST_DAYS,
        description="Days a quiet conversation is kept; 0 is for ever.",
    )
    masking: bool = Field(True, description="Black out card numbers, bank accounts and passwords before they are kept.")
    privacy_url: str | None = Field(
        None, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$", description="Your privacy notice, linked in the chat."
    )
    heartbeat_s: float = Field(25.0, gt=0, le=45, description="Ping interval of the feed.")
    drain_s: float = Field(7.0, ge=0, le=15, description="How long a stop waits for running turns.")

    private_targets: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Private addresses endpoints may be at: `10.0.0.7`, `10.0.0.0/24:8080`, `[fd00::7]:9000`.",
    )
    smtp_url: SecretStr | None = Field(
        None, description="`smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or `smtp+plain://localhost:25`."
    )
    mail_from: str | None = Field(None, description="Sender of the desk's e-mails; needed with the SMTP URL.")
    amqp_url: SecretStr | None = Field(
        None, description="`amqp://user:password@host:5672/`: RabbitMQ is sent every event an endpoint can be sent."
    )
    outbox_speed: float = Field(
        1.0, ge=1, description="Deliveries are tried again this many times sooner; for tests on the loopback only."
    )

    environment: Literal["production", "test"] = Field(
        "production", description="`test` allows failpoints; a desk for customers stays `production`."
    )
    failpoints: str = Field("", description="Places at which tests kill this process, as `commit.after:kill@3`.")
    rate_limits_enabled: bool = Field(True, description="Off for load tests and nothing else.")
    expose_openapi: bool = Field(False, description="Serve `/openapi.json`; for tests and development.")

    @field_validator("allowed_origins", "trusted_proxies", "private_targets", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _listed(value)

    @field_validator("private_targets")
    @classmethod
    def _readable(cls, value: list[str]) -> list[str]:
        for entry in value:
            read_private_target(entry)
        return value

    @field_validator("failpoints")
    @classmethod
    def _known(cls, value: str) -> str:
        failpoints.read(value)
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.redis_url is not None and self.database_url is None:
            raise ValueError("FRONTDESK_REDIS_URL is for several servers, which need FRONTDESK_DATABASE_URL too")
        if self.failpoints and self.environment != "test":
            raise ValueError("FRONTDESK_FAILPOINTS kills this process on purpose; it needs FRONTDESK_ENVIRONMENT=test")
        if self.outbox_speed != 1 and (self.host != "127.0.0.1" or self.server_url):
            raise ValueError("FRONTDESK_OUTBOX_SPEED is for tests; a desk that others reach keeps the schedule")
        if self.smtp_url is not None:
            if not self.mail_from or "@" not in self.mail_from:
                raise ValueError("FRONTDESK_MAIL_FROM must be set to an e-mail address beside FRONTDESK_SMTP_URL")
            read_smtp_url(self.smtp_url.get_secret_value(), self.mail_from)
        return self

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server, if one is set."""
        if self.smtp_url is None or self.mail_from is None:
            return None
        return read_smtp_url(self.smtp_url.get_secret_value(), self.mail_from)

    @property
    def store_location(self) -> Path | str:
        """Where the event store is: a path for SQLite, a URL for PostgreSQL."""
        return self.database_url or self.data_dir / "frontdesk.db"

    @property
    def engine_url(self) -> str:
        """The engine's address; it only ever listens on loopback."""
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def address(self) -> str:
        """The address people reach the server at."""
        return (self.server_url or f"http://127.0.0.1:{self.port}").rstrip("/")
