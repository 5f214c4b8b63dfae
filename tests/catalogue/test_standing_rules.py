"""How a claim stands: a function of its evidence and of the day, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import (
    DisputeReason,
    EvidenceKind,
    Standing,
    UsageStatus,
)
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.rules.standing import (
    CONFIRMING,
    HOLDS,
    NOT_YET,
    Claim,
    Evidence,
    Marks,
    marks,
    on_day,
    standing,
)
from portal.catalogue.store.evidence import first_day

DAY = date(2026, 5, 31)
LIVE = Claim(UsageStatus.LIVE, date(2024, 1, 1))
CONFIRMED, DISPUTED = EvidenceKind.PROVIDER_CONFIRMED, EvidenceKind.PROVIDER_DISPUTED


def said(kind: EvidenceKind, ago: int = 0, place: int = 0, **more: object) -> Evidence:
    return Evidence(kind, DAY - timedelta(days=ago), place, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], Standing.DECLARED),
        ([said(CONFIRMED)], Standing.CONFIRMED),
        ([said(EvidenceKind.ROSTER, 390)], Standing.CONFIRMED),
        ([said(EvidenceKind.SCAN, 400)], Standing.LAPSED),
        ([said(EvidenceKind.ASSESSMENT_REPORT), said(EvidenceKind.DOCUMENT)], Standing.DECLARED),
        ([said(DISPUTED, 1, reason=DisputeReason.NOT_OURS)], Standing.DISPUTED),
        ([said(DISPUTED, 2, reason=DisputeReason.NOT_OURS), said(CONFIRMED, 1)],
         Standing.CONFIRMED),
        ([said(CONFIRMED, 2), said(DISPUTED, 1, reason=DisputeReason.NOT_OURS)],
         Standing.DISPUTED),
        # An invoice settles no dispute: only its provider does.
        ([said(DISPUTED, 2, reason=DisputeReason.NOT_OURS), said(EvidenceKind.INVOICE)],
         Standing.DISPUTED),
    ],
)  # fmt: skip
def test_what_evidence_makes_of_a_claim(evidence: list[Evidence], expected: Standing) -> None:
    assert on_day(LIVE, evidence, DAY) is expected
    assert on_day(LIVE, evidence[::-1], DAY) is expected, "the order of rows is no matter"


def test_a_claim_that_is_put_right_is_declared_again() -> None:
    began = date(2024, 3, 1)
    other = [said(DISPUTED, reason=DisputeReason.OTHER_DATE, in_use_since=began)]
    assert on_day(LIVE, other, DAY) is Standing.DISPUTED
    right = Claim(UsageStatus.LIVE, began)
    assert on_day(right, other, DAY) is Standing.DECLARED, "a dispute confirms nothing"
    assert on_day(right, [said(EvidenceKind.ROSTER, 9), *other], DAY) is Standing.CONFIRMED
    seen = Claim(UsageStatus.LIVE, began, seen=True)
    earlier = said(DISPUTED, reason=DisputeReason.OTHER_DATE, in_use_since=date(2023, 1, 1))
    later = said(DISPUTED, reason=DisputeReason.OTHER_DATE, in_use_since=date(2025, 1, 1))
    assert on_day(seen, [earlier], DAY) is Standing.DECLARED, "it had begun by then, as seen"
    assert on_day(seen, [later], DAY) is Standing.DISPUTED
    ended = [said(DISPUTED, reason=DisputeReason.STOPPED, stopped_on=began)]
    assert on_day(LIVE, ended, DAY) is Standing.DISPUTED
    stopped = Claim(UsageStatus.STOPPED, date(2024, 1, 1), began)
    assert on_day(stopped, ended, DAY) is Standing.DECLARED
    before = [said(CONFIRMED, 500), *ended]
    assert on_day(stopped, before, date(2100, 1, 1)) is Standing.CONFIRMED, "it cannot lapse"


def test_nobody_confirms_what_is_planned_or_may_be_out_of_date() -> None:
    for status in NOT_YET:
        assert on_day(Claim(status), [said(CONFIRMED)], DAY) is Standing.PLANNED
    assert on_day(LIVE, [said(CONFIRMED)], DAY, stale=True) is Standing.DECLARED
    assert on_day(LIVE, [said(CONFIRMED, 500)], DAY, stale=True) is Standing.LAPSED


KINDS = st.sampled_from(list(EvidenceKind))
PAST = st.dates(date(2020, 1, 31), date(2026, 12, 31))


@st.composite
def pieces(draw: st.DrawFn, place: int = 0) -> Evidence:
    kind = draw(KINDS)
    if kind is not DISPUTED:
        return Evidence(kind, draw(PAST), place)
    reason = draw(st.sampled_from(list(DisputeReason)))
    began = draw(PAST) if reason is DisputeReason.OTHER_DATE else None
    ended = draw(PAST) if reason is DisputeReason.STOPPED else None
    return Evidence(kind, draw(PAST), place, reason, began, ended)


@given(st.lists(pieces(), max_size=6), PAST, st.sampled_from([*NOT_YET, UsageStatus.LIVE]))
def test_it_follows_from_what_was_said_up_to_the_day(
    evidence: list[Evidence], day: date, status: UsageStatus
) -> None:
    claim = Claim(status, date(2020, 1, 1) if status is UsageStatus.LIVE else None)
    stands = on_day(claim, evidence, day)
    later = [e for e in evidence if e.said_on > day]
    assert on_day(claim, [e for e in evidence if e not in later], day) is stands
    if stands is Standing.CONFIRMED:
        held = [e for e in evidence if e.said_on <= day <= add_months(e.said_on, HOLDS)]
        assert any(e.kind in CONFIRMING for e in held)
    if not [e for e in evidence if e.kind in (*CONFIRMING, DISPUTED)]:
        assert stands in (Standing.DECLARED, Standing.PLANNED)


@given(PAST, PAST)
def test_the_first_day_that_holds_is_the_same_rule(confirmed: date, day: date) -> None:
    holds = standing(LIVE, Marks(None, confirmed), day) is Standing.CONFIRMED
    assert holds == (confirmed >= first_day(day))


def test_marks_of_nothing() -> None:
    assert marks(LIVE, []) == Marks()
