"""No address that answers GET writes: it never asks for a session that could. And none fails,
whatever stands behind its question mark."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import Organisation, OrganisationSlug
from portal.catalogue.models.services import Service, ServiceSlug
from portal.web.people import as_person
from tests.support.examples import addresses
from tests.support.pages import plain_client
from tests.support.people import reader_of
from tests.support.queries import READING, statements
from tests.support.summary import unnoticed
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.parametrize("demo", [True])
QUERIES = ("", "?q=vehicel+tax&organisation=cabinet-office", "?nonsense=1&after=x&q=%25_%27%22")


# Which session is asked for does not depend on the database.
@pytest.mark.parametrize("kind", ["sqlite"])
def test_no_get_writes(
    app: Flask,
    session: Session,
    database: RolledBackDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = addresses(app, session)

    def refuse() -> None:
        raise AssertionError("a GET asked for a session that writes")

    monkeypatch.setattr(database, "writing", refuse)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    checks, plain, silent = app.test_client(), plain_client(app), list[str]()
    for _endpoint, address in found.values():
        reader = reader_of(app, address)
        for method in ("GET", "HEAD"):
            # A file is its page's list again.
            page = method == "GET" and not address.endswith((".json", ".csv"))
            for query in QUERIES if page else ("",):
                with unnoticed(), as_person(app, reader), statements(database) as sent:
                    client = plain if query or method == "HEAD" else checks
                    answer = client.open(address + query, method=method)
                    assert answer.status_code < 500, address + query
                    told = ignored(answer.get_data())
                silent += [address] * ("nonsense" in told and "after" not in told)
                writes = [s for s in sent if not s.lstrip("( \n").upper().startswith(READING)]
                assert not writes, address + query
    # "x" is no place in a list; slugs, by which standards lead on, can be any word.
    assert set(silent) == {"/standards"}, "a place that nobody knows is said"


def ignored(page: bytes) -> set[str]:
    """The arguments that a page says it left out."""
    told = page.partition(b"left them out:")[2].partition(b"<")[0].decode()
    return {each.strip(" .").partition("=")[0] for each in told.split(",")}


#: Names that mean something to a filter of ours, to `url_for` or to a function behind it.
NAMES = """
    q phase audience category apis organisation sort kind status state after before page
    on-day on-month on-year slug batch_id fmt filename format
    endpoint values _external _scheme _anchor _method _host self name thing
""".split()
VALUES = ["", "1", "-1", "9" * 5000, "1e999", "WyJhIiwxXQ", "W10", "//evil.example", "%", "\x00"]
ARGUMENTS = st.lists(
    st.tuples(
        st.sampled_from(NAMES) | st.text(max_size=20),
        st.sampled_from(VALUES) | st.text(max_size=20),
    ),
    max_size=6,
)
#: How many arguments by chance, and what every address is given under every name.
EFFORTS = [(40, ["9" * 5000]), pytest.param(2000, ["1", "9" * 5000], marks=pytest.mark.judge)]


# PostgreSQL refuses more of what can be typed.
@pytest.mark.parametrize("kind", ["postgresql"])
@pytest.mark.parametrize(("examples", "given_to_all"), EFFORTS)
def test_no_argument_breaks_an_address(
    app: Flask, session: Session, examples: int, given_to_all: list[str]
) -> None:
    service = session.scalars(select(Service.id)).first()
    body = session.scalars(select(Organisation.id)).first()
    session.add(ServiceSlug(slug="old-service", service_id=service))
    session.add(OrganisationSlug(slug="old-body", organisation_id=body))
    session.flush()
    found = {address for _endpoint, address in addresses(app, session).values()}
    found |= {"/services/old-service", "/services/old-service.csv", "/organisations/old-body"}
    client = plain_client(app)
    readers = {address: reader_of(app, address) for address in found}

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(sorted(found)), ARGUMENTS)
    def check(address: str, arguments: list[tuple[str, str]]) -> None:
        with as_person(app, readers[address]):
            answer = client.get(address, query_string=urlencode(arguments))
        assert answer.status_code < 500 or address == "/health/ready"
        answer.get_data()
        assert not answer.headers.get("Location", "/").startswith(("http", "//"))

    with unnoticed():
        check()
        # Chance alone would leave some out. A file reads the same arguments as its page.
        for address in sorted(each for each in found if not each.endswith((".json", ".csv"))):
            for value in given_to_all:
                check.hypothesis.inner_test(address, [(name, value) for name in NAMES])
