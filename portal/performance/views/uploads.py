"""Figures from a CSV file: the template, what it would change, and then all of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done, form_page, not_done
from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import database, reading, today
from portal.errors import N_, Invalid, Missing, Stale
from portal.performance.actions import uploading
from portal.performance.actions.uploading import Change
from portal.performance.forms.labels import period_name
from portal.performance.forms.uploads import ConfirmForm, UploadForm, row_for
from portal.performance.rules import answers, figure_files, schemas
from portal.performance.rules.entries import AGAIN, Entry, Sent
from portal.performance.rules.figure_files import Wrong
from portal.performance.store import data_sets
from portal.performance.views.data_set_base import ONE, Seen, crumbs_to, seen_at, thing_at
from portal.performance.words import ValueState, ValueStatus, Way
from portal.web import csv_out
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("uploads", __name__)
BOTH = ("GET", "POST")
#: How many changes and problems a page shows.
SHOWN = 100
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


@blueprint.route(f"{ONE}/upload", methods=BOTH)
@_KEEPS
def index(group: str, type_: str) -> AnyResponse:
    """Choose a file; what it would change is shown before anything is kept."""
    found, form = seen_at(group, type_), UploadForm()
    if found.row.period is None or found.row.closed_on is not None:
        return not_done(_("This data set takes no files."), found.href)
    if form.validate_on_submit():
        try:
            text, encoding = figure_files.decoded(form.file.data.read())
            return _preview(found, text, encoding, ValueStatus(form.status.data))
        except Invalid as problem:
            form.refuse(problem)
    return _choose(found, form)


def _choose(found: Seen, form: UploadForm) -> Response:
    schema = data_sets.schema_of(found.row)
    return form_page(
        form, _("Upload figures as a file"), crumbs_to(found),
        template="performance/upload.html", seen=found, columns=figure_files.columns(schema),
        row_for=row_for(schema), states=list(figure_files.STATES),
    )  # fmt: skip


@blueprint.get(f"{ONE}/upload/template")
@_KEEPS
def template(group: str, type_: str) -> AnyResponse:
    """A file to fill in, for the newest period that is over."""
    found = seen_at(group, type_)
    schema = data_sets.schema_of(found.row)
    if schema.period is None:
        raise Missing("it takes no files")
    start = figure_files.last_ended(schema, today())
    return _csv(
        figure_files.columns(schema), figure_files.template(schema, start),
        f"{group}-{type_}-{start}",
    )  # fmt: skip


def _csv(header: list[str], rows: Any, name: str) -> Response:
    data = b"".join(csv_out.stream(header, rows))
    answer = Response(data, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer


def _read(
    found: Seen, text: str, status: ValueStatus
) -> tuple[dict[Entry, int], list[Wrong], list[Change]]:
    """What a file says, what is wrong with it, and what it would change. Raises Invalid."""
    entries, wrong = figure_files.read(text, data_sets.schema_of(found.row), status, today())
    with reading() as session:
        changes = uploading.plan(session, found.row, entries)
        for start, problem in uploading.above_whole(session, found.row, changes):
            row = min(row for entry, row in entries.items() if entry.start == start)
            wrong.append(Wrong(row, problem.field, problem))
    wrong += [
        Wrong(entries[each.entry], each.entry.measure, Invalid("status", AGAIN))
        for each in changes
        if each.steps_back
    ]
    return entries, wrong, changes


def _preview(
    found: Seen, text: str, encoding: str, status: ValueStatus, form: ConfirmForm | None = None
) -> AnyResponse:
    _entries, wrong, changes = _read(found, text, status)
    form = form or ConfirmForm(formdata=None)
    form.carry(text)
    form.encoding.data, form.status.data = encoding, status.value
    form.base.data = uploading.mark(changes)
    if not any(each.revises for each in changes):
        del form["why"]
    counts = {
        "new": sum(each.was is None for each in changes),
        "revised": sum(each.was is not None and not each.same for each in changes),
        "same": sum(each.same for each in changes),
    }
    return page(
        "performance/upload_check.html",
        title=_("Check the file"),
        crumbs=crumbs_to(found),
        seen=found,
        form=form,
        encoding=encoding,
        status_name=label(status.value, "value_status"),
        counts=counts,
        nothing=not uploading.changing(changes),
        changes=[_shown(found, each) for each in changes if not each.same][:SHOWN],
        wrong=[(each.row, each.column, _said(each)) for each in _sorted(wrong)[:SHOWN]],
        many_wrong=len(wrong),
        keep=url_for(".keep", group=found.row.group, type_=found.row.type),
        errors=url_for(".errors", group=found.row.group, type_=found.row.type),
        status=422 if form.errors or wrong else 200,
    )


def _sorted(wrong: list[Wrong]) -> list[Wrong]:
    return sorted(wrong, key=lambda each: each.row)


def _said(each: Wrong) -> str:
    return _(each.problem.marked) % {k: _(str(v)) for k, v in each.problem.values.items()}


def _shown(found: Seen, change: Change) -> dict[str, Any]:
    entry = change.entry
    measure = next(m for m in found.row.measures if m.key == entry.measure)
    cell = schemas.cell_titles(data_sets.schema_of(found.row), entry.cell)
    return {
        "period": period_name(found.row.period, entry.start),
        "figure": ", ".join([_(measure.title), *(_(each) for each in cell)]),
        "now": _put(entry, measure),
        "was": _put(change.was, measure) if change.was else "",
    }


def _put(entry: Entry, measure: Any) -> str:
    if entry.state is ValueState.NUMBER:
        return answers.put(entry.number, measure.unit)
    return label(entry.state.value, "value_state")


@blueprint.post(f"{ONE}/upload/errors")
@_KEEPS
def errors(group: str, type_: str) -> AnyResponse:
    """What is wrong with a file, as one."""
    found, form = seen_at(group, type_), ConfirmForm()
    status = _status(form)
    _entries, wrong, _changes = _read(found, form.carried(), status)
    rows = [(each.row, each.column, _said(each)) for each in _sorted(wrong)]
    return _csv(["row", "column", "problem"], rows, f"{group}-{type_}-errors")


def _status(form: ConfirmForm) -> ValueStatus:
    final = form.status.data == ValueStatus.PUBLISHED.value
    return ValueStatus.PUBLISHED if final else ValueStatus.PROVISIONAL


@blueprint.post(f"{ONE}/upload/keep")
@_KEEPS
def keep(group: str, type_: str) -> AnyResponse:
    """Keep the figures of a file whose preview was confirmed."""
    found, form = seen_at(group, type_), ConfirmForm()
    text, status = form.carried(), _status(form)
    entries, wrong, _changes = _read(found, text, status)
    if form.validate_on_submit() and not wrong and _keep(found, entries, form):
        return done(_("The figures of the file are saved."), found.href)
    return _preview(found, text, form.encoding.data or "UTF-8", status, form)


def _keep(found: Seen, entries: Collection[Entry], form: ConfirmForm) -> bool:
    sent, by = Sent(Way.FILE), act(form.why.data or None)
    try:
        uploading.keep(database(), found.row.id, entries, form.base.data or "", sent, by)
    except Stale:
        form.refuse(Invalid("go", N_("Figures changed meanwhile: check the file again")))
        return False
    except Invalid as problem:
        form.refuse(problem)
        return False
    return True
