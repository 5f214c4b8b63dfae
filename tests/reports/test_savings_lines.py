"""Every line of a run can be worked out again by a reader who has nothing but the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Standing
from portal.catalogue.models.usage import Usage
from portal.db import Database
from portal.reports.actions import opening
from portal.reports.rules import inputs, lines
from portal.reports.rules.inputs import Counted, Used
from portal.reports.rules.lines import Line, Working, of_platforms
from portal.reports.rules.model import Quantity
from portal.reports.rules.runs import Platform, Tally, claims
from portal.reports.store import runs
from portal.reports.store.claims import ClaimQuery
from portal.reports.views.savings_lines import FACTORS, MONEY
from portal.reports.words import Assumed, ClaimKind
from tests.reports.test_savings_database import done, published
from tests.reports.test_savings_database import used as used
from tests.reports.test_savings_measured import PRICED, measuring
from tests.reports.test_savings_pages import DEMO, rows_of, said
from tests.reports.test_savings_runs import PAY, assumption, both, terms, the_set
from tests.reports.test_savings_runs import used as a_use
from tests.reports.test_savings_shared import OTHER
from tests.support.pages import PageClient
from tests.support.storefront import add_component, add_usage


def again(row: Mapping[str, str]) -> Decimal:
    """Pounds and pence of a line, as the notes of the file say."""

    def amount(*without: str) -> Decimal:
        found = Decimal(1)
        for name in FACTORS:
            if name not in without and row[name]:
                found *= Decimal(row[name]) + (1 if name == Assumed.OPTIMISM else 0)
        return found.quantize(Decimal("0.01"), ROUND_HALF_EVEN)

    return amount("w_confirmed") - (amount("w") if row["w_confirmed"] else 0)


def told(line: Line) -> dict[str, str]:
    factors = line.factors or {}
    return {name: str(float(factors[name])) if name in factors else "" for name in FACTORS}


@settings(max_examples=30)
@given(measuring())
def test_lines_follow_from_their_columns_and_are_the_claims(every: list[Used]) -> None:
    rows = [*the_set(), *PRICED, assumption(Assumed.OPTIMISM, 0.15)]
    platforms = [PAY, OTHER, Platform(8, "unknown")]
    _, made = both(*every, rows=rows, platforms=platforms)
    known, tally = terms(rows), Tally()
    ordered = sorted(every, key=lambda each: (each.service, each.capability, each.component))
    services = list(inputs.by_service(ordered))
    below = inputs.leaves(ordered)
    list(claims(services, below, known, tally))
    working = Working(below, known)
    found = [line for some in services for line in working.of(some)]
    found += of_platforms(platforms, known, tally)
    sums: dict[tuple[str, str, ClaimKind, int], list[int]] = {}
    for line in found:
        assert again(told(line)) * 100 == sum(line.pence)
        service, need, component, _ = line.of
        key = service or component or "", need or "", line.ids[2], line.year
        before = sums.get(key, [0, 0, 0])
        sums[key] = [a + b for a, b in zip(before, line.pence, strict=True)]
    assert sums == {(*each.key, year): pence for each in made for year, pence in each.years.items()}


def test_what_is_measured_has_its_column() -> None:
    counted = Counted(date(2026, 4, 1), None, *[Decimal(1)] * 4, None)
    for kind, name in (
        (ClaimKind.INTEGRATION_MEASURED, "days"), (ClaimKind.PRICE, "volume"),
        (ClaimKind.VOLUME_AVOIDED, "volume"),
    ):  # fmt: skip
        assert lines._amounts(Quantity(kind, 0, Decimal(7)), counted) == {name: Decimal(7)}


@DEMO
def test_the_file_is_enough(client: PageClient) -> None:
    rows = rows_of(client.get("/savings/runs/1/claims.csv").text)
    keys = [row["claim_key"].split("|") for row in rows]
    assert keys == sorted(keys)
    for row in rows:
        assert again(row) == sum(Decimal(row[each]) for each in MONEY), row["claim_key"]
        assert row["savings_run"] == row["assumption_version"] == "1"
        used_up = row["kind"] != "platform"
        assert bool(row["usage"] and row["evidence_on"] and row["used_from"]) is used_up
    proofs = {(row["standing"], row["evidence"], row["evidence_by"]) for row in rows}
    assert ("confirmed", "provider_confirmed", "provider") in proofs
    assert ("declared", "declared", "service") in proofs
    view = said(client, "/savings/runs/1.json")["result"]["views"]["whole"]["confirmed"]
    whole = rows_of(client.get("/savings/runs/1/claims.csv?view=whole").text)
    costs = sum(Decimal(row["confirmed"]) for row in whole if row["column"] == "cost")
    assert costs * 100 == sum(view["cost"])
    assert {row["service"] for row in rows_of(
        client.get("/savings/runs/1/claims.csv?service=apply-for-probate&year=2024").text
    )} == {"apply-for-probate"}  # fmt: skip


def test_a_run_gives_what_it_kept(
    database: Database, used: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_component(used, "gateway", "card-payments")
    add_usage(used, "a", "card-payments", component="gateway", since="2022-04-01")
    used.commit()
    run_id = done(database, published(database))
    with database.writing() as session:
        session.execute(update(Usage).values(confirmed_on=None))
    with database.reading() as session:
        run = runs.by_id(session, run_id)
        every = list(opening.lines(session, run, ClaimQuery(run_id)))
        assert all(line.factors for line in every)
        of_a = list(opening.lines(session, run, ClaimQuery(run_id, service="a", year=3)))
        assert of_a == [line for line in every if line.of[0] == "a" and line.year == 3]
        narrow = ClaimQuery(run_id, component="gateway", kinds=frozenset([ClaimKind.RUN_AVOIDED]))
        assert {line.of[2] for line in opening.lines(session, run, narrow)} == {"gateway"}
        assert list(opening.lines(session, run, ClaimQuery(run_id, service="none"))) == []
        # Code that comes to something else: the amounts are those that the run kept.
        monkeypatch.setattr(lines, "to_pence", lambda pounds: round(pounds * 100) + 1)
        other = list(opening.lines(session, run, ClaimQuery(run_id)))
    assert not any(line.factors for line in other)
    assert {line.ids for line in other} == {line.ids for line in every}
    for at in range(3):
        assert sum(line.pence[at] for line in other) == sum(line.pence[at] for line in every)
    assert next(line.usages for line in other if line.of[0] == "g") != ()


def test_runs_from_before_say_that_evidence_was_not_kept() -> None:
    plain = inputs.line(a_use("a", proof=("roster", "2026-05-01")))
    assert inputs.read(plain).proof == ("roster", "2026-05-01")
    before = plain.replace(b',"proof":["roster","2026-05-01"]', b"")
    assert before != plain and inputs.read(before).proof is None


def test_the_uses_of_a_run_page_by_page(
    database: Database, used: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = done(database, published(database))
    with database.reading() as session:
        run = runs.by_id(session, run_id)
        every = list(opening.uses(session, run, None))
        assert [use.service for _, use in every] == list("abcdefg")
        for at, (place, _use) in enumerate(every):
            assert list(opening.uses(session, run, None, place)) == every[at + 1 :]
        declared = list(opening.uses(session, run, Standing.DECLARED))
        assert [use.service for _, use in declared] == ["g"]


@DEMO
def test_the_list_of_uses(client: PageClient) -> None:
    here = "/savings/runs/1/uses"
    rows = rows_of(client.get(f"{here}.csv?standing=confirmed").text)
    counts = said(client, "/savings/runs/1.json")["result"]["counts"]
    assert (
        len(rows) == counts["confirmed"] == said(client, f"{here}.json?standing=confirmed")["count"]
    )
    assert {row["evidence_by"] for row in rows} == {"provider"}
    assert "No use stands like that" in client.get(f"{here}?standing=lapsed").text
    assert "no more rows" in client.get(f"{here}?after=9.9").text
    assert "colour" in client.get(f"{here}?colour=blue&after=x").text
    assert client.get(f"{here}.json?standing=sure").status_code == 400


@DEMO
def test_claims_by_what_they_count_and_rest_on(client: PageClient) -> None:
    address = "/savings/runs/1/claims"
    some = said(client, f"{address}.json?counted=confirmed")["items"]
    assert some and all(each["confirmed"] for each in some)
    assert len(said(client, f"{address}.json?counted=with_declared")["items"]) > len(some)
    weak = said(client, f"{address}.json?rests=judgement_or_benchmark")["items"]
    keys = {
        row["key"] for row in said(client, "/savings/assumptions/1.json?class=judgement")["items"]
    }
    keys |= {
        row["key"] for row in said(client, "/savings/assumptions/1.json?class=benchmark")["items"]
    }
    assert all(keys & set(each["assumptions"].split()) for each in weak)
    assert "Confirmed use" in client.get(f"{address}?view=whole&counted=confirmed&year=2024").text
    assert client.get(f"{address}?rests=judgement_or_benchmark").status_code == 200
    for wrong in ("rests=x", "counted=x"):
        assert client.get(f"{address}.json?{wrong}").status_code == 400
        assert wrong in client.get(f"{address}?{wrong}").text
