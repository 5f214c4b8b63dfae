"""Two records become one: what is chosen, united and left out; nothing else is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue import words
from portal.catalogue.rules import merging_usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.merging import Document, merged, to_choose, united_owners
from portal.catalogue.words import RecordKind
from tests.support.data import organisation_document, service_document

SERVICE, BODY = RecordKind.SERVICE, RecordKind.ORGANISATION


def row(role: str, body: str, since: str | None = None, until: str | None = None) -> Document:
    return {"role": role, "organisation": body, "published_name": None, "since": since,
            "until": until, "source": None}  # fmt: skip


def one(stays: Document, goes: Document, **choices: Any) -> Document:
    return merged(SERVICE, stays, goes, choices).document


def test_what_only_one_says_is_taken_and_the_rest_is_chosen() -> None:
    stays = service_document("a", name="Tax a boat", purpose="Pay", category=None)
    goes = service_document("b", name="Boat tax", purpose="Pay it", category="Tax")
    assert to_choose(SERVICE, stays, goes) == ["name", "purpose"]
    found = one(stays, goes)
    assert (found["name"], found["purpose"], found["category"]) == ("Tax a boat", "Pay", "Tax")
    former = {"kind": "synonym", "language": "en", "until": None}
    assert found["names"] == [{"name": "Boat tax", **former}]
    found = one(stays, goes, name="goes", purpose="goes")
    assert (found["slug"], found["name"], found["purpose"]) == ("a", "Boat tax", "Pay it")
    assert found["names"] == [{"name": "Tax a boat", **former}]


def test_the_same_name_is_no_former_name() -> None:
    stays, goes = service_document("a", name="Boat Tax"), service_document("b", name="Boat tax")
    assert one(stays, goes)["names"] == []


def test_transactions_keep_their_year() -> None:
    year = {"transactions_from": "2020-01-01", "transactions_to": "2020-12-31"}
    stays, goes = service_document("a"), service_document("b", yearly_transactions=5, **year)
    found = one(stays, goes)
    assert (found["yearly_transactions"], found["transactions_to"]) == (5, "2020-12-31")


def test_no_relation_to_itself() -> None:
    related = [
        {"relation": "duplicate_of", "service": "b"},
        {"relation": "part_of", "service": "c"},
    ]
    stays = service_document("a", relations=related)
    goes = service_document("b", relations=[{"relation": "part_of", "service": "c"}])
    assert one(stays, goes)["relations"] == [{"relation": "part_of", "service": "c"}]


def test_phases_that_fit_are_united_and_the_others_named() -> None:
    live = {"phase": "live", "since": None, "until": None}
    beta = {"phase": "public_beta", "since": "2014-01-01", "until": "2016-01-01"}
    stays = service_document("a", phases=[live])
    goes = service_document(
        "b", phases=[beta, {"phase": "live", "since": "2016-01-01", "until": None}]
    )
    found = merged(SERVICE, stays, goes, {})
    assert found.document["phases"] == [beta, {**live, "since": "2016-01-01"}]
    assert found.left_out == {}
    alpha = service_document("b", phases=[{"phase": "alpha", "since": "2020-01-01", "until": None}])
    found = merged(SERVICE, stays, alpha, {})
    assert found.document["phases"] == [live]
    assert found.left_out == {"phases": alpha["phases"]}
    assert one(stays, alpha, phases="goes")["phases"] == alpha["phases"]


def test_owners_that_fit_are_united_and_the_others_named() -> None:
    stays = service_document("a", owners=[row("accountable", "x"), row("delivers", "z")])
    goes = service_document("b", owners=[
        row("accountable", "y", "2010-01-01"), row("delivers", "z", "2012-01-01"),
        row("funds", "y"), row("accountable", "w", "2001-01-01", "2005-01-01"),
    ])  # fmt: skip
    found = merged(SERVICE, stays, goes, {})
    assert {(o["role"], o["organisation"], o["since"]) for o in found.document["owners"]} == {
        ("accountable", "x", None), ("delivers", "z", "2012-01-01"), ("funds", "y", None),
        ("accountable", "w", "2001-01-01"),
    }  # fmt: skip
    assert [o["organisation"] for o in found.left_out["owners"]] == ["y"]
    chosen = merged(SERVICE, stays, goes, {"owners": "stays"})
    now = {(o["role"], o["organisation"]) for o in chosen.document["owners"] if not o["until"]}
    assert now == {("accountable", "x"), ("delivers", "z")}, "what was chosen, and no more"


def test_one_organisation_that_did_it_before_and_after_has_one_row() -> None:
    found = united_owners(
        [row("accountable", "x", "2001-01-01", "2005-01-01"), row("accountable", "x", "2005-01-01")]
    )
    assert found == [row("accountable", "x", "2001-01-01")]


def test_two_organisations() -> None:
    stays = organisation_document("a", name="Boats Agency", abbreviation=None)
    goes = organisation_document(
        "b", name="Agency of Boats", abbreviation="AB", website="https://b.example",
        parents=[{"organisation": "portal:a", "relation": "part_of", "since": None, "until": None,
                  "source": None}],
        successions=[{"kind": "renamed", "successor": "portal:c", "on": "2020-01-01",
                      "source": None}],
    )  # fmt: skip
    found = merged(BODY, stays, goes, {}).document
    assert found["identifiers"] == ["portal:a", "portal:b"]
    assert (found["abbreviation"], found["website"]) == ("AB", "https://b.example")
    assert [each["alias"] for each in found["aliases"]] == ["Agency of Boats"]
    assert found["parents"] == [] and len(found["successions"]) == 1


DAYS = st.none() | st.dates(date(2010, 1, 1), date(2020, 1, 1)).map(date.isoformat)


@st.composite
def services(draw: st.DrawFn, slug: str) -> Document:
    """A service with any lists, phases and owners that can hold together."""
    names = st.fixed_dictionaries(
        {"name": st.sampled_from("pqrs"), "kind": st.sampled_from(list(words.ServiceNameKind)),
         "language": st.just("en"), "until": DAYS}
    )  # fmt: skip
    start = draw(st.dates(date(2011, 1, 1), date(2015, 1, 1)))
    middle = start + timedelta(days=draw(st.integers(0, 500)))
    phases = [
        {"phase": "alpha", "since": draw(st.sampled_from([None, start.isoformat()])),
         "until": middle.isoformat()},
        {"phase": draw(st.sampled_from(["live", "public_beta"])), "since": middle.isoformat(),
         "until": None},
    ]  # fmt: skip
    bodies = st.sampled_from(["portal:x", "portal:y", "portal:z"])
    owners = [row("accountable", draw(bodies), draw(DAYS))]
    owners += [row(draw(st.sampled_from(["delivers", "funds"])), draw(bodies)) for _ in "ab"]
    some = st.lists(st.sampled_from("abcdef"), max_size=3)
    return clean_service(
        {
            "slug": slug, "name": draw(st.sampled_from("abc")),
            "purpose": draw(st.sampled_from([None, "Why"])),
            "audiences": draw(st.lists(st.sampled_from(list(words.Audience)), max_size=2)),
            "keywords": draw(some), "names": draw(st.lists(names, max_size=3)),
            "channels": draw(st.lists(st.sampled_from(list(words.Channel)), max_size=3)),
            "sources": [f"https://{each}.example" for each in draw(some)],
            "phases": phases, "owners": owners,
        }
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(services("one"), services("two"), st.sets(st.sampled_from(["name", "phases", "owners"])))
def test_nothing_is_lost(stays: Document, goes: Document, chosen: set[str]) -> None:
    """Every value of both is in what they say as one, or was not chosen, or is named."""
    found = merged(SERVICE, stays, goes, dict.fromkeys(chosen, "goes"))
    after = found.document
    assert clean_service(after) == after
    for document in (stays, goes):
        for field in ("audiences", "keywords", "channels", "sources"):
            assert set(document[field]) <= set(after[field])
        called = {after["name"], *(each["name"] for each in after["names"])}
        assert {document["name"], *(each["name"] for each in document["names"])} <= called
        for field, keys in (("phases", ("phase",)), ("owners", ("role", "organisation"))):
            kept = [*after[field], *found.left_out.get(field, [])]
            said = {tuple(each[key] for key in keys) for each in kept}
            assert {tuple(each[key] for key in keys) for each in document[field]} <= said


def usage(status: str = "live", **changes: Any) -> Document:
    since = "2020-01-01" if status in ("live", "stopping") else None
    known = {"service": "goes", "capability": "n", "arrangement": "shared_component"}
    if "product" not in changes:
        known["component"] = "pay"
    return clean_usage({**known, "status": status, "since": since, **changes})


def test_usages_move_and_open_ones_of_one_thing_unite() -> None:
    own = {1: usage(service="stays", supplier=None, note="Mine")}
    others = {2: usage(supplier="X", note="Yours"), 3: usage(component="notify")}
    plan = merging_usage.plan("stays", own, others)
    assert plan.moved == {3: {**others[3], "service": "stays"}}
    [united] = plan.united
    assert (united.stays, united.goes) == (1, 2)
    assert united.document == {**own[1], "supplier": "X"}


def test_contract_and_control_are_kept_by_the_one_that_stays() -> None:
    product = {"component": None, "arrangement": "bought_product", "product": "Till"}
    said = {"supplier": "Tide", "contract_group": "G-Cloud 14", "code_held_by": "both",
            "data_held_by": "supplier"}  # fmt: skip
    plan_ = {"exit_plan": "tested", "exit_note": "By file", "exit_reviewed_on": "2026-01-01"}
    own = {1: usage(service="stays", exit_plan="none", **product)}
    [united] = merging_usage.plan("stays", own, {2: usage(**product, **said, **plan_)}).united
    assert {field: united.document[field] for field in said} == said
    assert (united.document["exit_plan"], united.document["exit_note"]) == ("none", None)


def test_the_usage_further_along_stays() -> None:
    own = {1: usage("planned", service="stays", planned_live="2027-01-01")}
    [united] = merging_usage.plan("stays", own, {2: usage()}).united
    assert (united.stays, united.goes) == (2, 1)
    assert (united.document["status"], united.document["service"]) == ("live", "stays")
    assert united.document["planned_live"] == "2027-01-01"
    [united] = merging_usage.plan("stays", {1: usage()}, {2: usage("considering")}).united
    assert united.stays == 1


def test_what_has_stopped_stays_beside_what_is_open() -> None:
    stopped = usage("stopped", since="2010-01-01", until="2012-01-01")
    plan = merging_usage.plan("stays", {1: usage(service="stays")}, {2: stopped})
    assert not plan.united and list(plan.moved) == [2]


def test_a_fact_that_cannot_be_said_is_not_taken() -> None:
    own = {1: usage("integrating", service="stays")}
    [united] = merging_usage.plan("stays", own, {2: usage("planned", note="x")}).united
    assert united.document["since"] is None and united.document["note"] == "x"


def test_answers_about_needs() -> None:
    said = {"note": None, "source": None}
    own = {"a": {"answer": "needed", **said}, "b": {"answer": "unknown", **said}}
    others = {need: {"answer": "not_needed", **said} for need in "abc"}
    taken, different = merging_usage.needs(own, others)
    assert set(taken) == {"b", "c"} and different == ["a"]


def test_days_that_cannot_hold_together_are_those_of_the_one_that_stays() -> None:
    link = {"relation": "part_of", "since": None, "until": None, "source": None}
    stays = organisation_document("a", start_date="2010-01-01")
    goes = organisation_document("b", end_date="2005-01-01", parents=[link | {"organisation": "x"}])
    found = merged(BODY, stays, goes, {}).document
    assert (found["start_date"], found["end_date"]) == ("2010-01-01", None)
