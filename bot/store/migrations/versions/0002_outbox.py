"""What the outbox needs to run: rotation of secrets, pace, an end to trying, notices without a conversation."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables again: nothing has been written to them before this version."""
    op.drop_table("outbox")
    op.drop_table("endpoints")
    _endpoints()
    _outbox()


def _endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("event_types", Json, nullable=False),
        sa.Column("secret_generation", sa.Integer(), nullable=False),
        sa.Column("previous_secret_until", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opens_again_at", UtcDateTime(), nullable=True),
        sa.Column("next_send_at", UtcDateTime(), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('webhook', 'slack', 'email')", name=op.f("ck_endpoints_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("endpoint_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("lease", sa.String(length=64), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'leased', 'delivered', 'dead')", name=op.f("ck_outbox_state")),
        sa.CheckConstraint("(lease IS NOT NULL) = (state = 'leased')", name=op.f("ck_outbox_lease")),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('delivered', 'dead'))", name=op.f("ck_outbox_finished")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_outbox_endpoint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "endpoint_id", "conversation_id", "seq", name=op.f("uq_outbox_endpoint_id_conversation_id_seq")
        ),
    )
    op.create_index(op.f("ix_outbox_state_created_at"), "outbox", ["state", "created_at"], unique=False)
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["endpoint_id", "next_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
