"""Published names: sure ones are matched and say why, the others wait until they are sure or a
person decides.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import search
from portal.audit import HistoryEvent
from portal.catalogue.actions import matching
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.store import services as store
from portal.catalogue.words import MatchState
from portal.db import Database
from portal.errors import Clash, Missing
from tests.store.sources import bodies, body, service, services
from tests.support.data import ACT, add_journey


def row(database: Database, name: str) -> OrganisationMatch:
    with database.reading() as session:
        query = select(OrganisationMatch).where(OrganisationMatch.published_name == name)
        return session.scalars(query).one()


def owner_of(database: Database, slug: str) -> tuple[str | None, str | None]:
    with database.reading() as session:
        found = store.by_slug(session, slug)
        first = store.document_of(found)["owners"][0]
        assert (found.organisation_id is None) == (first["organisation"] is None)
        return first["organisation"], first["published_name"]


def events(session: Session, id_: int) -> list[HistoryEvent]:
    e = HistoryEvent
    query = select(e).where(e.thing == "organisation_match", e.thing_id == id_).order_by(e.id)
    return list(session.scalars(query))


def alias(name: str) -> list[dict[str, Any]]:
    return [{"alias": name, "source": None}]


def test_a_sure_match_is_kept_with_why(database: Database) -> None:
    bodies(database, body("ministry-of-tests", aliases=alias("MoT")))
    services(database, service("one", "Ministry of Tests", "MoT"), service("two", "MOT"))
    found = row(database, "Ministry of Tests")
    assert (found.state, found.reason) == (MatchState.MATCHED, "same as its name")
    assert found.decided_at is None, "nobody decided it"
    assert row(database, "MoT").reason == "same as its alias"
    with database.reading() as session:
        [event] = events(session, found.id)
    assert event.after == {
        "published_name": "Ministry of Tests",
        "state": "matched",
        "organisation": "portal:ministry-of-tests",
        "reason": "same as its name",
    }


def test_waiting_names_settle_once_their_organisation_comes(database: Database) -> None:
    first = services(database, service("one", "Office of X"), service("two", "Office of X"))
    assert first.waiting == 1
    outcome = bodies(database, body("office-of-x", abbreviation="OX"))
    assert outcome.settled == 1
    found = row(database, "Office of X")
    assert (found.state, found.reason, found.decided_at) == (
        MatchState.MATCHED, "same as its name", None,
    )  # fmt: skip
    for slug in ("one", "two"):
        assert owner_of(database, slug) == ("portal:office-of-x", "Office of X")
    with database.reading() as session:
        assert [e.tag for e in events(session, found.id)] == ["match.waiting", "match.sure"]
        query = select(HistoryEvent).where(HistoryEvent.tag == "owner matched")
        assert {e.batch_id for e in session.scalars(query)} == {outcome.batch_id}
        assert len(search.find(session, "service", "OX").ids) == 2
    again = services(database, service("one", "Office of X"), service("two", "Office of X"))
    assert (again.changed, again.batch_id) == (False, None)


def test_an_import_of_organisations_that_only_settles_is_kept(database: Database) -> None:
    bodies(database, body("office"))
    services(database, service("one", "Das Amt"))
    outcome = bodies(database, body("office", aliases=alias("Das Amt")))
    assert (outcome.updated, outcome.settled) == (1, 1)
    assert owner_of(database, "one") == ("portal:office", "Das Amt")


def test_a_name_that_comes_again_is_looked_at_again(database: Database, session: Session) -> None:
    services(database, service("one", "Office of X"))
    bodies(database, body("office-of-x"))
    with database.writing() as writing:  # as an older release left it
        waiting = writing.scalars(select(OrganisationMatch)).one()
        waiting.state, waiting.organisation_id, waiting.reason = MatchState.WAITING, None, None
    outcome = services(database, service("two", "Office of X"))
    assert outcome.settled == 1
    assert owner_of(database, "two") == ("portal:office-of-x", "Office of X")


def test_a_sure_match_moves_with_better_knowledge_a_decision_does_not(database: Database) -> None:
    bodies(database, body("first", aliases=alias("Amt")), body("second"))
    services(database, service("one", "Amt"), service("two", "Other"))
    matching.decide(database, row(database, "Other").id, "portal:first", ACT)
    aliases = [*alias("Amt"), *alias("Other")]
    bodies(database, body("first", aliases=[]), body("second", aliases=aliases))
    assert owner_of(database, "one") == ("portal:second", "Amt")
    assert owner_of(database, "two") == ("portal:first", "Other")
    bodies(database, body("second", aliases=[]))
    assert owner_of(database, "one") == ("portal:second", "Amt"), "once sure, it stays"


def test_a_decision_is_found_by_search_at_once(database: Database) -> None:
    bodies(database, body("vehicle-agency", abbreviation="DVLA"))
    services(database, service("tax-a-car", "Das Amt"), service("other"))
    with database.writing() as session:
        add_journey(session, "drive", ["tax-a-car"])
    decided, changed = matching.decide(
        database, row(database, "Das Amt").id, "portal:vehicle-agency", ACT
    )
    assert (decided.state, changed, decided.decided_at) == (MatchState.MATCHED, 1, ACT.at)
    with database.reading() as session:
        assert len(search.find(session, "service", "DVLA").ids) == 1
        assert len(search.find(session, "journey", "DVLA").ids) == 1


def test_a_decision_stands_until_it_is_revised(database: Database) -> None:
    bodies(database, body("first"), body("second"))
    services(database, service("one", "Das Amt"), service("two", "First"))
    id_ = row(database, "Das Amt").id
    matching.decide(database, id_, "portal:first", ACT)
    with pytest.raises(Clash, match="decided already"):
        matching.decide(database, id_, "portal:second", ACT)
    assert matching.decide(database, id_, "portal:second", ACT, revise=True)[1] == 1
    assert owner_of(database, "one") == ("portal:second", "Das Amt")
    assert owner_of(database, "two") == ("portal:first", "First"), "its own name"
    assert matching.decide(database, id_, None, ACT, revise=True)[1] == 1
    assert owner_of(database, "one") == (None, "Das Amt")
    with database.reading() as session:
        found = [(e.tag, e.after["organisation"]) for e in events(session, id_)]
    assert found == [
        ("match.waiting", None),
        ("match.decided", "portal:first"),
        ("match.decided", "portal:second"),
        ("match.decided", None),
    ]
    assert not services(database, service("one", "Das Amt")).changed, "it holds for later imports"


def test_a_sure_match_can_be_revised_too(database: Database) -> None:
    bodies(database, body("first"), body("second"))
    services(database, service("one", "First"))
    id_ = row(database, "First").id
    matching.decide(database, id_, "portal:second", ACT, revise=True)
    assert owner_of(database, "one") == ("portal:second", "First")
    bodies(database, body("first", website="https://www.gov.uk/first"))
    assert owner_of(database, "one") == ("portal:second", "First")


def test_decide_on_nothing(database: Database) -> None:
    services(database, service("one", "Das Amt"))
    with pytest.raises(Missing, match="no such name"):
        matching.decide(database, 999, None, ACT)
    with pytest.raises(Missing, match="no organisation portal:none"):
        matching.decide(database, row(database, "Das Amt").id, "portal:none", ACT)
