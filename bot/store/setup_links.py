"""One-time links that make an account or give it a new password. Only their hash is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.desk.errors import EmailTaken, NotFound, SetupLinkInvalid
from bot.store.schema import setup_links
from bot.store.staff import Role, Staff, by_email, has_owner
from bot.store.tokens import hash_of, new_token

LIFETIME = timedelta(hours=24)
ID_CHARS = 16  # of the token's hash, from which no token can be made


@dataclass(frozen=True, kw_only=True)
class SetupLink:
    """What a link was issued for.

    Attributes:
        role: Of the account it makes.
        name: Suggested by whoever issued it; the person may write it differently.
        email: The only address it makes an account for; None leaves the choice to the person.
        staff_id: The existing account that it gives a new password, if it is for one.
    """

    role: Role
    name: str | None
    email: str | None
    staff_id: str | None


def first_owner(tx: sa.Connection, *, now: datetime) -> str | None:
    """A link for whoever set this desk up to become its first owner; None when it has an owner.

    Returns:
        The token, which is nowhere stored.
    """
    return None if has_owner(tx) else _issue(tx, SetupLink(role="owner", name=None, email=None, staff_id=None), now=now)


def invite(
    tx: sa.Connection, *, email: str, name: str | None, role: Role, now: datetime, created_by: str | None = None
) -> str:
    """A link with which somebody makes the account meant for their address.

    Returns:
        The token.

    Raises:
        EmailTaken: That address has an account.
    """
    email = email.strip().lower()
    if by_email(tx, email) is not None:
        raise EmailTaken
    return _issue(tx, SetupLink(role=role, name=name, email=email, staff_id=None), now=now, created_by=created_by)


def reset(tx: sa.Connection, *, email: str, now: datetime) -> tuple[Staff, str]:
    """A link for a new password; the old one works until it is used.

    Returns:
        The account and the token.

    Raises:
        NotFound: No account has that address.
    """
    login = by_email(tx, email)
    if login is None:
        raise NotFound(f"Nobody signs in with {email}. `bot users list` shows who does.")
    person = login.staff
    link = SetupLink(role=person.role, name=person.name, email=person.email, staff_id=person.id)
    return person, _issue(tx, link, now=now)


def use(tx: sa.Connection, token: str, *, now: datetime) -> SetupLink:
    """Take a link: of two that try at once, one gets it.

    Raises:
        SetupLinkInvalid: Unknown, used or expired.
    """
    mine = setup_links.c.token_hash == hash_of(token)
    if tx.execute(sa.update(setup_links).where(_usable(token, now)).values(used_at=now)).rowcount == 0:
        raise SetupLinkInvalid
    return _link(tx.execute(sa.select(setup_links).where(mine)).mappings().one())


def check(tx: sa.Connection, token: str, *, now: datetime) -> SetupLink:
    """What a link could be used for now.

    Raises:
        SetupLinkInvalid: Unknown, used or expired.
    """
    row = tx.execute(sa.select(setup_links).where(_usable(token, now))).mappings().one_or_none()
    if row is None:
        raise SetupLinkInvalid
    return _link(row)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A link that was not used yet; `id` names it without opening anything."""

    id: str
    name: str | None
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


def invitations(tx: sa.Connection, *, now: datetime) -> list[Invitation]:
    """Who was invited and has not come, the newest first; links for a new password are no invitations."""
    pending = sa.select(setup_links).where(_pending(now)).order_by(setup_links.c.created_at.desc())
    return [
        Invitation(
            id=_id(row["token_hash"]),
            **{name: row[name] for name in ("name", "email", "role", "created_at", "expires_at")},
        )
        for row in tx.execute(pending).mappings()
    ]


def renew(tx: sa.Connection, invitation_id: str, *, now: datetime, created_by: str | None = None) -> str:
    """Another link instead of one that was lost; the old one stops working.

    Returns:
        The token.

    Raises:
        NotFound: It was used, revoked or has expired.
    """
    found = next((each for each in invitations(tx, now=now) if each.id == invitation_id), None)
    if found is None:
        raise NotFound
    return invite(tx, email=found.email, name=found.name, role=found.role, now=now, created_by=created_by)


def revoke(tx: sa.Connection, invitation_id: str, *, now: datetime) -> None:
    """Make a link useless that was not used yet.

    Raises:
        NotFound: It was used, revoked or has expired.
    """
    mine = sa.func.substr(setup_links.c.token_hash, 1, ID_CHARS) == invitation_id.removeprefix("inv_")
    if tx.execute(sa.delete(setup_links).where(_pending(now), mine)).rowcount == 0:
        raise NotFound


def _pending(now: datetime) -> sa.ColumnElement[bool]:
    columns = setup_links.c
    return sa.and_(
        columns.used_at.is_(None), columns.expires_at > now, columns.email.is_not(None), columns.staff_id.is_(None)
    )


def _id(token_hash: str) -> str:
    return f"inv_{token_hash[:ID_CHARS]}"


def _link(row: sa.RowMapping) -> SetupLink:
    return SetupLink(role=row["role"], name=row["name"], email=row["email"], staff_id=row["staff_id"])


def _usable(token: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        setup_links.c.token_hash == hash_of(token), setup_links.c.used_at.is_(None), setup_links.c.expires_at > now
    )


def _issue(tx: sa.Connection, link: SetupLink, *, now: datetime, created_by: str | None = None) -> str:
    """Store a link; an unused earlier one for the same person stops working, expired ones are dropped."""
    same_person = setup_links.c.email.is_(None) if link.email is None else setup_links.c.email == link.email
    unused = setup_links.c.used_at.is_(None)
    tx.execute(sa.delete(setup_links).where(unused, sa.or_(setup_links.c.expires_at <= now, same_person)))
    token = new_token()
    row = {
        "token_hash": hash_of(token),
        "role": link.role,
        "name": link.name,
        "email": link.email,
        "staff_id": link.staff_id,
        "created_by": created_by,
        "created_at": now,
        "expires_at": now + LIFETIME,
    }
    tx.execute(sa.insert(setup_links).values(row))
    return token
