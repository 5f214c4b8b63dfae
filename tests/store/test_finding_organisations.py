"""Which organisation a typed name means, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.actions.finding_organisations import find
from portal.catalogue.store import organisation_names
from tests.support.data import add_organisation


@pytest.fixture
def bodies(session: Session) -> Session:
    add_organisation(session, "dvla", name="Driver and Vehicle Licensing Agency",
                     abbreviation="DVLA")  # fmt: skip
    add_organisation(session, "dvsa", name="Driver and Vehicle Standards Agency")
    return session


def test_a_name_or_abbreviation_is_sure(bodies: Session) -> None:
    assert find(bodies, "dvla").sure == "portal:dvla"
    assert find(bodies, "Driver & Vehicle Standards Agency").sure == "portal:dvsa"


def test_part_of_a_name_gives_all_that_it_may_be(bodies: Session) -> None:
    meant = find(bodies, "driver and vehicle agency")
    assert meant.sure is None
    assert {name for _, name in meant.may_be} == {
        "Driver and Vehicle Licensing Agency",
        "Driver and Vehicle Standards Agency",
    }


def test_what_nobody_is_called_gives_nothing(bodies: Session) -> None:
    assert find(bodies, "Xyzzy") == find(bodies, "")
    assert find(bodies, "").may_be == ()


def test_references_lead_to_names_and_back(bodies: Session) -> None:
    found = organisation_names.by_reference(bodies, ["portal:dvla", "slug:dvla", "slug:gone"])
    assert set(found) == {"portal:dvla", "slug:dvla"}
    assert found["slug:dvla"].name == "Driver and Vehicle Licensing Agency"
    assert organisation_names.reference_of(bodies, found["slug:dvla"].id) == "portal:dvla"
