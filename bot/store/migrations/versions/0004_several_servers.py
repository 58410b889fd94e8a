"""Several servers on one store: who lives, and which of them runs a turn under which lease."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add; a turn that runs while this is applied has no server, so whoever starts next takes it over."""
    op.create_table(
        "servers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("online", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servers")),
    )
    op.add_column("turns", sa.Column("server_id", sa.String(length=64), nullable=True))
    op.add_column("turns", sa.Column("lease", sa.Integer(), server_default=sa.text("0"), nullable=False))
