"""Make, rotate and revoke the tokens that write to a data set. Each step is in its history."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.audit import Act, Document, record
from portal.errors import N_, Invalid
from portal.performance.models.data_sets import DataToken
from portal.performance.rules import tokens as rules
from portal.performance.store import data_sets, tokens

LABEL = 100


def make(
    session: Session, data_set_id: int, label: str, act: Act, token: str | None = None
) -> tuple[DataToken, str]:
    """Make a token for a data set, in the caller's transaction.

    Args:
        session: one that writes.
        data_set_id: of the data set.
        label: by which people know it.
        act: who makes it.
        token: one that somebody brings, as when old programs move in; a new one without it.

    Returns:
        What is kept of it, and the token itself, which nobody can be told again.

    Raises:
        Invalid: the label is empty or too long, or the token cannot stand in a header.
    """
    label = label.strip()
    if not label or len(label) > LABEL:
        raise Invalid("label", N_("Enter what the token is for, in 100 characters or fewer"))
    if token is not None and not rules.is_usable(token):
        why = N_("A token must be 3 to 200 letters, digits or signs, without spaces")
        raise Invalid("token", why)
    plain = token or rules.new_token()
    data_set = data_sets.locked(session, data_set_id)
    made = DataToken(
        data_set_id=data_set.id, label=label, digest=rules.digest(plain), made_by=act.actor,
        made_at=act.at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _record(session, act, "data_set.token_made", made, None)
    return made, plain


def rotate(
    session: Session,
    data_set_id: int,
    token_id: int,
    act: Act,
    overlap: timedelta = rules.OVERLAP,
) -> tuple[DataToken, str]:
    """Make a token with the same label in the place of another, which still works for a while.

    Raises:
        Missing: there is no such token.
        Invalid: it does not work any more.
    """
    old = _working(session, data_set_id, token_id, act.at)
    before = _document(old)
    ends_at = act.at + overlap
    old.ends_at = ends_at if old.ends_at is None else min(ends_at, old.ends_at)
    _record(session, act, "data_set.token_rotated", old, before)
    return make(session, data_set_id, old.label, act)


def revoke(session: Session, data_set_id: int, token_id: int, act: Act) -> DataToken:
    """End a token at once.

    Raises:
        Missing: there is no such token.
        Invalid: it does not work any more.
    """
    found = _working(session, data_set_id, token_id, act.at)
    before = _document(found)
    found.revoked_at = act.at
    _record(session, act, "data_set.token_revoked", found, before)
    return found


def _working(session: Session, data_set_id: int, token_id: int, at: datetime) -> DataToken:
    data_sets.locked(session, data_set_id)
    found = tokens.get(session, data_set_id, token_id)
    session.refresh(found)  # as whoever held the lock before left it
    if not rules.works(found, at):
        raise Invalid("token", N_("This token does not work any more"))
    return found


def _document(token: DataToken) -> Document:
    return {
        "token": token.label,
        "token_id": token.id,
        "ends_at": _iso(token.ends_at),
        "revoked_at": _iso(token.revoked_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _record(
    session: Session, act: Act, tag: str, token: DataToken, before: Document | None
) -> None:
    session.flush()
    # Beside what changed, the event says of which token.
    after = _document(token)
    told = None if before is None else {**before, "token": None, "token_id": None}
    record(session, act, tag, data_sets.THING, token.data_set_id, told, after)
