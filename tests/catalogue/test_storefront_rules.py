"""What the storefront offers, in which order, and what it makes of words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import Lifecycle, Sector
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.storefront import advice
from portal.catalogue.rules.components import ENDING, Offer, is_wide, may_use, rank, typical_days
from portal.catalogue.rules.storefront import known_steps, relevant_first, understand
from portal.catalogue.rules.toolkit import SERVICE_PHASES, stage, stages
from tests.support.data import demo

OFFERS = st.builds(
    Offer,
    slug=st.text("abc", min_size=1, max_size=3),
    sort_name=st.text("abc", min_size=1, max_size=3),
    lifecycle=st.sampled_from(Lifecycle),
    meets=st.lists(st.sampled_from(["letters", "email", "sign-in"]), unique=True).map(tuple),
    eligible=st.sampled_from([True, False, None]),
    mandated=st.booleans(),
    wide=st.booleans(),
    users=st.integers(0, 50),
    alike=st.integers(0, 5),
)


def offer(slug: str, **changes: object) -> Offer:
    known: dict[str, object] = {
        "slug": slug, "sort_name": slug, "lifecycle": Lifecycle.LIVE, "meets": ("letters",),
        "eligible": True, "mandated": False, "wide": False, "users": 0,
    }  # fmt: skip
    return Offer(**{**known, **changes})  # type: ignore[arg-type]


@given(st.lists(OFFERS))
def test_nothing_ending_is_offered_and_who_may_comes_before_who_may_not(
    offers: list[Offer],
) -> None:
    ranked = rank(offers)
    assert not [o for o in ranked if o.lifecycle in ENDING or not o.meets]
    assert len(ranked) == len([o for o in offers if o.lifecycle not in ENDING and o.meets])
    order = [{True: 0, None: 1, False: 2}[o.eligible] for o in ranked]
    assert order == sorted(order)


@given(st.lists(OFFERS))
def test_the_order_does_not_depend_on_what_comes_first(offers: list[Offer]) -> None:
    once = {o.sort_name: o for o in offers}.values()
    assert rank(once) == rank(reversed(list(once)))


def test_what_counts_in_which_order() -> None:
    worst_first = [
        offer("a", eligible=False),
        offer("b", eligible=None, users=9),
        offer("c", lifecycle=Lifecycle.ALPHA, mandated=True, meets=("letters", "email")),
        offer("d", lifecycle=Lifecycle.PRIVATE_BETA),
        offer("e", lifecycle=Lifecycle.BETA),
        offer("g"),
        offer("f"),
        offer("h", users=7),
        offer("i", wide=True),
        offer("z", alike=1),
        offer("j", mandated=True),
        offer("k", meets=("letters", "email")),
    ]
    assert [o.slug for o in rank(worst_first)] == list("kjzihfgedcba")


def test_who_may_use_what() -> None:
    assert may_use([], "nhs") is None
    assert may_use(["nhs"], "nhs") and may_use(["anyone"], "police")
    assert may_use(["nhs"], "police") is False
    everyone = [s.value for s in Sector if s is not Sector.ANYONE]
    assert is_wide(everyone) and is_wide(["anyone"]) and is_wide(everyone[:-1])
    assert not is_wide(["central_government", "schools"]) and not is_wide([])


def test_advice_is_for_those_who_may_use_it() -> None:
    said = advice("custom", "live", ["anyone"], "A key is needed.")
    assert said is not None and said.startswith("Build it together")
    few = advice("custom", "beta", ["nhs"], "One trust.")
    assert few is not None and few.startswith("Only for those who may use it (One trust). Build")
    everyday = str(advice("commodity", "live", ["nhs"], None))
    assert "ordinary way" not in everyday and "(NHS). It is in everyday use there." in everyday
    assert "ordinary way" in str(advice("commodity", "live", ["anyone"], None))
    assert "(NHS)" in str(advice("custom", "live", ["nhs"], None))
    assert str(advice("custom", "live", [], None)).startswith("Only if its provider")
    assert [advice("custom", ending, ["anyone"], None) for ending in ENDING] == [None] * 3


@given(st.lists(st.fixed_dictionaries({"days": st.none() | st.integers(0, 99)})))
def test_days_only_where_every_step_has_them(steps: list[dict[str, int | None]]) -> None:
    days = typical_days(steps)
    assert (days is None) == (not steps or known_steps(steps) < len(steps))
    assert days is None or days >= max(step["days"] or 0 for step in steps)


@pytest.mark.parametrize(
    ("found", "meant", "maybe"),
    [
        ([], [], []),
        ([("letters", 27.0)], ["letters"], []),
        ([("cards", 22.0), ("debit", 13.5), ("payments", 12.0), ("fraud", 1.9)], ["cards"],
         ["debit"]),
        ([("logs", 20.9), ("sign-in", 15.2)], ["logs", "sign-in"], []),
        ([("a", 4.0), ("b", 4.0), ("c", 4.0), ("d", 4.0)], ["a", "b", "c"], ["d"]),
        ([("payments", 9.0), ("fraud", 8.0)], ["cards", "debit"], ["fraud"]),
        ([("payments", 5.8), ("cards", 5.8)], ["cards", "debit"], []),
    ],
)  # fmt: skip
def test_words(found: list[tuple[str, float]], meant: list[str], maybe: list[str]) -> None:
    assert understand(found, {"payments": ["cards", "debit"]}) == (meant, maybe)


def test_prices_of_what_is_wanted_come_first() -> None:
    items = ["Email", "Letter, economy, 1 sheet", "Text message fragment"]
    found = relevant_first([{"item": item} for item in items], ["Send letters"])
    assert [price["item"] for price in found] == [items[1], items[0], items[2]]


def test_the_toolkit_speaks_of_what_there_is() -> None:
    assert [each.phase for each in stages()] == list(SERVICE_PHASES) == list(LABELS["toolkit"])
    known = {c["slug"] for c in demo("capabilities") if c["parent"]}
    for each in stages():
        assert set(each.capabilities) <= known and each.capabilities
        numbers = [point["number"] for point in each.points]
        assert all(a < b for a, b in pairwise(numbers)) and set(numbers) <= set(range(1, 15))
        for address in [p["address"] for p in each.points] + [g["address"] for g in each.guidance]:
            assert address.startswith("https://www.gov.uk/") or ".service.gov.uk" in address
    assert stage("nothing") is None


def test_what_is_said_in_so_many_words_is_meant() -> None:
    found, below = [("logs", 20.9), ("sign-in", 15.2), ("letters", 3.0)], {"group": ["logs"]}
    assert understand(found, below, {"logs": 0, "sign-in": 2}) == (["sign-in"], ["logs"])
    several = {"sign-in": 2, "letters": 3}
    assert understand(found, below, several) == (["letters", "sign-in"], ["logs"])
    assert understand([], below, {"sign-in": 2}) == (["sign-in"], [])
    assert understand(found, below, {"logs": 0}) == understand(found, below)
