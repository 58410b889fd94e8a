"""How long conversations are kept, what was erased, and the numbers that stay."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add; nothing that is stored changes, and nothing is erased until a server runs."""
    op.create_table(
        "retention_settings",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("staff_name", sa.String(length=200), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_retention_settings_version")),
        sa.CheckConstraint("days >= 0", name=op.f("ck_retention_settings_days")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_retention_settings")),
    )
    op.create_table(
        "erasures",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=True),
        sa.Column("staff_name", sa.String(length=200), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason IN ('retention', 'owner', 'customer')", name=op.f("ck_erasures_reason")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_erasures_token_hash")),
    )
    op.create_index(op.f("ix_erasures_erased_at"), "erasures", ["erased_at"], unique=False)
    op.create_table(
        "erasure_wishes",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_erasure_wishes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_erasure_wishes")),
    )
    op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name=op.f("pk_daily_counts")),
    )
    op.create_index(op.f("ix_outbox_conversation_id"), "outbox", ["conversation_id"], unique=False)
