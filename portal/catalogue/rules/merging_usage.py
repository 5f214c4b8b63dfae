"""How the ways in which two services meet their needs become those of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.catalogue.component_words import NeedAnswer, UsageStatus
from portal.catalogue.rules import measuring
from portal.catalogue.rules.component_documents import clean_usage
from portal.errors import Invalid

Document = dict[str, Any]
#: Of two open rows for the same thing the one further along stays.
_ALONG = (
    UsageStatus.CONSIDERING, UsageStatus.PLANNED, UsageStatus.INTEGRATING, UsageStatus.STOPPING,
    UsageStatus.LIVE,
)  # fmt: skip
#: What a row takes from the other one where it says nothing itself; those of a group together.
_TAKEN = (
    ("supplier", "supplier_organisation"), ("planned_live",), ("since", "since_basis"),
    ("contract_end",), ("contract_group",), ("code_held_by",), ("data_held_by",),
    ("exit_plan", "exit_note", "exit_reviewed_on"), ("reason", "reason_note"),
    ("yearly_cost",), ("note",), ("source",), ("share",),
    ("integration_days", "integration_source"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class United:
    """Two open rows for the same thing that become one: ids, and what the one that stays says."""

    stays: int
    goes: int
    document: Document


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of usages: those that only change their service, by id, and those united."""

    moved: dict[int, Document]
    united: list[United]


def plan(service: str, own: Mapping[int, Document], others: Mapping[int, Document]) -> Plan:
    """What becomes of the usages of a service that goes.

    Args:
        service: the address of the one that stays.
        own: its usages, by id.
        others: those of the one that goes.
    """
    stopped = UsageStatus.STOPPED
    open_ = {same_thing(row): id_ for id_, row in own.items() if row["status"] != stopped}
    moved: dict[int, Document] = {}
    united: list[United] = []
    for id_, row in others.items():
        after = {**row, "service": service}
        same = open_.get(same_thing(row)) if row["status"] != UsageStatus.STOPPED else None
        if same is None:
            moved[id_] = after
        elif _along(row) > _along(own[same]):
            united.append(United(id_, same, _with_facts(after, own[same])))
        else:
            united.append(United(same, id_, _with_facts(own[same], after)))
    return Plan(moved, united)


def same_thing(row: Document) -> tuple[Any, ...]:
    """What the database keeps one open row of, of a service."""
    if row["component"]:
        return row["capability"], "component", row["component"]
    if row["product"]:
        return row["capability"], "product", row["product"]
    return row["capability"], "other", row["arrangement"]


def _along(row: Document) -> int:
    return _ALONG.index(UsageStatus(row["status"]))


def _with_facts(row: Document, other: Document) -> Document:
    """A row with what only the other one knows, where it can be said of it."""
    for group in _TAKEN:
        if any(row[field] is not None for field in group):
            continue
        candidate = {**row, **{field: other[field] for field in group}}
        try:
            row = clean_usage(candidate)
        except Invalid:
            continue
    volumes = measuring.united(row["yearly_volumes"], other["yearly_volumes"])
    return {**row, "yearly_volumes": volumes}


def needs(
    own: Mapping[str, Document], others: Mapping[str, Document]
) -> tuple[dict[str, Document], list[str]]:
    """The answers that a service takes over, by capability, and the capabilities of which both
    say something else: there its own answer stays.
    """
    unknown = NeedAnswer.UNKNOWN
    taken = {
        need: answer
        for need, answer in others.items()
        if need not in own or (own[need]["answer"] == unknown and answer["answer"] != unknown)
    }
    different = [
        need
        for need, answer in others.items()
        if need not in taken and answer["answer"] not in (own[need]["answer"], unknown)
    ]
    return taken, different
