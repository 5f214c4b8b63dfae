"""The uses that a run counted, each with what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.access import Kind
from portal.accounts.store import things
from portal.catalogue.component_words import Standing
from portal.catalogue.forms.labels import labels
from portal.catalogue.views.base import (
    PAGE_SIZE,
    one_of,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.digits import whole_number
from portal.reports.actions import opening
from portal.reports.actions.opening import At
from portal.reports.rules.inputs import Used
from portal.reports.store import reuse_names, runs
from portal.reports.views.savings_lines import stands_on
from portal.reports.views.savings_shown import Shown, of_run, run_crumbs
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("savings_uses", __name__)
COLUMNS = ("usage", "address", "service", "capability", "component", "organisation", "standing",
           "evidence", "evidence_on", "evidence_by", "used_from", "used_until")  # fmt: skip


@formats(blueprint, "/savings/runs/<int:run_id>/uses")
@unless_unchanged(version)
@public
def index(fmt: Format, run_id: int) -> Response:
    """List the uses of shared components that a run counted, as they stood on its day."""
    shown = of_run(run_id)
    runs.finished(shown.run)
    ignored = list(unknown("standing", "after"))
    standing, after = one_of("standing", Standing, ignored), _after(ignored)
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        return (_document(used) for _at, used in opening.uses(session, shown.run, standing))

    return respond_list(
        fmt, page=lambda: _index(shown, standing, after, tuple(ignored)), rows=stream(rows),
        columns=COLUMNS, name=f"savings-run-{run_id}-uses", more={"savings_run": run_id},
    )  # fmt: skip


def _after(ignored: list[str]) -> At | None:
    text = request.args.get("after", "")
    part, row = map(whole_number, text.partition(".")[::2])
    if part is not None and row is not None:
        return At(part, row)
    ignored += ["after"] if text else []
    return None


def _document(used: Used) -> dict[str, Any]:
    return {
        "usage": used.ids[0], "address": f"/usages/{used.ids[0]}", "service": used.service,
        "capability": used.capability, "component": used.component,
        "organisation": used.organisation, **stands_on(used),
    }  # fmt: skip


def _index(
    shown: Shown, standing: Standing | None, after: At | None, ignored: tuple[str, ...]
) -> Response:
    counts = shown.run.result["counts"]
    with reading() as session:
        found = list(islice(opening.uses(session, shown.run, standing, after), PAGE_SIZE + 1))
        rows = _named(session, [used for _at, used in found[:PAGE_SIZE]])
    more = len(found) > PAGE_SIZE
    onward = {"after": ".".join(map(str, found[PAGE_SIZE - 1][0]))} if more else None
    return page(
        "reports/savings_uses.html", title=_("Uses that run %(run)s counted", run=shown.run.id),
        section=_("Savings"), crumbs=run_crumbs(shown.run.id), rows=rows, day=shown.run.as_at,
        standings=filter_links("standing", labels("standing"), standing, _counted(counts)),
        many=sum(counts.values()) if standing is None else counts.get(standing.value, 0),
        paging=paging(None, onward), ignored=ignored, first=after is None,
        narrowed=standing is not None,
    )  # fmt: skip


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {each.value: counts.get(each.value, 0) for each in Standing}


def _named(session: Session, some: list[Used]) -> list[dict[str, Any]]:
    """The uses with the names of today; what is gone keeps its address for a name."""
    keys = [
        key for used in some
        for key in ((Kind.SERVICE, used.ids[1]), (Kind.COMPONENT, used.ids[3]))
    ]  # fmt: skip
    called, needs = things.names(session, keys), reuse_names.needs(session)
    return [
        _document(used)
        | {
            "service_name": _name(called.get(keys[2 * at]), used.service),
            "component_name": _name(called.get(keys[2 * at + 1]), used.component),
            "evidence_day": used.proof and date.fromisoformat(used.proof[1]),
            "capability_name": _name(needs.get(used.ids[2]), used.capability),
        }
        for at, used in enumerate(some)
    ]


def _name(found: Any, otherwise: str) -> str:
    return str(found.name) if found is not None else otherwise
