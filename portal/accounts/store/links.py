"""All SQL about sign-in links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.models.sign_in import SignInLink
from portal.accounts.rules.sign_in import KEPT, LINK_LIFE


def add(session: Session, email: str, next_path: str | None, at: datetime) -> int:
    """Note that somebody asked for a link; the id of the row."""
    link = SignInLink(email=email, next_path=next_path, created_at=at, expires_at=at + LINK_LIFE)
    session.add(link)
    session.flush()
    return link.id


def find(session: Session, link_id: int) -> SignInLink | None:
    """One link."""
    return session.get(SignInLink, link_id)


def by_token(session: Session, token_hash: str) -> SignInLink | None:
    """The link with this digest."""
    return session.scalar(select(SignInLink).where(SignInLink.token_hash == token_hash))


def use(session: Session, link: SignInLink, at: datetime) -> bool:
    """Use a link up; False where somebody else did, or it ran out. The others that went to the
    same address are of no use afterwards.
    """
    open_ = (SignInLink.used_at.is_(None), SignInLink.expires_at > at)
    first = update(SignInLink).where(SignInLink.id == link.id, *open_).values(used_at=at)
    if session.scalar(first.returning(SignInLink.id)) is None:
        return False
    rest = (SignInLink.email == link.email, SignInLink.token_hash.is_not(None), *open_)
    session.execute(update(SignInLink).where(*rest).values(used_at=at))
    return True


def forget(session: Session, at: datetime) -> int:
    """Delete links that ended a day ago, and with them the addresses; how many."""
    old = delete(SignInLink).where(SignInLink.expires_at < at - KEPT)
    return len(session.scalars(old.returning(SignInLink.id)).all())
