"""RabbitMQ is one more kind of endpoint."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OLD = "kind IN ('webhook', 'slack', 'email')"
_NEW = "kind IN ('webhook', 'slack', 'email', 'amqp')"


def upgrade() -> None:
    """Widen the check; every endpoint and every delivery stays as it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_endpoints_kind"), "endpoints", type_="check")
        op.create_check_constraint(op.f("ck_endpoints_kind"), "endpoints", _NEW)
    else:
        _rebuild()


def _rebuild() -> None:
    """SQLite cannot change a check: both tables are copied, because dropping the first would empty the second."""
    found = {row.name: row.sql for row in op.get_bind().execute(sa.text("SELECT name, sql FROM sqlite_master"))}
    endpoints = found["endpoints"].replace("CREATE TABLE endpoints", "CREATE TABLE new_endpoints").replace(_OLD, _NEW)
    outbox = found["outbox"].replace("CREATE TABLE outbox", "CREATE TABLE new_outbox")
    op.execute(sa.text(endpoints))
    op.execute(sa.text(outbox.replace("REFERENCES endpoints", "REFERENCES new_endpoints")))
    for table in ("endpoints", "outbox"):
        op.execute(sa.text(f"INSERT INTO new_{table} SELECT * FROM {table}"))  # noqa: S608 - fixed names
    for table in ("outbox", "endpoints"):
        op.drop_table(table)
    for table in ("endpoints", "outbox"):
        op.rename_table(f"new_{table}", table)
    for name in ("ix_outbox_state_created_at", "ix_outbox_due"):
        op.execute(sa.text(found[name]))
