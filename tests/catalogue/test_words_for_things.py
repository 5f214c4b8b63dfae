"""Words for needs and components, in the demo set: in the storefront and among services."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.rules.component_filters import FindQuery
from portal.catalogue.store import storefront
from tests.support.pages import PageClient, soup_of

pytestmark = pytest.mark.parametrize("demo", [True])


def meant(session: Session, words: str) -> list[str]:
    found = storefront.answer(session, FindQuery(text=words), date(2026, 11, 21))
    return [need.slug for need in found.needs]


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        ("check who users are", ["prove-identity"]),
        ("who users are", ["prove-identity"]),
        ("collect money from the public", ["card-payments"]),
        ("log in", ["sign-in"]),
        ("platform as a service", ["hosting"]),
        ("pay", ["card-payments"]),
        ("logs", ["logging-and-monitoring"]),
        ("send a message", ["email", "text-messages"]),
        ("let people log in and send letters", ["sign-in", "letters"]),
    ],
)
def test_words_mean_what_they_say(session: Session, words: str, needs: list[str]) -> None:
    assert meant(session, words) == needs


def test_what_else_words_may_mean_is_offered(client: PageClient) -> None:
    page = soup_of(client.get("/find-a-component?q=log+in")).select("main")[0]
    assert page.select("a[href*=logging-and-monitoring]")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("PaaS", "GOV.UK Platform as a Service (PaaS)"),
        ("GOV.UK PaaS", "GOV.UK Platform as a Service (PaaS)"),
        ("GOV.UK Verify", "GOV.UK Verify"),
    ],
)
def test_the_name_of_a_component_is_no_mistake(client: PageClient, words: str, name: str) -> None:
    page = soup_of(client.get("/services", query_string={"q": words})).select("main")[0]
    said = " ".join(page.get_text().split())
    assert "Showing results for" not in said and "Did you mean" not in said
    assert not page.select(".portal-result")
    assert f"Component: {name}" in said
    assert f"No service has “{words}” in its name or text." in said


def test_other_mistakes_are_put_right(client: PageClient) -> None:
    page = soup_of(client.get("/services?q=driving+lisence")).select("main")[0]
    assert "Showing results for driving licence" in " ".join(page.get_text().split())


@pytest.mark.parametrize(
    ("words", "phrases", "many"),
    [
        ("log in", ["logs", "log in"], 2),
        ("Log in to a service", ["log in"], 2),
        ("logs", ["log in", "logs"], 1),
        ("pay a fee", ["pay"], 0),
        ("", [""], 0),
    ],
)
def test_said_word_for_word(demo: bool, words: str, phrases: list[str], many: int) -> None:
    assert search.said(words, phrases) == many
