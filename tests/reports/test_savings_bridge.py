"""From one run to another: the steps add up, and each says what moved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.catalogue.models.usage import Usage
from portal.db import Database
from portal.reports.actions import assuming, trying
from portal.reports.rules import inputs
from portal.reports.rules.assumptions import Chosen, Row, Terms
from portal.reports.rules.bridge import Why, bridge
from portal.reports.rules.inputs import Used
from portal.reports.rules.runs import Tally, claims
from portal.reports.rules.what_if import Known, Moves, tried
from portal.reports.store import runs
from portal.reports.words import Assumed
from tests.reports.test_savings_database import ACT, done, published
from tests.reports.test_savings_database import used as used
from tests.reports.test_savings_pages import DEMO, rows_of, said
from tests.reports.test_savings_runs import EXAMPLE, PAY, some_uses, terms, the_set
from tests.support.pages import PageClient


def known(every: list[Used], held: Terms) -> Known:
    tally = Tally()
    ordered = sorted(every, key=lambda each: (each.service, each.capability))
    list(claims(inputs.by_service(ordered), inputs.leaves(ordered), held, tally))
    return Known(held, [PAY], tally.places, 1)


def npv(of: Known) -> int:
    found: int = tried(of, Moves())["npv"]
    return found


def other(field: Assumed, central: int) -> Terms:
    held = terms()
    rows: list[Row] = []
    for row in the_set():
        number = Decimal(central)
        moved = replace(row, low=number, central=number, high=number)
        rows.append(moved if row.field is field else row)
    return replace(held, chosen=Chosen(rows))


@given(some_uses(), some_uses(), st.integers(0, 200_000), st.integers(-1_000, 1_000))
def test_steps_add_up_to_the_penny(one: list[Used], two: list[Used], run: int, code: int) -> None:
    first, second = known(one, terms()), known(two, other(Assumed.RUN, run))
    pence = npv(first), npv(second) + code
    steps = bridge(first, second, pence)
    assert pence[0] + sum(step.pence for step in steps) == pence[1]
    assert [step.pence for step in steps if step.why is Why.CODE_AFTER] == [code] * bool(code)


def test_each_step_says_what_moved() -> None:
    first = known(list(EXAMPLE), terms())
    dearer = known(list(EXAMPLE), other(Assumed.RUN, 90_000))
    [step] = bridge(first, dearer, (npv(first), npv(dearer)))
    assert (step.why, step.of) == (Why.ASSUMPTIONS, "run")
    fewer = known(list(EXAMPLE[:3]), terms())
    [step] = bridge(first, fewer, (npv(first), npv(fewer)))
    assert (step.why, step.of) == (Why.DATA, "pay")
    cheaper = known(list(EXAMPLE), replace(terms(), rate=Decimal(0)))
    [step] = bridge(first, cheaper, (npv(first), npv(cheaper)))
    assert step.why is Why.RATE
    assert bridge(first, first, (npv(first), npv(first))) == []


def test_other_years_are_a_step_where_they_can_be_counted_again() -> None:
    longer = replace(terms(), horizon=6)
    first, second = known(list(EXAMPLE), terms()), known(list(EXAMPLE[:3]), longer)
    pence = npv(first), npv(second)
    [step] = bridge(first, second, pence)
    assert step.why is Why.YEARS_AND_DATA
    again = first._replace(places=known(list(EXAMPLE), longer).places)
    steps = bridge(first, second, pence, again)
    assert [step.why for step in steps] == [Why.YEARS, Why.DATA]
    assert pence[0] + sum(step.pence for step in steps) == pence[1]


def test_runs_of_the_records_compare(database: Database, used: Session) -> None:
    first = done(database, number := published(database))
    with database.writing() as session:
        session.execute(update(Usage).values(confirmed_on=None))
    second = done(database, number)
    draft = assuming.draft(database, 0, ACT)
    frame = assuming.Frame(2020, 2020, 4, Decimal("0.035"), 3, None)
    assuming.frame(database, 0, draft, frame, 1, ACT)
    assuming.publish(database, 0, draft, "Chief Economist, Ministry", ACT)
    third = done(database, draft)
    with database.reading() as session:
        one, two, three = (runs.by_id(session, each) for each in (first, second, third))
        npvs = [run.result["views"]["whole"]["npv"] for run in (one, two, three)]
        [step] = trying.between(session, one, two)
        assert (step.why, step.pence) == (Why.DATA, npvs[1] - npvs[0])
        back = trying.between(session, three, one)
        assert [each.why for each in back] == [Why.DATA]
        forth = trying.between(session, one, three)
        assert [each.why for each in forth] == [Why.YEARS, Why.DATA]
        assert npvs[0] + sum(each.pence for each in forth) == npvs[2]


@DEMO
def test_a_run_against_itself_says_that_nothing_moved(client: PageClient) -> None:
    listed, _before = said(client, "/savings/runs.json")["items"]
    here = f"/savings/runs/{listed['run']}/against/{listed['run']}"
    assert "Nothing moved it" in client.get(here).text
    found: Any = said(client, f"{here}.json")
    assert [row["step"] for row in found["items"]] == ["first", "second"]
    assert len(rows_of(client.get(f"{here}.csv").text)) == 2
    assert client.get(f"/savings/runs/{listed['run']}/against/999").status_code == 404


@DEMO
def test_the_newest_run_leads_to_the_one_before(client: PageClient) -> None:
    now, before = said(client, "/savings/runs.json")["items"]
    address = f"/savings/runs/{before['run']}/against/{now['run']}"
    assert address in client.get("/savings").text
    assert "add up to the penny" in client.get(address).text
    steps = said(client, f"{address}.json")["items"][1:-1]
    assert {each["of"] for each in steps} == {"own_run", "additionality", "platform"}
    assert all(float(each["moved"]) < 0 for each in steps), "what had been taken for granted"
    first, second = (said(client, f"/savings/assumptions/{number}.json") for number in (1, 2))
    assert first["approver"] != second["approver"]
    earlier, later = ({row["key"] for row in each["items"]} for each in (first, second))
    assert earlier == later, "of the same values"
