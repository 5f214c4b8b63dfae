"""How a service meets its needs, for its team: the whole picture, and each need."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Thing
from portal.accounts.views.base import done, form_page
from portal.audit import london_day
from portal.catalogue.actions import meeting
from portal.catalogue.actions.editing import Changed
from portal.catalogue.actions.meeting import Place
from portal.catalogue.component_words import Arrangement, NeedAnswer
from portal.catalogue.forms.control import CONTROL
from portal.catalogue.forms.meeting import (
    MORE,
    ChooseForm,
    RemoveForm,
    UsageForm,
    called,
    no_need_said,
    read_said,
    refuse,
    usage_form,
)
from portal.catalogue.store import (
    capabilities,
    contracts,
    mentions,
    service_mandates,
    service_needs,
    services,
)
from portal.catalogue.store import meeting as store
from portal.catalogue.store.editable import Record
from portal.catalogue.store.mentions import Row as Mention
from portal.catalogue.store.service_needs import Met, Needs
from portal.catalogue.views.base import LAST_ID, database, reading, today
from portal.catalogue.views.editing_base import crumbs_to, in_words, record_at, thing_at
from portal.catalogue.views.histories import names_in
from portal.errors import Invalid, Missing
from portal.web.filters import long_date
from portal.web.forms import choices
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

if TYPE_CHECKING:
    from portal.catalogue.models.usage import Usage
    from portal.catalogue.store.capabilities import Node
    from portal.catalogue.store.service_mandates import Stands

blueprint = Blueprint("meeting", __name__)
BOTH = ("GET", "POST")
AT = "/services/<slug:slug>/needs"
ONE = f"{AT}/<slug:need>/<int(min=1, max={LAST_ID}):usage_id>"


def use_at(slug: str, need: str = "", usage_id: int = 0) -> Thing:
    """The service, where it, the need and the arrangement are there. Raises Missing."""
    found = thing_at(services.THING)(slug)
    if need:
        leaf_at(need)
    if usage_id:
        with reading() as session:
            store.arrangement(session, found.id, need, usage_id)
    return found


def leaf_at(need: str) -> Node:
    """A need that can be met. Raises Missing."""
    with reading() as session:
        leaf, above = capabilities.in_tree(session, need)
    if above is None:
        raise Missing("There is no need at this address")
    return leaf


@blueprint.route(AT, methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=use_at)
def index(slug: str) -> AnyResponse:
    """Show how a service meets its needs, and ask which it has."""
    record = record_at(services.THING, slug)
    with reading() as session:
        tree = capabilities.tree(session)
        needs = service_needs.of_service(session, record.id, today())
        answers = store.answers(session, record.id)
        found = mentions.not_recorded(session, record.id)
    form = _choose_form(tree, needs, answers)
    if form.validate_on_submit():
        try:
            return _choose(form, record)
        except Invalid as problem:
            form.refuse(problem)
    return _picture(form, record, tree, needs, answers, found)


def _mandated(service_id: int, *needs: str) -> dict[str, list[Stands]]:
    """The needs of a service that somebody must meet with a component, and how it stands."""
    with reading() as session:
        return service_mandates.of_service(session, service_id, today(), needs, outside=True)


def _choose_form(tree: list[Node], needs: Needs, answers: dict[str, NeedAnswer]) -> ChooseForm:
    met = {row.capability_slug for row in needs.now}
    needed = {need for need, answer in answers.items() if answer is NeedAnswer.NEEDED}
    form = ChooseForm(data={"needs": sorted(met | needed), "rest": "leave"})
    form.needs.choices = choices({leaf.slug: leaf.name for top in tree for leaf in top.below})
    return form


def _choose(form: ChooseForm, record: Record) -> AnyResponse:
    no_more = form.rest.data == "not_needed"
    changed = meeting.choose(
        database(), record.id, record.slug, form.needs.data or [], no_more, act()
    )
    flash(_("Your answers are saved.") if changed else _("Nothing was changed."))
    return redirect(_next(record), 303)


def _next(record: Record) -> str:
    """The next need of which it is not recorded how it is met; the picture where there is none."""
    with reading() as session:
        said, met = store.answers(session, record.id), store.met_now(session, record.id)
        left = [
            need
            for need in store.leaves(session)
            if said.get(need) is NeedAnswer.NEEDED and need not in met
        ]
    if not left:
        return url_for("meeting.index", slug=record.slug)
    return url_for("meeting.need", slug=record.slug, need=left[0], go="on")


def _picture(
    form: ChooseForm, record: Record, tree: list[Node], needs: Needs,
    answers: dict[str, NeedAnswer], found: list[Mention],
) -> Response:  # fmt: skip
    rows: dict[str, list[Met]] = {}
    for row in (*needs.now, *needs.before):
        rows.setdefault(row.capability_slug, []).append(row)
    met = {row.capability_slug for row in needs.now}
    return page(
        "catalogue/needs.html",
        title=_("How %(name)s meets its needs", name=record.name),
        crumbs=crumbs_to(record),
        record=record,
        tree=tree,
        rows=rows,
        answers=answers,
        mandated=_mandated(record.id),
        left=[n for n, said in answers.items() if said is NeedAnswer.NEEDED and n not in met],
        next=_next(record),
        found=found,
        form=form,
        status=422 if form.errors else 200,
    )


@blueprint.route(f"{AT}/<slug:need>", methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=use_at)
def need(slug: str, need: str) -> AnyResponse:
    """Ask how a service meets a need, beside what is recorded of it."""
    record, leaf = record_at(services.THING, slug), leaf_at(need)
    place = Place(record.id, record.slug, need)
    form = _form(place, None)
    if form.validate_on_submit():
        try:
            return _meet(form, record, place)
        except Invalid as problem:
            refuse(form, problem)
    return _need_page(form, record, leaf)


def _form(place: Place, found: Record | None) -> UsageForm:
    with reading() as session:
        rows = store.arrangements(session, place.service_id, place.need)
        offering = store.offering(session, place.need)
        open_ = place.need in store.met_now(session, place.service_id)
    others = {str(row.id): _name(row) for row in rows if found is None or row.id != found.id}
    document, base = (found.document, found.base) if found else (None, 0)
    return usage_form(document, base, offering, others, no_need=not (open_ or found))


def _name(row: Usage) -> str:
    name = row.component.name if row.component else None
    return called(name, row.product, row.arrangement.value)


def _meet(form: UsageForm, record: Record, place: Place) -> AnyResponse:
    instead = no_need_said(form)
    if instead:
        meeting.answer(database(), place, instead, act())
    else:
        meeting.meet(database(), place, read_said(form), act())
    return done(_saved(place), _after(record))


def _saved(place: Place) -> str:
    """That an answer is saved, and that what meets the need ends where it does."""
    with reading() as session:
        needs = service_needs.of_service(session, place.service_id, today())
    ends = [row for row in needs.ending if row.capability_slug == place.need and row.closes_on]
    if not ends:
        return _("Your answer is saved.")
    day = long_date(date.fromisoformat(str(ends[0].closes_on)))
    return _("Your answer is saved. %(name)s closes on %(day)s: say what takes its place.",
             name=ends[0].component, day=day)  # fmt: skip


def _after(record: Record) -> str:
    if request.args.get("go") == "on":
        return _next(record)
    return url_for("meeting.index", slug=record.slug)


def _need_page(form: UsageForm, record: Record, leaf: Node) -> Response:
    with reading() as session:
        needs = service_needs.of_service(session, record.id, today())
    rows = [row for row in (*needs.now, *needs.before) if row.capability_slug == leaf.slug]
    return _usage_page(
        form, record, leaf, "catalogue/need.html", rows=rows, one=False, measured=None
    )


def _usage_page(
    form: UsageForm, record: Record, leaf: Node, template: str, **more: Any
) -> Response:
    form.how.description = form.how.description or leaf.hint or ""
    opened, controlled = (
        any(form[name].errors or form[name].data for name in names) for names in (MORE, CONTROL)
    )
    with reading() as session:
        groups = contracts.groups(session)
    title = more.pop("title", None) or leaf.question or leaf.name
    return page(
        template,
        title=title,
        crumbs=picture_crumbs(record),
        record=record,
        leaf=leaf,
        form=form,
        opened=opened,
        controlled=controlled,
        groups=groups,
        mandated=_mandated(record.id, leaf.slug).get(leaf.slug, []),
        status=more.pop("status", 422 if form.errors else 200),
        **more,
    )


def picture_crumbs(record: Record) -> list[tuple[str, str]]:
    """The way to a page about how a service meets its needs."""
    picture = (_("How it meets its needs"), url_for("meeting.index", slug=record.slug))
    return crumbs_to(record, picture)


@blueprint.route(ONE, methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=use_at)
def one(slug: str, need: str, usage_id: int) -> AnyResponse:
    """Describe again one way in which a service meets a need."""
    record, leaf = record_at(services.THING, slug), leaf_at(need)
    place = Place(record.id, record.slug, need)
    with reading() as session:
        found = meeting.loaded(session, place, usage_id)
    form = _form(place, found)
    if form.validate_on_submit():
        try:
            return _change(form, record, place, usage_id)
        except Invalid as problem:
            refuse(form, problem)
        except Changed as late:
            return _conflict(form, record, leaf, late)
    more = {"rows": [], "one": True, "measured": _measured(found)}
    return _usage_page(form, record, leaf, "catalogue/need.html", **more)


def _measured(found: Record) -> str | None:
    """Where it is said what was measured of it."""
    if found.document["arrangement"] != Arrangement.SHARED_COMPONENT:
        return None
    return url_for("measuring.measure", **request.view_args or {})


def _change(form: UsageForm, record: Record, place: Place, usage_id: int) -> AnyResponse:
    changed = meeting.change(database(), place, usage_id, read_said(form), act())
    text = _("Your change is saved.") if changed else _("Nothing was changed.")
    return done(text, url_for("meeting.index", slug=record.slug))


def _conflict(form: UsageForm, record: Record, leaf: Node, late: Changed) -> Response:
    form.base.data = str(late.base)
    return _usage_page(
        form, record, leaf, "catalogue/need_conflict.html", what=leaf.name,
        **conflict_of(record, late),
    )  # fmt: skip


def conflict_of(record: Record, late: Changed) -> dict[str, Any]:
    """What the page of a conflict about a use says: who changed it, and what each side says."""
    found = late.conflict
    with reading() as session:
        names = names_in(session, found.was, found.now, found.mine)
    sides = ((_("What you entered"), found.mine), (_("What it says now"), found.now),
             (_("What it said when you opened the page"), found.was))  # fmt: skip
    return {
        "title": _("This has been changed since you opened it"),
        "by": _("you") if late.actor == act().actor else _("a colleague"),
        "at": late.at,
        "day": london_day(late.at),
        "sides": [(heading, in_words(document, names)) for heading, document in sides],
        "action": request.path,
        "leave": url_for("meeting.index", slug=record.slug),
        "status": 409,
    }


@blueprint.route(f"{ONE}/remove", methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=use_at)
def remove(slug: str, need: str, usage_id: int) -> AnyResponse:
    """Remove what was recorded by mistake: ask why first."""
    record, form = record_at(services.THING, slug), RemoveForm()
    place = Place(record.id, record.slug, need)
    if form.validate_on_submit():
        meeting.remove(database(), place, usage_id, act(form.why.data))
        return done(_("It is removed."), url_for("meeting.index", slug=record.slug))
    return _remove_page(form, record, place, usage_id)


def _remove_page(form: RemoveForm, record: Record, place: Place, usage_id: int) -> Response:
    with reading() as session:
        row = store.arrangement(session, record.id, place.need, usage_id)
    name = _name(row)
    rows = [
        {"key": _("Service"), "value": record.name},
        {"key": _("Need"), "value": row.capability.name},
        {"key": _("How"), "value": name},
    ]
    title = _("Remove “%(name)s”", name=name)
    return form_page(form, title, picture_crumbs(record), rows=rows)
