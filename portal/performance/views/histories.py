"""What components did since their first use: all of them together, and each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, url_for

from portal.catalogue.store import components, records
from portal.catalogue.views.base import found, reading, refuse_unknown, today, unknown, version
from portal.errors import N_, Missing
from portal.performance.forms import history_words as words
from portal.performance.rules import histories as rules
from portal.performance.store import histories as store
from portal.performance.views import history_charts as charts
from portal.performance.views.history_charts import Asked, Axis, Sharing
from portal.web.arguments import one_of
from portal.web.caching import unless_unchanged
from portal.web.charts import SIZE, File, files, respond_chart
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("histories", __name__)
COLUMNS = (
    "component", "measure", "day", "total", "bound", "kind", "fits", "periods_missing", "note",
    "source", "differs_from", "provisional",
)  # fmt: skip


def _asked(*more: str) -> Asked:
    ignored = [*unknown("axis", "scale", *more)]
    axis = one_of("axis", Axis, ignored) or Axis.LINEAR
    sharing = one_of("scale", Sharing, ignored) or Sharing.SHARED
    return Asked(axis, sharing, tuple(ignored))


@formats(blueprint, "/performance/components")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show the cumulative volume of every component since its first use."""
    asked = _asked()
    refuse_unknown(fmt, asked.ignored)
    with reading() as session:
        known = store.published(session, today())
    return respond_list(
        fmt,
        page=lambda: _index_page(known, asked),
        rows=lambda: (*_rows(known), *map(_unpublished, charts.silent(known))),
        columns=COLUMNS,
        name="components-volume",
    )


def _index_page(known: list[rules.Published], asked: Asked) -> Response:
    some = charts.volumes(known)
    return page(
        "performance/histories.html",
        title=_("What components did since their first use"),
        section=_("Performance"),
        crumbs=[(_("Components"), url_for("components.index"))],
        summaries=[charts.summary(*each) for each in some],
        figures=charts.together(some, asked),
        multiples=charts.multiples(some, asked),
        choices=charts.choices(asked),
        silent=charts.silent(known),
        ignored=asked.ignored,
    )


@files(blueprint, "/performance/components/charts/<slug:chart>")
@public
def index_chart(fmt: File, chart: str) -> Response:
    """Draw the volumes of several components, or of one on the scale of all."""
    with reading() as session:
        some = charts.volumes(store.published(session, today()))
    made = charts.of_all(some, _asked(SIZE)).get(chart)
    if made is None:
        raise Missing(N_("There is no such chart"))
    return respond_chart(fmt, made, f"components-{chart}")


@formats(blueprint, "/components/<slug:slug>/performance/volume")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show what a component did since its first use, and who adopted it."""
    asked = _asked()
    refuse_unknown(fmt, asked.ignored)
    known = _one(slug)
    return respond_list(
        fmt,
        page=lambda: _page(known, asked),
        rows=lambda: _rows([known]),
        columns=COLUMNS,
        name=f"{slug}-volume",
        more={"milestones": [each for h in rules.histories(known) for each in _reached(h)]},
    )


def _one(slug: str) -> rules.Published:
    with reading() as session:
        id_, _name = found(session, components.THING, slug, records.TITLES[components.THING])
        (known,) = store.published(session, today(), id_)
    return known


def _page(known: rules.Published, asked: Asked) -> Response:
    some = rules.histories(known)
    return page(
        "performance/history.html",
        title=_("%(name)s since its first use", name=known.name),
        section=_("Components"),
        crumbs=[
            (_("Components"), url_for("components.index")),
            (known.name, url_for("components.show", slug=known.slug)),
        ],
        known=known,
        summaries=[charts.summary(known, each) for each in some],
        figures=charts.own_figures(known, asked),
        choices=charts.choices(asked)[:1],
        told=words.adoption_notes(known),
        apart=[row for each in some for row in words.apart(each)],
        ignored=asked.ignored,
    )


@files(blueprint, "/components/<slug:slug>/performance/volume/charts/<slug:chart>")
@public
def show_chart(slug: str, fmt: File, chart: str) -> Response:
    """Draw a history of a component."""
    made = charts.of_one(_one(slug), _asked(SIZE)).get(chart)
    if made is None:
        raise Missing(N_("There is no such chart"))
    return respond_chart(fmt, made, f"{slug}-{chart}")


def _rows(known: list[rules.Published]) -> Iterator[dict[str, Any]]:
    for each in known:
        adopted = rules.adoption(each).values()
        for history in [*rules.histories(each), *adopted]:
            beside = {id(apart.known): apart.beside for apart in history.apart}
            stated = [apart.known for apart in history.apart if apart.known.fits]
            for point in [*history.points, *stated]:
                differs = beside.get(id(point))
                yield {
                    "component": each.slug,
                    "measure": history.measure,
                    "day": point.day.isoformat(),
                    "total": point.total,
                    "bound": point.bound and point.bound.value,
                    "kind": words.KINDS[history.measure in rules.LEVELS, point.fact],
                    "fits": point.fits and id(point) not in beside,
                    "periods_missing": point.lacks,
                    "note": point.note,
                    "source": point.source,
                    "differs_from": differs and differs.total,
                    "provisional": point.provisional,
                }


def _unpublished(known: rules.Published) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS), "component": known.slug, "kind": words.UNPUBLISHED}


def _reached(history: rules.History) -> Iterator[dict[str, Any]]:
    for each in rules.milestones(history):
        yield {
            "measure": history.measure,
            "amount": each.amount,
            "on": each.on and each.on.isoformat(),
            "after": each.after and each.after.isoformat(),
            "by": each.by.isoformat(),
            "or_earlier": each.lacks,
        }
