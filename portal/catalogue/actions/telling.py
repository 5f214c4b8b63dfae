"""Mails to those who answer for records about what somebody else does with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import Kind
from portal.accounts.store import people, things
from portal.accounts.store.nearest import nearest
from portal.audit import Act, Document
from portal.db import chunks

Key = tuple[Kind, int]


@dataclass(frozen=True, slots=True)
class Letter:
    """What everybody is told.

    Attributes:
        kind: of mail.
        values: for its template, which also takes `count`: how many of the things are the reader's.
        key: what makes the mail the only one about this.
    """

    kind: str
    values: Document
    key: str


@contextmanager
def told(
    session: Session, keys: Collection[Key], letter: Letter | None, act: Act
) -> Iterator[None]:
    """Queue a mail to everybody who answers for some of these things before or after what happens
    inside, except to whoever does it.

    Args:
        keys: the kinds and ids of the things.
        letter: what they are told; None to tell nobody.
        act: who does it, and when.
    """
    if letter is None:
        yield
        return
    before = _answering(session, keys, act.day)
    yield
    after = _answering(session, keys, act.day)
    for who in sorted({*before, *after}):
        if people.actor(who) == act.actor:
            continue
        values = {**letter.values, "count": len(before.get(who, set()) | after.get(who, set()))}
        to, key = people.get(session, who).email, f"{letter.kind}:{letter.key}:{who}"
        mail.queue(session, to, letter.kind, values, key, act.at, priority=jobs.BULK)


def _answering(session: Session, keys: Collection[Key], day: date) -> dict[int, set[Key]]:
    """Which of these things each person answers for; those that were removed are left out."""
    found: dict[int, set[Key]] = {}
    for some in chunks(keys):
        known = things.by_ids(session, some).values()
        for key, answering in nearest(session, list(known), day).items():
            for who in answering:
                found.setdefault(who, set()).add(key)
    return found
