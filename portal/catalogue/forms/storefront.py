"""What the storefront asks for, and prices and days in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms import Field

from portal.web.forms import Form
from portal.web.i18n import _, lazy, ngettext


class FindForm(Form):
    """A GET form that changes nothing, so it carries no token; the page writes its fields."""

    q = Field(lazy("What do you need to do?"))
    need = Field(lazy("What you need"))

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False

    def __init__(self) -> None:
        """The address is read by rules/component_filters.py, which knows every argument."""
        super().__init__(formdata=None)


def price_words(price: Mapping[str, Any]) -> str:
    """A price as a reader says it: "2.4p", "£1.80", "10%", "Free". Prices are without VAT.

    Args:
        price: with `pence` or `per_cent` as decimal text.
    """
    if price["pence"] is None:
        return f"{price['per_cent']}%"
    pence = Decimal(price["pence"])
    if not pence:
        return _("Free")
    if pence < 100:
        return f"{price['pence']}p"
    pounds = pence / 100
    exact = pounds == round(pounds, 2)
    return f"£{pounds:,.2f}" if exact else f"£{pounds.normalize():,f}"


def days_words(days: int | None) -> str:
    """The typical days of a step in words."""
    if days is None:
        return _("time not said")
    if days == 0:
        return _("the same day")
    return ngettext("%(num)s day", "%(num)s days", days, num=days)
