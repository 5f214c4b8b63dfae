"""Which version of a standard an assessment is pinned to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.rules.pinning import (
    Because,
    Override,
    Pin,
    Version,
    first,
    fits,
    holding,
    pin,
)
from portal.assessments.rules.shipped import service_standard
from portal.errors import Invalid

UK = [
    Version(number * 10, number, date.fromisoformat(each["discovery_from"]), len(each["points"]))
    for number, each in service_standard().versions.items()
]
TWENTY_SIX, EIGHTEEN, FOURTEEN = 10, 20, 30
DAYS = st.dates(date(2010, 1, 1), date(2030, 1, 1))
VERSIONS = st.lists(
    st.tuples(DAYS, st.integers(1, 40)), min_size=1, max_size=6, unique_by=lambda row: row[0]
).map(
    lambda rows: [
        Version(n * 7, n, since, points) for n, (since, points) in enumerate(sorted(rows), 1)
    ]
)


def test_the_shipped_versions() -> None:
    assert [(each.number, each.points) for each in UK] == [(1, 26), (2, 18), (3, 14)]
    pairs = service_standard().counterparts
    assert len(pairs) == 9
    assert ((1, 15), (3, 12)) in pairs and ((2, 9), (3, 13)) in pairs and ((1, 2), (2, 3)) in pairs
    assert all(older[0] < newer[0] for older, newer in pairs)
    for version in service_standard().versions.values():
        assert [point["number"] for point in version["points"]] == list(
            range(1, len(version["points"]) + 1)
        )
        assert all(point["asks"] and point["profession"] for point in version["points"])


@pytest.mark.parametrize(
    ("began", "version", "because"),
    [
        # In discovery in May 2015: the 26 points hold, also for an assessment in 2016.
        (date(2015, 5, 31), TWENTY_SIX, Because.DISCOVERY),
        (date(2015, 6, 1), EIGHTEEN, Because.DISCOVERY),
        (date(2019, 6, 30), EIGHTEEN, Because.DISCOVERY),
        (date(2019, 7, 1), FOURTEEN, Because.DISCOVERY),
        (date(2026, 1, 1), FOURTEEN, Because.DISCOVERY),
        (date(2014, 4, 1), TWENTY_SIX, Because.DISCOVERY),
        (date(2013, 9, 1), TWENTY_SIX, Because.BEFORE_THE_FIRST),
        (None, None, Because.UNKNOWN),
    ],
)
def test_by_the_start_of_discovery(
    began: date | None, version: int | None, because: Because
) -> None:
    assert pin(UK, began) == Pin(version, because)


def test_the_table_of_a_report_says_it() -> None:
    assert pin(UK, table_length=26).version_id == TWENTY_SIX
    assert pin(UK, table_length=18) == Pin(EIGHTEEN, Because.TABLE)
    # Whatever the service's record says: this is what it was assessed against.
    assert pin(UK, date(2020, 1, 1), 18).version_id == EIGHTEEN
    assert pin(UK, date(2020, 1, 1), 17) == Pin(None, Because.NO_SUCH_TABLE)


def test_who_moves_to_a_newer_version_on_the_way_says_why() -> None:
    moved = pin(UK, date(2018, 1, 1), override=Override(FOURTEEN, " The team asked for it "))
    assert moved == Pin(FOURTEEN, Because.OVERRIDE, "The team asked for it")
    assert moved.told == "override: The team asked for it"
    # The reassessment of some points stays with the assessment that it repeats.
    assert pin(UK, date(2018, 1, 1), original=FOURTEEN) == Pin(FOURTEEN, Because.ORIGINAL)
    with pytest.raises(Invalid, match="Say why"):
        pin(UK, override=Override(FOURTEEN, "  "))
    with pytest.raises(Invalid, match="Select a published version"):
        pin(UK, override=Override(99, "Why not"))


def test_two_versions_of_one_length() -> None:
    again = [*UK, Version(40, 4, date(2027, 1, 1), 14)]
    assert pin(again, table_length=14) == Pin(None, Because.UNKNOWN), "it may be either"
    assert pin(again, date(2020, 1, 1), 14) == Pin(FOURTEEN, Because.TABLE)
    assert pin(again, date(2027, 1, 1), 14).version_id == 40
    assert pin(again, table_length=14, original=FOURTEEN).version_id == FOURTEEN


def test_no_standard_yet() -> None:
    assert pin([], date(2020, 1, 1)) == Pin(None, Because.UNKNOWN)
    assert pin([], table_length=26) == Pin(None, Because.NO_SUCH_TABLE)


@given(VERSIONS, DAYS)
def test_every_discovery_has_one_version(versions: list[Version], day: date) -> None:
    found = pin(versions, day)
    assert found.version_id is not None
    [mine] = [each for each in versions if each.id == found.version_id]
    later = [each for each in versions if each.since and mine.since and each.since > mine.since]
    assert all(each.since and each.since > day for each in later), "no later one had begun"
    assert found.because is Because.BEFORE_THE_FIRST or (mine.since and mine.since <= day)
    assert pin(list(reversed(versions)), day) == found, "in whatever order they come"


@given(VERSIONS, DAYS, st.integers(0, 2000))
def test_a_later_discovery_has_no_earlier_version(
    versions: list[Version], day: date, days: int
) -> None:
    numbers = {each.id: each.number for each in versions}
    before, after = pin(versions, day), pin(versions, day + timedelta(days=days))
    assert before.version_id is not None and after.version_id is not None
    assert numbers[before.version_id] <= numbers[after.version_id]


@given(VERSIONS, st.none() | DAYS, st.none() | st.integers(1, 50))
def test_a_table_pins_by_its_length_or_not_at_all(
    versions: list[Version], day: date | None, length: int | None
) -> None:
    found = pin(versions, day, length)
    points = {each.id: each.points for each in versions}
    if length is not None and found.version_id is not None:
        assert points[found.version_id] == length
    if found.version_id is None:
        assert length is not None or day is None
    assert found.told == found.because.value, "only an override has a reason"


@given(VERSIONS, DAYS, st.integers(1, 50), st.data())
def test_what_a_person_says_wins(
    versions: list[Version], day: date, length: int, data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(versions))
    found = pin(versions, day, length, Override(wanted.id, "Agreed"), versions[0].id)
    assert found == Pin(wanted.id, Because.OVERRIDE, "Agreed")


@given(VERSIONS, DAYS)
def test_what_holds_is_between_its_day_and_the_next(versions: list[Version], day: date) -> None:
    held = holding(versions, day)
    earliest = first(versions)
    assert earliest is not None and earliest.number == 1
    if held is None:
        assert earliest.since is not None and day < earliest.since
    else:
        assert sum(1 for each in versions if each.since and each.since <= day) == held.number


def test_a_version_fits_where_it_was_there_and_the_text_cites_no_other_point() -> None:
    eighteen = Version(2, 2, date(2015, 6, 1), 18)
    assert fits(eighteen, date(2015, 6, 8), "Technology (points 5, 14 and 17).")
    assert not fits(eighteen, date(2015, 5, 31), "")
    assert not fits(eighteen, None, "")
    assert not fits(eighteen, date(2015, 6, 8), "Analysis (Points 7, 21 and 24)")
    assert not fits(eighteen, date(2015, 6, 8), "points 1 to 26")
    assert fits(Version(1, 1, None, 26), date(2014, 1, 1), "point 26")
