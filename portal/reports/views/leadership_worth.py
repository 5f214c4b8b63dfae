"""What sharing is worth, as tables of the page for leadership, each figure with its claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from portal.catalogue.component_words import Standing
from portal.reports.forms.labels import pounds
from portal.reports.rules.assumptions import Row, old_benchmarks
from portal.reports.rules.leadership import SHOWN
from portal.reports.views.savings import WEAK
from portal.reports.views.savings_figures import loss
from portal.reports.views.savings_shown import Shown
from portal.reports.words import Backed, ClaimKind, Column, EvidenceClass, Old, Rests, View
from portal.spreadsheets.book import Cell, Kind, Table
from portal.spreadsheets.book import Column as Heading
from portal.web.i18n import _, ngettext
from portal.web.links import with_query

CONFIRMED, DECLARED, PLANNED = (
    each.value for each in (Standing.CONFIRMED, Standing.DECLARED, Standing.PLANNED)
)


class Worth:
    """A finished run, as the page for leadership shows it."""

    def __init__(
        self, shown: Shown, assumed: Sequence[Row], names: Mapping[str, str], day: date
    ) -> None:
        """Keep the run; of the assumptions that it used those that are old by today; and what
        components are called, by address.
        """
        self.shown, self.names = shown, names
        self.result = shown.run.result
        self.view: dict[str, Any] = self.result["views"][View.WHOLE.value]
        self.old = old_benchmarks(assumed, day)
        self.here = f"/savings/runs/{shown.run.id}"
        assumptions = f"/savings/assumptions/{shown.set.number}"
        self.old_ones = f"{assumptions}?class={EvidenceClass.BENCHMARK}&old={Old.YES}"

    @property
    def weak(self) -> bool:
        """Whether more claims than is good rest on judgement or a benchmark."""
        return bool(self.result["claims_on_judgement"] > WEAK * self.result["claims"])

    @property
    def confirmed(self) -> int:
        """How many uses count in the headline."""
        return self.shown.counted[CONFIRMED]

    @property
    def loss(self) -> str:
        """That it is a loss, or of nothing; else empty."""
        if not self.confirmed:
            second = pounds(self.view["npv_with_declared"])
            return _("No confirmed use is in it, so the headline is nothing. With declared use the "
                     "central case would be %(npv)s.", npv=second)  # fmt: skip
        return loss(self.view, self.confirmed)

    @property
    def judged(self) -> str:
        """How many claims rest on judgement or a benchmark, where these are too many."""
        if not self.weak:
            return ""
        return _(
            "%(some)s of %(all)s claims rest on judgement or a benchmark, not on something "
            "measured or published.",
            some=f"{self.result['claims_on_judgement']:,}", all=f"{self.result['claims']:,}",
        )  # fmt: skip

    @property
    def aged(self) -> str:
        """How many benchmarks are old; empty where none is."""
        if not self.old:
            return ""
        return ngettext("%(num)s benchmark is over two years old.",
                        "%(num)s benchmarks are over two years old.", len(self.old))  # fmt: skip

    def caveats(self) -> list[str]:
        """What the headline has to be read with."""
        return [each for each in (self.loss, self.judged, self.aged) if each]

    def claims(self, by: Backed, **narrowing: str) -> str:
        """The claims behind a figure of the whole of government."""
        base = [("view", View.WHOLE.value), ("counted", by.value)]
        return with_query(f"{self.here}/claims", [*base, *narrowing.items()])

    def tables(self) -> Iterator[Table]:
        """Its tables, the headline first."""
        yield self._headline()
        yield self._sure()
        yield self._years()
        yield self._platforms()

    def _headline(self) -> Table:
        rows = {
            _("Confirmed use, central case"): ("npv", self.claims(Backed.CONFIRMED)),
            _("Low end of the likely range"): ("p10", f"{self.here}#whole"),
            _("High end of the likely range"): ("p90", f"{self.here}#whole"),
            _("With declared use, central case"): (
                "npv_with_declared",
                self.claims(Backed.WITH_DECLARED),
            ),
        }
        return Table(
            "worth", _("Net present value over %(years)s years", years=self.shown.set.horizon),
            (Heading("what", _("What counts")), Heading("pounds", _("Pounds"), Kind.POUNDS)),
            [[Cell(name), Cell(self.view[of] / 100, href)] for name, (of, href) in rows.items()],
            note=_("The likely range has one draw in ten below it and one in ten above it."),
        )  # fmt: skip

    def _years(self) -> Table:
        by = Backed.CONFIRMED if self.confirmed else Backed.WITH_DECLARED
        money = self.view[by.value]
        columns = {
            "cash": (_("Cash"), {"column": Column.CASH.value}),
            "non_cash": (_("Other gains"), {"column": Column.NON_CASH.value}),
            "cost": (_("Costs"), {"column": Column.COST.value}),
            "platform": (_("of which platforms"), {"kind": ClaimKind.PLATFORM.value}),
            "net": (_("Net"), {}),
        }
        base, any_ = self.shown.set.base_year, list(zip(*(money[c] for c in columns), strict=True))
        rows = [
            [Cell(name), *(Cell(money[of][at] / 100, self.claims(by, **narrow, year=str(base + at)))
                           for of, (_title, narrow) in columns.items())]
            for at, name in enumerate(self.shown.years) if any(any_[at])
        ]  # fmt: skip
        title = _("Confirmed use, by financial year")
        return Table(
            "years", title if self.confirmed else _("Declared use, by financial year"),
            (Heading("year", _("Financial year")),
             *(Heading(of, text, Kind.POUNDS) for of, (text, _narrow) in columns.items())),
            rows, note=_("Cash, other gains and costs are never one sum. Years without any are "
                         "left out."),
            empty=_("No use began or went on in these years."),
        )  # fmt: skip

    def _platforms(self) -> Table:
        found = sorted(self.result["components"], key=lambda each: each["npv_with_declared"])
        if len(found) > SHOWN:
            found = [*found[: SHOWN // 2], *found[-(SHOWN - SHOWN // 2) :]]
        return Table(
            "platforms", _("Platforms whose cost is known"),
            (Heading("component", _("Component")),
             Heading("confirmed", _("Confirmed use"), Kind.POUNDS),
             Heading("with_declared", _("With declared use"), Kind.POUNDS),
             Heading("verdict", _("So far"))),
            [self._platform(each) for each in reversed(found)],
            note=self._most_lose(found),
            empty=_("No component in use has a known cost for each year."),
        )  # fmt: skip

    def _most_lose(self, found: list[dict[str, Any]]) -> str:
        """What it means that most users lose, where that is said of one."""
        if not any(each.get("loses", False) for each in found):
            return ""
        return _("Most users lose: one of the most usual kind spends more itself than it gains, "
                 "before any of what the platform costs.")  # fmt: skip

    def _platform(self, of: dict[str, Any]) -> list[Cell]:
        slug = of["component"]
        first, second = (self.claims(by, component=slug) for by in Backed)
        return [
            Cell(self.names.get(slug, slug), f"/components/{slug}"),
            Cell(of["npv"] / 100, first),
            Cell(of["npv_with_declared"] / 100, second),
            Cell(so_far(of["npv"], of["npv_with_declared"], loses=of.get("loses", False))),
        ]

    def _sure(self) -> Table:
        counts, weak = self.result["counts"], self.result["claims_on_judgement"]
        missing, left_out = len(self.result["missing_platform_cost"]), f"{self.here}#left-out"
        uses, claims = f"{self.here}/uses?standing=", f"{self.here}/claims"
        rows = [
            (_("Confirmed uses"), counts.get(CONFIRMED, 0), f"{uses}{CONFIRMED}"),
            (_("Declared uses, not in the headline"), counts.get(DECLARED, 0), f"{uses}{DECLARED}"),
            (_("Planned uses, in no sum"), counts.get(PLANNED, 0), f"{uses}{PLANNED}"),
            (_("Claims"), self.result["claims"], claims),
            (_("of these, on judgement or a benchmark"), weak, f"{claims}?rests={Rests.WEAK}"),
            (_("Benchmarks over two years old"), len(self.old), self.old_ones),
            (_("Platforms left out, since their cost is missing"), missing, left_out),
        ]  # fmt: skip
        return Table(
            "sure", _("How sure it is"),
            (Heading("what", _("What")), Heading("number", _("Number"), Kind.COUNT)),
            [[Cell(name), Cell(number, href)] for name, number, href in rows],
            note=_("Uses are counted one by one here, ended ones too: each component that a "
                   "service uses or used for a need. How much is reused counts a need of a "
                   "service once, as it is met today."),
        )  # fmt: skip


def so_far(confirmed: int, with_declared: int, loses: bool = False) -> str:
    """What net present values say in words: that of confirmed use, or else that nothing is
    confirmed and what declared use would say.

    Args:
        loses: whether users of the most usual kind lose, which is why it costs more.
    """
    if confirmed == 0 != with_declared:
        said = verdict(with_declared, loses)
        return _(
            "Nothing is confirmed. With declared use: %(said)s", said=said[0].lower() + said[1:]
        )
    return verdict(confirmed, loses)


def verdict(pence: int, loses: bool) -> str:
    """What a net present value says, in words."""
    if pence == 0:
        return _("Neither saves nor costs")
    if pence > 0:
        return _("Saves more than it costs")
    if loses:
        return _("Costs more than it saves: most users lose")
    return _("Costs more than it saves, as its users gain less than their share of what it costs")
