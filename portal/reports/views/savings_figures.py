"""What the page of a run says of each of its two views, and of each platform."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

from portal.catalogue.forms.figures import financial_year
from portal.catalogue.views.base import reading
from portal.reports.forms.labels import pounds
from portal.reports.rules.appraisal import Appraisal
from portal.reports.store import reuse_names
from portal.reports.views.savings_shown import Shown
from portal.reports.words import ClaimKind, Column, View
from portal.web.i18n import _, ngettext
from portal.web.links import with_query


class Line(NamedTuple):
    """A figure of confirmed use, and of declared use as well; where its claims are."""

    name: str
    confirmed: str
    with_declared: str
    href: str | None = None


class Platform(NamedTuple):
    """What a platform is worth in pence, and its users: those that would pay for all of it, and
    those that are known, each to the next whole number.

    Attributes:
        never: of runs that did not say `loses`: over 1,000 users are needed, or none is enough.
        loses: a user costs more than it gains.
    """

    slug: str
    name: str
    npv: int
    npv_with_declared: int
    needed: int | None
    never: bool
    confirmed: int
    declared: int
    published: int | None
    loses: bool = False

    @property
    def few(self) -> str:
        """What stands for the number of users needed where there is none."""
        if self.loses:
            return _("No number is enough")
        return _("More than 1,000, or none is enough") if self.never else _("Not known")

    @property
    def so_far(self) -> int:
        """What it is worth by its confirmed use, or else by its declared use, in pence."""
        return self.npv or self.npv_with_declared

    @property
    def why(self) -> str:
        """How much it loses, and why."""
        worth, declared = pounds(self.so_far), "" if self.npv else _("with declared use") + ", "
        if self.loses:
            return declared + _(
                "%(worth)s. A user of the most usual kind spends more itself than it gains, and "
                "its share of what the platform costs comes on top: more such users would not "
                "make it pay.",
                worth=worth,
            )
        return declared + _(
            "%(worth)s. Its users gain, but less than their share of what the platform costs. "
            "Users needed: %(needed)s.", worth=worth,
            needed=f"{self.needed:,}" if self.needed else self.few,
        )  # fmt: skip

    @property
    def verdict(self) -> str:
        """Whether they are enough."""
        if self.loses:
            return _("Most users lose")
        if self.needed is None:
            return _("Not enough") if self.never else _("Not known")
        if self.confirmed >= self.needed:
            return _("Enough are confirmed")
        if self.confirmed + self.declared >= self.needed:
            return _("Enough with the declared ones")
        if (self.published or 0) >= self.needed:
            return _("Enough, as its provider says")
        short = self.needed - max(self.confirmed + self.declared, self.published or 0)
        few = f"{short:,}"
        return ngettext("%(num)s user too few", "%(num)s users too few", short, num=few)


def losing(every: list[Platform]) -> list[Platform]:
    """Those that cost more than they save, the greatest loss first."""
    return sorted((each for each in every if each.so_far < 0), key=lambda each: each.so_far)


def loss(view: dict[str, Any], confirmed: int) -> str:
    """That what is confirmed is a loss, or would be one with declared use; empty where neither is,
    and where nothing is confirmed.
    """
    npv, second = view["npv"], view["npv_with_declared"]
    if not confirmed or (npv >= 0 and second >= 0):
        return ""
    if npv >= 0:
        return _("With declared use as well it would be a loss.")
    said = _("This is a loss: so far, what is confirmed costs more than it saves.")
    more = _("With declared use it would be a greater one.")
    return f"{said} {more}" if second < npv else said


def of_view(found: Shown, view: View) -> list[Line]:
    """The figures of a view: what it comes to over all years, discounted and not."""
    said = found.run.result["views"][view.value]
    return [*_appraised(found, view, said), *_added_up(found, view, said)]


def _appraised(found: Shown, view: View, said: dict[str, Any]) -> list[Line]:
    ratio, second = said["benefit_cost_ratio"], _appraisal(said["with_declared"])
    ratios = [None if ratio is None else Decimal(ratio), second.benefit_cost_ratio(found.set.rate)]
    paid = said["payback_year"], second.payback_year
    ranged = _(
        "%(npv)s (P10 to P90: %(low)s to %(high)s)", npv=pounds(said["npv"]),
        low=pounds(said["p10"]), high=pounds(said["p90"]),
    )  # fmt: skip
    first, then = (_paid(found, at, each is None) for at, each in zip(paid, ratios, strict=True))
    return [
        Line(_("Net present value"), ranged, pounds(said["npv_with_declared"]),
             _claims(found, view)),
        Line(_("Benefit-cost ratio: gains for each £1 of cost"), _ratio(ratios[0]),
             _ratio(ratios[1])),
        Line(_("Payback year"), first, then),
    ]  # fmt: skip


def _appraisal(rows: dict[str, list[int]]) -> Appraisal:
    """The years of a view, in pence."""
    return Appraisal(*(
        tuple(map(Decimal, rows[name])) for name in ("cash", "non_cash", "cost", "platform")
    ))  # fmt: skip


def _ratio(ratio: Decimal | None) -> str:
    return _("No costs") if ratio is None else f"£{ratio:,.2f}"


def _paid(found: Shown, year: int | None, free: bool) -> str:
    if free:
        return _("No costs")
    if year is None:
        return _("Not within these %(years)s years", years=found.set.horizon)
    return financial_year(found.set.base_year + year)


def _added_up(found: Shown, view: View, said: dict[str, Any]) -> list[Line]:
    lines = [
        ("cash", _("Cash, not discounted"), {"column": Column.CASH.value}),
        ("non_cash", _("Other gains, not discounted"), {"column": Column.NON_CASH.value}),
        ("cost", _("Costs, not discounted"), {"column": Column.COST.value}),
        ("platform", _("of which platforms, not discounted"), {"kind": ClaimKind.PLATFORM.value}),
        ("price", _("of which prices paid, not discounted"), {"kind": ClaimKind.PRICE.value}),
        ("net", _("Net, not discounted"), {}),
    ]  # fmt: skip
    shown = {"price" if view is View.WHOLE else "platform"} ^ {of for of, _name, _narrow in lines}
    made = [
        Line(name, *_both(said, of), _claims(found, view, **narrow))
        for of, name, narrow in lines if of in shown and of in said["with_declared"]
    ]  # fmt: skip
    return [*made, *_cancelled(found)] if view is View.WHOLE else made


def _both(said: dict[str, Any], of: str) -> tuple[str, str]:
    first, second = (pounds(sum(said[by].get(of, ()))) for by in ("confirmed", "with_declared"))
    return first, second


def _cancelled(found: Shown) -> Iterator[Line]:
    """What departments pay each other, beside the figures for the whole of government."""
    whole, theirs = (found.run.result["views"][view.value] for view in View)
    if "price" in whole["with_declared"]:
        paid = _both(whole, "price")
        # Their claims are of all organisations, of platforms without a known cost as well.
        same = paid == _both(theirs, "price")
        narrow = {"kind": ClaimKind.PRICE.value}
        yield Line(
            _("Paid between departments, not charged here: it cancels out"), *paid,
            _claims(found, View.ORGANISATION, **narrow) if same else None,
        )  # fmt: skip


def _claims(found: Shown, view: View, **narrow: str) -> str:
    return with_query(
        f"/savings/runs/{found.run.id}/claims", [("view", view.value), *narrow.items()]
    )


def names() -> dict[str, str]:
    """What components are called, by their addresses."""
    with reading() as session:
        return dict(reuse_names.components(session).values())


def platforms(found: Shown, called: dict[str, str]) -> list[Platform]:
    """The platforms whose cost is known, and whether enough use them."""
    return [
        Platform(
            slug, called.get(slug, slug), each["npv"], each["npv_with_declared"], each["needed"],
            each.get("never", False), ceil(float(each["confirmed"])), ceil(float(each["declared"])),
            each["published"], each.get("loses", False),
        )
        for each in found.run.result["components"]
        for slug in (each["component"],)
    ]  # fmt: skip
