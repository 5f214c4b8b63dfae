"""What the pages of savings share: a run with its assumptions, and its headline."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from flask import Response, url_for

from portal.access import PORTAL, Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.catalogue.forms.figures import financial_year
from portal.catalogue.views.base import reading
from portal.catalogue.views.histories import told
from portal.errors import Missing
from portal.reports.forms.keeping_words import in_words
from portal.reports.forms.labels import assumption_name, in_short
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.models.runs import SavingsRun
from portal.reports.store import assumption_sets, runs
from portal.reports.words import View
from portal.web.formats import Format
from portal.web.i18n import _, ngettext
from portal.web.people import current_person


class Shown(NamedTuple):
    """A run with the version of the assumptions that it used."""

    run: SavingsRun
    set: AssumptionSet

    @property
    def years(self) -> list[str]:
        """Its financial years, in words."""
        return [financial_year(self.set.base_year + year) for year in range(self.set.horizon)]

    @property
    def counted(self) -> dict[str, int]:
        """How many uses are in its figures for the whole of government, by their standing; of a run
        that did not say so, how many there are.
        """
        result: dict[str, Any] = self.run.result
        said = result.get("counted", result["counts"])
        return {each: said.get(each, 0) for each in ("confirmed", "declared")}

    @property
    def left_out(self) -> dict[str, int]:
        """How many uses of these standings are not in these figures."""
        counts = self.run.result["counts"]
        return {each: counts.get(each, 0) - many for each, many in self.counted.items()}


def newest() -> Shown | None:
    """The newest finished run of everybody's."""
    with reading() as session:
        found = runs.latest_done(session, assumption_sets.EVERYBODY)
        return None if found is None else Shown(*found)


def of_run(run_id: int) -> Shown:
    """A run that the reader may read: with everybody's assumptions, or with those of an
    organisation that they administer. Raises Missing.
    """
    with reading() as session:
        run = runs.by_id(session, run_id)
        found = Shown(run, assumption_sets.by_id(session, run.set_id))
    if found.set.scope != assumption_sets.EVERYBODY and not keeps(found.set.scope):
        raise Missing("There is no such run")
    return found


def thing_of(scope: int) -> Thing:
    """Whose assumptions they are, as the policy sees it."""
    return Thing(Kind.ORGANISATION, scope) if scope else PORTAL


def keeps(scope: int) -> bool:
    """Whether the reader keeps the assumptions of a scope."""
    return may(current_person(), Permission.KEEP_ASSUMPTIONS, thing_of(scope))


def named(key: str) -> str:
    """What an assumption is of, with the names of needs and components."""
    with reading() as session:
        return assumption_name(key, assumption_sets.subjects(session))


def version_of(found: AssumptionSet) -> str:
    """Where a version is shown: an organisation's own below its page."""
    if found.scope == assumption_sets.EVERYBODY:
        return url_for("savings_lists.assumptions", number=found.number)
    key = Kind.ORGANISATION, found.scope
    with reading() as session:
        slug = things.names(session, [key])[key].slug
    return url_for("keeping.show", slug=slug, number=found.number)


def history_of(fmt: Format, found: AssumptionSet, trail: list[tuple[str, str]]) -> Response:
    """Answer with the changes of a version, its assumptions among them."""
    name = _("version %(number)s of the assumptions", number=found.number)
    with reading() as session:
        # Before a download begins, which holds one connection.
        called = partial(assumption_name, names=assumption_sets.subjects(session))
    return told(
        fmt, assumption_sets.SET, found.id, name, trail, file=f"savings-assumptions-{found.number}",
        words=partial(in_words, called=called),
    )  # fmt: skip


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail to a page below that of savings."""
    return [(_("What sharing saves"), url_for("savings.index")), *more]


def run_crumbs(run_id: int, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail to a page below that of a run."""
    here = (_("Run %(run)s", run=run_id), url_for("savings.show", run_id=run_id))
    return crumbs(here, *more)


def headline(found: Shown, view: dict[str, Any]) -> str:
    """What figures of a run say in one sentence, with what it leaves out.

    Args:
        view: `npv`, `p10` and `p90` in pence: the run's own, or others.
    """
    first, second = found.counted["confirmed"], found.run.result["counts"].get("declared", 0)
    said = _(
        "Likely between %(low)s and %(high)s over %(years)s years (central case %(central)s), "
        "whole government, in prices of %(prices)s, from %(confirmed)s; %(declared)s.",
        low=in_short(view["p10"]), high=in_short(view["p90"]), central=in_short(view["npv"]),
        years=found.set.horizon, prices=financial_year(found.set.price_year),
        confirmed=ngettext(
            "%(num)s confirmed use", "%(num)s confirmed uses", first, num=f"{first:,}"
        ),
        declared=ngettext(
            "%(num)s declared use is not included", "%(num)s declared uses are not included",
            second, num=f"{second:,}",
        ),
    )  # fmt: skip
    return f"{said} {_cash(found)}"


def _cash(found: Shown) -> str:
    """How much of what a run gains is cash. Nothing that is assumed changes that."""
    released = sum(found.run.result["views"][View.WHOLE.value]["confirmed"]["cash"])
    if not released:
        return _("Not cash-releasing.")
    return _(
        "Of the gains, %(cash)s is cash-releasing, not discounted; the rest is not.",
        cash=in_short(released),
    )  # fmt: skip
