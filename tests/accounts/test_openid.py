"""Signing in at one's own department: a real provider here, and what can go wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import AccountSettings, Issuer
from portal import create_app
from portal.accounts.models.people import OidcIdentity, Person
from portal.accounts.models.sign_in import PersonSession
from portal.accounts.rules.openid import NotSignedIn, arrival
from portal.accounts.store import identities, people
from portal.accounts.views.openid import EXTENSION
from portal.accounts.words import Method, NotIn
from tests.support import summary
from tests.support.accounts import act, add_domain, add_person, person, who
from tests.support.data import add_organisation
from tests.support.pages import PageClient, soup_of
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

EMAIL = "sian@dvla.example"
GOOD = {"email": EMAIL, "email_verified": True, "name": "Siân O’Brien", "department": "DVLA"}
USERS = {
    "sian": GOOD,
    "moved": {**GOOD, "email": "sian.jones@dvla.example"},
    "nameless": {"email": "n@dvla.example", "email_verified": True, "department": ["x", "DVLA"]},
    "no-email": {"name": "X"},
    "unverified": {**GOOD, "email_verified": False},
    "unsaid": {"email": EMAIL, "name": "X", "department": "DVLA"},
    "elsewhere": {**GOOD, "email": "admin@cabinet-office.example"},
    "nonsense": {**GOOD, "email": "a b@dvla.example"},
    "other-department": {**GOOD, "department": "HMRC"},
    "no-such-body": {**GOOD, "department": "Gone"},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in USERS.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


def issuer(url: str, **changes: Any) -> Issuer:
    known = Issuer(
        key="dvla", name="DVLA", url=url, client_id="portal", client_secret="secret",
        domains=("dvla.example",), claim="department",
        organisations=(("DVLA", "a-body"), ("Gone", "no-such-body")),
    )  # fmt: skip
    return dataclasses.replace(known, **changes)


@pytest.fixture
def department(provider: str, database: RolledBackDatabase, session: Session) -> Flask:
    """A portal with a department's sign-in, and some that are wrong."""
    issuers = (
        issuer(provider),
        issuer(provider, key="wrong-name"),
        issuer("http://127.0.0.1:1", key="away"),
    )
    settings = dataclasses.replace(
        settings_for(database), accounts=AccountSettings(issuers=issuers)
    )
    app = create_app(settings, database)
    summary.watch(app)
    app.test_client_class = PageClient
    add_organisation(session, "a-body")
    session.commit()
    return app


def start(client: FlaskClient, query: str = "") -> str:
    """Go to the provider; the address there."""
    answer = client.get(f"/sign-in/with/dvla{query}")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def agree(address: str, sub: str) -> str:
    """Say yes at the provider; the path that it leads back to."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://127.0.0.1:8000", "where the portal is"
    return f"{parts.path}?{parts.query}"


def sign_in(client: FlaskClient, sub: str = "sian") -> Any:
    return client.get(agree(start(client), sub))


def refused(client: FlaskClient, answer: Any, words: str, status: int = 403) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert words in soup_of(answer).get_text()
    assert who(client) is None


def test_there_and_back(department: Flask, session: Session) -> None:
    client = department.test_client()
    page = soup_of(client.get("/sign-in?next=%2Faccount%3Fa%3D1"))
    link = page.select("a[href^='/sign-in/with/dvla']")[0]
    address = start(client, "?" + urlsplit(str(link["href"])).query)
    asked = parse_qs(urlsplit(address).query)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"] and asked["state"] and "openid" in asked["scope"][0]
    answer = client.get(agree(address, "sian"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account?a=1")
    assert who(client) == "Siân O’Brien"
    made = person(session, EMAIL)
    identity = session.scalars(select(OidcIdentity)).one()
    assert (identity.subject, identity.person_id) == ("sian", made.id)
    began = session.scalars(select(PersonSession)).one()
    assert began.method is Method.OPENID_CONNECT
    home = identities.home_of(session, made.id)
    assert home is not None and home.organisation_id == identity.organisation_id
    with client.session_transaction() as cookie:
        assert not [name for name in cookie if name.startswith("_state")], "forgotten"


def test_the_subject_says_who_it_is(department: Flask, session: Session) -> None:
    first = add_person(session, EMAIL, name="Known by address")
    session.commit()
    client = department.test_client()
    assert sign_in(client).status_code == 303
    assert who(client) == "Known by address"
    # The address moves on to somebody else; the subject is still the first person.
    first.email = "sian.new@dvla.example"
    session.commit()
    assert sign_in(department.test_client()).status_code == 303
    assert session.scalar(select(func.count(Person.id))) == 1
    assert sign_in(department.test_client(), "nameless").status_code == 303
    assert person(session, "n@dvla.example").name == "n"


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("sub", "words"),
    [
        ("no-email", "did not tell us your email address"),
        ("nonsense", "did not tell us your email address"),
        ("unverified", "has been checked"),
        ("unsaid", "has been checked"),
        ("elsewhere", "not one that this organisation"),
        ("other-department", "do not know the organisation"),
        ("no-such-body", "do not know the organisation"),
    ],
)
def test_who_is_not_let_in(department: Flask, session: Session, sub: str, words: str) -> None:
    client = department.test_client()
    refused(client, sign_in(client, sub), words)
    assert session.scalar(select(func.count(Person.id))) == 0


def test_a_closed_account(department: Flask, session: Session) -> None:
    people.deactivate(session, add_person(session, EMAIL), act())
    session.commit()
    client = department.test_client()
    refused(client, sign_in(client), "has been closed")
    assert session.scalar(select(func.count(OidcIdentity.id))) == 0


def test_a_forged_state(department: Flask) -> None:
    client, victim = department.test_client(), department.test_client()
    path = agree(start(client), "sian")
    code = parse_qs(urlsplit(path).query)["code"][0]
    for query in (f"?code={code}&state=forged", f"?code={code}", "?state=forged", "", "?error=x",
                  "?code=&state=", f"?code={code}&state=%27"):  # fmt: skip
        refused(
            client, client.get(f"/sign-in/with/dvla/back{query}"), "did not answer as it should"
        )
    # Somebody makes another follow the address that came back to them.
    refused(victim, victim.get(path), "did not answer as it should")
    assert client.get(path).status_code == 303, "the real one still works"


def test_a_code_is_used_once(department: Flask) -> None:
    client = department.test_client()
    path = agree(start(client), "sian")
    assert client.get(path).status_code == 303
    thief = department.test_client()
    state = parse_qs(urlsplit(start(thief)).query)["state"][0]
    code = parse_qs(urlsplit(path).query)["code"][0]
    again = thief.get(f"/sign-in/with/dvla/back?code={code}&state={state}")
    refused(thief, again, "did not answer as it should")
    # A code that the provider never gave, or has forgotten.
    state = parse_qs(urlsplit(start(thief)).query)["state"][0]
    gone = thief.get(f"/sign-in/with/dvla/back?code=expired&state={state}")
    refused(thief, gone, "did not answer as it should")


def test_somebody_says_no(department: Flask) -> None:
    client = department.test_client()
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    answer = client.get(f"/sign-in/with/dvla/back?error=access_denied&state={state}")
    refused(client, answer, "You said no")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_issuer_that_is_not_what_it_should_be(department: Flask) -> None:
    client = department.test_client()
    assert client.get("/sign-in/with/unknown").status_code == 404
    assert client.get("/sign-in/with/unknown/back?code=x&state=y").status_code == 404
    registered = department.extensions[EXTENSION][0].create_client("wrong-name")
    registered.load_server_metadata()["issuer"] = "https://another.example"
    for path in ("", "/back?code=x&state=y"):
        answer = client.get(f"/sign-in/with/wrong-name{path}")
        refused(client, answer, "did not answer as it should")
    refused(client, client.get("/sign-in/with/away"), "did not answer as it should", 502)
    refused(client, client.get("/sign-in/with/away/back?code=x&state=y"), "did not answer", 502)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_token_that_another_signed(department: Flask) -> None:
    client = department.test_client()
    path = agree(start(client), "sian")
    oauth, _issuers = department.extensions[EXTENSION]
    other = KeySet([RSAKey.generate_key(2048)]).as_dict()
    registered = oauth.create_client("dvla")
    registered.server_metadata["jwks"] = other
    registered.fetch_jwk_set = lambda force=False: other
    refused(client, client.get(path), "did not answer as it should")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_nobody_is_led_elsewhere(department: Flask) -> None:
    client = department.test_client()
    address = start(client, "?next=https://evil.example/")
    assert client.get(agree(address, "sian")).headers["Location"] == "/"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_session_is_new(department: Flask) -> None:
    client, thief = department.test_client(), department.test_client()
    path = agree(start(client), "sian")
    planted = client.get_cookie("portal_session")
    assert planted is not None and client.get(path).status_code == 303
    thief.set_cookie("portal_session", planted.value)
    assert who(thief) is None and who(client) == "Siân O’Brien"


def test_where_somebody_works(session: Session) -> None:
    first, second = add_organisation(session, "a-body"), add_organisation(session, "b-body")
    somebody = add_person(session, EMAIL)
    assert identities.home_of(session, somebody.id) is None
    at = act().at
    identities.put(session, "https://i.example", "s", somebody.id, first.id, at)
    assert identities.home_of(session, somebody.id) == (first.id, True)
    identities.put(session, "https://i.example", "s", somebody.id, second.id, at)
    assert identities.home_of(session, somebody.id) == (second.id, True)
    add_domain(session, "dvla.example", first.id)
    assert identities.home_of(session, somebody.id) == (first.id, False)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"sub": ""}, NotIn.FAILED),
        ({"sub": 7}, NotIn.FAILED),
        ({"sub": "x" * 256}, NotIn.FAILED),
        ({"email": ["a@dvla.example"]}, NotIn.NO_EMAIL),
        ({"email_verified": "yes"}, NotIn.NOT_VERIFIED),
        ({"email_verified": 1.5}, NotIn.NOT_VERIFIED),
        ({"email": "a@x.dvla.example"}, NotIn.OTHER_DOMAIN),
        ({"email": "a@dvla.example.evil.example"}, NotIn.OTHER_DOMAIN),
        ({"department": {"DVLA": 1}}, NotIn.NO_ORGANISATION),
    ],
)
def test_claims_that_let_nobody_in(claims: dict[str, Any], why: NotIn) -> None:
    with pytest.raises(NotSignedIn) as caught:
        arrival({"sub": "s", **GOOD, **claims}, issuer("https://i.example"))
    assert caught.value.why is why


def test_claims_that_let_somebody_in() -> None:
    here = issuer("https://i.example")
    assert arrival({"sub": "s", **GOOD}, here).organisation == "a-body"
    said = arrival({"sub": "s", **GOOD, "email_verified": "true", "name": None}, here)
    assert said.name == "sian"
    trusted = issuer("https://i.example", verified=True, claim="", organisation="b-body")
    unsaid = arrival({"sub": "s", "email": "A@DVLA.example"}, trusted)
    assert (unsaid.email, unsaid.organisation) == ("a@dvla.example", "b-body")
    with pytest.raises(NotSignedIn):
        arrival({"sub": "s", **GOOD, "email_verified": False}, trusted)
