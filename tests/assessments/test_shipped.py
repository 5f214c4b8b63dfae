"""The standard that the portal ships comes in once, and what people have made of it stays."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.assessments.actions import shipped
from portal.assessments.models.standards import PointRelation, Standard, StandardPoint
from portal.assessments.rules.pinning import pin
from portal.assessments.store import standards
from portal.audit import HistoryEvent, history_of
from portal.errors import Clash
from tests.support.data import ACT
from tests.support.transactions import RolledBackDatabase

SLUG = "service-standard"


def test_it_comes_in_once(database: RolledBackDatabase, session: Session) -> None:
    first = shipped.load(database, ACT)
    assert (first.read, first.created) == (3, 3)
    versions = standards.pinnable(session, SLUG)
    assert [(each.number, each.points) for each in versions] == [(1, 26), (2, 18), (3, 14)]
    assert pin(versions, table_length=18).version_id == versions[1].id
    points = standards.point_ids(session, versions[0].id)
    assert sorted(points) == list(range(1, 27))
    assert session.get_one(StandardPoint, points[10]).title == "Assisted digital support"
    tags = [event.tag for event in history_of(session, standards.VERSION, versions[0].id)]
    assert tags == ["standard.published", "standard.added"]
    events = len(list(session.scalars(select(HistoryEvent.id))))
    assert shipped.load(database, ACT) == shipped.Loaded(3, 0)
    assert len(list(session.scalars(select(HistoryEvent.id)))) == events


def test_the_crosswalk_comes_with_the_versions(
    database: RolledBackDatabase, session: Session
) -> None:
    shipped.load(database, ACT)
    assert Counter(row.mapped_by for row in session.scalars(select(PointRelation))) == {
        ACT.actor: 9
    }
    standard = standards.by_slug(session, SLUG)
    event = history_of(session, standards.THING, standard.id)[0]
    assert event.tag == "standard.mapped" and "1/15 = 3/12" in event.after["counterparts"]
    session.execute(delete(PointRelation))
    shipped.load(database, ACT)
    assert session.scalars(select(PointRelation)).all() == [], "what a person took away stays away"


def test_another_standard_at_its_address_stays(
    database: RolledBackDatabase, session: Session
) -> None:
    session.add(Standard(slug=SLUG, name="Ours", owner="Us", edited_at=ACT.at))
    session.flush()
    found = standards.by_slug(session, SLUG)
    frame = {"title": "One", "discovery_from": None, "scheme": "rag", "source": None}
    standards.new_version(session, found.id, 1, frame, None, [], ACT, "standard.added")
    with pytest.raises(Clash, match="Version 1 of the standard at this address is another one"):
        shipped.load(database, ACT)


def test_the_command(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["standards", "load"]).output == "Versions added: 3. There already: 0.\n"
    again = run(args=["standards", "load", "--json"])
    told = '{"read": 3, "created": 0, "updated": 0, "unchanged": 3, "set_aside": 0}'
    assert again.output.strip() == told
