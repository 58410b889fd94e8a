"""Staff are available until they say otherwise, as an open console always counted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has asked the column before this version: what a console says, it says again when it connects."""
    staff = sa.table("staff", sa.column("available", sa.Boolean), sa.column("disabled_at"))
    op.execute(sa.update(staff).where(staff.c.disabled_at.is_(None)).values(available=True))
