"""Histories of components: totals, openings, gaps, milestones, and totals that cannot be right."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from portal.performance.forms import history_words
from portal.performance.rules import histories
from portal.performance.rules.histories import Known, Milestone, Sectors
from portal.performance.rules.joined import Told
from portal.performance.rules.totals import Partial

M = 1_000_000


def day(number: int) -> date:
    return date(2024, 1, number)


def totals(*numbers: float | None) -> histories.History:
    days = [(day(n), number, None) for n, number in enumerate(numbers, start=1)]
    return histories.of_days("payments", days)


def summed(*numbers: float | None) -> histories.History:
    rows = [Told(day(n), day(n), number) for n, number in enumerate(numbers, start=1)]
    return histories.of_periods("volume", rows)


def test_which_columns_have_totals() -> None:
    columns = ("payments_cumulative", "amount_gbp_cumulative", "live_services")
    assert [histories.measure_of(each) for each in columns] == ["payments", "pounds", None]


def test_a_first_total_is_no_first_use() -> None:
    history = totals(5 * M, 6 * M)
    assert history.opening == Known(day(1), 5 * M)
    assert histories.milestones(history) == [Milestone(M, None, day(1))]
    since = histories.of_periods("volume", [Told(day(1), day(31), 5.0)])
    assert since.opening is None


def test_milestones_say_the_day_or_between_which_days() -> None:
    history = histories.of_days(
        "x", [(day(1), 1.0, None), (day(2), M, None), (day(5), None, None), (day(9), 20 * M, None)]
    )
    found = histories.milestones(history)
    assert found == [Milestone(M, day(1), day(2)), Milestone(10 * M, day(2), day(9))]
    assert [each.on for each in found] == [day(2), None]


def test_sums_of_periods_have_gaps_and_say_what_they_lack() -> None:
    history = summed(1.0, None, 2.0)
    assert [(each.drawn, each.lacks) for each in history.points] == [(1, 0), (None, 1), (3, 1)]
    (some,) = summed(Partial(4.0)).points  # parts of the period are not shown
    assert (some.drawn, history_words.still(some)) == (4, "incomplete for 1 period")


def test_a_milestone_after_a_period_that_is_missing_may_have_been_earlier() -> None:
    found = histories.milestones(summed(M, None, 9 * M))
    assert found == [Milestone(M, date(2023, 12, 31), day(1)),
                     Milestone(10 * M, None, day(3), lacks=True)]  # fmt: skip


def test_a_total_with_a_figure_that_may_change_is_provisional() -> None:
    rows = [Told(day(1), day(1), 1.0), Told(day(2), day(2), 1.0, provisional=True),
            Told(day(3), day(3), 1.0)]  # fmt: skip
    points = histories.of_periods("volume", rows).points
    assert [each.provisional for each in points] == [False, True, True]


def test_totals_that_cannot_be_right_are_marked_and_not_drawn() -> None:
    one_too_high = totals(1, 2, 9, 3, 4)
    assert [each.drawn for each in one_too_high.points] == [1, 2, None, 3, 4]
    one_too_low = totals(1000, 1001, 1, 1002, 1003)
    assert [each.total for each in one_too_low.doubtful] == [1]
    assert totals(1, 1, 1).doubtful == []


def test_facts_stand_where_there_is_no_series() -> None:
    volumes = [
        {"measure": "payments", "amount": 2, "since": None, "to": "2023-08-01", "source": "x"},
        {"measure": "payments", "amount": 5, "since": None, "to": "2024-01-01"},
        {"measure": "payments", "amount": 4, "since": "2023-01-01", "to": "2023-12-31"},
        {"measure": "services", "amount": 7, "since": None, "to": "2023-08-01"},
    ]
    facts = histories.facts_of(volumes)
    assert set(facts) == {"payments"}
    history = histories.of_days("payments", [(day(1), 5, None), (day(2), 6, None)],
                                facts["payments"])  # fmt: skip
    assert [(each.total, each.fact) for each in history.points] == [
        (2, True), (5, False), (6, False),
    ]  # fmt: skip


def test_a_note_says_whether_a_total_is_exact() -> None:
    notes = {
        "More than; since May 2016.": "more than", "At least": "more than", "About; month": "about",
        "Almost 10 million.": "nearly", "Aboutness": None, "Rounded": None, None: None,
    }  # fmt: skip
    assert {note: Known(day(1), 1, note=note).bound for note in notes} == notes


def test_figures_of_periods_that_follow_each_other_are_summed() -> None:
    rows = [
        {"measure": "accounts", "amount": 3, "since": "2023-01-01", "to": "2023-12-31"},
        {"measure": "accounts", "amount": 1, "since": "2022-01-01", "to": "2022-12-31"},
    ]
    (history,) = histories.summed(rows).values()
    assert (history.since, [each.total for each in history.points]) == (date(2022, 1, 1), [1, 4])
    assert histories.summed([rows[0], {**rows[1], "to": "2022-06-30"}]) == {}, "a gap between them"


def test_sectors_that_do_not_add_up_are_said() -> None:
    names = {"live_services", "services_central", "services_local"}
    days = [
        {"live_services": 3, "services_central": 1, "services_local": 2},
        {"live_services": 9, "services_central": 1, "services_local": 2},
        {"live_services": 9, "services_central": 1},
    ]
    assert histories.sectors(days, names) == Sectors(2, 1, 6)
    assert histories.sectors(days, {"live_services"}) is None


REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here")
def test_published_histories() -> None:
    found = {}
    for name, column in (("govuk-pay", "payments"), ("govuk-forms", "submissions")):
        with (REAL / name / "adoption-history.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        days = [(date.fromisoformat(r["recorded_on"]), float(r[f"{column}_cumulative"]), None)
                for r in rows]  # fmt: skip
        found[name] = histories.of_days(column, days)
    pay, forms = found.values()
    assert histories.milestones(pay)[0] == Milestone(M, None, date(2021, 4, 13))
    reached = histories.milestones(pay)[2]
    assert reached.amount == 100 * M and reached.after and reached.on is None
    assert [each.total for each in forms.doubtful] == [411297, 549, 560]
