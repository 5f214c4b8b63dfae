"""How much a shared component is used and what building it in took, as its team records it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.catalogue.models.usage import Usage, UsageVolume
from portal.catalogue.rules.measuring import financial_year
from tests.support.accounts import act, add_person, send, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import filled, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

YEAR = financial_year(act().day)
NEEDS = "/services/pay-a-fine/needs"


@pytest.fixture
def use(session: Session) -> int:
    add_organisation(session, "ministry")
    add_organisation(session, "courts")
    add_capability(session, "messages")
    add_capability(session, "letters", "messages")
    add_component(session, "notify", "letters")
    add_service(session, "pay-a-fine", owner="courts")
    add_usage(session, "pay-a-fine", "letters", component="notify", since=f"{YEAR - 5}-06-01")
    return session.scalars(select(Usage.id)).one()


@pytest.fixture
def editor(client: FlaskClient, session: Session, use: int) -> FlaskClient:
    service = session.get_one(Usage, use).service_id
    grant = Grant(Role.TEAM_MEMBER, Kind.SERVICE, service)
    signed_in(client, session, add_person(session, "editor@a.example", grant))
    return client


def kept(session: Session) -> list[tuple[int, int, str | None]]:
    session.expire_all()
    rows = session.scalars(select(UsageVolume).order_by(UsageVolume.year))
    return [(row.year, row.quantity, row.source) for row in rows]


def test_volumes_and_days(editor: FlaskClient, session: Session, use: int) -> None:
    where = f"{NEEDS}/letters/{use}/measured"
    assert where in editor.get(NEEDS).text
    page = soup_of(editor.get(where))
    quantities = [each["name"] for each in page.select("input[name^=quantity]")]
    assert quantities == [f"quantity-{year}" for year in range(YEAR, YEAR - 6, -1)]
    said: dict[str, Any] = {
        f"quantity-{YEAR}": "1,200", f"quantity-{YEAR - 1}": "0",
        f"source-{YEAR}": "Monthly report, October", "integration_days": "1,012.50",
        "integration_source": "https://a.example/sheet",
    }  # fmt: skip
    assert send(editor, where, said).location == NEEDS
    assert kept(session) == [(YEAR - 1, 0, None), (YEAR, 1200, "Monthly report, October")]
    told = soup_of(editor.get(f"/usages/{use}")).select("main")[0].get_text(" ", strip=True)
    assert f"{YEAR} to {YEAR + 1}, so far 1,200 Monthly report, October" in told
    assert "building it in took: 1,012.5. Source:" in told
    found = editor.get(f"/usages/{use}.json").get_json()
    assert [row["quantity"] for row in found["yearly_volumes"]] == [1200, 0]
    assert found["integration_days"] == "1012.5"
    assert f"{YEAR}: 1200; {YEAR - 1}: 0,1012.5" in editor.get(f"/usages/{use}.csv").text
    assert editor.get("/components/notify/users.csv").text.strip().endswith(",1012.5")
    send(editor, where, {**said, f"quantity-{YEAR - 1}": ""})
    assert [row[0] for row in kept(session)] == [YEAR]
    history = editor.get(f"/usages/{use}/history").text
    assert f"{YEAR} to {YEAR + 1}: 1,200. Source: Monthly report, October" in history
    tags = session.scalars(select(HistoryEvent.tag).where(HistoryEvent.thing_id == use))
    assert list(tags).count("usage.measured") == 2
    again = editor.post(f"{NEEDS}/letters/{use}", data=filled(editor.get(f"{NEEDS}/letters/{use}"))
                        | {"note": "Described again"})  # fmt: skip
    assert again.status_code == 303 and [row[0] for row in kept(session)] == [YEAR]
    send(editor, f"{NEEDS}/letters/{use}/remove", {"why": "A mistake"})
    assert kept(session) == []


def test_how_much_services_use_it(editor: FlaskClient, session: Session, use: int) -> None:
    where = "/components/notify/volumes"
    assert (
        "Nobody has recorded" in editor.get(where).text
        and where in editor.get("/components/notify/users").text
    )
    for year, much in ((YEAR, 1200), (YEAR - 1, 900)):
        session.add(UsageVolume(usage_id=use, year=year, quantity=much, edited_at=act().at))
    session.commit()
    rows = soup_of(editor.get(where)).select("tbody tr")
    assert [row.select("td")[1].get_text(strip=True) for row in rows] == ["1,200", "900"]
    [row] = editor.get(f"{where}.json?year={YEAR - 1}").get_json()["items"]
    assert (row["component"], row["service"], row["need"]) == ("notify", "pay-a-fine", "letters")
    lines = editor.get(f"{where}.csv").text.splitlines()
    assert lines[1].startswith(f"notify,pay-a-fine,letters,{YEAR},1200,,Pay a fine,courts")
    assert "Nobody has recorded it for this financial year" in editor.get(f"{where}?year=1999").text
    assert "has left them out: year, after" in editor.get(f"{where}?year=x&after=x").text


def test_what_is_wrong_is_said_beside_its_field(
    editor: FlaskClient, session: Session, use: int
) -> None:
    where = f"{NEEDS}/letters/{use}/measured"
    for values, field, message in (
        ({f"quantity-{YEAR}": "1,5"}, f"quantity-{YEAR}", "must be a whole number"),
        ({f"source-{YEAR - 5}": "x"}, f"quantity-{YEAR - 5}", "Enter how much was used in"),
        ({"integration_days": "a week"}, "integration_days", "must be a number, like 12.5"),
        ({"integration_days": "1.255"}, "integration_days", "2 decimal places"),
        ({"integration_source": "x"}, "integration_days", "that this is the source of"),
    ):
        answer = send(
            editor, where, {**values, f"source-{YEAR - 1}": "", f"quantity-{YEAR - 1}": "7"}
        )
        page = soup_of(answer)
        assert answer.status_code == 422 and message in answer.text, field
        assert [a["href"] for a in page.select(".govuk-error-summary a")] == [f"#{field}"]
        typed = page.select(f"#quantity-{YEAR - 1}")[0]["value"]
        assert typed == "7" and next(iter(values.values())) in answer.text, "nothing is lost"
    assert kept(session) == []


def test_two_at_once(editor: FlaskClient, session: Session, use: int) -> None:
    where = f"{NEEDS}/letters/{use}/measured"
    mine, theirs = (filled(editor.get(where)) for _ in range(2))
    editor.post(where, data=theirs | {f"quantity-{YEAR}": "5"})
    answer = editor.post(where, data=mine | {f"quantity-{YEAR}": "6"})
    assert answer.status_code == 409 and kept(session) == [(YEAR, 5, None)]
    assert soup_of(answer).select(f"#quantity-{YEAR}")[0]["value"] == "6"
    assert editor.post(where, data=filled(answer)).status_code == 303
    assert kept(session) == [(YEAR, 6, None)]


def test_only_a_shared_component_is_measured(
    editor: FlaskClient, session: Session, use: int
) -> None:
    add_capability(session, "texts")
    add_usage(session, "pay-a-fine", "texts")
    built = session.scalars(select(Usage.id).where(Usage.component_id.is_(None))).one()
    assert editor.get(f"{NEEDS}/texts/{built}/measured").status_code == 404
    assert "How much it is used" not in editor.get(f"/usages/{built}").text
