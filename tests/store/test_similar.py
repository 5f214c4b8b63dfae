""" "Is it one of these?", on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.actions.similar import find_similar
from tests.support.data import add_service


@pytest.fixture
def catalogue(session: Session) -> Session:
    former = {"name": "Vessel duty", "kind": "former", "language": "en", "until": None}
    add_service(
        session, "tax-a-boat", names=[former], purpose="Pay the yearly tax on a boat.",
        start_page="https://www.gov.uk/tax-a-boat",
    )  # fmt: skip
    code = {"kind": "source_code", "url": "https://code.example/moorings", "title": None}
    add_service(session, "river-moorings", links=[code], purpose="Rent a place for a boat.")
    add_service(session, "beehive-register", purpose="Tell inspectors where hives stand.")
    for number in range(30):
        add_service(session, f"tax-form-{number}", name=f"Tax form {number} of the reserve")
    return session


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Tax a boat", "tax-a-boat"),
        ("Boat tax", "tax-a-boat"),
        ("Boat taxes - Beta assessment", "tax-a-boat"),
        ("vessel duties", "tax-a-boat"),
        ("Apply for a moring on a river", "river-moorings"),
        ("Register your beehives", "beehive-register"),
        ("Beehive reg", "beehive-register"),
    ],
)
def test_a_name_finds_the_service_it_may_be(catalogue: Session, name: str, slug: str) -> None:
    assert find_similar(catalogue, name)[0].slug == slug


def test_the_answer_says_how_alike_and_why(catalogue: Session) -> None:
    best, *others = find_similar(catalogue, "Tax a boat", "Pay the yearly tax on a boat.")
    assert (best.name, best.score) == ("Tax a boat", 1.0)
    assert best.why == "same name; same description"
    assert all(other.score < best.score for other in others)
    assert len(find_similar(catalogue, "tax form of the reserve", limit=3)) == 3


def test_the_same_start_page_under_another_name(catalogue: Session) -> None:
    page = "http://gov.uk/tax-a-boat/"
    found = find_similar(catalogue, "Riparian levies", start_page=page)
    assert [(one.slug, one.why) for one in found] == [("tax-a-boat", "same start page")]
    assert found[0].score >= 0.9


@pytest.mark.parametrize("name", ["", "  ", "of the", "Quantum", "'\"*)(", "\u0641", "a" * 500])
def test_nothing_is_like_it(catalogue: Session, name: str) -> None:
    assert find_similar(catalogue, name) == []
    assert find_similar(catalogue, name, start_page="https://www.gov.uk/") == []
    assert find_similar(catalogue, name, start_page="nonsense") == []
