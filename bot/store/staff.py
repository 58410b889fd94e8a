"""The people who sign in, and the rule that a desk never loses its last owner."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Literal

import sqlalchemy as sa

from bot.desk.errors import Conflict, EmailTaken, NotFound
from bot.store.schema import staff, staff_sessions

Role = Literal["agent", "owner"]


@dataclass(frozen=True, kw_only=True)
class Staff:
    """An agent or owner; an owner may do all an agent may."""

    id: str
    name: str
    email: str
    role: Role
    available: bool = False
    disabled_at: datetime | None = None

    @property
    def is_owner(self) -> bool:
        """Whether this account may change what the desk says and who works at it."""
        return self.role == "owner"


@dataclass(frozen=True, kw_only=True)
class Login:
    """An account together with the hash its password is checked against."""

    staff: Staff
    password_hash: str


def add(tx: sa.Connection, *, email: str, name: str, role: Role, password_hash: str, now: datetime) -> Staff:
    """Make an account.

    Raises:
        EmailTaken: There is one with this address.
    """
    if by_email(tx, email) is not None:
        raise EmailTaken
    staff_id = f"stf_{token_urlsafe(16)}"
    row = {
        "id": staff_id,
        "email": _address(email),
        "name": name,
        "role": role,
        "password_hash": password_hash,
        "available": True,  # until they say otherwise
        "created_at": now,
        "updated_at": now,
    }
    try:
        tx.execute(sa.insert(staff).values(row))
    except sa.exc.IntegrityError as exc:  # two set-up links for one address, used at once
        raise EmailTaken from exc
    return by_id(tx, staff_id)


def by_id(tx: sa.Connection, staff_id: str) -> Staff:
    """One account.

    Raises:
        NotFound: There is none.
    """
    row = tx.execute(sa.select(staff).where(staff.c.id == staff_id)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _staff(row)


def by_email(tx: sa.Connection, email: str) -> Login | None:
    """The account that signs in with this address, whatever its letters' case."""
    row = tx.execute(sa.select(staff).where(staff.c.email == _address(email))).mappings().one_or_none()
    return Login(staff=_staff(row), password_hash=row["password_hash"]) if row is not None else None


def everyone(tx: sa.Connection) -> list[Staff]:
    """All accounts, owners first, then by name."""
    rows = tx.execute(sa.select(staff).order_by(staff.c.role.desc(), staff.c.name, staff.c.id)).mappings()
    return [_staff(row) for row in rows]


def has_owner(tx: sa.Connection) -> bool:
    """Whether somebody owns this desk."""
    return _owners(tx) > 0


def set_password(tx: sa.Connection, staff_id: str, password_hash: str, *, now: datetime) -> None:
    """Change a password, open the account again and sign it out everywhere."""
    _change(tx, staff_id, now=now, password_hash=password_hash, disabled_at=None)
    end_sessions(tx, staff_id)


def rehash(tx: sa.Connection, staff_id: str, password_hash: str, *, now: datetime) -> None:
    """Keep the same password under stronger hash parameters; sessions stay."""
    _change(tx, staff_id, now=now, password_hash=password_hash)


def set_role(tx: sa.Connection, staff_id: str, role: Role, *, now: datetime) -> Staff:
    """Change a role and sign the account out everywhere, so that no open session keeps the old rights.

    Raises:
        NotFound: There is no such account.
        Conflict: It is the last owner.
    """
    if role == "agent":
        _keep_an_owner(tx, staff_id)
    _change(tx, staff_id, now=now, role=role)
    end_sessions(tx, staff_id)
    return by_id(tx, staff_id)


def disable(tx: sa.Connection, staff_id: str, *, now: datetime) -> Staff:
    """Close an account and sign it out everywhere; what it wrote stays under its name.

    Raises:
        NotFound: There is no such account.
        Conflict: It is the last owner.
    """
    _keep_an_owner(tx, staff_id)
    _change(tx, staff_id, now=now, disabled_at=now, available=False)
    end_sessions(tx, staff_id)
    return by_id(tx, staff_id)


def set_available(tx: sa.Connection, staff_id: str, available: bool, *, now: datetime) -> None:
    """Say whether this person takes conversations now."""
    _change(tx, staff_id, now=now, available=available)


def end_sessions(tx: sa.Connection, staff_id: str) -> None:
    """Sign an account out everywhere; its sockets follow within seconds."""
    tx.execute(sa.delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


def _change(tx: sa.Connection, staff_id: str, *, now: datetime, **values: object) -> None:
    changed = tx.execute(sa.update(staff).where(staff.c.id == staff_id).values(updated_at=now, **values))
    if changed.rowcount == 0:
        raise NotFound


def _keep_an_owner(tx: sa.Connection, staff_id: str) -> None:
    person = by_id(tx, staff_id)
    if person.is_owner and person.disabled_at is None and _owners(tx) == 1:
        raise Conflict(f"{person.name} is the only owner. Make somebody else an owner first.")


def _owners(tx: sa.Connection) -> int:
    # FOR UPDATE: two owners who remove each other at once must not both succeed (SQLite has one writer anyway).
    owners = sa.select(staff.c.id).where(staff.c.role == "owner", staff.c.disabled_at.is_(None)).with_for_update()
    return len(tx.execute(owners).all())


def _address(email: str) -> str:
    return email.strip().lower()


def _staff(row: sa.RowMapping) -> Staff:
    return Staff(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        role=row["role"],
        available=row["available"],
        disabled_at=row["disabled_at"],
    )
