"""Notes beside the series of a service or component, and targets of a service's indicators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Thing
from portal.accounts.store import things
from portal.accounts.views.base import ID, KINDS, done, form_page, not_done, thing_at
from portal.catalogue.views.base import database, reading, refuse_unknown, unknown
from portal.errors import Invalid, Stale
from portal.performance.actions import notes as acts
from portal.performance.forms.board_words import amount
from portal.performance.forms.notes import (
    EndForm,
    NoteForm,
    RemoveForm,
    TargetForm,
    ValueForm,
    kpi_name,
    typed,
    value_of,
)
from portal.performance.models.notes import FigureNote, FigureTarget
from portal.performance.store import notes
from portal.performance.views.board_base import edits
from portal.performance.words import Kpi
from portal.web.filters import long_date
from portal.web.formats import Format, formats, respond_list
from portal.web.forms import Form
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

if TYPE_CHECKING:
    from datetime import date

blueprint = Blueprint("figure_notes", __name__)
BOTH = ("GET", "POST")
HERE = "/<any(services, components):folder>/<slug:slug>/performance/notes"
TARGETS = "/services/<slug:slug>/performance/targets"
COLUMNS = ("sort", "day", "until", "text", "kpi", "value")
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


def _service(slug: str, **_rest: object) -> Thing:
    return thing_at("services", slug)


_KEEPS_SERVICE = requires(Permission.KEEP_FIGURES, of=_service)


class On(NamedTuple):
    """What notes and targets are on."""

    kind: Kind
    id: int
    name: str
    folder: str
    slug: str

    @property
    def href(self) -> str:
        """The page of its notes and targets."""
        return url_for("figure_notes.index", folder=self.folder, slug=self.slug)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to a page below that."""
        href = f"/{self.folder}/{self.slug}"
        return [(self.name, href), (_("Performance"), f"{href}/performance"),
                (_("Notes and targets"), self.href)]  # fmt: skip


def _on(folder: str, slug: str) -> On:
    kind = KINDS[folder]
    with reading() as session:
        thing = things.by_slug(session, kind, slug)
        name = things.names(session, [(kind, thing.id)])[kind, thing.id].name
    return On(kind, thing.id, name, folder, slug)


@formats(blueprint, HERE)
@public
def index(folder: str, slug: str, fmt: Format) -> Response:
    """List the notes on the figures of a service or component, and its targets."""
    on = _on(folder, slug)
    refuse_unknown(fmt, unknown())
    with reading() as session:
        said = notes.of_thing(session, on.kind, on.id)
        held = notes.of_services(session, [on.id]) if on.kind is Kind.SERVICE else []
    return respond_list(
        fmt, page=lambda: _list(on, said, held), rows=lambda: _rows(said, held), columns=COLUMNS,
        name=f"{slug}-notes", bounded=True,
    )  # fmt: skip


def _list(on: On, said: Any, held: Any) -> Response:
    return page(
        "performance/notes.html", title=_("Notes and targets: %(name)s", name=on.name),
        section=_("Performance"), crumbs=on.crumbs[:2], on=on, notes=said,
        keeps=edits(on.kind, on.slug), ignored=unknown(),
        targets=[(t, kpi_name(t.kpi), amount(t.kpi.value, t.value)) for t in held],
    )  # fmt: skip


def _rows(said: Any, held: Any) -> Iterator[dict[str, Any]]:
    for note in said:
        yield {"sort": "note", "day": note.day, "text": note.note}
    for each in held:
        yield {"sort": "target", "day": each.since, "until": each.until, "kpi": each.kpi.value,
               "value": each.value}  # fmt: skip


def _ask(on: On, form: Form, title: str, save: Callable[[], object], told: str,
         template: str = "accounts/form.html", **more: Any) -> AnyResponse:  # fmt: skip
    """Show a form, or do what it says and go back to the list."""
    if form.validate_on_submit():
        try:
            save()
        except Stale:
            return not_done(
                _("Somebody changed this since you read it. Look at it again."), on.href
            )
        except Invalid as problem:
            form.refuse(problem)
        else:
            return done(told, on.href)
    return form_page(form, title, on.crumbs, template=template, **more)


@blueprint.route(f"{HERE}/add", methods=BOTH)
@_KEEPS
def add(folder: str, slug: str) -> AnyResponse:
    """Add a note."""
    on, form = _on(folder, slug), NoteForm()
    return _ask(
        on, form, _("Add a note to the charts"),
        lambda: acts.add_note(database(), on.kind, on.id, _day(form.day), _text(form), act()),
        _("The note is added."),
    )  # fmt: skip


def _day(field: Any) -> date:
    day: date = field.data
    return day


def _text(form: NoteForm) -> str:
    return form.note.data or ""


@blueprint.route(f"{HERE}/{ID}note_id>", methods=BOTH)
@_KEEPS
def change(folder: str, slug: str, note_id: int) -> AnyResponse:
    """Change a note."""
    on = _on(folder, slug)
    row = _note(on, note_id)
    form = NoteForm(data={"day": row.day, "note": row.note, "base": str(row.version)})
    return _ask(
        on, form, _("Change this note"),
        lambda: acts.change_note(database(), on.kind, on.id, note_id, form.version,
                                 _day(form.day), _text(form), act()),
        _("The note is changed."),
    )  # fmt: skip


def _note(on: On, note_id: int) -> FigureNote:
    with reading() as session:
        return notes.note(session, on.kind, on.id, note_id)


@blueprint.route(f"{HERE}/{ID}note_id>/remove", methods=BOTH)
@_KEEPS
def remove(folder: str, slug: str, note_id: int) -> AnyResponse:
    """Ask whether to remove a note, and do so."""
    on = _on(folder, slug)
    row = _note(on, note_id)
    rows = [{"key": long_date(row.day), "value": row.note}]
    form = RemoveForm(data={"base": str(row.version)})
    return _ask(
        on, form, _("Do you want to remove this note?"),
        lambda: acts.remove_note(database(), on.kind, on.id, note_id, form.version, act()),
        _("The note is removed."), rows=rows,
    )  # fmt: skip


@blueprint.route(f"{TARGETS}/add", methods=BOTH)
@_KEEPS_SERVICE
def set_target(slug: str) -> AnyResponse:
    """Set a target."""
    on, form = _on("services", slug), TargetForm()

    def save() -> None:
        kpi = Kpi(form.kpi.data)
        value = value_of(kpi, form.value.data or "")
        acts.set_target(database(), on.id, kpi, value, _day(form.since), act())

    return _ask(on, form, _("Set a target"), save, _("The target is set."))


def _target(on: On, target_id: int) -> FigureTarget:
    with reading() as session:
        return notes.target(session, on.id, target_id)


@blueprint.route(f"{TARGETS}/{ID}target_id>", methods=BOTH)
@_KEEPS_SERVICE
def change_target(slug: str, target_id: int) -> AnyResponse:
    """Put right what a target asks for."""
    on = _on("services", slug)
    row = _target(on, target_id)
    form = ValueForm(data={"value": typed(row.kpi, row.value), "base": str(row.version)})
    return _ask(
        on, form, _("Change the target: %(kpi)s", kpi=kpi_name(row.kpi)),
        lambda: acts.change_target(database(), on.id, target_id, form.version,
                                   value_of(row.kpi, form.value.data or ""), act()),
        _("The target is changed."),
    )  # fmt: skip


@blueprint.route(f"{TARGETS}/{ID}target_id>/end", methods=BOTH)
@_KEEPS_SERVICE
def end_target(slug: str, target_id: int) -> AnyResponse:
    """End a target."""
    on = _on("services", slug)
    row = _target(on, target_id)
    form = EndForm(data={"base": str(row.version)})
    return _ask(
        on, form, _("End the target: %(kpi)s", kpi=kpi_name(row.kpi)),
        lambda: acts.end_target(database(), on.id, target_id, form.version, _day(form.until),
                                act()),
        _("The target is ended."),
    )  # fmt: skip
