"""Documents of capabilities, components and usages: their shapes and what must hold in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.catalogue import component_words as words
from portal.catalogue.rules import component_care, measuring
from portal.catalogue.rules.cleaners import (
    NAME_LIMIT,
    TEXT_LIMIT,
    Cleaner,
    Document,
    day,
    day_needed,
    decimal,
    list_of,
    needed,
    one_of,
    periods,
    shape_of,
    slug,
    text,
    truth,
    web_address,
    whole,
)
from portal.catalogue.words import Audience, Phase, ServiceNameKind
from portal.errors import N_, Invalid

CAPABILITY: Mapping[str, Cleaner] = {
    "slug": slug,
    "name": needed(),
    "parent": text(200),
    "question": text(300),
    "hint": text(1000),
    "description": text(),
    "keywords": list_of(text(NAME_LIMIT)),
}


def _maybe(kind: Any) -> Cleaner:
    check = one_of(kind)
    return lambda field, value: None if value is None else check(field, value)


COMPONENT: Mapping[str, Cleaner] = {
    "slug": slug,
    "name": needed(),
    "kind": one_of(words.ComponentKind),
    "delivery": one_of(words.Delivery),
    "has_interface": truth,
    "provider": needed(120),
    "summary": needed(1000),
    "description": text(),
    "names": list_of(shape_of({"name": needed(), "kind": one_of(ServiceNameKind), "until": day})),
    "capabilities": list_of(shape_of({"capability": slug, "note": text(1000)})),
    "sectors": list_of(one_of(words.Sector)),
    "eligibility_note": text(),
    "how_to_start": web_address,
    "documentation": web_address,
    "support_hours": text(NAME_LIMIT),
    "status_page": web_address,
    "lifecycle": one_of(words.Lifecycle),
    "lifecycle_since": day,
    "closes_on": day,
    "closing_means": text(),
    "successor": text(200),
    "evolution": list_of(
        shape_of(
            {
                "stage": one_of(words.EvolutionStage),
                "since": day_needed,
                "rationale": needed(TEXT_LIMIT),
                "source": web_address,
            }
        )
    ),
    "steps": list_of(shape_of({"text": needed(TEXT_LIMIT), "days": whole})),
    "prices": list_of(
        shape_of(
            {
                "item": needed(200),
                "unit": needed(200),
                "pence": decimal(4),
                "per_cent": decimal(4),
                "since": day,
                "until": day,
                "note": text(),
                "source": web_address,
            }
        )
    ),
    "allowances": list_of(
        shape_of(
            {
                "what": needed(),
                "group": text(NAME_LIMIT),
                "amount": whole,
                "period": text(100),
                "since": day,
                "until": day,
                "source": web_address,
            }
        )
    ),
    "mandates": list_of(
        shape_of(
            {
                "scope": needed(TEXT_LIMIT),
                "note": text(),
                "since": day,
                "until": day,
                "policy": web_address,
                "needs": list_of(slug),
                "sectors": list_of(one_of(words.Sector)),
                "audiences": list_of(one_of(Audience)),
                "from_phase": _maybe(Phase),
                "new_since": day,
            }
        )
    ),
    "volumes": list_of(
        shape_of(
            {
                "measure": needed(200),
                "amount": whole,
                "since": day,
                "to": day_needed,
                "note": text(),
                "source": web_address,
            }
        )
    ),
    "costs": list_of(
        shape_of(
            {
                "pounds": whole,
                "since": day_needed,
                "until": day_needed,
                "basis": one_of(words.CostBasis),
                "source": web_address,
            }
        )
    ),
    "adopters": list_of(
        shape_of(
            {
                "name": needed(),
                "country": text(100),
                "since": day,
                "note": text(),
                "source": web_address,
            }
        )
    ),
    **component_care.CARE,
    "sources": list_of(web_address),
}

USAGE: Mapping[str, Cleaner] = {
    "service": slug,
    "capability": slug,
    "arrangement": one_of(words.Arrangement),
    "component": text(200),
    "product": text(NAME_LIMIT),
    "supplier": text(NAME_LIMIT),
    "supplier_organisation": text(120),
    "status": one_of(words.UsageStatus),
    "planned_live": day,
    "since": day,
    "since_basis": _maybe(words.DateBasis),
    "until": day,
    "until_basis": _maybe(words.DateBasis),
    "share": decimal(2),
    "contract_end": day,
    "contract_group": text(NAME_LIMIT),
    "code_held_by": _maybe(words.Holder),
    "data_held_by": _maybe(words.Holder),
    "exit_plan": _maybe(words.ExitPlan),
    "exit_note": text(),
    "exit_reviewed_on": day,
    "reason": _maybe(words.NotSharedReason),
    "reason_note": text(),
    "yearly_cost": whole,
    "yearly_volumes": list_of(shape_of(measuring.VOLUME)),
    **measuring.BUILDING_IN,
    "note": text(),
    "source": web_address,
}


def clean_capability(document: Mapping[str, Any]) -> Document:
    """The canonical form of a capability document; raises Invalid where a field is wrong."""
    clean: Document = shape_of(CAPABILITY)("", document)
    if clean["parent"] == clean["slug"]:
        raise Invalid("parent", "A capability cannot be part of itself")
    return clean


def clean_component(document: Mapping[str, Any]) -> Document:
    """The canonical form of a component document.

    Raises:
        Invalid: a field is wrong, a period ends before it starts, two prices of one item or two
            stages hold on one day, or a component that closes has no date for it.
    """
    clean: Document = shape_of(COMPONENT)("", document)
    clean["sectors"].sort()
    clean["capabilities"].sort(key=lambda row: row["capability"])
    clean["evolution"].sort(key=lambda row: row["since"])
    clean["prices"].sort(key=lambda row: (row["item"], row["since"] or ""))
    if clean["has_interface"] is None:
        raise Invalid("has_interface", "Say whether it has a user interface of its own")
    for field in ("prices", "allowances", "mandates", "costs"):
        periods(field, clean[field])
    component_care.check(clean)
    _closing(clean)
    _once("evolution", clean["evolution"], ("since",))
    _once("capabilities", clean["capabilities"], ("capability",))
    _prices(clean["prices"])
    _mandates(clean)
    for position, row in enumerate(clean["volumes"]):
        if row["amount"] is None:
            raise Invalid(f"volumes.{position}.amount", "Enter the figure")
    for position, row in enumerate(clean["costs"]):
        if row["pounds"] is None:
            raise Invalid(f"costs.{position}.pounds", "Enter the cost in pounds")
    return clean


def _closing(clean: Document) -> None:
    if clean["lifecycle"] == words.Lifecycle.CLOSING and not clean["closes_on"]:
        raise Invalid("closes_on", "Enter the day it closes")
    if clean["successor"] == clean["slug"]:
        raise Invalid("successor", "A component cannot succeed itself")


def _once(field: str, rows: list[Document], key: tuple[str, ...]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for position, row in enumerate(rows):
        mark = tuple(row[name] for name in key)
        if mark in seen:
            raise Invalid(f"{field}.{position}.{key[-1]}", "This is there twice")
        seen.add(mark)


def _mandates(clean: Document) -> None:
    """A mandate can only be about needs that the component meets, and a phase that has begun."""
    offered = {row["capability"] for row in clean["capabilities"]}
    for position, row in enumerate(clean["mandates"]):
        for field in ("needs", "sectors", "audiences"):
            row[field] = sorted(set(row[field]))
        if not offered.issuperset(row["needs"]):
            raise Invalid(f"mandates.{position}.needs", N_("Select needs that the component meets"))
        if row["from_phase"] in (Phase.RETIRED, Phase.UNKNOWN):
            raise Invalid(
                f"mandates.{position}.from_phase", N_("Select a phase before a service is retired")
            )


def _prices(rows: list[Document]) -> None:
    """Rows come sorted by item and day; each must end by the day the next of its item starts."""
    for position, row in enumerate(rows):
        if (row["pence"] is None) == (row["per_cent"] is None):
            raise Invalid(f"prices.{position}.pence", "Enter either pence or a percentage")
        follows = rows[position + 1] if position + 1 < len(rows) else None
        if follows and follows["item"] == row["item"]:
            if row["until"] is None:
                row["until"] = follows["since"]
            if row["until"] is None or row["until"] > (follows["since"] or ""):
                raise Invalid(f"prices.{position + 1}.since", "Two prices hold on this day")


def clean_usage(document: Mapping[str, Any]) -> Document:
    """The canonical form of a usage document.

    The same rules stand in the database (models/usage.py); here they have words.

    Raises:
        Invalid: a field is wrong or the row contradicts itself.
    """
    clean: Document = shape_of(USAGE)("", document)
    shared = clean["arrangement"] == words.Arrangement.SHARED_COMPONENT
    if shared and not clean["component"]:
        raise Invalid("component", N_("Select the component"))
    if not shared and clean["component"]:
        raise Invalid("component", N_("Only a shared component can be named here"))
    if clean["arrangement"] == words.Arrangement.BOUGHT_PRODUCT and not clean["product"]:
        raise Invalid("product", N_("Enter the name of the product"))
    if clean["supplier"] is None:
        clean["supplier_organisation"] = None
    _control(clean)
    _days(clean)
    if clean["share"] is not None and not 0 < float(clean["share"]) <= 100:
        raise Invalid("share", N_("Enter a percentage above 0 and up to 100"))
    measuring.check(clean)
    return clean


def _control(clean: Document) -> None:
    bought = clean["arrangement"] == words.Arrangement.BOUGHT_PRODUCT
    built = clean["arrangement"] == words.Arrangement.OWN_BUILD
    if clean["contract_group"] and not (bought or (built and clean["supplier"])):
        raise Invalid("contract_group", N_("Only what somebody supplies is under a contract"))
    if not (bought or built):
        for field in ("code_held_by", "data_held_by", "exit_plan"):
            if clean[field]:
                raise Invalid(field, N_("This is only asked of what was bought or built"))
    if clean["exit_plan"] is None:
        for field in ("exit_note", "exit_reviewed_on"):
            if clean[field]:
                raise Invalid("exit_plan", N_("Select whether there is an exit plan"))


def _days(clean: Document) -> None:
    status, since, until = clean["status"], clean["since"], clean["until"]
    if status in (words.UsageStatus.LIVE, words.UsageStatus.STOPPING) and not since:
        raise Invalid("since", N_("Enter when it went into use"))
    seen = clean["since_basis"] == words.DateBasis.SEEN
    if since and not seen and clean["contract_end"] and clean["contract_end"] < since:
        raise Invalid("contract_end", N_("A contract must not end before the day it went into use"))
    if status == words.UsageStatus.STOPPED and not until:
        raise Invalid("until", N_("Enter when it stopped"))
    if status in (
        words.UsageStatus.CONSIDERING, words.UsageStatus.PLANNED, words.UsageStatus.INTEGRATING,
    ) and since:  # fmt: skip
        raise Invalid("since", N_("Leave this empty: it is not in use yet"))
    if until and status not in (words.UsageStatus.STOPPING, words.UsageStatus.STOPPED):
        raise Invalid("until", N_("Only what is stopping or has stopped has an end"))
    if since and until and until < since:
        raise Invalid("until", N_("The end must not be before the start"))


NEED: Mapping[str, Cleaner] = {
    "service": slug,
    "capability": slug,
    "answer": one_of(words.NeedAnswer),
    "note": text(),
    "source": web_address,
}


def clean_need(document: Mapping[str, Any]) -> Document:
    """The canonical form of an answer whether a service needs a capability.

    Raises:
        Invalid: a field is wrong.
    """
    clean: Document = shape_of(NEED)("", document)
    return clean
