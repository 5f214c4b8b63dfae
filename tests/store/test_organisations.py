"""Organisations: the hierarchy on each day, what goes and what stays, the order of names."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.rules.documents import clean_organisation
from portal.catalogue.store import organisations
from portal.errors import Clash, Invalid
from tests.support.data import ACT, add_organisation


def stored(session: Session, slug: str) -> dict[str, Any]:
    session.expire_all()
    return organisations.document_of(organisations.by_slug(session, slug))


def change(session: Session, slug: str, **changes: Any) -> bool:
    body = organisations.by_slug(session, slug)
    before = organisations.document_of(body)
    after = clean_organisation(before | changes)
    refs = organisations.ids_by_reference(session)
    return organisations.save(session, body, before, after, refs, ACT, "changed")


def link(slug: str, since: str | None = None, until: str | None = None) -> dict[str, Any]:
    return {"organisation": f"portal:{slug}", "relation": "part_of", "since": since,
            "until": until, "source": None}  # fmt: skip


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ((None, None), (None, None)),
        (("2010-01-01", "2015-01-01"), ("2014-12-31", None)),
        ((None, "2015-01-01"), ("2012-01-01", "2013-01-01")),
        (("2010-01-01", None), (None, "2010-01-02")),
    ],
)
def test_a_ring_on_any_day_is_refused(session: Session, up: Any, down: Any) -> None:
    for slug in ("top", "middle", "below"):
        add_organisation(session, slug)
    change(session, "middle", parents=[link("top", *up)])
    change(session, "below", parents=[link("middle")])
    before = stored(session, "top")
    with pytest.raises(Clash, match="part of itself") as refusal:
        change(session, "top", name="Other", parents=[link("below", *down)])
    assert refusal.value.field == "parents"
    session.flush()
    assert stored(session, "top") == before


def test_the_other_way_round_at_another_time_is_no_ring(session: Session) -> None:
    for slug in ("top", "middle", "below"):
        add_organisation(session, slug)
    change(session, "middle", parents=[link("top", None, "2015-01-01")])
    change(session, "below", parents=[link("middle", "2010-01-01", "2016-01-01")])
    assert change(session, "top", parents=[link("below", "2015-01-01", None)])
    assert change(
        session, "middle", parents=[link("top", None, "2014-01-01"), link("top", "2020-01-01")]
    ), "when the link through the middle has ended"


def test_a_link_to_nobody_leaves_the_organisation_as_it_was(session: Session) -> None:
    add_organisation(session, "body")
    before = stored(session, "body")
    after = {"kind": "split", "successor": "portal:none", "on": "2020-01-01", "source": None}
    for links in ({"parents": [link("none")]}, {"successions": [after]}):
        with pytest.raises(Invalid, match="no organisation portal:none"):
            change(session, "body", name="Other", **links)
    session.flush()
    assert stored(session, "body") == before


def test_bodies_that_point_at_each_other_go_together_and_history_has_their_links(
    session: Session,
) -> None:
    add_organisation(session, "top")
    add_organisation(session, "below", parent="top")
    after = {"kind": "merged", "successor": "portal:below", "on": "2020-01-01", "source": "x"}
    change(session, "top", successions=[after])
    ids = [organisations.by_slug(session, slug).id for slug in ("top", "below")]
    documents = [stored(session, "top"), stored(session, "below")]
    organisations.remove(session, ids, ACT, "removed")
    query = select(HistoryEvent).where(HistoryEvent.tag == "removed").order_by(HistoryEvent.id)
    events = session.scalars(query).all()
    assert [e.before for e in events] == documents
    assert documents[0]["successions"] and documents[1]["parents"]
    assert organisations.count(session) == 0
    assert add_organisation(session, "next").id > max(ids), "an id is not given again"


#: In the order of their letters, which no language's dictionary has.
NAMES = (
    "Co-op 2",
    "Co op 3",
    "coop",
    "Zebra",
    "Ökobüro",
    "Ŵyr",
    "Æther",
    "éclair",
    "sub-x",
    "subx",
)


def test_names_sort_the_same_on_every_database(session: Session) -> None:
    for number, name in enumerate(NAMES):
        add_organisation(session, f"body-{number}", name=name)
    found = session.scalars(select(Organisation.sort_name).order_by(Organisation.sort_name)).all()
    assert found == sorted(map(sort_key, NAMES))


def test_aliases_and_identifiers_keep_their_order(session: Session) -> None:
    aliases = [{"alias": a, "source": None} for a in ("b-c", "B d", "a", "Z", "bc", "é")]
    identifiers = ["portal:x-b", "portal:xa", "portal:X"]
    add_organisation(session, "body", aliases=aliases, identifiers=identifiers)
    document = stored(session, "body")
    assert document == clean_organisation(document)
    ids = organisations.ids_by_reference(session)
    assert organisations.references(session)[ids["portal:xa"]] == document["identifiers"][0]
