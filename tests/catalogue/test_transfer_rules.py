"""A transfer and its reversal give back the same rows, whatever they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules import transfers
from portal.catalogue.rules.transfers import moved, moved_back
from portal.catalogue.words import SuccessionKind, TransferAction
from portal.errors import Invalid

DAY, SOURCE = date(2023, 2, 7), "https://a.example"
ACCOUNTABLE = {"role": "accountable"}
Row = dict[str, Any]


def row(role: str, body: str, since: str | None = None, until: str | None = None) -> Row:
    return {"role": role, "organisation": body, "published_name": None, "since": since,
            "until": until, "source": None}  # fmt: skip


def test_the_old_row_ends_where_the_new_one_begins() -> None:
    rows = [row("accountable", "x", None, "2010-01-01"), row("accountable", "old", "2010-01-01"),
            row("funds", "old")]  # fmt: skip
    found = moved(rows, ACCOUNTABLE, "old", "new", DAY, SOURCE)
    assert [(r["organisation"], r["since"], r["until"]) for r in found] == [
        ("x", None, "2010-01-01"), ("old", "2010-01-01", "2023-02-07"),
        ("new", "2023-02-07", None), ("old", None, None),
    ]  # fmt: skip
    assert found[2]["source"] == SOURCE


def test_who_delivers_already_gets_no_second_row() -> None:
    rows = [row("delivers", "old"), row("delivers", "new", "2000-01-01")]
    found = moved(rows, {"role": "delivers"}, "old", "new", DAY, SOURCE)
    assert found == [row("delivers", "old", None, "2023-02-07"), rows[1]]
    assert moved_back(found, {"role": "delivers"}, "old", "new", DAY, SOURCE) == rows


@pytest.mark.parametrize(
    "rows", [[], [row("accountable", "other")], [row("accountable", "old", None, "2020-01-01")],
             [row("accountable", "old", "2024-01-01")]],
)  # fmt: skip
def test_what_is_not_theirs_does_not_move(rows: list[Row]) -> None:
    with pytest.raises(Invalid):
        moved(rows, ACCOUNTABLE, "old", "new", DAY, SOURCE)


def test_what_changed_since_is_not_taken_back() -> None:
    rows = [row("accountable", "old")]
    found = moved(rows, ACCOUNTABLE, "old", "new", DAY, SOURCE)
    ended = [found[0], {**found[1], "until": "2024-01-01"}, row("accountable", "z", "2024-01-01")]
    other_day = [{**found[0], "until": "2023-02-08"}, {**found[1], "since": "2023-02-08"}]
    for changed in (ended, other_day, [found[1]], [found[0]], [*rows, *found]):
        with pytest.raises(Invalid):
            moved_back(changed, ACCOUNTABLE, "old", "new", DAY, SOURCE)


DAYS = st.none() | st.dates(date(2000, 1, 1), DAY).map(date.isoformat)
ROLES = st.sampled_from(["accountable", "delivers", "funds"])


@given(
    st.lists(st.builds(row, ROLES, st.sampled_from("abcd"), DAYS, DAYS), max_size=6),
    ROLES, st.sampled_from("ab"), st.sampled_from("cd"), DAYS, st.integers(0, 6),
)  # fmt: skip
def test_a_transfer_then_its_reversal(
    others: list[Row], role: str, old: str, new: str, since: str | None, place: int
) -> None:
    rest = [r for r in others if r["organisation"] != old or r["role"] != role]
    rows = [*rest[:place], row(role, old, since), *rest[place:]]
    found = moved(rows, {"role": role}, old, new, DAY, SOURCE)
    there = {(r["role"], r["organisation"]) for r in found if r["until"] is None}
    assert (role, new) in there and (role, old) not in there
    assert moved_back(found, {"role": role}, old, new, DAY, SOURCE) == rows


def test_successions_are_said_once() -> None:
    split = SuccessionKind.SPLIT
    rows = transfers.successions([], split, ["a", "b"], DAY, SOURCE)
    assert [r["successor"] for r in rows] == ["a", "b"]
    assert transfers.successions(rows, split, ["a", "b", "c"], DAY, SOURCE)[0]["successor"] == "c"


def test_what_is_no_transfer() -> None:
    for day, losing, gaining, field in (
        (DAY + timedelta(days=1), {1}, {2}, "happened_on"),
        (DAY, set(), {2}, "loses"), (DAY, {1}, set(), "gains"), (DAY, {1}, {1, 2}, "gains"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as problem:
            transfers.refuse_wrong(day, DAY, losing, gaining)
        assert problem.value.field == field
    transfers.refuse_wrong(DAY, DAY, {1}, {2})


def test_what_is_proposed() -> None:
    assert transfers.proposed("service", [7], True) == (TransferAction.MOVE, 7)
    assert transfers.proposed("service", [7, 8], True) == (TransferAction.OPEN, None)
    assert transfers.proposed("role", [7], False) == (TransferAction.STAY, None)
    assert transfers.proposed("role", [7], True) == (TransferAction.MOVE, 7)
