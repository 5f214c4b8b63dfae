"""Pairs of records that may be one: the list, both side by side, and the decision."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import PAIR, Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.accounts.views.base import form_page
from portal.catalogue.actions import duplicates as acts
from portal.catalogue.actions.finding_organisations import Meant
from portal.catalogue.actions.finding_records import look_up
from portal.catalogue.forms.duplicates import DecideForm, SuggestForm
from portal.catalogue.forms.history_words import Line, said
from portal.catalogue.forms.labels import label
from portal.catalogue.store import as_at, duplicates, organisation_names
from portal.catalogue.store.duplicates import PairQuery, Row
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
)
from portal.catalogue.views.histories import names_in
from portal.catalogue.words import PairDecision, RecordKind
from portal.digits import LAST_ID
from portal.errors import Invalid, Missing
from portal.web.formats import Format, formats, respond_list
from portal.web.forms import slug_typed
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("duplicates", __name__)
ID = f"<int(min=1, max={LAST_ID}):pair_id>"
COLUMNS = ("id", "kind", "score", "why", "one", "one_slug", "other", "other_slug", "found",
           "decision", "decided", "reason")  # fmt: skip
FOLDERS = {RecordKind.SERVICE: "services", RecordKind.ORGANISATION: "organisations"}


@formats(blueprint, "/duplicates")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List pairs by kind and state, the most alike first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, replace(query, after=None))),
        columns=COLUMNS,
        name="duplicates",
    )


def _asked() -> tuple[PairQuery, tuple[str, ...]]:
    ignored = list(unknown("kind", "state", at="after"))
    query = PairQuery(
        one_of("kind", RecordKind, ignored), one_of("state", PairDecision, ignored), place("after")
    )
    return query, tuple(ignored)


def _index(query: PairQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = duplicates.listing(session, query, PAGE_SIZE + 1)
        kinds, decisions = duplicates.counts(session, query)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/duplicates.html",
        title=_("Possible duplicates"),
        query=query,
        rows=rows[:PAGE_SIZE],
        kinds=_options("kind", "record_kind", kinds, query.kind),
        states=_options("state", "pair_decision", decisions, query.decision),
        ignored=ignored,
        first=query.after is None,
        folders=FOLDERS,
        paging=paging(None, following),
    )


def _options(
    name: str, words: str, counts: dict[str, int], chosen: str | None
) -> list[dict[str, Any]]:
    texts = {value: label(value, words) for value in counts}
    return filter_links(name, texts, chosen, counts)


def _rows(session: Session, query: PairQuery) -> Iterator[dict[str, Any]]:
    while found := duplicates.listing(session, query, 10 * PAGE_SIZE):
        for row in found:
            yield {
                "id": row.id, "kind": row.kind.value, "score": row.score, "why": row.why,
                "one": row.one.name, "one_slug": row.one.slug, "other": row.other.name,
                "other_slug": row.other.slug, "found": row.found_at.isoformat(),
                "decision": row.decision.value,
                "decided": row.decided_at.isoformat() if row.decided_at else None,
                "reason": row.reason,
            }  # fmt: skip
        query = replace(query, after=found[-1].id)


@blueprint.route("/duplicates/new", methods=("GET", "POST"))
@requires(Permission.PROPOSE_CHANGE)
def new() -> AnyResponse:
    """Suggest that two records are one."""
    form = SuggestForm()
    if form.is_submitted():
        try:
            if answer := _suggest(form):
                return answer
        except Invalid as problem:
            form.refuse(problem)
    else:
        form.bare()
    return form_page(form, _("Suggest a duplicate"), _crumbs())


def _suggest(form: SuggestForm) -> AnyResponse | None:
    """Raises Invalid where the two cannot be one."""
    form.validate()
    with reading() as session:
        said_so = form.said(partial(_either, session))
    if form.errors:
        return None
    pair = acts.suggest(database(), *said_so, form.why.data or "", act())
    flash(_("An administrator will decide about this pair."))
    return redirect(url_for("duplicates.show", pair_id=pair), 303)


def _either(session: Session, text: str, _slug: str | None) -> Meant:
    """The services and organisations that a text may mean, by where they are."""
    sure, may_be = dict[str, str](), dict[str, str]()
    for kind, folder in FOLDERS.items():
        meant = look_up(session, kind.value, text, slug_typed(text, folder))
        refs = [ref for ref in (meant.sure, *(ref for ref, _name in meant.may_be)) if ref]
        bodies = organisation_names.by_reference(session, refs) if folder != "services" else {}
        where = {r: f"/{folder}/{bodies[r].slug if r in bodies else r}" for r in refs}
        sure |= {where[meant.sure]: f"{text} ({label(kind, 'record_kind')})"} if meant.sure else {}
        may_be |= {
            where[ref]: f"{name} ({label(kind, 'record_kind')})" for ref, name in meant.may_be
        }
    return (
        Meant(next(iter(sure))) if len(sure) == 1 else Meant(None, tuple((sure or may_be).items()))
    )


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Possible duplicates"), url_for("duplicates.index"))]


@blueprint.get(f"/duplicates/{ID}")
@requires(Permission.USE_ACCOUNT)
def show(pair_id: int) -> Response:
    """Show both records side by side."""
    with reading() as session:
        row, beside = duplicates.row(session, pair_id), side_by_side(session, pair_id)
    return _show(row, beside)


def _show(row: Row, beside: list[Beside], form: DecideForm | None = None) -> Response:
    names = {"one": row.one.name, "other": row.other.name}
    return page(
        "catalogue/duplicate.html",
        title=_("“%(one)s” and “%(other)s”", **names),
        section=_("Possible duplicates"),
        crumbs=_crumbs(),
        form=form,
        row=row,
        beside=beside,
        folder=FOLDERS[row.kind],
        decides=bool(beside) and may(current_person(), Permission.DECIDE_DUPLICATE, thing(row)),
        status=422 if form and form.errors else 200,
    )


class Beside(NamedTuple):
    """A field of both records, in words."""

    field: str
    one: list[Line]
    other: list[Line]


def side_by_side(session: Session, pair_id: int) -> list[Beside]:
    """What both records say, where one of them says anything; nothing where one is gone."""
    row = duplicates.row(session, pair_id)
    both: list[dict[str, Any]] = []
    for half in (row.one, row.other):
        try:
            both.append(as_at.NOW[row.kind.value](session, half.slug)[1])
        except Missing:
            return []
    names = names_in(session, *both)
    one, other = (said(document, names) for document in both)
    fields = [field for field in one if one[field].lines or other[field].lines]
    return [Beside(one[f].field, one[f].lines, other[f].lines) for f in fields]


def pair_thing(pair_id: int) -> Thing:
    """A pair as the policy sees it. Raises Missing."""
    with reading() as session:
        return thing_in(session, duplicates.row(session, pair_id))


def open_pair(pair_id: int) -> Thing:
    """The same of a pair that can still be decided; leads to its page where a record is gone."""
    found = pair_thing(pair_id)
    if len(found.parts) != 2:
        abort(redirect(url_for("duplicates.show", pair_id=pair_id), 303))
    return found


def thing(row: Row) -> Thing:
    """The same of a pair that was read."""
    with reading() as session:
        return thing_in(session, row)


def thing_in(session: Session, row: Row) -> Thing:
    """A pair, with both records and the organisations that own both."""
    keys = [(Kind(row.kind.value), half.id) for half in (row.one, row.other)]
    found = things.by_ids(session, keys)
    parts = tuple(found[key] for key in keys if key in found)
    bodies = [part.organisations for part in parts] or [frozenset()]
    return Thing(PAIR, row.id, frozenset.intersection(*bodies), parts=parts)


@blueprint.route(f"/duplicates/{ID}/decide", methods=("GET", "POST"))
@requires(Permission.DECIDE_DUPLICATE, of=open_pair)
def decide(pair_id: int) -> AnyResponse:
    """Say whether two records are the same, related or different."""
    with reading() as session:
        row, beside = duplicates.row(session, pair_id), side_by_side(session, pair_id)
    form = DecideForm(data={"was": row.decision.value})
    form.ask(row)
    if form.validate_on_submit():
        try:
            return _decide(form, row)
        except Invalid as problem:
            form.refuse(problem)
    return _show(row, beside, form)


def _decide(form: DecideForm, row: Row) -> AnyResponse:
    said_so, was = form.said(row), PairDecision(form.was.data or PairDecision.WAITING)
    because = replace(act(), reason=form.reason.data)
    acts.decide(database(), row.id, said_so, was, because)
    flash(_("The decision is saved."))
    same = said_so.decision is PairDecision.SAME
    return redirect(url_for("merging.merge" if same else "duplicates.show", pair_id=row.id), 303)
