"""Merge the two records of a pair: which one stays, what is chosen, what moves; ask; do it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done
from portal.catalogue.actions import merging
from portal.catalogue.actions.merging import Preview, Wanted
from portal.catalogue.forms.history_words import Said, said
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.merging import MergeForm, StaysForm, for_fields
from portal.catalogue.store import duplicates
from portal.catalogue.store.duplicates import Half, Row
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.duplicates import FOLDERS, ID, open_pair
from portal.catalogue.views.editing_base import public_url
from portal.catalogue.views.histories import names_in
from portal.catalogue.words import PairDecision
from portal.errors import N_, Invalid, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("merging", __name__)


@blueprint.route(f"/duplicates/{ID}/merge", methods=("GET", "POST"))
@requires(Permission.DECIDE_DUPLICATE, of=open_pair)
def merge(pair_id: int) -> AnyResponse:
    """Merge two records that somebody decided to be the same: choose, show, ask, do."""
    with reading() as session:
        row = duplicates.row(session, pair_id)
    if row.decision is not PairDecision.SAME:
        return redirect(url_for("duplicates.decide", pair_id=pair_id), 303)
    form = StaysForm(request.args)
    form.ask(row)
    chosen = request.args.get("stays")
    if chosen is None or not form.validate():
        return _which(form, row, bool(request.args))
    return _choose(row, *_halves(row, int(chosen)))


def _halves(row: Row, stays: int) -> tuple[Half, Half]:
    return (row.one, row.other) if row.one.id == stays else (row.other, row.one)


def _crumbs(row: Row) -> list[tuple[str, str]]:
    names = {"one": row.one.name, "other": row.other.name}
    return [
        (_("Possible duplicates"), url_for("duplicates.index")),
        (_("“%(one)s” and “%(other)s”", **names), url_for("duplicates.show", pair_id=row.id)),
    ]


def _which(form: StaysForm, row: Row, asked: bool) -> AnyResponse:
    return page(
        "catalogue/merge_which.html",
        title=_("Merge two records"),
        crumbs=_crumbs(row),
        form=form,
        status=422 if asked else 200,
    )


def _choose(row: Row, stays: Half, goes: Half) -> AnyResponse:
    wanted = Wanted(row.kind, stays.id, goes.id)
    with reading() as session:
        found = merging.preview(session, wanted, act())
        one, other = _in_words(session, found.stays, found.goes)
        names = names_in(session, *_spoken_of(found))
    known = {"versions": _text(found.versions), "reason": row.reason}
    form = for_fields(found.choose, one, other)(data=known)
    if form.validate_on_submit():
        try:
            return _merge(form, row, replace(wanted, choices=form.choices_made()), found)
        except Invalid as problem:
            form.refuse(problem)
    return _choices(form, row, (stays, goes), found, names)


def _spoken_of(found: Preview) -> list[dict[str, Any]]:
    return [*(stays for stays, _gone in found.united), *({"capability": n} for n in found.answers)]


def _text(versions: tuple[int, int]) -> str:
    return "-".join(map(str, versions))


def _in_words(session: Session, *documents: dict[str, Any]) -> list[dict[str, Said]]:
    names = names_in(session, *documents)
    return [said(document, names) for document in documents]


def _choices(
    form: MergeForm, row: Row, halves: tuple[Half, Half], found: Preview, names: dict[str, str]
) -> AnyResponse:
    stays, goes = halves
    return page(
        "catalogue/merge.html",
        title=_("Merge “%(goes)s” into “%(stays)s”", goes=goes.name, stays=stays.name),
        crumbs=_crumbs(row),
        form=form,
        goes=goes,
        folder=FOLDERS[row.kind],
        moves=found.moves,
        united=found.united,
        answers=found.answers,
        names=names,
        status=422 if form.errors else 200,
    )


def _merge(form: MergeForm, row: Row, wanted: Wanted, shown: Preview) -> AnyResponse:
    because = replace(act(), reason=form.reason.data)
    if not confirmed():
        with reading() as session:
            found = merging.preview(session, wanted, because)
            rows = _rows(session, found)
        title, button = _("Check before you merge"), _("Merge them")
        return check_page(title, rows, button, _crumbs(row))
    if form.versions.data != _text(shown.versions):
        raise Stale(N_("One of the records changed meanwhile"))
    sure = replace(wanted, versions=shown.versions)
    slug = merging.merge(database(), sure, because, public_url())
    where = f"/{FOLDERS[row.kind]}/{slug}"
    return done(_("The two records are one."), where)


def _rows(session: Session, found: Preview) -> list[dict[str, str]]:
    """What the record will say and what will move, and what cannot come along."""
    left = {label(field, "field"): rows for field, rows in found.left_out.items()}
    [after] = _in_words(session, found.after)
    [gone] = _in_words(session, found.left_out)
    rows = [(each.field, _lines(each)) for each in after.values()]
    rows += [(_(what), str(many)) for what, many in found.moves]
    rows += [
        (_("%(field)s that stay in the history alone", field=each.field), _lines(each))
        for each in gone.values()
        if each.field in left
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _lines(said_so: Said) -> str:
    return "; ".join(line.text for line in said_so.lines)
