"""How a published service meets a need, as its team records it. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.catalogue.component_words import Arrangement, DateBasis, NeedAnswer, UsageStatus
from portal.catalogue.rules import measuring
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.merging_usage import same_thing
from portal.catalogue.rules.registering import met, need_answers
from portal.errors import N_, Clash, Invalid

_USED = (UsageStatus.LIVE, UsageStatus.STOPPING)
_NAMED = (Arrangement.BOUGHT_PRODUCT, Arrangement.OWN_BUILD)
#: What is asked of every arrangement and stands in the document as it was typed.
_PLAIN = ("share", "yearly_cost", "note", "source")
_CONTROL = ("contract_group", "code_held_by", "data_held_by", "exit_plan", "exit_note")
_SHARED = Arrangement.SHARED_COMPONENT


@dataclass(frozen=True, slots=True)
class Beside:
    """Another arrangement of the same service for the same need.

    Attributes:
        document: what it says.
        replaces: the id of the arrangement that it took the place of.
    """

    document: Document
    replaces: int | None


def usage_said(
    service: str,
    capability: str,
    arrangement: str,
    values: Mapping[str, Any],
    before: Document | None,
    day: date,
) -> Document:
    """The document of an arrangement as somebody describes it.

    What began or ended on a day that is not known counts from the day it was first seen: the day
    that is recorded, or today.

    Args:
        service: its address.
        capability: the need's.
        arrangement: see `component_words.Arrangement`.
        values: those of `rules.registering.met`, `not_known` (whether nobody knows since when),
            `until` and `until_by_month`, `planned_live` and `contract_end` (dates), and what the
            document has in plain words.
        before: what it said.
        day: of the answer.

    Raises:
        Invalid: something is missing or contradicts itself; `field` names the form's.
    """
    answer = met(arrangement, values)
    since, basis = _since(answer, values, before, day)
    until = _iso(values.get("until"))
    if until and answer["status"] == UsageStatus.STOPPED and until > day.isoformat():
        raise Invalid("until", N_("The day it stopped must be today or in the past"))
    named = arrangement in _NAMED
    said = {
        "service": service,
        "capability": capability,
        **{name: answer[name] for name in ("arrangement", "component", "status", "reason")},
        "product": values.get("product") or None if named else None,
        "supplier": values.get("supplier") or None if named else None,
        "supplier_organisation": before["supplier_organisation"] if before else None,
        "reason_note": values.get("reason_note") if arrangement != _SHARED else None,
        "since": since,
        "since_basis": basis,
        "until": until,
        "until_basis": _basis("until", until, values.get("until_by_month"), before),
        "planned_live": _iso(values.get("planned_live")),
        "contract_end": _iso(values.get("contract_end")),
        **(_controlled(values) if named else {}),
        **{name: values.get(name) for name in _PLAIN},
        **(_measured(before) if arrangement == _SHARED else {}),
    }
    return clean_usage(said)


def _measured(before: Document | None) -> Document:
    """What was measured has a page of its own, and stays."""
    return {name: before[name] for name in measuring.FIELDS} if before else {}


def _controlled(values: Mapping[str, Any]) -> Document:
    """What is only asked of what was bought or built; left over from another choice it is gone."""
    reviewed = _iso(values.get("exit_reviewed_on"))
    return {**{name: values.get(name) for name in _CONTROL}, "exit_reviewed_on": reviewed}


def _since(
    answer: Document, values: Mapping[str, Any], before: Document | None, day: date
) -> tuple[str | None, str | None]:
    since = answer["since"]
    if since:
        if values.get("not_known"):
            raise Invalid("since", N_("Enter a date, or select that you do not know it: not both"))
        return since, _basis("since", since, values.get("by_month"), before)
    if answer["status"] not in _USED or not (values.get("not_known") or _just_is(answer)):
        return None, None
    if before and before["since_basis"] == DateBasis.SEEN:
        return before["since"], DateBasis.SEEN.value
    return day.isoformat(), DateBasis.SEEN.value


def _just_is(answer: Document) -> bool:
    """Whether nobody decided on it and built it: of what is done by hand or not at all, only few
    know since when.
    """
    return answer["arrangement"] in (Arrangement.BY_HAND, Arrangement.GAP)


def _basis(field: str, day: str | None, by_month: object, before: Document | None) -> str | None:
    if day is None:
        return None
    if before and before[field] == day and not by_month:
        known: str | None = before[f"{field}_basis"]
        return known
    return DateBasis.MONTH.value if by_month else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def refuse_beside(
    document: Document,
    replaces: int | None,
    others: Mapping[int, Beside],
    offering: Collection[str],
) -> None:
    """Refuse what cannot stand beside the other arrangements of the same service and need.

    The database refuses the same; here it has words.

    Args:
        document: what is to be kept.
        replaces: the id of what it takes the place of.
        others: the other arrangements, by id.
        offering: the components that offer the need.

    Raises:
        Invalid: the component does not offer the need; the same is recorded already and has not
            stopped; or what it replaces is replaced already.
    """
    if document["component"] and document["component"] not in offering:
        raise Invalid("component", N_("Select a component that offers this"))
    open_ = [each.document for each in others.values() if _is_open(each.document)]
    if _is_open(document) and same_thing(document) in map(same_thing, open_):
        raise Clash(
            _field_of(document),
            N_("This is recorded already: change what is there, or say first that it has stopped"),
        )
    _refuse_replacing(replaces, others)


def _is_open(document: Document) -> bool:
    return bool(document["status"] != UsageStatus.STOPPED)


def _field_of(document: Document) -> str:
    return next((name for name in ("component", "product") if document[name]), "arrangement")


def _refuse_replacing(replaces: int | None, others: Mapping[int, Beside]) -> None:
    if replaces is None:
        return
    if replaces not in others:
        raise Invalid("replaces", N_("Select what it replaces from the list"))
    if any(each.replaces == replaces for each in others.values()):
        raise Clash("replaces", N_("Something else has replaced this already"))


def refuse_other(before: Document, after: Document, has_evidence: bool) -> None:
    """Raise Invalid where an arrangement would become another one, though there is evidence of it
    or its use was measured: that speaks of what it was.
    """
    if same_thing(before) == same_thing(after):
        return
    if has_evidence:
        raise Invalid(
            "arrangement",
            N_("There is evidence of this: say that it has stopped, and add the other beside it"),
        )
    if any(before[name] for name in measuring.FIELDS):
        raise Invalid(
            "arrangement",
            N_("The use of this was measured: say that it has stopped, and add the other beside "
               "it"),
        )  # fmt: skip


def refuse_ring(id_: int, replaces: int | None, others: Mapping[int, Beside]) -> None:
    """Raise Invalid where an arrangement would replace what has, in the end, replaced it."""
    seen = replaces
    for _step in range(len(others)):
        seen = others[seen].replaces if seen is not None and seen in others else None
        if seen == id_:
            raise Invalid("replaces", N_("This has itself replaced what you describe here"))


def refuse_met(need: str, met_now: Collection[str], field: str = "how") -> None:
    """Raise Invalid where somebody says that a need is not there which is recorded as met."""
    if need in met_now:
        raise Invalid(
            field,
            N_("What is recorded as met is needed: say first that it has stopped, or remove it"),
        )


def needs_said(
    leaves: Collection[str],
    chosen: Collection[str],
    before: Mapping[str, str],
    met_now: Collection[str],
    no_more: bool,
) -> dict[str, str | None]:
    """What changes when a team says which needs its service has: the answer by need, None for one
    that is not answered any more.

    Args:
        leaves: the slugs of all needs that were offered.
        chosen: of those chosen.
        before: the answers so far.
        met_now: the needs of which it is recorded how they are met; the service has these.
        no_more: they say that the others are not needed. Without it those of which that was said
            before stay so, and what was needed is not answered any more.

    Raises:
        Invalid: a need was not offered, or one that is met was not chosen.
    """
    if set(chosen) - set(leaves):
        raise Invalid("needs", N_("Select needs from the list"))
    for need in set(leaves) - set(chosen):
        refuse_met(need, met_now, "needs")
    said = {need: row["answer"] for need, row in need_answers(leaves, chosen, {}, no_more).items()}
    stays = {need: answer for need, answer in before.items() if answer != NeedAnswer.NEEDED}
    after = {need: said.get(need, stays.get(need)) for need in leaves}
    return {need: answer for need, answer in after.items() if answer != before.get(need)}
