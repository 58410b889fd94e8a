"""The owner's escalation thresholds with their history, and the mark that a waiting customer was reminded."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add; nothing that is stored changes."""
    op.create_table(
        "escalation_settings",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("thresholds", Json, nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("staff_name", sa.String(length=200), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_escalation_settings_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_escalation_settings")),
    )
    op.add_column("handoffs", sa.Column("reminded_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_corrections_created_at_id"), "corrections", ["created_at", "id"], unique=False)
