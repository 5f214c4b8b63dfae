"""Things that are commonly broken: what reports find again and again, by need and by point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, may
from portal.accounts.views.base import check_page, confirmed, done, form_page, not_done
from portal.assessments.actions import findings as acts
from portal.assessments.forms.findings import DecideForm, EditForm, MergeForm
from portal.assessments.store import findings as store
from portal.assessments.store import suggestions
from portal.assessments.store.findings import Row
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.catalogue.views.histories import told
from portal.digits import id_in
from portal.errors import N_, Invalid, Missing, Stale
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.assessments.store.findings import Quote

blueprint = Blueprint("findings", __name__)
ONE = "/findings/<slug:slug>"
COLUMNS = ("slug", "title", "summary", "need", "point", "reports", "sentences", "first", "last")
QUOTES = ("sentence", "report", "report_title", "day", "source")


def decides() -> bool:
    """Whether the reader may change findings."""
    return may(current_person(), Permission.DECIDE_FINDINGS)


def _crumb() -> tuple[str, str]:
    return _("Things that are commonly broken"), url_for("findings.index")


def _reports() -> tuple[str, str]:
    return _("Reports"), url_for("reports.index")


@formats(blueprint, "/findings")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List what is commonly broken, what most reports speak of first."""
    ignored = list(unknown("need", "point", "component", "after"))
    ignored += ["after"] if request.args.get("after") and _after() is None else []
    with reading() as session:
        every = store.everything(session)
        component = _component(session, ignored)
    rows = _narrowed(every, component, ignored)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(every, rows, component, tuple(ignored)),
        rows=lambda: map(_document, rows),
        columns=COLUMNS,
        name="findings",
    )


def _component(session: Session, ignored: list[str]) -> tuple[str, set[str]] | None:
    """What the component of this address is called, and the needs that it meets."""
    slug = request.args.get("component", "")[:200]
    try:
        return store.needs_of_component(session, slug) if slug else None
    except Missing:
        ignored.append(f"component={slug[:80]}")
        return None


def _narrowed(
    every: list[Row], component: tuple[str, set[str]] | None, ignored: list[str]
) -> list[Row]:
    """Those that this address asks for; a need or a point without any leaves none."""
    need, point = request.args.get("need", ""), request.args.get("point", "")
    return [
        row
        for row in every
        if (not need or row.need == need)
        and (not point or row.point == point)
        and (component is None or row.need in component[1])
    ]


def _document(row: Row) -> dict[str, Any]:
    found = {**row._asdict(), "point": row.point}
    return {name: found[name] for name in COLUMNS}


def _after() -> tuple[Any, int] | None:
    """Where the page goes on, if anywhere."""
    key = decode_key(request.args.get("after", ""))
    return key if key and isinstance(key[0], int) else None


def _index(
    every: list[Row], rows: list[Row], component: tuple[str, set[str]] | None,
    ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    key = _after()
    rest = [row for row in rows if (-row.reports, row.id) > key] if key else rows
    here, more = rest[:PAGE_SIZE], len(rest) > PAGE_SIZE
    with reading() as session:
        quotes = store.quoted(session, [row.id for row in here]) if here else {}
    following = {"after": encode_key((-here[-1].reports, here[-1].id))} if more else None
    return page(
        "assessments/findings.html",
        title=_("Things that are commonly broken"),
        section=_("Reports"),
        crumbs=[_reports()],
        rows=here,
        quotes=quotes,
        component=component,
        narrowed=any(request.args.get(name) for name in ("need", "point", "component")),
        facets=[(_("Need"), _facet("need", every)), (_("Point"), _facet("point", every))],
        decides=decides(),
        ignored=ignored,
        first=not key,
        paging=paging(None, following),
    )


def _facet(name: str, rows: list[Row]) -> list[dict[str, Any]]:
    texts: dict[str, str] = {}
    many: dict[str, int] = {}
    for row in rows:
        value = row.need if name == "need" else row.point
        if value:
            texts[value] = point_text(row) if name == "point" else str(row.need_name)
            many[value] = many.get(value, 0) + 1
    ordered = dict(sorted(texts.items(), key=lambda item: item[1] if name == "need" else item[0]))
    return filter_links(name, ordered, request.args.get(name), many)


def point_text(row: Row) -> str:
    """What pages call the point of a finding."""
    return f"{row.point_number}. {row.point_title} – {row.standard_title}"


@formats(blueprint, ONE)
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one thing that is commonly broken, with the sentences of reports that say so."""
    ignored = unknown(at="after")
    refuse_unknown(fmt, ignored)
    with reading() as session:
        row = store.by_slug(session, slug)
    return respond_list(
        fmt,
        page=lambda: _show(row, ignored),
        rows=stream(partial(_quotes, finding_id=row.id)),
        columns=QUOTES,
        name=f"finding-{slug}",
        more=_document(row),
    )


def _quotes(session: Session, finding_id: int) -> Iterator[dict[str, Any]]:
    after: int | None = None
    while found := store.quotes(session, finding_id, after, 500):
        for quote in found:
            said = quote._asdict()
            yield {name: said[name] for name in QUOTES}
        after = found[-1].id


def _show(row: Row, ignored: tuple[str, ...]) -> Response:
    after = place("after")
    with reading() as session:
        quotes: list[Quote] = store.quotes(session, row.id, after, PAGE_SIZE + 1)
        components = store.components(session, row.need) if row.need else []
    more = len(quotes) > PAGE_SIZE
    return page(
        "assessments/finding.html",
        title=row.title,
        section=_("Reports"),
        crumbs=[_reports(), _crumb()],
        form=DecideForm() if decides() else None,
        row=row,
        point=point_text(row) if row.point else None,
        quotes=quotes[:PAGE_SIZE],
        components=components,
        ignored=ignored,
        first=after is None,
        paging=paging(None, {"after": quotes[PAGE_SIZE - 1].id} if more else None),
    )


@formats(blueprint, f"{ONE}/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about a finding, newest first."""
    with reading() as session:
        row = store.by_slug(session, slug)
    return told(fmt, store.THING, row.id, row.title, _trail(row), file=f"finding-{slug}")


def _trail(row: Row) -> list[tuple[str, str]]:
    return [_reports(), _crumb(), (row.title, url_for("findings.show", slug=row.slug))]


@blueprint.post(f"{ONE}/sentences")
@requires(Permission.DECIDE_FINDINGS)
def release(slug: str) -> AnyResponse:
    """Take the sentences that were ticked out of a finding: they are suggested again."""
    where = url_for("findings.show", slug=slug)
    ids = {id_in(each) for each in request.form.getlist("sentence")}
    with reading() as session:
        mine = ids & set(store.sentence_ids(session, store.by_slug(session, slug).id))
    if not DecideForm().validate_on_submit() or not mine:
        return not_done(_("Nothing was changed: tick the sentences that it is about."), where)
    many = acts.bring_back(database(), mine, act())
    return done(_("Taken out: %(many)s. They are suggested again.", many=many), where)


@blueprint.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Permission.DECIDE_FINDINGS)
def edit(slug: str) -> AnyResponse:
    """Say a finding in other words, or of another need or point."""
    row, form = _form(slug)
    if form.validate_on_submit():
        try:
            acts.edit(database(), slug, id_in(form.version.data), form.said(), act())
            return done(_("The finding is saved."), url_for("findings.show", slug=slug))
        except Invalid as problem:
            form.refuse(problem)
        except Stale:
            return _edit(row, form, changed=True)
    return _edit(row, form)


def _form(slug: str) -> tuple[Row, EditForm]:
    with reading() as session:
        row = store.by_slug(session, slug)
        form = EditForm(data={**row.document, "version": str(row.version)})
        form.offer(store.needs(session), suggestions.points(session))
    return row, form


def _edit(row: Row, form: EditForm, changed: bool = False) -> Response:
    if changed:
        # What was typed stays; saved once more, it counts.
        form.refuse(Invalid("title", N_("Somebody else has changed this finding: compare both")))
        form.version.data = str(row.version)
    return form_page(
        form, _("Edit this finding"), _trail(row), template="assessments/finding_edit.html",
        now=row if changed else None, point=point_text(row) if row.point else None,
    )  # fmt: skip


@blueprint.route(f"{ONE}/merge", methods=["GET", "POST"])
@requires(Permission.DECIDE_FINDINGS)
def merge(slug: str) -> AnyResponse:
    """Make a finding part of another one: ask first."""
    with reading() as session:
        row, every = store.by_slug(session, slug), store.everything(session)
    form = MergeForm()
    form.offer([(each.slug, each.title) for each in every if each.slug != slug])
    if not form.validate_on_submit():
        return form_page(form, _("Make this finding part of another one"), _trail(row))
    into = next(each for each in every if each.slug == form.into.data)
    if not confirmed():
        return _check(row, into)
    acts.merge(database(), slug, into.slug, act())
    return done(_("The findings are one now."), url_for("findings.show", slug=into.slug))


def _check(row: Row, into: Row) -> Response:
    rows = [
        {"key": _("This finding goes"), "value": row.title},
        {"key": _("Its sentences go to"), "value": into.title},
        {"key": _("Sentences"), "value": str(row.sentences)},
    ]
    return check_page(_("Make it part of another one?"), rows, _("Merge them"), _trail(row))


@blueprint.post(f"{ONE}/delete")
@requires(Permission.DECIDE_FINDINGS)
def delete(slug: str) -> AnyResponse:
    """Take a finding out: ask first."""
    with reading() as session:
        row = store.by_slug(session, slug)
    if not confirmed():
        rows = [
            {"key": _("Finding"), "value": row.title},
            {"key": _("Sentences that are suggested again"), "value": str(row.sentences)},
        ]
        return check_page(_("Delete this finding?"), rows, _("Delete it"), _trail(row))
    acts.delete(database(), slug, act())
    return done(_("The finding is deleted."), url_for("findings.index"))
