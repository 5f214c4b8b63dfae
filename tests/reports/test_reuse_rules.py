"""The arithmetic of the reuse report: what counts, how often, and until when."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import Arrangement, Standing, UsageStatus
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.rules.standing import HOLDS, Claim, Marks
from portal.reports.rules import adoption, reuse
from portal.reports.rules.adoption import Span
from portal.reports.rules.reuse import GOVERNMENT, Fact, Place, Used
from portal.reports.rules.reuse_query import Question, Scope, by_sector, with_children
from portal.reports.rules.reuse_rates import Numbers, effective_ways, reuse_rate
from portal.reports.words import By, Counted
from tests.support.reuse_by_hand import tally

DAY = date(2026, 3, 15)
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
MAYBE = st.none() | DAYS


@st.composite
def usages(draw: st.DrawFn) -> Used:
    """A usage that the database would take, as counting reads it."""
    status = draw(st.sampled_from([s for s in UsageStatus if s is not UsageStatus.STOPPED]))
    live = status in (UsageStatus.LIVE, UsageStatus.STOPPING)
    since = draw(st.dates(date(2020, 1, 1), DAY)) if live else None
    until = draw(MAYBE) if status is UsageStatus.STOPPING else None
    how = draw(st.sampled_from(Arrangement))
    component = draw(st.integers(1, 3)) if how is Arrangement.SHARED_COMPONENT else None
    marks = Marks(draw(MAYBE), draw(MAYBE))
    claim = Claim(status, since, until)
    return Used(draw(st.integers(1, 4)), how, component, claim, marks, draw(MAYBE))


SERVICES = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(("agency", "ndpb", "nhs")),
        st.sampled_from(("alpha", "live")), st.lists(usages(), max_size=6),
        st.dictionaries(st.integers(1, 4), st.booleans()),
    ),
    max_size=6,
)  # fmt: skip


def facts(services: list) -> list[tuple[Place, list[Fact]]]:
    return [
        (Place(body, kind if body else "", phase), reuse.facts_of(id_, used, answers, DAY))
        for id_, (body, kind, phase, used, answers) in enumerate(services, 1)
    ]


@given(SERVICES)
def test_everybody_is_counted_once_at_each_level(services: list) -> None:
    counted: dict[tuple[str, int], int] = {}
    for place, some in facts(services):
        for key, many in reuse.counts(place, some).items():
            if key.component_id:
                continue
            level = "bodies" if key.organisation_id != GOVERNMENT else (
                "both" if key.kind and key.phase else
                "kinds" if key.kind else "phases" if key.phase else "all")  # fmt: skip
            whole = "over all" if key.capability_id == 0 else "each"
            at = f"{level} {key.counted} {key.standing}", len(whole)
            counted[at] = counted.get(at, 0) + many
    for (name, whole), many in counted.items():
        level, *rest = name.split(" ", 1)
        if level in ("bodies", "phases"):
            assert many == counted[f"all {rest[0]}", whole]
        if level == "both":
            assert many == counted[f"kinds {rest[0]}", whole]
        if level == "kinds":
            assert many <= counted[f"all {rest[0]}", whole]
        if "services" not in name:  # the count over all needs is that of each need, added up
            assert many == counted[name, len("each" if whole == len("over all") else "over all")]


@given(SERVICES, st.sampled_from(By))
def test_rows_add_up_to_the_total(services: list, by: By) -> None:
    found = tally(Question(by), facts(services))
    if by is By.COMPONENT:
        uses = sum(n.in_use(Counted.SHARED) for n in found.rows.values())
        assert found.total.in_use(Counted.SHARED) <= uses * 4  # a component can meet four needs
        return
    whole = Numbers()
    for numbers in found.rows.values():
        whole.plus(numbers)
    assert whole.ways == found.total.ways and whole.needed == found.total.needed
    assert whole.unsaid == found.total.unsaid <= found.total.needed
    assert found.total.again >= 0
    assert by is By.CAPABILITY or whole.services == found.total.services == len(services)


@given(SERVICES, st.dictionaries(st.integers(1, 3), st.integers(1, 3), max_size=3))
def test_parents_and_children_roll_up_once(services: list, above: dict[int, int]) -> None:
    def lines(body: int) -> set[int]:
        seen: set[int] = set()
        while body not in seen:
            seen.add(body)
            body = above.get(body, body)
        return seen

    answer = tally(Question(By.ORGANISATION), facts(services))
    rolled = with_children(answer.rows, lines)
    for body, numbers in rolled.items():
        family = frozenset(b for b in range(4) if body in lines(b))
        alone = tally(Question(By.CAPABILITY, Scope(bodies=family)), facts(services))
        assert numbers.ways == alone.total.ways
        assert numbers.services == alone.total.services


@given(SERVICES)
def test_planned_lapsed_and_disputed_use_is_in_no_rate(services: list) -> None:
    total = tally(Question(), facts(services)).total
    sure = {key: many for key, many in total.ways.items()
            if key[1] in (Standing.CONFIRMED, Standing.DECLARED)}  # fmt: skip
    assert Numbers(ways=sure).rate == total.rate
    assert Numbers(ways=sure).rate_declared == total.rate_declared
    if total.rate is not None and total.rate_declared is not None:
        assert 0 <= total.rate <= total.rate_declared <= 1


@given(SERVICES)
def test_sectors_leave_nothing_out(services: list) -> None:
    rows = tally(Question(By.SECTOR), facts(services)).rows
    assert sum(n.services for n in by_sector(rows).values()) == len(services)


@given(usages(), st.integers(0, 900))
def test_facts_know_how_they_stand_later(used: Used, days: int) -> None:
    later = DAY + timedelta(days=days)
    once = reuse.facts_of(1, [used], {}, DAY)
    change = next((f.changes_on for f in once if f.changes_on and f.standing), None)
    if change is not None and change < later:
        later = change  # a second change is for the worker
    expected = reuse.facts_of(1, [used], {}, later)
    assert [f[:5] for f in reuse.later(once, later)] == [f[:5] for f in expected]


def test_a_confirmation_holds_for_13_months() -> None:
    said = date(2026, 1, 31)
    claim = Claim(UsageStatus.LIVE, date(2025, 1, 1))
    used = Used(1, Arrangement.SHARED_COMPONENT, 1, claim, Marks(None, said))
    last = add_months(said, HOLDS)
    assert last == date(2027, 2, 28)
    assert reuse.stands(used, last) is Standing.CONFIRMED
    assert reuse.change_after([used], DAY) == (date(2027, 3, 1), Standing.LAPSED)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=30))
def test_the_effective_number_of_ways(uses: list[int]) -> None:
    found = effective_ways(uses)
    assert found is not None
    assert 1 - 1e-9 <= found <= len(uses) + 1e-9
    assert effective_ways([*uses, 0]) == found
    shares = [each / sum(uses) for each in uses]
    assert abs(found - 1 / sum(share**2 for share in shares)) < 1e-6 * found
    if len(set(uses)) == 1:
        assert abs(found - len(uses)) < 1e-9


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_reuse_rate(shared: int, others: int) -> None:
    rate = reuse_rate(shared, shared + others)
    assert (rate is None) == (shared + others == 0)
    assert rate is None or rate == shared / (shared + others)
    assert effective_ways([]) is None


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.dates(date(2024, 1, 1), DAY), st.integers(0, 900),
                  st.booleans()), max_size=8,
    )
)  # fmt: skip
def test_adoption_counts_a_need_once(some: list[tuple[int, date, int, bool]]) -> None:
    spans = [
        Span(of, since, since + timedelta(days=days) if days else None, sure)
        for of, since, days, sure in some
    ]
    for month, met, confirmed in adoption.months(adoption.steps(spans), DAY):
        nxt = add_months(month, 1)
        at_end = [s for s in spans if s.since < nxt and (s.until is None or s.until >= nxt)]
        assert met == len({s.of for s in at_end})
        assert confirmed == len({s.of for s in at_end if s.confirmed})
