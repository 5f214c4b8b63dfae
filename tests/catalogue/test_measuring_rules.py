"""What may be said of how much a shared component was used, and what building it in took."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules import measuring, meeting, merging_usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.digits import decimal_of
from portal.errors import Invalid

DAY = date(2026, 3, 31)
SHARED = {
    "service": "a-tax", "capability": "letters", "arrangement": "shared_component",
    "component": "notify", "status": "live", "since": "2024-04-01",
}  # fmt: skip


def use(**changes: Any) -> dict[str, Any]:
    return clean_usage({**SHARED, **changes})


def year(begins: int, quantity: int = 1, source: str | None = None) -> dict[str, Any]:
    return {"year": begins, "quantity": quantity, "source": source}


@pytest.mark.parametrize(
    ("changes", "years"),
    [
        ({}, (2024, 2025)),
        ({"since": "2024-03-31"}, (2023, 2024, 2025)),
        ({"status": "stopped", "until": "2025-03-31"}, (2024,)),
        ({"status": "stopping", "until": "2030-01-01"}, (2024, 2025)),
        ({"since_basis": "seen"}, tuple(range(2016, 2026))),
        ({"since": None, "status": "stopped", "until": "2020-01-01"}, tuple(range(2010, 2020))),
        ({"since": None, "status": "planned"}, ()),
        ({"arrangement": "own_build", "component": None}, ()),
    ],
)
def test_years_in_which_it_was_in_use(changes: dict[str, Any], years: tuple[int, ...]) -> None:
    assert tuple(measuring.years(use(**changes), DAY)) == years


def test_what_was_measured_takes_the_place_of_what_was_recorded() -> None:
    before = use(yearly_volumes=[year(2024, 5)], yearly_cost=3)
    said = measuring.measured(before, [year(2025, 7, "A report"), year(2024, 6)], "12.50", "x", DAY)
    after = clean_usage(said)
    assert after["yearly_volumes"] == [year(2024, 6), year(2025, 7, "A report")]
    assert (after["integration_days"], after["yearly_cost"]) == ("12.5", 3)
    with pytest.raises(Invalid, match="not in use") as caught:
        measuring.measured(before, [year(2026)], None, None, DAY)
    assert caught.value.field == "year.2026", "a year that has not begun"
    old = {**before, "yearly_volumes": [year(2019)]}
    assert measuring.measured(old, [year(2019, 2)], None, None, DAY), "it stood there before"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"yearly_volumes": [year(2024), year(2024, 2)]}, "yearly_volumes"),
        ({"yearly_volumes": [{"year": 202, "quantity": 1}]}, "yearly_volumes.0.year"),
        ({"yearly_volumes": [{"year": 2024}]}, "yearly_volumes.0.quantity"),
        ({"yearly_volumes": [{"year": 2024, "quantity": -1}]}, "yearly_volumes.0.quantity"),
        ({"integration_days": "1.234"}, "integration_days"),
        ({"integration_days": "1000000"}, "integration_days"),
        ({"integration_source": "x"}, "integration_days"),
        ({"arrangement": "own_build", "component": None, "integration_days": "1"},
         "integration_days"),
        ({"arrangement": "own_build", "component": None, "yearly_volumes": [year(2024)]},
         "yearly_volumes"),
    ],
)  # fmt: skip
def test_what_contradicts_itself(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        use(**changes)
    assert caught.value.field == field


def test_describing_a_use_again_keeps_what_was_measured() -> None:
    before = use(yearly_volumes=[year(2024)], integration_days="2")

    def said(arrangement: str = "shared_component", **values: Any) -> dict[str, Any]:
        given = {"component": "notify", "status": "live", "since": date(2024, 4, 1), **values}
        return meeting.usage_said("a-tax", "letters", arrangement, given, before, DAY)

    assert said(note="x")["yearly_volumes"] == [year(2024)]
    later, stopped = said(since=date(2025, 4, 1)), said(status="planned", since=None)
    early = said(status="stopped", since=None, until=date(2023, 1, 1))
    for after, field in ((later, "since"), (stopped, "status"), (early, "until")):
        with pytest.raises(Invalid, match="begins in 2024 is recorded") as caught:
            measuring.refuse_before_measured(before, after, DAY)
        assert caught.value.field == field
    measuring.refuse_before_measured(before, said(since=date(2025, 3, 1)), DAY)
    for other in (said(component="letters"), said("own_build", component=None)):
        with pytest.raises(Invalid, match="was measured"):
            meeting.refuse_other(before, other, has_evidence=False)


def test_a_merge_believes_the_one_that_stays() -> None:
    own = use(yearly_volumes=[year(2024, 5)])
    other = use(yearly_volumes=[year(2023, 9), year(2024, 7)], integration_days="3")
    [united] = merging_usage.plan("a-tax", {1: own}, {2: other}).united
    assert united.document["yearly_volumes"] == [year(2023, 9), year(2024, 5)]
    assert united.document["integration_days"] == "3"


ROWS = st.lists(
    st.builds(year, st.integers(1990, 2100), st.integers(0, 10**12)),
    max_size=5,
    unique_by=lambda row: row["year"],
)


@given(ROWS, ROWS)
def test_nothing_is_counted_twice_and_no_year_is_lost(own: list[Any], others: list[Any]) -> None:
    found = measuring.united(own, others)
    assert [row["year"] for row in found] == sorted({row["year"] for row in (*own, *others)})
    assert all(row in own or row in others for row in found)
    assert all(row in found for row in own)
    assert measuring.united(found, others) == found


def test_decimals_as_people_type_them() -> None:
    assert [decimal_of(text) for text in (" 1,250.5 ", "12", "0.25")] == ["1250.5", "12", "0.25"]
    assert [decimal_of(text) for text in ("1,5", "-1", "1e3", ".5", "", "1.")] == [None] * 6
