"""Who like the asker uses a component, and how long it took to start, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.catalogue.words import OrganisationKind as Kind
from portal.web.filters import commas
from portal.web.i18n import _, ngettext

#: The words stand in full, for each kind has its own plural in each language.
_USE: dict[Kind, Callable[[int], str]] = {
    Kind.DEPARTMENT: lambda n: ngettext(
        "%(num)s other department uses it", "%(num)s other departments use it", n, num=commas(n)
    ),
    Kind.AGENCY: lambda n: ngettext(
        "%(num)s other agency uses it", "%(num)s other agencies use it", n, num=commas(n)
    ),
    Kind.NDPB: lambda n: ngettext(
        "%(num)s other non-departmental public body uses it",
        "%(num)s other non-departmental public bodies use it", n, num=commas(n),
    ),
    Kind.LOCAL_AUTHORITY: lambda n: ngettext(
        "%(num)s other local authority uses it", "%(num)s other local authorities use it", n,
        num=commas(n),
    ),
    Kind.NHS: lambda n: ngettext(
        "%(num)s other NHS body uses it", "%(num)s other NHS bodies use it", n, num=commas(n)
    ),
    Kind.POLICE: lambda n: ngettext(
        "%(num)s other police body uses it", "%(num)s other police bodies use it", n,
        num=commas(n),
    ),
    Kind.SCHOOL: lambda n: ngettext(
        "%(num)s other school uses it", "%(num)s other schools use it", n, num=commas(n)
    ),
    Kind.SUPPLIER: lambda n: ngettext(
        "%(num)s other supplier uses it", "%(num)s other suppliers use it", n, num=commas(n)
    ),
    Kind.OTHER: lambda n: ngettext(
        "%(num)s other organisation like yours uses it",
        "%(num)s other organisations like yours use it", n, num=commas(n),
    ),
}  # fmt: skip


def like_yours(choice: Any, kind: str) -> str:
    """Why a component comes so early for an organisation of this kind.

    Args:
        choice: with the `offer` as it was ranked, and `ours`.
        kind: the organisation's.
    """
    if not choice.offer.alike:
        return _("Your organisation uses it.")
    said = _USE[Kind(kind)](choice.offer.alike)
    return _("Your organisation uses it. %(others)s.", others=said) if choice.ours else f"{said}."


def started(measured: Any) -> str:
    """How long it took to start, from the plan to the first day of use.

    Args:
        measured: see `rules.starting.Measured`; None where too few say so.
    """
    if measured is None:
        return _("Measured from real starts: not yet, fewer than 3 services recorded both days.")
    return ngettext(
        "Measured from real starts: %(num)s day from plan to use (median of %(some)s services).",
        "Measured from real starts: %(num)s days from plan to use (median of %(some)s services).",
        measured.days, some=measured.many,
    )  # fmt: skip
