"""Every table of the event store, once, for SQLite and PostgreSQL alike.

The record of a conversation is its rows in `events`; `conversations` is the state that follows from them, kept so that
one row answers "who owns this now". Constraints carry the promises: a `seq` or a `client_message_id` cannot be used
twice, a conversation cannot have two open handoffs or two running turns, whatever the code above does.

Migrations in `bot/store/migrations` lead here; a test proves that they arrive at exactly these tables.
"""

import sqlalchemy as sa
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.desk.conversation import RULE_MAX_CHARS
from bot.store.columns import Json, UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Ids are a short prefix and 22 or more URL-safe characters; hashes are SHA-256 in hex.
Id = String(64)
Hash = String(64)
CommandKey = String(160)  # a client's id, for staff behind their own
Word = String(32)
Name = String(200)
Email = String(254)


meta = Table(
    "meta",
    metadata,
    Column("key", Word, primary_key=True),  # epoch: identity of this store; a restore draws a new one
    Column("value", Text, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),
    Column("status", Word, nullable=False),
    Column("priority", Word, nullable=False),
    Column("assignee_id", Id),
    Column("assignee_name", Name),
    Column("owner_version", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_message", Json),
    Column("sentiment", Json),
    Column("contact", Json),
    Column("handoff", Json),  # the open handoff as agents see it; its record is in `handoffs`
    Column("waiting_since", UtcDateTime),
    Column("boundary", String(96)),  # message id before which nothing counts for escalation any more
    Column("quarantined", Boolean, nullable=False),  # killed the engine twice; the engine never sees it again
    Column("failures", Integer, nullable=False),  # failed turns in a row
    Column("page_url", String(2048)),
    Column("locale", Word),
    Column("snoozed_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("status IN ('bot', 'waiting', 'assigned', 'resolved')", name="status"),
    CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
    Index(None, "status", "updated_at"),
)

events = Table(
    "events",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", Word, nullable=False),
    Column("author_kind", Word, nullable=False),
    Column("author_id", Id),
    Column("author_name", Name),
    Column("at", UtcDateTime, nullable=False),
    Column("body", Json, nullable=False),
    Column("client_message_id", CommandKey),
    Column("client_digest", Hash),  # of the command that used this id, to tell a resend from a conflict
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint("author_kind IN ('customer', 'assistant', 'agent', 'system')", name="author_kind"),
    sa.UniqueConstraint("conversation_id", "author_kind", "client_message_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("conversation_id", Id, primary_key=True),
    Column("utterance_seq", Integer, primary_key=True, autoincrement=False),
    Column("state", Word, nullable=False),
    Column("owner_version", Integer, nullable=False),
    Column("payload", Text),  # of a button that the server stored; null means the event's text
    Column("engine_deaths", Integer, nullable=False),
    Column("error_code", Word),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("duration_ms", Integer),
    Column("server_id", Id),  # who runs it; null while it waits
    Column("lease", Integer, nullable=False, server_default=sa.text("0")),  # fencing token: raised by every claim
    sa.ForeignKeyConstraint(
        ["conversation_id", "utterance_seq"], ["events.conversation_id", "events.seq"], ondelete="CASCADE"
    ),
    CheckConstraint("state IN ('pending', 'started', 'done', 'failed')", name="state"),
    Index(
        "uq_turns_started",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("state = 'started'"),
        postgresql_where=sa.text("state = 'started'"),
    ),
    Index(
        "ix_turns_unfinished",
        "conversation_id",
        "utterance_seq",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
)

servers = Table(
    "servers",
    metadata,
    Column("id", Id, primary_key=True),  # drawn anew by every process
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),  # by the store's clock
    Column("online", Json, nullable=False),  # ids of the agents whose console is open there
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("reference", Word, nullable=False, unique=True),
    Column("state", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("rule", String(RULE_MAX_CHARS)),
    Column("evidence", Json, nullable=False),
    Column("priority", Word, nullable=False),
    Column("message_id", String(96)),  # the utterance that led to it; null when a person pressed the button
    Column("assignee_id", Id),
    Column("assignee_name", Name),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("reminded_at", UtcDateTime),  # when the customer was told that nobody has claimed it yet; once
    CheckConstraint("state IN ('waiting', 'assigned', 'released', 'resolved')", name="state"),
    CheckConstraint("(closed_at IS NULL) = (state IN ('waiting', 'assigned'))", name="closed"),
    sa.UniqueConstraint("conversation_id", "message_id"),
    Index(
        "uq_handoffs_open",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

received_webhooks = Table(
    "received_webhooks",
    metadata,
    Column("id", String(256), primary_key=True),  # `webhook-id`
    Column("digest", Hash, nullable=False),
    Column("answer", Json, nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_message_id", CommandKey, nullable=False),
    Column("client_digest", Hash, nullable=False),
    Column("staff_id", Id, nullable=False),
    Column("kind", Word, nullable=False),
    Column("message_seq", Integer),
    Column("label", Word),  # the right sentiment; of a missing article what the owner made of it, null until then
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("kind IN ('wrong_mood', 'needless_handoff', 'too_late', 'missing_article')", name="kind"),
    sa.UniqueConstraint("conversation_id", "client_message_id"),
    Index(None, "created_at", "id"),
)

escalation_settings = Table(
    "escalation_settings",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # the newest counts; the others are its history
    Column("thresholds", Json, nullable=False),  # only those that differ from the defaults
    Column("staff_id", Id, nullable=False),
    Column("staff_name", Name, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    CheckConstraint("version > 0", name="version"),
)

retention_settings = Table(
    "retention_settings",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # the newest counts; the others are its history
    Column("days", Integer, nullable=False),  # 0 is for ever
    Column("staff_id", Id, nullable=False),
    Column("staff_name", Name, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("days >= 0", name="days"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("conversation_id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),  # so that its browser hears what happened
    Column("reason", Word, nullable=False),
    Column("staff_id", Id),
    Column("staff_name", Name),
    Column("erased_at", UtcDateTime, nullable=False, index=True),
    CheckConstraint("reason IN ('retention', 'owner', 'customer')", name="reason"),
)

erasure_wishes = Table(
    "erasure_wishes",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
)

daily_counts = Table(
    "daily_counts",
    metadata,
    Column("day", sa.Date, primary_key=True),
    Column("name", Word, primary_key=True),
    Column("number", Integer, nullable=False),  # of conversations that are gone
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Email, nullable=False, unique=True),  # in lower case
    Column("name", Name, nullable=False),
    Column("role", Word, nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("available", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    CheckConstraint("role IN ('agent', 'owner')", name="role"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", Hash, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

setup_links = Table(
    "setup_links",
    metadata,
    Column("token_hash", Hash, primary_key=True),
    Column("role", Word, nullable=False),
    Column("name", Name),
    Column("email", Email),
    Column("created_by", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("staff_id", Id),
    CheckConstraint("role IN ('agent', 'owner')", name="role"),
)

models = Table(
    "models",
    metadata,
    Column("id", Id, primary_key=True),
    Column("path", String(1024), nullable=False),
    Column("sha256", Hash, nullable=False),
    Column("articles_hash", Hash),
    Column("trained_at", UtcDateTime, nullable=False),
    Column("live_since", UtcDateTime),
    Column("checks", Json),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Id, primary_key=True),
    # `queued` or `running` while it lives, null afterwards: at most one of each, by the constraint.
    Column("slot", Word, unique=True),
    Column("state", Word, nullable=False),
    Column("requested_by", Id),
    Column("requested_at", UtcDateTime, nullable=False, index=True),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("error", Json),
    Column("summary", Json),
    Column("changed_answers", Json),
    Column("model_id", Id),
    CheckConstraint("state IN ('queued', 'training', 'checking', 'swapping', 'live', 'failed')", name="state"),
    CheckConstraint("slot IN ('queued', 'running')", name="slot"),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("url", String(2048), nullable=False),
    Column("event_types", Json, nullable=False),
    Column("secret_generation", Integer, nullable=False),  # the secret itself is derived, never stored
    Column("previous_secret_until", UtcDateTime),  # both secrets sign until then
    Column("failures", Integer, nullable=False),  # in a row; opens the endpoint's own circuit
    Column("opens_again_at", UtcDateTime),
    Column("next_send_at", UtcDateTime),  # the endpoint's pace, and what its `Retry-After` asked for
    Column("disabled_at", UtcDateTime),
    Column("disabled_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("kind IN ('webhook', 'slack', 'email', 'amqp')", name="kind"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),  # `webhook-id`, the same over all tries
    Column("endpoint_id", Id, ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("conversation_id", Id),  # null for notices about the desk itself
    Column("seq", Integer),
    Column("type", Word, nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", Word, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", UtcDateTime),
    Column("lease", Id),  # fencing token of the worker that has it
    Column("leased_until", UtcDateTime),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    CheckConstraint("state IN ('pending', 'leased', 'delivered', 'dead')", name="state"),
    CheckConstraint("(lease IS NOT NULL) = (state = 'leased')", name="lease"),
    CheckConstraint("(finished_at IS NOT NULL) = (state IN ('delivered', 'dead'))", name="finished"),
    sa.UniqueConstraint("endpoint_id", "conversation_id", "seq"),
    Index(None, "state", "created_at"),
    Index(None, "conversation_id"),
    Index(
        "ix_outbox_due",
        "endpoint_id",
        "next_at",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
)
