"""Snapshots of reports: the list, each of them, what is different between two, and freezing one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, may
from portal.accounts.views.base import done, form_page
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.errors import Invalid
from portal.reports.actions import freezing
from portal.reports.forms.snapshots import DIFFERENCES, MONTHLY, FreezeForm, filters_in_words
from portal.reports.rules.snapshots import Difference, compare
from portal.reports.store import snapshots
from portal.reports.store.snapshots import Made, SnapshotQuery
from portal.reports.views.freezable import REPORTS, what_it_says
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("snapshots", __name__)
HERE = "/reports/snapshots"
ONE = f"{HERE}/<int:snapshot_id>"
COLUMNS = ("snapshot", "report", "filters", "as_at", "month", "reason", "rows", "digest", "code",
           "made_at")  # fmt: skip
CHANGES = ("change", "row", "column", "before", "after", "by")


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Reports on government"), url_for("overview.index")), *more]


def _up() -> tuple[str, str]:
    return _("Snapshots of reports"), url_for("snapshots.index")


def called(made: Made) -> str:
    """A snapshot in words."""
    title = str(REPORTS[made.report].title) if made.report in REPORTS else made.report
    filters = filters_in_words(made.query)
    return f"{title} ({filters})" if filters else title


@formats(blueprint, HERE)
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the snapshots, the newest first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        return map(_document, snapshots.every(session, replace(query, after=None)))

    return respond_list(
        fmt, page=lambda: _index(query, ignored), rows=stream(rows), columns=COLUMNS,
        name="snapshots",
    )  # fmt: skip


def _asked() -> tuple[SnapshotQuery, tuple[str, ...]]:
    ignored = list(unknown("report", "monthly", at="after"))
    report, monthly = request.args.get("report", ""), request.args.get("monthly", "")
    if report and report not in REPORTS:
        ignored.append(f"report={report[:80]}")
        report = ""
    if monthly and monthly not in MONTHLY:
        ignored.append(f"monthly={monthly[:80]}")
        monthly = ""
    query = SnapshotQuery(report or None, monthly == "yes" if monthly else None, place("after"))
    return query, tuple(ignored)


def _document(made: Made) -> dict[str, Any]:
    found = made._asdict() | {"snapshot": made.id, "filters": made.query}
    return {name: found[name] for name in COLUMNS}


def _index(query: SnapshotQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        found, counts = snapshots.listing(session, query, PAGE_SIZE + 1), snapshots.counts(session)
    titles = {name: str(each.title) for name, each in REPORTS.items() if name in counts}
    monthly = request.args.get("monthly")
    return page(
        "reports/snapshots.html", title=_("Snapshots of reports"),
        section=_("Reports on government"), crumbs=_crumbs(), rows=found[:PAGE_SIZE],
        called=called, may_freeze=may(current_person(), Permission.FREEZE_REPORT),
        facets=[(_("Report"), filter_links("report", titles, query.report, counts)),
                (_("Made"), filter_links("monthly", MONTHLY, monthly))],
        narrowed=query.report is not None or query.monthly is not None, ignored=ignored,
        first=query.after is None,
        paging=paging(None, {"after": found[PAGE_SIZE - 1].id} if len(found) > PAGE_SIZE
                      else None),
    )  # fmt: skip


@formats(blueprint, ONE)
@unless_unchanged(version)
@public
def show(fmt: Format, snapshot_id: int) -> Response:
    """Show a snapshot; its JSON is the document that the digest is of, byte for byte."""
    ignored = unknown(at="after")
    refuse_unknown(fmt, ignored)
    with reading() as session:
        made, said = snapshots.by_id(session, snapshot_id), snapshots.body(session, snapshot_id)
        document = snapshots.document(session, snapshot_id)
        others = snapshots.others(session, made) if fmt == "html" else []
    if fmt == "json":
        return Response(said, mimetype="application/json")
    return respond_list(
        fmt, page=lambda: _show(made, document, others, snapshots.digest_of(said), ignored),
        rows=lambda: iter(document["items"]), columns=document["columns"],
        name=f"snapshot-{made.id}", bounded=True,
    )  # fmt: skip


def _show(
    made: Made, document: dict[str, Any], others: list[Made], digest: str, ignored: tuple[str, ...]
) -> Response:
    after, items = place("after") or 0, document["items"]
    last = after + PAGE_SIZE
    return page(
        "reports/snapshot.html", title=_("Snapshot %(number)s: %(what)s", number=made.id,
                                         what=called(made)),
        section=_("Reports on government"), crumbs=_crumbs(_up()), made=made, document=document,
        items=items[after:last], others=others, holds=digest == made.digest, ignored=ignored,
        first=after == 0, in_words=filters_in_words,
        paging=paging({"after": after - PAGE_SIZE or None} if after else None,
                      {"after": last} if last < len(items) else None),
    )  # fmt: skip


class Pair(NamedTuple):
    """A snapshot, the one that it is compared with, and what is different."""

    made: Made
    other: Made | None
    others: list[Made]
    changes: list[dict[str, Any]]

    @property
    def in_order(self) -> list[Made]:
        """The two by the day of their figures, the earlier first; none where there is no other."""
        return sorted((self.made, self.other), key=_place) if self.other else []


def _place(made: Made) -> tuple[date, int]:
    return made.as_at, made.id


@formats(blueprint, f"{ONE}/compare")
@unless_unchanged(version)
@public
def differences(fmt: Format, snapshot_id: int) -> Response:
    """Say what is different from another snapshot of the same report."""
    ignored = list(unknown("with", "change", at="after"))
    wanted = one_of("change", Difference, ignored)
    pair = _compare(snapshot_id, ignored)
    refuse_unknown(fmt, ignored)
    shown = [row for row in pair.changes if wanted in (None, row["change"])]
    ids = dict(zip(("earlier", "later"), [each.id for each in pair.in_order], strict=False))
    return respond_list(
        fmt, page=lambda: _compared(pair, shown, ignored), rows=lambda: iter(shown),
        columns=CHANGES, name=f"snapshot-{snapshot_id}-compared", more=ids, bounded=True,
    )  # fmt: skip


def _compare(snapshot_id: int, ignored: list[str]) -> Pair:
    with reading() as session:
        made = snapshots.by_id(session, snapshot_id)
        others = snapshots.others(session, made)
        pair = Pair(made, _other(made, others, ignored), others, [])
        return pair._replace(changes=_changes(session, pair.in_order))


def _other(made: Made, others: list[Made], ignored: list[str]) -> Made | None:
    """The one asked for: without it the newest before this one, or else after it, with the same
    filters where there is one.
    """
    typed = request.args.get("with", "")
    found = next((each for each in others if str(each.id) == typed), None)
    if typed and found is None:
        ignored.append(f"with={typed[:80]}")
    nearest = sorted(others, key=lambda each: (each.query != made.query, each.id > made.id))
    return found or next(iter(nearest), None)


def _changes(session: Session, pair: list[Made]) -> list[dict[str, Any]]:
    if not pair:
        return []
    old, new = (snapshots.document(session, each.id) for each in pair)
    columns = dict.fromkeys((*old["columns"], *new["columns"]))
    found = compare(old["items"], new["items"], new["key"], list(columns))
    return [dict(zip(CHANGES, (each.what.value, *each[1:]), strict=True)) for each in found]


def _compared(pair: Pair, shown: list[dict[str, Any]], ignored: list[str]) -> Response:
    after, made = place("after") or 0, pair.made
    last = after + PAGE_SIZE
    counts = {each: sum(row["change"] == each for row in pair.changes) for each in Difference}
    return page(
        "reports/snapshot_compared.html",
        title=_("What changed between two snapshots: %(what)s", what=called(made)),
        section=_("Reports on government"), other=pair.other, others=pair.others,
        pair=pair.in_order, in_words=filters_in_words,
        crumbs=_crumbs(_up(), (_("Snapshot %(number)s", number=made.id),
                               url_for(".show", snapshot_id=made.id))),
        facets=[(_("What happened"), filter_links("change", DIFFERENCES,
                                                  request.args.get("change"), counts))],
        words=DIFFERENCES, rows=shown[after:last], ignored=ignored, first=after == 0,
        narrowed=bool(pair.changes),
        paging=paging({"after": after - PAGE_SIZE or None} if after else None,
                      {"after": last} if last < len(shown) else None),
    )  # fmt: skip


@blueprint.route(f"{HERE}/new", methods=("GET", "POST"))
@requires(Permission.FREEZE_REPORT)
def freeze() -> AnyResponse:
    """Freeze a report by hand, with the reason."""
    form = FreezeForm(data={"report": request.args.get("report", ""),
                            "query": request.args.get("filters", "")[:1000]})  # fmt: skip
    form.offer((name, str(each.title)) for name, each in REPORTS.items())
    if form.validate_on_submit():
        try:
            return done(_("The report is frozen."), _freeze(form))
        except Invalid as problem:
            form.refuse(problem)
    return form_page(form, _("Freeze a report"), _crumbs(_up()))


def _freeze(form: FreezeForm) -> str:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    frozen = what_it_says(app, form.report.data, form.query.data or "")
    made = freezing.freeze(database(), frozen, replace(act(), reason=form.reason.data))
    return url_for(".show", snapshot_id=made)
