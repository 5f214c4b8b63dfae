"""What is wrong with how a need is met has a message beside its field, before the database says so.

Each rule stands in the database as well: tests/store/test_component_constraints.py.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.meeting import (
    Beside,
    needs_said,
    refuse_beside,
    refuse_ring,
    usage_said,
)
from portal.errors import Invalid

TODAY = date(2026, 3, 4)
SHARED, BOUGHT, BUILT = "shared_component", "bought_product", "own_build"
LIVE: dict[str, Any] = {"status": "live", "since": date(2024, 1, 2)}
NOTIFY = {"component": "notify"}


def said(arrangement: str, before: Any = None, **values: Any) -> dict[str, Any]:
    return usage_said("a-service", "letters", arrangement, values, before, TODAY)


#: What contradicts itself, by the database's rule, with the field and what is said beside it.
WRONG: tuple[tuple[str, str, dict[str, Any], str, str], ...] = (
    ("shared_has_component", SHARED, LIVE, "component", "Select the component"),
    ("bought_has_product", BOUGHT, LIVE, "product", "Enter the name of the product"),
    ("live_has_since", SHARED, {**NOTIFY, "status": "live"}, "since", "Enter when it went"),
    ("live_has_since", SHARED, {**NOTIFY, "status": "stopping"}, "since", "Enter when it went"),
    ("stopped_has_until", SHARED, {**NOTIFY, "status": "stopped"}, "until", "Enter when it stop"),
    ("planned_has_no_since", SHARED, {**NOTIFY, **LIVE, "status": "planned"}, "since", "empty"),
    ("planned_has_no_since", BUILT, {**LIVE, "status": "considering"}, "since", "empty"),
    ("planned_has_no_since", BUILT, {**LIVE, "status": "integrating"}, "since", "empty"),
    ("until_when_stopping", BUILT, {**LIVE, "until": TODAY}, "until", "stopping or has stopped"),
    (
        "until_after",
        BUILT,
        {**LIVE, "status": "stopped", "until": date(2023, 1, 1)},
        "until",
        "not be before the start",
    ),
    ("share_is_per_cent", BUILT, {**LIVE, "share": "0"}, "share", "above 0"),
    ("share_is_per_cent", BUILT, {**LIVE, "share": "100.5"}, "share", "up to 100"),
    ("share_is_per_cent", BUILT, {**LIVE, "share": "half"}, "share", "Enter a number"),
    ("cost_not_negative", BUILT, {**LIVE, "yearly_cost": -1}, "yearly_cost", "0 or more"),
    (
        "contract_group_of_bought",
        BUILT,
        {**LIVE, "contract_group": "G-Cloud 14"},
        "contract_group",
        "what somebody supplies",
    ),
    ("exit_details_of_a_plan", BUILT, {**LIVE, "exit_note": "By file"}, "exit_plan", "Select"),
    ("exit_details_of_a_plan", BUILT, {**LIVE, "exit_reviewed_on": TODAY}, "exit_plan", "Select"),
    ("(no status)", BUILT, {}, "status", "Select whether it is in use"),
    (
        "(ends later)",
        BUILT,
        {**LIVE, "status": "stopped", "until": date(2026, 3, 5)},
        "until",
        "must be today or in the past",
    ),
    ("(both)", BUILT, {**LIVE, "not_known": True}, "since", "not both"),
    ("(address)", BUILT, {**LIVE, "source": "somewhere"}, "source", "web address"),
)


@pytest.mark.parametrize(("rule", "arrangement", "values", "field", "message"), WRONG)
def test_what_contradicts_itself(
    rule: str, arrangement: str, values: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Invalid) as caught:
        said(arrangement, **values)
    assert (caught.value.field, message in caught.value.message) == (field, True), rule


def test_only_what_is_shared_names_a_component() -> None:
    assert said(BUILT, **LIVE, **NOTIFY)["component"] is None, "left over from another choice"
    document = {**said(BUILT, **LIVE), "component": "notify"}
    with pytest.raises(Invalid, match="Only a shared component"):
        clean_usage(document)


def test_only_what_was_bought_or_built_is_controlled() -> None:
    control = {"code_held_by": "both", "data_held_by": "supplier", "exit_plan": "none"}
    left_over = said(SHARED, **LIVE, **NOTIFY, **control)
    assert not any(left_over[field] for field in control), "left over from another choice"
    for field, value in control.items():
        with pytest.raises(Invalid, match="bought or built") as caught:
            clean_usage({**left_over, field: value})
        assert caught.value.field == field
    supplied = said(BUILT, **LIVE, supplier="Tide", contract_group="G-Cloud 14", **control)
    assert (supplied["contract_group"], supplied["exit_plan"]) == ("G-Cloud 14", "none")


def test_a_component_that_does_not_offer_the_need() -> None:
    document = said(SHARED, **LIVE, **NOTIFY)
    refuse_beside(document, None, {}, ["notify"])
    with pytest.raises(Invalid, match="offers this") as caught:
        refuse_beside(document, None, {}, ["pay"])
    assert caught.value.field == "component"


@pytest.mark.parametrize(
    ("arrangement", "values", "field"),
    [
        (SHARED, NOTIFY, "component"),
        (BOUGHT, {"product": "Post"}, "product"),
        (BUILT, {"product": "Our own"}, "product"),
        (BUILT, {}, "arrangement"),
        ("by_hand", {}, "arrangement"),
    ],
)
def test_two_open_rows_for_the_same_thing(
    arrangement: str, values: dict[str, Any], field: str
) -> None:
    first = said(arrangement, **LIVE, **values)
    others = {1: Beside(first, None)}
    planned = said(arrangement, status="planned", **values)
    with pytest.raises(Invalid, match="recorded already") as caught:
        refuse_beside(planned, None, others, ["notify"])
    assert caught.value.field == field
    stopped = said(arrangement, **{**LIVE, "status": "stopped"}, until=TODAY, **values)
    refuse_beside(stopped, None, others, ["notify"])
    refuse_beside(planned, None, {1: Beside(stopped, None)}, ["notify"])


def test_an_old_arrangement_is_replaced_once_and_never_in_a_ring() -> None:
    old, new = said(BUILT, **LIVE), said(SHARED, **LIVE, **NOTIFY)
    refuse_beside(new, 1, {1: Beside(old, None)}, ["notify"])
    for others in ({}, {1: Beside(old, None), 2: Beside(said("by_hand"), 1)}):
        with pytest.raises(Invalid) as caught:
            refuse_beside(new, 1, others, ["notify"])
        assert caught.value.field == "replaces"
    refuse_ring(9, 1, {1: Beside(old, None), 2: Beside(new, 1)})
    for last in (1, 2):
        with pytest.raises(Invalid, match="itself replaced"):
            refuse_ring(9, last, {1: Beside(old, 9), 2: Beside(new, 1)})


def test_what_a_date_rests_on() -> None:
    month = said(BUILT, status="live", since=date(2024, 3, 1), by_month=True)
    assert (month["since"], month["since_basis"]) == ("2024-03-01", "month")
    again = said(BUILT, month, status="live", since=date(2024, 3, 1))
    assert again["since_basis"] == "month", "the same date rests on what it did"
    assert said(BUILT, month, status="live", since=date(2024, 4, 1))["since_basis"] is None
    seen = said(BUILT, status="live", not_known=True)
    assert (seen["since"], seen["since_basis"]) == ("2026-03-04", "seen")
    later = usage_said(
        "s", "n", BUILT, {"status": "live", "not_known": True}, seen, date(2027, 1, 1)
    )
    assert later["since"] == "2026-03-04", "the day on which it was first seen stays"
    assert said("by_hand")["since_basis"] == "seen", "few know since when"
    until = said(BUILT, status="stopped", until=date(2025, 6, 1), until_by_month=True)
    assert (until["since"], until["until_basis"]) == (None, "month")


def test_what_does_not_belong_to_an_arrangement_goes() -> None:
    more = {"reason": "cost", "reason_note": "Dear", "product": "Post", "supplier": "Post Ltd"}
    shared = said(SHARED, **LIVE, **NOTIFY, **more)
    assert not any(shared[name] for name in more)
    assert all(said(BOUGHT, **LIVE, **more)[name] == text for name, text in more.items())
    built = said(BUILT, **LIVE, **more)
    assert (built["product"], built["supplier"], built["reason"]) == ("Post", "Post Ltd", "cost")
    assert said("gap", **more)["product"] is None


LEAVES = ["a", "b", "c", "d"]


def test_not_needed_differs_from_not_answered() -> None:
    assert needs_said(LEAVES, ["a"], {}, [], no_more=False) == {"a": "needed"}
    assert needs_said(LEAVES, ["a"], {"a": "needed"}, [], no_more=True) == dict.fromkeys(
        "bcd", "not_needed"
    )
    before = {"a": "needed", "b": "not_needed", "c": "unknown"}
    assert needs_said(LEAVES, [], before, [], no_more=False) == {"a": None}
    assert needs_said(LEAVES, ["b"], before, [], no_more=False) == {"a": None, "b": "needed"}
    assert needs_said(LEAVES, ["a"], before, [], no_more=True) == {
        "c": "not_needed",
        "d": "not_needed",
    }


def test_what_is_met_is_needed() -> None:
    for no_more in (True, False):
        with pytest.raises(Invalid, match="is needed") as caught:
            needs_said(LEAVES, ["a"], {}, ["b"], no_more)
        assert caught.value.field == "needs"
    assert needs_said(LEAVES, ["b"], {}, ["b"], no_more=False) == {"b": "needed"}
    with pytest.raises(Invalid, match="from the list"):
        needs_said(LEAVES, ["e"], {}, [], no_more=False)
