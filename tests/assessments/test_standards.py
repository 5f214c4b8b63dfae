"""Standards on both databases: drafts, what two people do at once, publication, the crosswalk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.actions import drafts, mapping, shipped
from portal.assessments.actions import standards as acts
from portal.assessments.actions.standards import Changed, Wanted
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.assessments.rules.pinning import pin
from portal.assessments.rules.standards import mark
from portal.assessments.store import standard_lists, standards
from portal.audit import history_of
from portal.errors import Invalid, Missing, Stale
from tests.support.data import ACT, add_organisation
from tests.support.transactions import RolledBackDatabase

OTHER = replace(ACT, actor="person:7")
FRAME = {"title": "One", "discovery_from": "2025-01-01", "scheme": "rag", "source": None}
VALUES = {"name": "Our own points", "owner": "Us", "summary": None, "address": None}
UK = "service-standard"


def make(database: RolledBackDatabase, *titles: str, **changes: Any) -> tuple[str, int]:
    """A standard with a draft that has these points; its slug and the draft's id."""
    slug = acts.add(database, VALUES, None, ACT)
    number = drafts.add(database, slug, {**FRAME, "extends": None, **changes}, None, ACT)
    with database.session() as session:
        id_ = standards.version_ids(session, standards.by_slug(session, slug).id)[number]
    for title in titles:
        drafts.add_point(database, id_, {"title": title}, ACT)
    return slug, id_


def titles(session: Session, version_id: int) -> list[tuple[int, str]]:
    session.expire_all()
    found = standards.version(session, version_id)
    return [(each.number, each.title) for each in found.points]


def ids(session: Session, version_id: int) -> list[int]:
    session.expire_all()
    return [each.id for each in standards.version(session, version_id).points]


def base_of(session: Session, version_id: int) -> str:
    session.expire_all()
    found = standards.version(session, version_id)
    return mark(standards.version_document(session, found))


def test_a_standard_is_added_once(database: RolledBackDatabase, session: Session) -> None:
    body = add_organisation(session, "body")
    session.commit()
    slug = acts.add(database, VALUES, "portal:body", ACT)
    assert slug == "our-own-points"
    assert acts.add(database, VALUES, "portal:body", ACT) == slug, "a form sent twice"
    with pytest.raises(Invalid, match="called this already"):
        acts.add(database, VALUES, None, ACT)
    other = {**VALUES, "name": "Our own-points"}
    assert acts.add(database, other, None, ACT) == "our-own-points-2"
    assert acts.add(database, {**VALUES, "name": "New"}, None, ACT) == "new-2", "/standards/new"
    thing = standards.thing_at(session, slug)
    assert thing.organisations == {body.id}
    with pytest.raises(Invalid):
        acts.add(database, {**VALUES, "name": None}, None, ACT)
    with pytest.raises(Invalid):
        acts.add(database, VALUES, "portal:nobody", ACT)


def test_two_people_edit_a_standard(database: RolledBackDatabase, session: Session) -> None:
    slug = acts.add(database, VALUES, None, ACT)
    base = mark(standards.document_of(standards.by_slug(session, slug)))
    assert acts.edit(database, slug, Wanted({**VALUES, "owner": "We"}, base), ACT)
    assert not acts.edit(database, slug, Wanted({**VALUES, "owner": "We"}, base), OTHER)
    with pytest.raises(Changed) as stale:
        acts.edit(database, slug, Wanted({**VALUES, "owner": "They"}, base), OTHER)
    assert stale.value.now["owner"] == "We"
    tags = [e.tag for e in history_of(session, standards.THING, stale.value.thing_id)]
    assert tags == ["standard.edited", "standard.added"]


def test_points_are_added_moved_and_removed(database: RolledBackDatabase, session: Session) -> None:
    _slug, draft = make(database, "A", "B", "C")
    assert titles(session, draft) == [(1, "A"), (2, "B"), (3, "C")]
    with pytest.raises(Invalid, match="has this point already"):
        drafts.add_point(database, draft, {"title": "C"}, ACT)
    first, second, third = ids(session, draft)
    assert drafts.move_point(database, draft, third, -1, ACT)
    assert titles(session, draft) == [(1, "A"), (2, "C"), (3, "B")]
    assert not drafts.move_point(database, draft, second, 1, ACT), "it is the last already"
    old = mark(standards.point_of(session.get_one(StandardPoint, first)))
    new = Wanted({"title": "A", "asks": "More"}, old)
    assert drafts.edit_point(database, draft, first, new, ACT)
    with pytest.raises(Changed) as stale:
        drafts.edit_point(database, draft, first, Wanted({"title": "Z"}, old), OTHER)
    assert stale.value.now["asks"] == "More"
    with pytest.raises(Stale, match="changed this point"):
        drafts.remove_point(database, draft, first, old, OTHER)
    now = mark({**stale.value.now})
    drafts.remove_point(database, draft, first, now, OTHER)
    assert titles(session, draft) == [(1, "C"), (2, "B")]
    with pytest.raises(Stale, match="removed this point"):
        drafts.edit_point(database, draft, first, Wanted({"title": "Z"}, now), ACT)
    tags = [e.tag for e in history_of(session, standards.VERSION, draft)]
    assert tags[:3] == ["standard.point_removed", "standard.edited", "standard.point_moved"]


def test_what_is_published_never_changes(database: RolledBackDatabase, session: Session) -> None:
    slug, draft = make(database, "A", "B")
    base = base_of(session, draft)
    drafts.add_point(database, draft, {"title": "C"}, OTHER)
    with pytest.raises(Stale, match="since you checked it"):
        drafts.publish(database, draft, base, ACT)
    drafts.publish(database, draft, base_of(session, draft), ACT)
    session.expire_all()
    found = standards.version(session, draft)
    assert found.published_at == ACT.at
    document = standards.version_document(session, found)
    wanted = Wanted({**FRAME, "title": "Two"}, "")
    first = found.points[0].id
    changes: list[Any] = [
        lambda: drafts.edit(database, draft, wanted, ACT),
        lambda: drafts.add_point(database, draft, {"title": "D"}, ACT),
        lambda: drafts.edit_point(database, draft, first, Wanted({"title": "D"}, ""), ACT),
        lambda: drafts.move_point(database, draft, first, 1, ACT),
        lambda: drafts.remove_point(database, draft, first, "", ACT),
        lambda: drafts.publish(database, draft, mark(document), ACT),
        lambda: drafts.delete(database, draft, ACT),
        lambda: acts.delete(database, slug, ACT),
    ]
    for change in changes:
        with pytest.raises(Stale):
            change()
    session.expire_all()
    assert standards.version_document(session, standards.version(session, draft)) == document
    event = history_of(session, standards.VERSION, draft)[0]
    assert (event.tag, event.after) == ("standard.published", {"version_state": "published"})


def test_a_version_holds_from_a_later_day_than_the_one_before(
    database: RolledBackDatabase, session: Session
) -> None:
    slug, draft = make(database, "A")
    drafts.publish(database, draft, base_of(session, draft), ACT)
    number = drafts.add(database, slug, {**FRAME, "extends": None}, f"{slug}/1", ACT)
    assert number == 2
    assert drafts.add(database, slug, {**FRAME, "extends": None}, f"{slug}/1", ACT) == 2, "twice"
    later = standards.version_ids(session, standards.by_slug(session, slug).id)[2]
    assert titles(session, later) == [(1, "A")], "copied from the first"
    with pytest.raises(Invalid, match="a later day than version 1"):
        drafts.publish(database, later, base_of(session, later), ACT)
    now = standards.frame_of(session, standards.version(session, later))
    wanted = Wanted({**now, "discovery_from": "2026-01-01"}, mark(now))
    assert drafts.edit(database, later, wanted, ACT)
    with pytest.raises(Changed):
        drafts.edit(database, later, Wanted({**now, "title": "X"}, mark(now)), OTHER)
    drafts.publish(database, later, base_of(session, later), ACT)
    first, second = standards.pinnable(session, slug)
    assert (first.since, second.since) != (None, None) and first.since < second.since  # type: ignore[operator]
    with pytest.raises(Invalid, match="published version from the list"):
        drafts.add(database, slug, {**FRAME, "title": "3", "extends": None}, "nothing/1", ACT)


def test_extras_come_on_top_of_another_standard(
    database: RolledBackDatabase, session: Session
) -> None:
    shipped.load(database, ACT)
    slug, draft = make(database, "Extra", extends=f"{UK}/3")
    assert titles(session, draft) == [(15, "Extra")]
    now = standards.frame_of(session, standards.version(session, draft))
    assert now["extends"] == f"{UK}/3"
    wanted = Wanted({**now, "extends": f"{UK}/2"}, mark(now))
    assert drafts.edit(database, draft, wanted, ACT)
    assert titles(session, draft) == [(19, "Extra")], "after the 18 points"
    drafts.publish(database, draft, base_of(session, draft), ACT)
    [version] = standards.pinnable(session, slug)
    assert version.points == 19
    assert pin([version], table_length=19).version_id == draft
    points = standards.point_ids(session, draft)
    assert sorted(points) == list(range(1, 20))
    for wrong in (f"{slug}/1", f"{UK}/9"):
        with pytest.raises(Invalid, match="published version of another standard"):
            drafts.add(database, slug, {**FRAME, "title": "2", "extends": wrong}, None, ACT)
    other = acts.add(database, {**VALUES, "name": "Other"}, None, ACT)
    with pytest.raises(Invalid, match="published version of another standard"):
        drafts.add(database, other, {**FRAME, "extends": f"{slug}/1"}, None, ACT)


def test_drafts_and_standards_that_never_held_can_be_deleted(
    database: RolledBackDatabase, session: Session
) -> None:
    slug, draft = make(database, "A", "B")
    drafts.delete(database, draft, ACT)
    assert session.scalar(select(func.count()).select_from(StandardVersion)) == 0
    assert session.scalar(select(func.count()).select_from(StandardPoint)) == 0
    event = history_of(session, standards.VERSION, draft)[0]
    assert event.tag == "standard.deleted" and len(event.before["points"]) == 2
    with pytest.raises(Missing):
        drafts.delete(database, draft, ACT)
    drafts.add(database, slug, {**FRAME, "extends": None}, None, ACT)
    id_ = standards.id_at(session, slug)
    assert id_ is not None
    acts.delete(database, slug, ACT)
    session.expire_all()
    assert standards.id_at(session, slug) is None
    assert history_of(session, standards.THING, id_)[0].tag == "standard.deleted"


def test_points_are_related_and_taken_apart(database: RolledBackDatabase, session: Session) -> None:
    shipped.load(database, ACT)
    standard = standards.by_slug(session, UK)
    every, known = mapping.related(session, standard.id)
    at = {each.place: each for each in every}
    reuse, offline = at["3/12"], at["1/25"]
    assert [each.place for each in known[reuse.id]] == ["1/15", "2/8"]
    base = mapping.base_of(reuse, known[reuse.id])
    wanted = {at["1/15"].id, offline.id}
    assert mapping.relate(database, standard.id, reuse.id, wanted, base, OTHER)
    assert not mapping.relate(database, standard.id, reuse.id, wanted, base, ACT)
    with pytest.raises(Changed) as stale:
        mapping.relate(database, standard.id, reuse.id, set(), base, ACT)
    assert stale.value.now == {"counterparts": ["3/12 = 1/15", "3/12 = 1/25"]}
    _every, known = mapping.related(session, standard.id)
    assert [each.place for each in known[offline.id]] == ["3/12"], "from both sides"
    assert [each.place for each in known[at["2/8"].id]] == ["1/15"], "the other pair stays"
    event = history_of(session, standards.THING, standard.id)[0]
    assert (event.tag, event.actor) == ("standard.mapped", "person:7")
    assert "3/12 = 2/8" in event.before["counterparts"]
    for wrong in ({at["3/1"].id}, {10**6}):
        with pytest.raises(Invalid, match="points of other versions"):
            mapping.relate(database, standard.id, reuse.id, wrong, base, ACT)
    with pytest.raises(Missing):
        mapping.relate(database, standard.id, 10**6, set(), base, ACT)


def test_the_toolkit_knows_the_points(database: RolledBackDatabase, session: Session) -> None:
    assert standard_lists.numbers(session, UK, 3) == []
    shipped.load(database, ACT)
    assert standard_lists.numbers(session, UK, 3) == list(range(1, 15))
