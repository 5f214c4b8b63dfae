"""What the history of a version of the assumptions says, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.catalogue.forms.figures import financial_year
from portal.catalogue.forms.history_words import Change, Document, Line
from portal.catalogue.forms.labels import label
from portal.reports.forms.labels import assumed_value
from portal.web.i18n import _, lazy

_FIELDS = {
    "number": lazy("Version"),
    "base_year": lazy("First year"),
    "price_year": lazy("Prices of"),
    "horizon": lazy("Years"),
    "rate": lazy("Discount rate"),
    "claim_years": lazy("Years for which what was replaced counts as cash"),
    "note": lazy("What changed, and why"),
    "state": lazy("State"),
    "approver": lazy("Approved by"),
    "self_approved": lazy("Published by who made it"),
}
_STATES = {"draft": lazy("Draft"), "published": lazy("Published")}


def in_words(
    before: Document, after: Document, _names: Mapping[str, str], called: Callable[[str], str]
) -> list[Change]:
    """The changes of an event.

    Args:
        called: gives the name of an assumption by its key.
    """
    return [
        Change(str(_FIELDS.get(each) or called(each)), _lines(each, before), _lines(each, after))
        for each in {**before, **after}
    ]


def _lines(field: str, document: Document) -> list[Line]:
    value = document.get(field)
    if value is None:
        return []
    if isinstance(value, dict):
        return [Line(text) for text in _assumption(value)]
    return [Line(_plain(field, value))]


def _plain(field: str, value: Any) -> str:
    if field in ("base_year", "price_year"):
        return financial_year(value)
    if field == "rate":
        return f"{float(value) * 100:g}%"
    if field == "state":
        return str(_STATES[value])
    if field == "self_approved":
        return _("Yes") if value else _("No")
    return str(value)


def _assumption(said: Mapping[str, Any]) -> list[str]:
    low, central, high = (assumed_value(said[e], said["key"]) for e in ("low", "central", "high"))
    ends = _("%(central)s, from %(low)s to %(high)s", central=central, low=low, high=high)
    rests_on = f"{label(said['class'], 'evidence_class')}, {said['dated']}"
    more = [_("In no other cost")] if said.get("apart") else []
    if said.get("price_item"):
        more.append(_("From the price list: %(row)s", row=_listed(said)))
    return [ends, rests_on, *more, *(said[each] for each in ("source", "note") if said[each])]


def _listed(said: Mapping[str, Any]) -> str:
    since = said["price_since"]
    return f"{said['price_item']}, {since}" if since else str(said["price_item"])
