"""What the closed lists of savings are called on pages, and how money is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from markupsafe import Markup, escape

from portal.catalogue.forms import labels
from portal.catalogue.forms.figures import financial_year
from portal.charts.data import Scale
from portal.reports.rules.assumptions import OF_COMPONENT, SHARES
from portal.reports.words import Assumed
from portal.spreadsheets.book import Kind, Value
from portal.web.chart_texts import amount
from portal.web.filters import long_date
from portal.web.i18n import _, lazy

LABELS: dict[str, Mapping[str, str]] = {
    "claim_kind": {
        "run_released": lazy("Old arrangement that stopped, with proof"),
        "build_avoided": lazy("Building alone, avoided"),
        "run_avoided": lazy("Running alone, avoided"),
        "volume_avoided": lazy("Price elsewhere, avoided"),
        "run_replaced": lazy("Old arrangement replaced"),
        "volume_replaced": lazy("Old price replaced"),
        "integration": lazy("Building the component in"),
        "integration_measured": lazy("Building the component in, measured"),
        "own_run": lazy("What the service still spends itself"),
        "exit": lazy("Leaving the component"),
        "price": lazy("Price of the component"),
        "platform": lazy("The platform’s own cost"),
    },
    "assumed": {
        "build": lazy("Building it alone (B)"),
        "run": lazy("Running it alone, a year (M)"),
        "own_run": lazy("What the service still spends, a year (m)"),
        "additionality": lazy("Additionality (a)"),
        "relative_cost": lazy("Cost of building in, as a share of B (RCR)"),
        "exit_cost": lazy("Leaving (X)"),
        "optimism": lazy("Optimism bias"),
        "alternative_price": lazy("Price of one elsewhere (p0)"),
        "price": lazy("Price of one (p1)"),
        "day_rate": lazy("Price of a day of work (day rate)"),
        "platform": lazy("Cost of the platform, a year (K)"),
    },
    "size_band": {
        "smallest": lazy("under 1,000 transactions a year, or not known"),
        "small": lazy("1,000 to 100,000 transactions a year"),
        "medium": lazy("100,000 to 10 million transactions a year"),
        "large": lazy("10 million transactions a year and more"),
    },
    "size_services": {
        "smallest": lazy("smallest services"),
        "small": lazy("small services"),
        "medium": lazy("medium-sized services"),
        "large": lazy("large services"),
    },
    "evidence_class": {
        "measured": lazy("Measured"),
        "published": lazy("Published"),
        "benchmark": lazy("Benchmark"),
        "judgement": lazy("Judgement"),
    },
    "savings_view": {
        "whole": lazy("Whole government"),
        "organisation": lazy("Each organisation"),
    },
    "savings_column": {
        "cash": lazy("Cash"),
        "non_cash": lazy("Other gains"),
        "cost": lazy("Costs"),
    },
    "savings_counted": {
        "confirmed": lazy("Confirmed use"),
        "with_declared": lazy("Confirmed and declared use"),
    },
    "savings_rests": {
        "judgement_or_benchmark": lazy("Resting on judgement or a benchmark"),
    },
    "savings_old": {
        "yes": lazy("Over two years old"),
    },
    "run_basis": {
        "as_it_was": lazy("As it was"),
        "restated": lazy("Restated to today"),
    },
    "run_state": {
        "waiting": lazy("Waiting"),
        "running": lazy("Being worked out"),
        "done": lazy("Done"),
        "failed": lazy("Failed"),
    },
}
_THOUSANDTH = Decimal("0.001")
_LOSS = re.compile(r"-£[\d,.]*\d")
#: From so many pounds on they are written in millions.
_MILLION = 1_000_000


def install() -> None:
    """Let pages say what the lists are called."""
    labels.add(LABELS)


def assumption_name(key: str, names: tuple[Mapping[str, str], Mapping[str, str]]) -> str:
    """What an assumption is of, by its key: "Running it alone, a year (M): Payments, small
    services".

    Args:
        names: of needs, and of components, by their slugs.
    """
    field, *of = key.split(":")
    called = names[Assumed(field) in OF_COMPONENT]
    name = str(labels.label(field, "assumed"))
    return f"{name}: {', '.join(_part(each, called) for each in of)}" if of else name


def _part(part: str, called: Mapping[str, str]) -> str:
    if part in called:
        return called[part]
    if part in LABELS["size_services"]:
        return str(labels.label(part, "size_services"))
    return financial_year(int(part)) if part.isdigit() else part


def assumed_value(value: str, key: str) -> str:
    """A value of an assumption, by its key: a share to three places, a price of one to a hundredth
    of a penny, other money to the pound.
    """
    field, number = Assumed(key.partition(":")[0]), Decimal(value)
    if field in SHARES:
        return f"{number.quantize(_THOUSANDTH).normalize():f}"
    if field in (Assumed.PRICE, Assumed.ALTERNATIVE_PRICE):
        whole, _point, rest = f"{number:,.4f}".partition(".")
        return f"£{whole}.{rest[:2]}{rest[2:].rstrip('0')}"
    return pounds(round(number * 100))


def pounds(pence: int) -> str:
    """Money to the pound: £1,234, or -£1,234."""
    whole = round(pence / 100)
    return f"{'-' if whole < 0 else ''}£{abs(whole):,}"


def unbroken(text: str) -> Markup:
    """A text in which no line ends between a minus sign and its amount."""
    whole = _LOSS.sub(r'<span class="portal-whole">\g<0></span>', str(escape(text)))
    return Markup(whole)  # noqa: S704  escaped before


def cell(value: Value, kind: Kind) -> str:
    """A value of a table, as pages show it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, str):
        return value
    if kind is Kind.POUNDS:
        return pounds(round(value * 100))
    return amount(value, Scale.SHARE) if kind is Kind.SHARE else f"{value:,}"


def in_short(pence: int) -> str:
    """Money for a sentence: £1.2 million, or £65,000."""
    whole = abs(pence) / 100
    sign = "-" if pence < 0 else ""
    if whole >= _MILLION:
        return _("%(sign)s£%(many)s million", sign=sign, many=f"{whole / _MILLION:,.1f}")
    return f"{sign}£{round(whole, -3 if whole >= 10_000 else 0):,.0f}"
