"""Tokens are made, take each other's place, and end; each step is in the data set's history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import Act, HistoryEvent, history_of
from portal.errors import Invalid, Missing
from portal.performance.actions import tokens as acts
from portal.performance.models.data_sets import DataSet, DataToken
from portal.performance.rules import tokens as rules
from portal.performance.store import data_sets, tokens
from tests.support.performance import add_set


def working(session: Session, data_set: DataSet, sent: str, act: Act, days: int = 0) -> bool:
    kept = tokens.of_set(session, data_set.id)
    return rules.matching(kept, sent, act.at + timedelta(days=days)) is not None


def test_a_token_is_kept_as_a_digest_only(session: Session, act: Act) -> None:
    data_set = add_set(session)
    made, plain = acts.make(session, data_set.id, " The counter ", act)
    assert (made.label, made.made_by, len(plain)) == ("The counter", act.actor, 43)
    assert plain not in str([vars(each) for each in session.scalars(select(DataToken))])
    assert plain not in str([e.after for e in session.scalars(select(HistoryEvent))])
    assert working(session, data_set, plain, act)
    assert not working(session, data_set, plain + "x", act)
    assert not working(session, data_set, "", act)


def test_a_rotated_token_works_beside_the_new_one_for_a_while(session: Session, act: Act) -> None:
    data_set = add_set(session)
    old, was = acts.make(session, data_set.id, "The counter", act)
    new, plain = acts.rotate(session, data_set.id, old.id, act, timedelta(days=2))
    assert (new.label, was == plain) == ("The counter", False)
    assert working(session, data_set, was, act, days=1)
    assert not working(session, data_set, was, act, days=2)
    assert working(session, data_set, plain, act, days=2)
    told = [event.tag for event in history_of(session, data_sets.THING, data_set.id)]
    assert told[:3] == ["data_set.token_made", "data_set.token_rotated", "data_set.token_made"]


def test_a_revoked_token_ends_at_once(session: Session, act: Act) -> None:
    data_set = add_set(session)
    made, plain = acts.make(session, data_set.id, "The counter", act)
    acts.revoke(session, data_set.id, made.id, act)
    assert not working(session, data_set, plain, act)
    event = history_of(session, data_sets.THING, data_set.id)[0]
    assert (event.tag, event.after["token"]) == ("data_set.token_revoked", "The counter")
    for step in (acts.revoke, acts.rotate):
        with pytest.raises(Invalid):
            step(session, data_set.id, made.id, act)


def test_a_token_is_of_one_data_set(session: Session, act: Act) -> None:
    mine, other = add_set(session), add_set(session, group="another")
    made, plain = acts.make(session, mine.id, "The counter", act)
    assert not working(session, other, plain, act)
    with pytest.raises(Missing):
        acts.revoke(session, other.id, made.id, act)
    assert tokens.is_known(session, rules.digest(plain))
    assert not tokens.is_known(session, rules.digest("nothing"))


@pytest.mark.parametrize(
    ("label", "token"), [("", None), ("x" * 101, None), ("x", "a b"), ("x", "ab"), ("x", "é" * 9)]
)
def test_what_cannot_be_a_token(session: Session, act: Act, label: str, token: str | None) -> None:
    with pytest.raises(Invalid):
        acts.make(session, add_set(session).id, label, act, token)


def test_the_last_day_of_use_is_noted_once_a_day(session: Session, act: Act) -> None:
    made, _ = acts.make(session, add_set(session).id, "The counter", act)
    for day in (act.day, act.day, act.day + timedelta(days=1)):
        tokens.note_used(session, made.id, day)
        session.refresh(made)
        assert made.used_on == day
