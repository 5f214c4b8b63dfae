"""The end of components and how they are looked after, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import (
    Arrangement,
    Burning,
    Lifecycle,
    Moving,
    UsageStatus,
)
from portal.catalogue.rules import component_care as care
from portal.catalogue.rules.burning import Facts, place, reasons
from portal.catalogue.rules.closing import (
    Next,
    Told,
    comes_next,
    end_of,
    ended,
    months_left,
    moving,
    told_about,
)
from portal.catalogue.rules.component_questions import BOOK
from portal.errors import Invalid

DAY = date(2026, 11, 22)
LATER = date(2027, 3, 31)
FINE = Facts(Lifecycle.LIVE, None, False, 9, "Team", date(2026, 1, 1), 0, 0)
END: dict[str, Any] = {"lifecycle": "closing", "closes_on": "2027-03-31", "lifecycle_since": None}
LIVE = {"lifecycle": "live", "closes_on": None, "lifecycle_since": "2020-01-01"}


def but(**changes: Any) -> Facts:
    return Facts(**{name: changes.get(name, getattr(FINE, name)) for name in FINE.__slots__})


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (FINE, []),
        (but(team=None), [Burning.NO_TEAM]),
        (but(security_tested_on=None), [Burning.NOT_TESTED]),
        (but(team=None, security_tested_on=None), [Burning.NOT_PUBLISHED]),
        (but(security_tested_on=date(2025, 11, 22)), []),
        (but(security_tested_on=date(2025, 11, 21)), [Burning.NOT_TESTED]),
        (but(incidents=1, unsupported=2), [Burning.INCIDENT, Burning.UNSUPPORTED]),
        (but(lifecycle=Lifecycle.CLOSING, ends=LATER), [Burning.CLOSING_IN_USE]),
        (but(lifecycle=Lifecycle.CLOSING, ends=LATER, dependents=0), []),
        (but(lifecycle=Lifecycle.CLOSING, ends=DAY), [Burning.CLOSED_IN_USE]),
        (but(lifecycle=Lifecycle.CLOSED, team=None, incidents=1), [Burning.CLOSED_IN_USE]),
        (but(lifecycle=Lifecycle.CLOSED, team=None, incidents=1, dependents=0), []),
        (but(lifecycle=Lifecycle.DEPRECATED), [Burning.NO_SUCCESSOR]),
        (but(lifecycle=Lifecycle.DEPRECATED, successor=True), []),
    ],
)
def test_why_a_component_needs_attention(facts: Facts, why: list[Burning]) -> None:
    assert reasons(facts, DAY) == why


def test_the_worst_come_first_and_of_these_those_that_hit_more() -> None:
    one = [Burning.NO_TEAM]
    rows = [("b", 3, one), ("a", 3, one), ("z", 1, [Burning.CLOSED_IN_USE]),
            ("y", 3, [Burning.NO_TEAM, Burning.NOT_TESTED]), ("x", 20, one)]  # fmt: skip
    found = sorted(rows, key=lambda row: place(row[2], row[1], row[0]))
    assert [name for name, _many, _why in found] == ["z", "x", "y", "a", "b"]


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (LIVE, END, Told("2027-03-31", None)),
        (END, END, None),
        (END, {**END, "closes_on": "2027-06-30"}, Told("2027-06-30", "2027-03-31")),
        (END, {**END, "lifecycle": "closed"}, None),
        (END, LIVE, None),
        (LIVE, {**LIVE, "lifecycle": "deprecated"}, None),
        (LIVE, {**END, "lifecycle": "deprecated"}, Told("2027-03-31", None)),
        (LIVE, {**LIVE, "lifecycle": "closed", "lifecycle_since": "2026-11-22"},
         Told("2026-11-22", None)),
        (LIVE, {**LIVE, "closes_on": "2027-03-31"}, None),
    ],
)  # fmt: skip
def test_what_dependents_are_told(before: Any, after: Any, news: Told | None) -> None:
    assert told_about(before, after) == news


@given(st.sampled_from([LIVE, END, {**END, "closes_on": "2027-06-30"}]))
def test_saving_again_tells_nobody(document: dict[str, Any]) -> None:
    assert told_about(document, dict(document)) is None
    assert end_of(document) == (document["closes_on"] if document is not LIVE else None)


@pytest.mark.parametrize(
    ("lifecycle", "ends", "over"),
    [("closed", None, True), ("closing", LATER, False), ("closing", DAY, True),
     ("live", None, False), ("deprecated", None, False)],
)  # fmt: skip
def test_when_a_component_is_over(lifecycle: str, ends: date | None, over: bool) -> None:
    assert ended(lifecycle, ends, DAY) is over


STATUS = st.sampled_from(UsageStatus)
OTHER = st.builds(Next, st.booleans(), STATUS, st.sampled_from(Arrangement))


@given(STATUS, st.none() | STATUS, st.booleans())
def test_where_a_move_stands(
    status: UsageStatus, following: UsageStatus | None, over: bool
) -> None:
    found = moving(status, following, over)
    assert (found is Moving.MOVED) == (status is UsageStatus.STOPPED)
    assert (found is Moving.STILL_THERE) == (over and status is not UsageStatus.STOPPED)
    if found is Moving.NOT_STARTED:
        assert following is None and not over


@given(STATUS, OTHER)
def test_what_takes_the_place_of_a_use(status: UsageStatus, other: Next) -> None:
    if comes_next(status, other):
        assert other.arrangement is not Arrangement.GAP
    beside = Next(False, UsageStatus.LIVE, Arrangement.OWN_BUILD)
    assert not comes_next(UsageStatus.LIVE, beside), "a need can be met in two ways"
    assert comes_next(UsageStatus.STOPPED, beside)


@pytest.mark.parametrize(
    ("ends", "months"),
    [(DAY, 0), (DAY + timedelta(1), 1), (date(2026, 12, 22), 1), (date(2026, 12, 23), 3),
     (date(2027, 2, 22), 3), (date(2027, 2, 23), None)],
)  # fmt: skip
def test_how_much_time_is_left(ends: date, months: int | None) -> None:
    assert months_left(ends, DAY) == months


def document(**changes: Any) -> dict[str, Any]:
    empty = {"team": None, "team_reachable": None, "security_tested_on": None, "incidents": [],
             "unsupported": [], "looked_at_on": None}  # fmt: skip
    return {**empty, **changes}


def row(what: str, since: str, until: str | None = None, source: str | None = None) -> Any:
    return {"what": what, "since": since, "until": until, "source": source}


def test_lists_are_written_a_line_each() -> None:
    rows = [row("Payments fail", "2026-11-02"),
            row("Old parts", "2026-01-01", "2026-02-01", "https://a.example/x")]  # fmt: skip
    text = care.written(rows)
    assert text.splitlines()[1] == "2026-01-01 to 2026-02-01: Old parts https://a.example/x"
    assert care.read("incidents", text, rows, DAY) == rows
    assert care.read("incidents", text, [], DAY) == rows
    assert care.read("incidents", None, rows, DAY) == []
    assert care.open_on(rows, DAY) == rows[:1]
    assert care.open_on(rows, date(2026, 1, 15)) == rows[1:]


@pytest.mark.parametrize(
    "line",
    ["Payments fail", "2026-13-02: Payments fail", "2026-11-23: Not yet", "2026-11-02:",
     "2026-11-02 to 2026-11-01: The end before the start", "2026-11-02: " + "x" * 1001],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match="Line 2") as refused:
        care.read("incidents", f"2026-11-02: Fine\n{line}", [], DAY)
    assert refused.value.field == "incidents"


def test_a_team_is_named_before_it_is_reached() -> None:
    care.check(document(team="Team", team_reachable=False))
    with pytest.raises(Invalid, match="Enter the team"):
        care.check(document(team_reachable=False))


def test_looking_without_saying_when_is_today() -> None:
    form = {"team": "Team", "team_reachable": "no", "security_tested_on": None,
            "looked_at_on": None}  # fmt: skip
    patch = BOOK.patch("care", document(), form, DAY)
    assert patch["looked_at_on"] == "2026-11-22" and patch["team_reachable"] is False
    shown = BOOK.values_of("care", document(**patch))
    assert shown["team_reachable"] == "no" and shown["looked_at_on"] == DAY
    with pytest.raises(Invalid, match="today or in the past"):
        BOOK.patch("care", document(), {**form, "security_tested_on": LATER}, DAY)
