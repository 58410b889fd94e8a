"""A reply that would be an article is one more thing agents say was missing."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OLD = "kind IN ('wrong_mood', 'needless_handoff', 'too_late')"
_NEW = "kind IN ('wrong_mood', 'needless_handoff', 'too_late', 'missing_article')"


def upgrade() -> None:
    """Widen the check; every correction stays as it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_corrections_kind"), "corrections", type_="check")
        op.create_check_constraint(op.f("ck_corrections_kind"), "corrections", _NEW)
    else:
        _rebuild()


def _rebuild() -> None:
    """SQLite cannot change a check: the table is copied; none refers to it."""
    found = {row.name: row.sql for row in op.get_bind().execute(sa.text("SELECT name, sql FROM sqlite_master"))}
    table = found["corrections"].replace("CREATE TABLE corrections", "CREATE TABLE new_corrections")
    op.execute(sa.text(table.replace(_OLD, _NEW)))
    op.execute(sa.text("INSERT INTO new_corrections SELECT * FROM corrections"))
    op.drop_table("corrections")
    op.rename_table("new_corrections", "corrections")
    op.execute(sa.text(found["ix_corrections_created_at_id"]))
