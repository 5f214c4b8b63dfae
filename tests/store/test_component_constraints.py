"""The database itself refuses bad rows about components and usage: each rule seen to do so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalogue import component_words as words
from portal.catalogue.models import components as c
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.models.spending import SpendRequest
from portal.catalogue.models.usage import CapabilityNeed, Usage, UsageVolume
from portal.db import Base
from tests.support.data import ACT, add_organisation, add_service

Row = dict[str, Any]
DAY, LATER = date(2024, 1, 1), date(2024, 6, 1)
#: Ids that no sequence comes to.
LETTERS, PAYMENTS, NOTIFY, PAY = (10**6 + n for n in range(4))
SHARED = {"arrangement": words.Arrangement.SHARED_COMPONENT, "component_id": NOTIFY}
BOUGHT = {"arrangement": words.Arrangement.BOUGHT_PRODUCT, "product": "Post"}
BUILT = {"arrangement": words.Arrangement.OWN_BUILD}
LIVE = {"status": words.UsageStatus.LIVE, "since": DAY}
STOPPED = {"status": words.UsageStatus.STOPPED, "since": DAY, "until": LATER}
TABLES = ("capability", "component", "component_capability", "component_evolution",
          "component_price", "component_mandate", "component_exemption", "usage",
          "usage_volume", "capability_need", "exemption_request", "spend_request",
          "spend_condition", "spend_usage")  # fmt: skip


@pytest.fixture
def service(session: Session) -> int:
    """A service, and two capabilities that one component each offers."""
    body = add_organisation(session, "ministry").id
    for id_, name in ((LETTERS, "letters"), (PAYMENTS, "payments")):
        session.add(c.Capability(id=id_, slug=name, name=name, position=id_, edited_at=ACT.at))
    for id_, name in ((NOTIFY, "notify"), (PAY, "pay")):
        session.add(component(body, id=id_, slug=name))
    session.flush()
    for pair in ((NOTIFY, LETTERS), (PAY, PAYMENTS)):
        session.add(c.ComponentCapability(component_id=pair[0], capability_id=pair[1]))
    return add_service(session, "send-letters").id


def component(body: int, **changes: Any) -> c.Component:
    known: Row = {
        "slug": "new", "name": "New", "sort_name": "new", "kind": words.ComponentKind.PLATFORM,
        "delivery": words.Delivery.BOTH, "has_interface": True, "summary": "It does things.",
        "lifecycle": words.Lifecycle.LIVE, "provider_id": body, "edited_at": ACT.at, "version": 1,
    }  # fmt: skip
    return c.Component(**{**known, **changes})


def usage(service: int, *parts: Row, **changes: Any) -> Usage:
    row: Row = {"service_id": service, "capability_id": LETTERS, "declared_by": "command:test"}
    for part in (*parts, changes):
        row |= part
    return Usage(**row, edited_at=ACT.at)


def price(**changes: Any) -> c.ComponentPrice:
    known: Row = {"component_id": NOTIFY, "item": "Text", "unit": "fragment", "since": DAY}
    return c.ComponentPrice(**{**known, "pence": Decimal("2.4"), **changes})


def refused(session: Session, *rows: Base) -> str:
    """What the database says against the rows, the last of which is the bad one."""
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        _add(session, rows)
    session.expunge_all()
    return str(caught.value.orig)


def _add(session: Session, rows: tuple[Base, ...]) -> None:
    for row in rows:
        session.add(row)
        session.flush()


def _delete(session: Session, row: Base) -> None:
    session.delete(row)
    session.flush()


def names(session: Session, name: str, said: str) -> bool:
    """Whether the database names the rule; SQLite names the columns of unique ones and says of a
    foreign key only that there is one.
    """
    if session.get_bind().dialect.name == "postgresql" or name.startswith("ck_"):
        return name in said
    return "UNIQUE constraint failed" in said or "FOREIGN KEY constraint failed" in said


#: Rows of usage that contradict themselves, by the rule that refuses them.
WRONG: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("ck_usage_shared_has_component", (SHARED, LIVE, {"component_id": None})),
    ("ck_usage_shared_has_component", (BUILT, LIVE, {"component_id": NOTIFY})),
    ("ck_usage_bought_has_product", (BOUGHT, LIVE, {"product": None})),
    ("ck_usage_product_has_name", (BOUGHT, LIVE, {"product": ""})),
    ("ck_usage_live_has_since", (SHARED, LIVE, {"since": None})),
    ("ck_usage_live_has_since", (SHARED, {"status": words.UsageStatus.STOPPING})),
    ("ck_usage_stopped_has_until", (SHARED, STOPPED, {"until": None})),
    ("ck_usage_until_when_stopping", (SHARED, LIVE, {"until": LATER})),
    ("ck_usage_planned_has_no_since", (SHARED, LIVE, {"status": words.UsageStatus.PLANNED})),
    ("ck_usage_planned_has_no_since", (SHARED, LIVE, {"status": words.UsageStatus.CONSIDERING})),
    ("ck_usage_planned_has_no_since", (SHARED, LIVE, {"status": words.UsageStatus.INTEGRATING})),
    ("ck_usage_contract_group_of_bought", (SHARED, LIVE, {"contract_group": "G-Cloud 14"})),
    ("ck_usage_contract_group_of_bought", (BUILT, LIVE, {"contract_group": "G-Cloud 14"})),
    ("ck_usage_control_of_bought_or_built", (SHARED, LIVE, {"code_held_by": words.Holder.BOTH})),
    ("ck_usage_control_of_bought_or_built", (SHARED, LIVE, {"data_held_by": words.Holder.BOTH})),
    ("ck_usage_control_of_bought_or_built", (SHARED, LIVE, {"exit_plan": words.ExitPlan.NONE})),
    ("ck_usage_exit_details_of_a_plan", (BUILT, LIVE, {"exit_note": "By file"})),
    ("ck_usage_exit_details_of_a_plan", (BOUGHT, LIVE, {"exit_reviewed_on": DAY})),
    ("ck_usage_supplier_has_key", (BOUGHT, LIVE, {"supplier": "Tide Ltd"})),
    ("ck_usage_until_after", (SHARED, STOPPED, {"since": LATER, "until": DAY})),
    ("ck_usage_share_is_per_cent", (SHARED, LIVE, {"share": Decimal(0)})),
    ("ck_usage_share_is_per_cent", (SHARED, LIVE, {"share": Decimal(101)})),
    ("ck_usage_cost_not_negative", (SHARED, LIVE, {"yearly_cost": -1})),
    ("ck_usage_integration_days_not_negative", (SHARED, LIVE, {"integration_days": Decimal(-1)})),
    ("ck_usage_integration_of_shared", (BUILT, LIVE, {"integration_days": Decimal(1)})),
    ("ck_usage_integration_source_of_days", (SHARED, LIVE, {"integration_source": "x"})),
    ("fk_usage_component_offers_capability", (SHARED, LIVE, {"capability_id": PAYMENTS})),
)
#: Two rows that may not stand beside each other, both open.
TWICE: tuple[tuple[str, tuple[Row, ...], tuple[Row, ...]], ...] = (
    ("uq_usage_open_component", (SHARED, LIVE), (SHARED, {"status": words.UsageStatus.PLANNED})),
    ("uq_usage_open_product", (BOUGHT, LIVE), (BOUGHT, LIVE)),
    ("uq_usage_open_other", (BUILT, LIVE), (BUILT, LIVE)),
)
DECIDED = {"state": words.ExemptionState.GRANTED, "decided_on": DAY, "decided_by": "The board"}
APPROVED = {"decision": words.SpendDecision.APPROVED, "decided_on": DAY, "decided_by": "The board"}
#: Rows of the other tables that the database refuses.
OTHERS: dict[str, Any] = {
    "ck_capability_not_itself": lambda body, service: (
        c.Capability(id=9, slug="x", name="X", parent_id=9, position=9, edited_at=ACT.at),
    ),
    "uq_capability_parent_id_position": lambda body, service: tuple(
        c.Capability(slug=s, name="X", parent_id=LETTERS, position=1, edited_at=ACT.at)
        for s in ("x", "y")
    ),
    "uq_capability_slug": lambda body, service: (
        c.Capability(slug="letters", name="X", position=9, edited_at=ACT.at),
    ),
    "ck_component_has_name": lambda body, service: (component(body, name=""),),
    "ck_component_not_itself": lambda body, service: (component(body, id=9, successor_id=9),),
    "ck_component_closing_has_date": lambda body, service: (
        component(body, lifecycle=words.Lifecycle.CLOSING),
    ),
    "uq_component_slug": lambda body, service: (component(body, slug="notify"),),
    "uq_component_evolution_component_id_since": lambda body, service: tuple(
        c.ComponentEvolution(component_id=NOTIFY, since=DAY, stage=stage, rationale="So.")
        for stage in (words.EvolutionStage.CUSTOM, words.EvolutionStage.PRODUCT)
    ),
    "uq_component_price_component_id_item_since": lambda body, service: (price(), price()),
    "ck_component_price_until_after": lambda body, service: (price(since=LATER, until=DAY),),
    "ck_component_price_not_negative": lambda body, service: (price(pence=Decimal(-1)),),
    "ck_component_price_one_amount": lambda body, service: (price(pence=None),),
    "ck_component_mandate_until_after": lambda body, service: (
        c.ComponentMandate(component_id=NOTIFY, scope="All", since=LATER, until=DAY),
    ),
    "uq_component_exemption_component_id_service_id_granted_on": lambda body, service: tuple(
        exemption(service) for _ in range(2)
    ),
    "ck_component_exemption_expires_after": lambda body, service: (
        exemption(service, granted_on=LATER, expires_on=DAY),
    ),
    "uq_component_exemption_request_id": lambda body, service: (
        leave(service, id=9),
        *(exemption(service, request_id=9, granted_on=day) for day in (DAY, LATER)),
    ),
    "ck_component_exemption_ended_after": lambda body, service: (
        exemption(service, granted_on=LATER, ended_on=DAY),
    ),
    "ck_component_exemption_days_of_conditions": lambda body, service: (
        exemption(service, conditions_by=LATER),
    ),
    "ck_component_exemption_conditions_after": lambda body, service: (
        exemption(service, granted_on=LATER, conditions="Move", conditions_by=DAY),
    ),
    "ck_component_exemption_conditions_met_after": lambda body, service: (
        exemption(service, granted_on=LATER, conditions="Move", conditions_met_on=DAY),
    ),
    **{
        f"ck_exemption_request_{rule}": lambda body, service, row=row: (leave(service, **row),)
        for rule, row in {
            "decided_has_day": {"state": words.ExemptionState.GRANTED},
            "decided_has_somebody": {**DECIDED, "decided_by": None},
            "refused_has_reason": {**DECIDED, "state": words.ExemptionState.REFUSED},
            "ended_has_reason": {**DECIDED, "state": words.ExemptionState.ENDED},
            "opinion_has_day": {"opinion": "No"},
        }.items()
    },
    "uq_exemption_request_asked": lambda body, service: (leave(service), leave(service)),
    **{
        f"ck_spend_request_{rule}": lambda body, service, row=row: (spend(service, **row),)
        for rule, row in {
            "of_one": {"service_id": None},
            "amount_not_negative": {"amount": -1},
            "years_are_few": {"years": 31},
            "decided_has_day": {"decision": words.SpendDecision.APPROVED},
            "decided_has_somebody": {**APPROVED, "decided_by": None},
            "refused_has_reason": {**APPROVED, "decision": words.SpendDecision.REFUSED},
            "decided_after": {**APPROVED, "asked_on": LATER},
        }.items()
    },
    "uq_usage_replaces_id": lambda body, service: (),
    "ck_usage_not_itself": lambda body, service: (
        usage(service, SHARED, LIVE, id=9, replaces_id=9),
    ),
    **{
        f"ck_usage_volume_{rule}": lambda body, service, row=row: (
            usage(service, SHARED, LIVE, id=9),
            UsageVolume(usage_id=9, edited_at=ACT.at, **row),
        )
        for rule, row in {
            "year_is_one": {"year": 202, "quantity": 1},
            "not_negative": {"year": 2025, "quantity": -1},
        }.items()
    },
}


def exemption(service: int, **changes: Any) -> c.ComponentExemption:
    known: Row = {"reason": "No network", "granted_by": "The board", "granted_on": DAY}
    return c.ComponentExemption(component_id=NOTIFY, service_id=service, **{**known, **changes})


def leave(service: int, **changes: Any) -> ExemptionRequest:
    known: Row = {"state": words.ExemptionState.ASKED, "reason": "x", "asked_on": DAY}
    return ExemptionRequest(
        component_id=NOTIFY, service_id=service, asked_by="x", **{**known, **changes}
    )


def spend(service: int, **changes: Any) -> SpendRequest:
    known: Row = {
        "service_id": service, "what": "x", "amount": 1, "years": 1, "asked_on": DAY,
        "decision": words.SpendDecision.WAITING, "recorded_by": "x", "recorded_at": ACT.at,
    }  # fmt: skip
    return SpendRequest(**{**known, **changes})


@pytest.mark.parametrize(("rule", "parts"), WRONG)
def test_a_usage_that_contradicts_itself(
    session: Session, service: int, rule: str, parts: tuple[Row, ...]
) -> None:
    assert names(session, rule, refused(session, usage(service, *parts)))


@pytest.mark.parametrize(("rule", "first", "second"), TWICE)
def test_two_open_rows_for_the_same_thing(
    session: Session, service: int, rule: str, first: tuple[Row, ...], second: tuple[Row, ...]
) -> None:
    said = refused(session, usage(service, *first), usage(service, *second))
    assert names(session, rule, said)
    session.add(usage(service, *first, STOPPED))
    session.add(usage(service, *first, STOPPED, until=date(2025, 1, 1)))
    session.add(usage(service, *second))
    session.flush()  # what has stopped stands beside it


def test_an_old_arrangement_is_replaced_once(session: Session, service: int) -> None:
    old = usage(service, BUILT, STOPPED)
    session.add(old)
    session.flush()
    new = usage(service, SHARED, LIVE, replaces_id=old.id)
    again = usage(service, BOUGHT, LIVE, replaces_id=old.id)
    assert names(session, "uq_usage_replaces_id", refused(session, new, again))


@pytest.mark.parametrize("rule", sorted(OTHERS.keys() - {"uq_usage_replaces_id"}))
def test_a_bad_row_beside_usage(session: Session, service: int, rule: str) -> None:
    body = session.get_one(c.Component, NOTIFY).provider_id
    assert names(session, rule, refused(session, *OTHERS[rule](body, service)))


def test_a_price_is_pence_or_a_percentage_and_not_both(session: Session, service: int) -> None:
    said = refused(session, price(per_cent=Decimal(10)))
    assert names(session, "ck_component_price_one_amount", said)


def test_good_rows_stand(session: Session, service: int) -> None:
    planned = {"status": words.UsageStatus.PLANNED, "planned_live": LATER}
    for row in (
        usage(service, SHARED, LIVE),
        usage(service, BOUGHT, planned),
        usage(service, BUILT, STOPPED),
        usage(service, {"arrangement": words.Arrangement.BY_HAND}, LIVE, share=Decimal("12.5")),
        usage(service, SHARED, LIVE, component_id=PAY, capability_id=PAYMENTS),
        CapabilityNeed(
            service_id=service, capability_id=LETTERS, answer=words.NeedAnswer.NEEDED,
            edited_at=ACT.at,
        ),
        price(since=LATER),
    ):  # fmt: skip
        session.add(row)
    session.flush()


def test_what_others_rest_on_stays(session: Session, service: int) -> None:
    session.add(usage(service, SHARED, LIVE))
    session.flush()
    for row in (
        session.get_one(c.ComponentCapability, (NOTIFY, LETTERS)),
        session.get_one(c.Capability, LETTERS),
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            _delete(session, row)


def test_every_rule_is_tried() -> None:
    tried = {rule for rule, *_ in (*WRONG, *TWICE)} | OTHERS.keys()
    there = set()
    for name in TABLES:
        table = Base.metadata.tables[name]
        for rule in table.constraints:
            kept = isinstance(rule, (CheckConstraint, UniqueConstraint))
            pair = isinstance(rule, ForeignKeyConstraint) and len(rule.columns) > 1
            closed_list = getattr(rule, "_type_bound", False)  # tried in tests/whole/test_enums.py
            if (kept or pair) and not closed_list:
                there.add(str(rule.name))
        there |= {str(index.name) for index in table.indexes if index.unique}
    assert there == tried
