"""From what a team answers about its needs to usages of components, and who decides. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from portal.catalogue.component_words import Arrangement, DateBasis, NeedAnswer, UsageStatus
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.component_documents import clean_need, clean_usage
from portal.errors import N_, Invalid

#: How long a mistaken publication can be withdrawn; after that a service is retired.
WITHDRAWN_WITHIN = timedelta(days=30)
SHARED = Arrangement.SHARED_COMPONENT.value
#: How far an arrangement is that nobody uses yet.
AHEAD = (UsageStatus.CONSIDERING, UsageStatus.PLANNED, UsageStatus.INTEGRATING)
#: Arrangements that somebody decides on and builds; the others just are.
_BUILT = (SHARED, Arrangement.OWN_BUILD.value, Arrangement.BOUGHT_PRODUCT.value)


def need_answers(
    leaves: Collection[str], chosen: Collection[str], before: Mapping[str, Document], no_more: bool
) -> dict[str, Document]:
    """The answers after somebody chose the needs of their service.

    Args:
        leaves: the slugs of all needs that were offered.
        chosen: the slugs of those chosen.
        before: the answers so far; how a need is met is kept while it is needed.
        no_more: they say that the others are not needed; else nothing is known of those.
    """
    needed = {"answer": NeedAnswer.NEEDED.value}
    said = {slug: {**before.get(slug, {}), **needed} for slug in leaves if slug in chosen}
    if no_more:
        rest = {"answer": NeedAnswer.NOT_NEEDED.value}
        said |= {slug: rest for slug in leaves if slug not in chosen}
    return said


class Several(Exception):
    """Something is wrong with what is said of some needs: each with its slug."""

    def __init__(self, problems: list[tuple[str, Invalid]]) -> None:
        """Keep each problem with its need."""
        super().__init__()
        self.problems = problems


def met(arrangement: str, values: Mapping[str, Any]) -> Document:
    """How one need is met, as a registration keeps it.

    Args:
        arrangement: see `component_words.Arrangement`.
        values: `component`, `product`, `supplier`, `status`, `since` (a date), `by_month` (the date
            stands for its month) and `reason`, what there is of them.

    Raises:
        Invalid: something is missing or contradicts itself; `field` names the form's.
    """
    built = arrangement in _BUILT
    status = values.get("status") or (None if built else UsageStatus.LIVE.value)
    if not status:
        raise Invalid("status", N_("Select whether it is in use"))
    since = values.get("since")
    if since and status in AHEAD:
        raise Invalid("since", N_("Leave the date empty: it is not in use yet"))
    bought = arrangement == Arrangement.BOUGHT_PRODUCT
    if bought and not values.get("product"):
        raise Invalid("product", N_("Enter the name of the product"))
    return {
        "answer": NeedAnswer.NEEDED.value,
        "arrangement": arrangement,
        "component": values.get("component") if arrangement == SHARED else None,
        "product": values.get("product") if bought else None,
        "supplier": values.get("supplier") if bought else None,
        "status": status,
        "since": since.isoformat() if since else None,
        "since_basis": DateBasis.MONTH.value if since and values.get("by_month") else None,
        "reason": values.get("reason") or None if arrangement != SHARED else None,
    }


def need_of(service: str, capability: str, answer: Mapping[str, Any]) -> Document:
    """The need document of an answer. Raises Invalid."""
    return clean_need({"service": service, "capability": capability, "answer": answer["answer"]})


def usage_of(
    service: str, capability: str, answer: Mapping[str, Any], day: date
) -> Document | None:
    """The usage document of an answer; None where it does not say how the need is met.

    What is in use since nobody knows when counts from `day`, as the first that is known of it.

    Raises:
        Invalid: the answer contradicts itself.
    """
    if not answer.get("arrangement"):
        return None
    since, basis = answer["since"], answer.get("since_basis")
    if answer["status"] == UsageStatus.LIVE and since is None:
        since, basis = day.isoformat(), DateBasis.SEEN.value
    kept = ("arrangement", "component", "product", "supplier", "status", "reason")
    return clean_usage(
        {
            "service": service,
            "capability": capability,
            **{name: answer[name] for name in kept},
            "since": since,
            "since_basis": basis,
        }
    )


def unmet(needs: Mapping[str, Document]) -> list[str]:
    """The needs of which nothing says yet how they are met, in their order."""
    return [
        slug
        for slug, answer in needs.items()
        if answer["answer"] == NeedAnswer.NEEDED and not answer.get("arrangement")
    ]


def refuse_late_withdrawal(published_at: datetime | None, now: datetime) -> None:
    """Raise Invalid where a service has been public too long to have been a mistake."""
    if published_at is None or now - published_at > WITHDRAWN_WITHIN:
        raise Invalid(
            "why",
            N_("Only what was registered here in the last %(days)s days can be withdrawn"),
            days=WITHDRAWN_WITHIN.days,
        )
