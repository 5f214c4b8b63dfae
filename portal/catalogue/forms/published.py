"""Words for what providers publish: the names that their files give figures."""

from __future__ import annotations

from portal.catalogue.forms.labels import label
from portal.web.i18n import _, lazy

SO_FAR = "_cumulative"
SERVICES = "services_"
MONEY = "amount_gbp"
_KNOWN = {
    "live_services": lazy("Live services"),
    "organisations": lazy("Organisations"),
    "amount_gbp": lazy("Value of payments"),
    "services_central": lazy("Services of central government"),
    "services_local": lazy("Services of local government"),
    "services_nhscentral": lazy("Services of central NHS bodies"),
    "services_nhstrust": lazy("Services of NHS trusts"),
    "services_police": lazy("Services of the police"),
    "services_other": lazy("Services of others"),
}
SORTS = {"per_service": lazy("Services"), "counts": lazy("Services of each organisation, counted")}


def measure_name(measure: str) -> str:
    """What a figure counts, in words; a name that is not known reads as it is published."""
    plain = measure.removesuffix(SO_FAR)
    known = str(_KNOWN[plain]) if plain in _KNOWN else label(plain, "measure")
    if known == plain:
        known = plain.replace("_", " ").strip().capitalize() or plain
    return _("%(what)s so far", what=known) if measure.endswith(SO_FAR) else known


def amount(value: float, measure: str) -> str:
    """A figure: `1,753` or, of money, `£9,500,000,000`."""
    text = f"{value:,}" if value == int(value) else f"{value:,.4f}".rstrip("0")
    return f"£{text}" if measure.startswith(MONEY) else text


def sort_name(sort: str) -> str:
    """What a row of a provider's list is."""
    return str(SORTS[sort])
