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


def make_once(session: Session, data_set_id: int, label: str, act: Act, token: str) -> str:
    """Make a token that a form asks for: the same form, sent again, makes no second one.

    Raises:
        Invalid: as `make`; or the token was made a while ago, and is not told again.
    """
    if not _is_made(session, data_set_id, act, token, "label"):
        make(session, data_set_id, label, act, token)
    return token


def _is_made(session: Session, data_set_id: int, act: Act, token: str, field: str) -> bool:
    """Whether the form that makes a token was sent just now. Raises Invalid where it was before."""
    data_sets.locked(session, data_set_id)
    found = tokens.by_digest(session, data_set_id, rules.digest(token))
    if found is not None and (
        not rules.works(found, act.at) or act.at - found.made_at > rules.AGAIN
    ):
        raise Invalid(field, N_("This form was sent before and its token was shown: make another"))
    return found is not None


def rotate(
    session: Session,
    data_set_id: int,
    token_id: int,
    act: Act,
    overlap: timedelta = rules.OVERLAP,
    token: str | None = None,
) -> tuple[DataToken, str]:
    """Make a token with the same label in the place of another, which still works for a while.

    Args:
        token: the one that a form makes, which makes no second one when it is sent again.

    Raises:
        Missing: there is no such token.
        Invalid: it does not work any more.
    """
    if token is not None and _is_made(session, data_set_id, act, token, "token"):
        return tokens.get(session, data_set_id, token_id), token
    old = _working(session, data_set_id, token_id, act.at)
    before = _document(old)
    ends_at = act.at + overlap
    old.ends_at = ends_at if old.ends_at is None else min(ends_at, old.ends_at)
    _record(session, act, "data_set.token_rotated", old, before)
    return make(session, data_set_id, old.label, act, token)


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
