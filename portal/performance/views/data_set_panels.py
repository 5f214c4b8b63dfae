"""What data sets add to the pages of services and components, and to the work of their people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import render_template
from markupsafe import Markup

from portal.access import Kind, Permission, Person, may
from portal.accounts.store import things
from portal.accounts.work import Item
from portal.accounts.work import register as register_work
from portal.catalogue.views import panels
from portal.catalogue.views.base import today
from portal.errors import N_
from portal.performance.actions import reminding as _reminding  # noqa: F401  registers its jobs
from portal.performance.forms.labels import period_name
from portal.performance.rules import due, periods
from portal.performance.store import data_set_lists
from portal.performance.store.data_set_lists import Row
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TASK, LATE = "figures_due", "figures_late"
LABELS = {
    TASK: N_("Give the figures that are due"),
    LATE: N_("See to it that figures are given: they are more than 2 weeks overdue"),
}
#: The longest after a period's end that its figures are asked for before they are due.
AHEAD = timedelta(days=62)


def _panel(kind: Kind) -> Callable[[Session, int, str], Markup | None]:
    def show(session: Session, id_: int, slug: str) -> Markup | None:
        rows = data_set_lists.of_thing(session, kind, id_)
        person = current_person()
        keeps = person.is_authenticated and may(
            person, Permission.KEEP_FIGURES, things.by_id(session, kind, id_)
        )
        shown = [row for row in rows if keeps or row.published]
        if not shown and not keeps:
            return None
        html = render_template(
            "performance/panel.html",
            kind=kind,
            slug=slug,
            rows=shown,
            keeps=keeps,
            today=today(),
            titles={f"{row.group}/{row.type}": row.title for row in rows},
        )
        return Markup(html)  # noqa: S704  a template of ours

    return show


def due_for(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The data sets that somebody answers for with a period that has ended and has no values, or
    for which nothing came for too long.
    """
    for row in data_set_lists.waiting(session, person, day + AHEAD):
        if row.due_on is None or not _waits(row, day):
            continue
        here = f"/data-sets/{row.group}/{row.type}"
        start = row.period and due.next_start(row.period, row.last_start, row.added_on or day)
        yield Item(
            LATE if due.escalated(row.due_on, day) else TASK,
            f"{row.service or row.component}: {row.title}",
            f"{here}/figures" if start else here, row.due_on,
            period_name(row.period, start) if start else "",
            "service" if row.service else "component",
        )  # fmt: skip


def _waits(row: Row, day: date) -> bool:
    if row.period is None:
        return row.due_on is not None and row.due_on < day
    start = due.next_start(row.period, row.last_start, row.added_on or day)
    return periods.end_of(row.period, start) < day


def install() -> None:
    """Show the panels, and say what waits."""
    for kind in (Kind.SERVICE, Kind.COMPONENT):
        panels.register(kind.value, "data_sets", _panel(kind))
    register_work("figures", due_for, LABELS)
