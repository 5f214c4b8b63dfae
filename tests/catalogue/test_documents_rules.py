"""What a service's document may say: one phase and one accountable body at a time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.cleaners import NUMBER_LIMIT
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.importing import without_echoes
from portal.errors import Invalid

Period = tuple[str | None, str | None]
OPEN: Period = (None, None)


def phases(*periods: Period) -> list[dict[str, Any]]:
    names = ("alpha", "private_beta", "live")
    return [
        {"phase": name, "since": since, "until": until}
        for name, (since, until) in zip(names, periods, strict=False)
    ]


def owners(*periods: Period, role: str = "accountable") -> list[dict[str, Any]]:
    return [
        {"role": role, "organisation": f"portal:{n}", "published_name": None, "source": None,
         "since": since, "until": until}
        for n, (since, until) in enumerate(periods)
    ]  # fmt: skip


FINE: list[tuple[Period, ...]] = [
    (OPEN,),
    ((None, "2016"), ("2016", None)),
    (("2016", None), (None, "2016")),
    (("2010", "2012"), ("2012", "2016"), ("2016", None)),
    ((None, "2010"), (None, "2016"), ("2016", None)),  # the second may have begun in 2010
    (("2010", "2016"), OPEN),  # as may the one that is open now in 2016
    (("2010", "2010"), ("2009", None)),  # a period of no day
]
OVERLAPPING: list[tuple[Period, ...]] = [
    (OPEN, OPEN),
    (("2010", None), OPEN),
    (("2010", "2016"), ("2015", None)),
    (("2015", None), ("2010", "2016")),
    (("2010", "2020"), ("2012", "2014"), ("2020", None)),
    ((None, "2016"), ("2015", None)),
    ((None, "2016"), (None, "2016"), ("2016", None)),
    (("2010", "2016"), ("2010", "2011"), ("2016", None)),
]


def days(periods: tuple[Period, ...]) -> list[Period]:
    return [(s and f"{s}-06-01", u and f"{u}-06-01") for s, u in periods]


def document(**fields: Any) -> dict[str, Any]:
    return {"slug": "x", "name": "X", **fields}


@pytest.mark.parametrize("periods", FINE)
def test_one_after_another(periods: tuple[Period, ...]) -> None:
    clean_service(document(phases=phases(*days(periods)), owners=owners(*days(periods))))


@pytest.mark.parametrize("periods", OVERLAPPING)
def test_two_at_once(periods: tuple[Period, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_service(document(owners=owners(*days(periods))))
    assert refusal.value.field == "owners"
    with pytest.raises(Invalid) as refusal:
        clean_service(document(phases=phases(*days(periods))))
    assert refusal.value.field == "phases"
    for role in ("delivers", "funds"):  # several may
        clean_service(document(owners=owners(*days(periods), role=role)))


YEARS = st.lists(st.integers(2000, 2009), min_size=2, max_size=2).map(sorted)


@given(st.lists(YEARS, max_size=4))
def test_known_periods_are_told_apart_day_by_day(periods: list[list[int]]) -> None:
    held = [year for since, until in periods for year in range(since, until)]
    rows = owners(*days(tuple((str(since), str(until)) for since, until in periods)))
    if len(held) == len(set(held)):
        clean_service(document(owners=rows))
    else:
        with pytest.raises(Invalid):
            clean_service(document(owners=rows))


def test_numbers_end_somewhere() -> None:
    known = {"transactions_to": "2017-09-30"}
    clean_service(document(yearly_transactions=NUMBER_LIMIT - 1, **known))
    with pytest.raises(Invalid, match="less than 1,000,000,000,000,000"):
        clean_service(document(yearly_transactions=NUMBER_LIMIT, **known))


def test_owners_that_turn_out_to_be_one_body() -> None:
    former, now = owners(*days(((None, "2016"), ("2016", None))))
    delivers = owners(OPEN, role="delivers")[0]
    same = {"organisation": "portal:0"}
    assert without_echoes([former, now, delivers]) == [former, now, delivers]
    assert without_echoes([former, now | same, delivers]) == [now | same | {"since": None}]
    earlier = former | {"until": "2014-06-01"}
    assert without_echoes([earlier, now | same]) == [earlier, now | same], "with a gap between"
    assert without_echoes([former, delivers]) == [former, delivers]
