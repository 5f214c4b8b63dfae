"""Advice on a way of meeting a need: what decides, and what only adds a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import (
    Advised,
    Arrangement,
    EvolutionStage,
    ExitPlan,
    Holder,
    Lifecycle,
    NotSharedReason,
)
from portal.catalogue.forms import advice as words
from portal.catalogue.rules.advice import (
    CANNOT,
    IMPLIES,
    Case,
    Option,
    advise,
    stage_of_need,
    usable,
)
from portal.catalogue.rules.concentration import concentration, share_of
from portal.catalogue.rules.mandates import About, Covers
from portal.catalogue.words import OrganisationKind

DAY = date(2026, 11, 22)
PAY = Option("pay", "Pay", Lifecycle.LIVE, ("anyone",), None, EvolutionStage.PRODUCT)
NEW = PAY._replace(stage=EvolutionStage.GENESIS)
ASKED = PAY._replace(slug="asked", name="Asked", mandated=True)
BOUGHT, BUILT, SHARED = (
    Arrangement.BOUGHT_PRODUCT, Arrangement.OWN_BUILD, Arrangement.SHARED_COMPONENT,
)  # fmt: skip
CASE = Case(BOUGHT, stage=EvolutionStage.COMMODITY)


@pytest.mark.parametrize(
    ("case", "what", "first"),
    [
        (replace(CASE, shared=(PAY,)), Advised.USE_SHARED, "shared"),
        (replace(CASE, shared=(PAY, ASKED)), Advised.USE_SHARED, "mandated"),
        (replace(CASE, shared=(NEW,)), Advised.WATCH, "shared_is_new"),
        (CASE, Advised.RENT, "none_shared"),
        (replace(CASE, stage=EvolutionStage.PRODUCT), Advised.BUY, "none_shared"),
        (Case(BUILT, stage=EvolutionStage.CUSTOM), Advised.BUILD, "none_shared"),
        (Case(BUILT, stage=EvolutionStage.GENESIS), Advised.WATCH, "none_shared"),
        (Case(BUILT), Advised.WATCH, "none_shared"),
        (replace(CASE, shared=(PAY,), against=NotSharedReason.SECURITY), Advised.RENT,
         "said_against"),
        (replace(CASE, shared=(ASKED,), against=NotSharedReason.SECURITY), Advised.USE_SHARED,
         "mandated"),
        # These do not say that it cannot be used.
        (replace(CASE, shared=(PAY,), against=NotSharedReason.COST), Advised.USE_SHARED, "shared"),
        (Case(SHARED), Advised.USE_SHARED, "shared_already"),
        (Case(SHARED, ends=True, shared=(PAY,)), Advised.USE_SHARED, "ends"),
        (Case(SHARED, ends=True), Advised.WATCH, "ends"),
        (Case(Arrangement.BY_HAND, stage=EvolutionStage.PRODUCT), Advised.BUY, "none_shared"),
    ],
)  # fmt: skip
def test_what_decides(case: Case, what: Advised, first: str) -> None:
    found = advise(case, DAY)
    assert (found.what, found.reasons[0].code) == (what, first)


@pytest.mark.parametrize(
    ("end", "code", "by"),
    [
        (None, None, False),
        (date(2026, 11, 21), "contract_ended", False),
        (DAY, "contract_soon", True),
        (date(2027, 11, 22), "contract_soon", True),
        (date(2027, 11, 23), "contract_runs", True),
    ],
)
def test_the_contract_says_by_when(end: date | None, code: str | None, by: bool) -> None:
    found = advise(replace(CASE, contract_end=end), DAY)
    assert found.by == (end if by else None)
    assert [r.code for r in found.reasons if r.code.startswith("contract")] == (
        [code] if code else []
    )


def test_a_framework_is_where_to_buy_and_no_shared_component() -> None:
    cloud = PAY._replace(name="G-Cloud", framework=True)
    found = advise(replace(CASE, frameworks=(cloud,)), DAY)
    assert (found.what, found.options) == (Advised.RENT, ())
    assert words.in_words(found.reasons[2]) == "It can be bought under G-Cloud."
    found = advise(replace(CASE, shared=(PAY,), frameworks=(cloud,)), DAY)
    assert "framework" not in {reason.code for reason in found.reasons}


def test_a_mandate_counts_for_the_needs_and_services_that_it_is_about() -> None:
    rule = Covers(frozenset({"pay"}), frozenset({"central_government"}))
    option, central = PAY._replace(mandates=(rule,)), About("live", "department")
    assert option.asked_of("pay", central, (), DAY).mandated
    assert not option.asked_of("refund", central, (), DAY).mandated
    assert not option.asked_of("pay", About("live", "local_authority"), (), DAY).mandated
    assert not option.asked_of("pay", central, ("pay",), DAY).mandated, "it is exempt"
    over = option._replace(mandates=(replace(rule, until=DAY),))
    assert not over.asked_of("pay", central, (), DAY).mandated


def test_who_controls_it_is_said_of_what_was_bought_or_built() -> None:
    all_ = {"code": Holder.SUPPLIER, "data": Holder.SUPPLIER, "exit_plan": ExitPlan.NONE}
    codes = {reason.code for reason in advise(replace(CASE, **all_), DAY).reasons}
    assert {"code_with_supplier", "data_with_supplier", "no_exit_plan"} <= codes
    codes = {
        reason.code for reason in advise(replace(CASE, arrangement=SHARED, **all_), DAY).reasons
    }
    assert codes == {"shared_already"}


options = st.builds(
    Option, slug=st.sampled_from("abc"), name=st.sampled_from("ABC"),
    lifecycle=st.sampled_from(list(Lifecycle)),
    sectors=st.sampled_from([(), ("anyone",), ("nhs",), ("local_government", "nhs")]),
    limit=st.sampled_from([None, "One department"]),
    stage=st.none() | st.sampled_from(list(EvolutionStage)), mandated=st.booleans(),
    framework=st.booleans(),
)  # fmt: skip
cases = st.builds(
    Case, arrangement=st.sampled_from(list(Arrangement)),
    stage=st.none() | st.sampled_from(list(EvolutionStage)),
    shared=st.lists(options, max_size=3).map(tuple), ends=st.booleans(),
    against=st.none() | st.sampled_from(list(NotSharedReason)),
    code=st.none() | st.sampled_from(list(Holder)), data=st.none() | st.sampled_from(list(Holder)),
    exit_plan=st.none() | st.sampled_from(list(ExitPlan)),
    contract_end=st.none() | st.dates(date(2020, 1, 1), date(2035, 1, 1)),
)  # fmt: skip


@given(cases)
def test_every_advice_has_reasons_in_words(case: Case) -> None:
    found = advise(case, DAY)
    said = [words.in_words(reason) for reason in found.reasons]
    assert said and all(said) and not any("%(" in text for text in said)
    assert words.advised(found)
    assert words.document(found)["advice"] == found.what.value


@given(cases)
def test_nobody_is_sent_to_what_is_not_there(case: Case) -> None:
    found = advise(case, DAY)
    if found.what is Advised.USE_SHARED:
        assert case.shared or (case.arrangement is SHARED and not case.ends)
    elif case.arrangement is not SHARED and not any(o.mandated for o in case.shared):
        blocked = not case.shared or case.against in CANNOT
        implied = IMPLIES[case.stage] if case.stage else Advised.WATCH
        assert found.what is (implied if blocked else Advised.WATCH)


@given(cases, st.none() | st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_contract_and_control_change_no_advice(case: Case, end: date | None) -> None:
    bare = replace(case, code=None, data=None, exit_plan=None, contract_end=None)
    without, found = advise(bare, DAY), advise(replace(case, contract_end=end), DAY)
    assert found.what is without.what
    assert found.reasons[: len(without.reasons)] == without.reasons


@given(st.lists(options), st.none() | st.sampled_from(list(OrganisationKind)))
def test_only_what_the_service_may_use_without_asking(
    found: list[Option], kind: OrganisationKind | None
) -> None:
    chosen = usable(found, kind)
    assert set(chosen) <= set(found)
    for option in chosen:
        assert option.lifecycle in (Lifecycle.LIVE, Lifecycle.BETA)
        assert option.sectors and (not option.limit or "anyone" in option.sectors)
    assert (
        usable(found[::-1], kind) == chosen
        or len(set(found)) < len(found)
        or len({o.name for o in found}) < len(found)
    )
    assert kind is not None or not chosen


def test_the_stage_of_a_need_is_that_of_what_is_furthest_and_does_not_end() -> None:
    over = PAY._replace(stage=EvolutionStage.COMMODITY, lifecycle=Lifecycle.CLOSED)
    assert stage_of_need([NEW, PAY, over]) is EvolutionStage.PRODUCT
    assert stage_of_need([PAY._replace(stage=None)]) is None


def test_concentration() -> None:
    assert concentration([]).index == 0
    alone = concentration([17])
    assert (alone.index, alone.largest, alone.level) == (10_000, 100.0, "high")
    ten = concentration([3] * 10)
    assert (ten.suppliers, ten.total, ten.index, ten.level) == (10, 30, 1_000, "moderate")
    assert concentration([1] * 11).level == "low"
    assert concentration([1] * 9).level == "few", "nine are concentrated however they are spread"
    assert concentration([4, 3, 2, 1]).index == 1_600 + 900 + 400 + 100
    assert (share_of(1, 3), share_of(0, 0)) == (33.3, 0.0)


sizes = st.lists(st.integers(1, 10_000), min_size=1, max_size=40)


@given(sizes)
def test_the_index_has_its_bounds_and_grows_where_two_become_one(found: list[int]) -> None:
    index = concentration(found).index
    assert 10_000 / len(found) - 1 <= index <= 10_000
    assert concentration(sorted(found)).index == index
    assert concentration([*found, 0]).index == index
    if len(found) > 1:
        assert concentration([found[0] + found[1], *found[2:]]).index >= index
