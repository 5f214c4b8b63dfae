"""Words that mean the same as one token, and the records whose names share words with a text."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.search import Document, alike, frequencies, rebuild
from portal.search.meanings import tokens
from portal.search.words import words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("car tax", "vehicle excise duty"),
        ("SORN", "statutory off road notification"),
        ("licensing", "licence"),
        ("registered", "registration"),
    ],
)
def test_what_means_the_same_is_one_token(one: str, other: str) -> None:
    assert [token for token, _ in tokens(words(one))] == [t for t, _ in tokens(words(other))]


@pytest.mark.parametrize(("one", "other"), [("burial", "cremation"), ("rates", "council tax")])
def test_what_only_means_about_the_same_is_not(one: str, other: str) -> None:
    assert {token for token, _ in tokens(words(one))}.isdisjoint(
        token for token, _ in tokens(words(other))
    )


def test_tokens_keep_what_was_written() -> None:
    assert tokens(words("Pay car tax!"))[1][1] == "car tax"
    assert tokens([]) == []


@pytest.fixture
def indexed(session: Session) -> Session:
    names = [f"Boat form {number}" for number in range(40)]
    names += ["River boat moorings", "Mooring fees", "Beehive register", "River walks"]
    documents = [Document("service", at, name) for at, name in enumerate(names, start=1)]
    documents.append(Document("service", 45, "Berths", "boat mooring"))
    rebuild(session, "service", documents)
    rebuild(session, "organisation", [Document("organisation", 1, "Boat mooring board")])
    return session


def test_names_that_share_the_rarest_words_come_first(indexed: Session) -> None:
    found = alike(indexed, "service", "Apply for a boat mooring on a river", 10)
    assert found[0] == 41  # all three
    assert set(found[1:3]) == {44, 45} or set(found[1:4]) == {42, 44, 45}
    assert alike(indexed, "service", "beehives online", 10) == [43]
    assert len(alike(indexed, "service", "boat", 5)) == 5


@pytest.mark.parametrize("text", ["", "the", "nothing", "\"' OR ''", "apply"])
def test_words_that_no_name_has_find_nothing(indexed: Session, text: str) -> None:
    assert alike(indexed, "service", text, 5) == []


def test_frequencies(indexed: Session) -> None:
    found = frequencies(indexed, "service", ["boat", "beehiv", "unheard"])
    assert (found.total, found.tokens) == (45, {"boat": 42, "beehiv": 1})
