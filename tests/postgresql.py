"""PostgreSQL for tests: schemas of our own in `test` on the loopback, or a skip that says what is missing."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

SERVER = "127.0.0.1:5432/test"


@contextmanager
def fresh_schema() -> Iterator[str]:
    """A new schema, dropped afterwards: the URL of a store in it."""
    schema = f"frontdesk_{secrets.token_hex(6)}"
    try:
        connection = psycopg.connect(f"postgresql://postgres@{SERVER}", connect_timeout=2, autocommit=True)
    except psycopg.OperationalError as exc:
        pytest.skip(f"no PostgreSQL for the user `postgres` with a database `test` on 127.0.0.1:5432: {exc}")
    try:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"postgresql+psycopg://postgres@{SERVER}?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
    finally:
        connection.close()
