"""Two runs compared: what moved the figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import reading, refuse_unknown, unknown, version
from portal.reports.actions import trying
from portal.reports.rules.bridge import Step, Why
from portal.reports.store import runs
from portal.reports.views.savings_figures import names
from portal.reports.views.savings_shown import Shown, of_run, run_crumbs
from portal.reports.words import View
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("savings_bridge", __name__)
COLUMNS = ("step", "of", "moved", "npv")


@formats(blueprint, "/savings/runs/<int:first>/against/<int:second>")
@unless_unchanged(version)
@public
def show(fmt: Format, first: int, second: int) -> Response:
    """Lead from the figure of one run to that of another."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    pair = [of_run(first), of_run(second)]
    with reading() as session:
        before, after = (runs.finished(each.run) for each in pair)
        steps = trying.between(session, before, after)
    npvs = [each.run.result["views"][View.WHOLE.value]["npv"] for each in pair]
    return respond_list(
        fmt, page=lambda: _page(pair, npvs, steps, ignored), rows=lambda: _rows(npvs, steps),
        columns=COLUMNS, name=f"savings-run-{first}-against-{second}", bounded=True,
        more={"first": first, "second": second},
    )  # fmt: skip


def _page(
    pair: list[Shown], npvs: list[int], steps: list[Step], ignored: tuple[str, ...]
) -> Response:
    first, second = (each.run.id for each in pair)
    called = names()
    return page(
        "reports/savings_bridge.html", section=_("Savings"), ignored=ignored,
        title=_("From run %(first)s to run %(second)s", first=first, second=second),
        crumbs=run_crumbs(second), pair=pair, npvs=npvs,
        steps=[(_said(step, called), step.pence) for step in steps],
    )  # fmt: skip


def _rows(npvs: list[int], steps: list[Step]) -> Iterator[dict[str, Any]]:
    """The first run's figure, each step and what the figure is after it, in pounds."""
    at = npvs[0]
    yield {"step": "first", "moved": None, "npv": at / 100}
    for step in steps:
        at += step.pence
        yield {"step": step.why.value, "of": step.of, "moved": step.pence / 100, "npv": at / 100}
    yield {"step": "second", "moved": None, "npv": npvs[1] / 100}


def _said(step: Step, called: dict[str, str]) -> str:
    """What a step is called."""
    texts = {
        Why.CODE_BEFORE: _("Code: the first run with the model of today"),
        Why.RATE: _("Assumptions: the discount rate"),
        Why.YEARS: _("Assumptions: the years that are counted"),
        Why.YEARS_AND_DATA: _("The years that are counted, and the records"),
        Why.CODE_AFTER: _("Code: the second run as it was worked out"),
    }
    if step.why is Why.ASSUMPTIONS:
        return _("Assumptions: %(what)s", what=label(step.of, "assumed"))
    return texts.get(step.why) or _(
        "Records: %(component)s", component=called.get(step.of, step.of)
    )
