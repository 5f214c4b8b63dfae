"""One page for leadership: what government runs, how much it shares, what that is worth, and what
to do next. Every figure is a link to what is behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Blueprint, Response

from portal.catalogue.views.base import reading, refuse_unknown, today, unknown, version
from portal.reports.rules.leadership import Facts
from portal.reports.store import assumption_sets, leadership
from portal.reports.views import leadership_tables as tables
from portal.reports.views.leadership_worth import Worth
from portal.reports.views.savings_shown import headline, newest
from portal.spreadsheets.book import Table
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("leadership", __name__)
COLUMNS = ("part", "row", "figure", "value", "unit", "address")


class Whole(NamedTuple):
    """What the page says: facts, and what sharing is worth where that is worked out."""

    facts: Facts
    worth: Worth | None

    def parts(self) -> list[tuple[str, list[Table]]]:
        """Its tables by heading."""
        return [
            (_("What we run"), list(tables.running(self.facts))),
            (_("How much is reused"), list(tables.reuse(self.facts))),
            (_("What it is worth, and how sure that is"),
             list(self.worth.tables()) if self.worth else []),
            (_("What to do next"), list(tables.to_do(self.facts))),
        ]  # fmt: skip

    def tables(self) -> Iterator[Table]:
        """All of them."""
        return (table for _heading, some in self.parts() for table in some)

    def document(self) -> dict[str, Any]:
        """What files say beside the figures."""
        run = self.worth.shown.run if self.worth else None
        return {
            "as_at": self.facts.day.isoformat(), "savings_run": run and run.id,
            "headline": headline(self.worth.shown, self.worth.view) if self.worth else None,
            "caveats": self.worth.caveats() if self.worth else [],
            "inputs_digest": run and run.inputs_digest, "lines_digest": run and run.lines_digest,
        }  # fmt: skip


def whole() -> Whole:
    """What there is to say today."""
    shown, day = newest(), today()
    with reading() as session:
        facts = leadership.read(session, day)
        assumed = assumption_sets.rows(session, shown.set.id) if shown else []
    return Whole(facts, Worth(shown, assumed, facts.components, day) if shown else None)


@formats(blueprint, "/leadership")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show what we run, how much is reused, what it is worth, and what to do next."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    found = whole()
    return respond_list(
        fmt,
        page=lambda: _index(found, ignored),
        rows=lambda: tables.figures(found.tables()),
        columns=COLUMNS,
        name="digital-government-on-a-page",
        more=found.document(),
        bounded=True,
    )


def _index(found: Whole, ignored: tuple[str, ...]) -> Response:
    return page(
        "reports/leadership.html",
        title=_("Digital government on a page"),
        section=_("Reports on government"),
        crumbs=[],
        ignored=ignored,
        facts=found.facts,
        worth=found.worth,
        parts=found.parts(),
        headline=headline(found.worth.shown, found.worth.view) if found.worth else None,
    )
