"""Add, change, close and open data sets."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField

from portal.access import Kind, Permission, may
from portal.accounts.store import things
from portal.accounts.views.base import done, form_page, not_done
from portal.catalogue.views.base import database, reading
from portal.digits import id_in
from portal.errors import N_, Invalid, Refused, Stale
from portal.performance.actions import data_sets as acts
from portal.performance.actions.data_sets import Wanted
from portal.performance.forms.data_sets import (
    AddForm,
    CloseForm,
    KeptForm,
    OpenForm,
    defaults,
    shown,
)
from portal.performance.forms.labels import kind_label
from portal.performance.forms.own_schemas import ExtendForm, Schemed, form_class
from portal.performance.rules import kinds
from portal.performance.rules.schemas import Schema
from portal.performance.store import data_set_lists, data_sets, first_sets
from portal.performance.store.first_sets import First
from portal.performance.views.data_set_base import (
    FOLDERS,
    ONE,
    Of,
    Seen,
    crumbs_to,
    seen_at,
    thing_at,
)
from portal.performance.words import SetKind
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page
from portal.web.people import act, current_person

blueprint = Blueprint("data_set_editing", __name__)
BOTH = ("GET", "POST")
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


@blueprint.route("/data-sets/add", methods=BOTH)
@requires(Permission.USE_ACCOUNT)
def add() -> AnyResponse:
    """Add a data set: of what, which sort, and how it is kept; a page for each."""
    found = _asked()
    if found is None:
        return _choose_thing()
    of, id_ = found
    text = request.args.get("sort", "")
    return _new(of, id_, SetKind(text)) if text in _sorts(of) else _choose_sort(of)


def _new(of: Of, id_: int, kind: SetKind) -> AnyResponse:
    form = form_class(kind)(data=defaults(kind, of.slug, kind_label(kind)))
    form.settle(kind)
    if form.is_submitted() and (answer := _add(form, of, id_, kind)):
        return answer
    return form_page(
        form, _("Add a data set: %(sort)s", sort=kind_label(kind)), _crumbs(of),
        template="performance/data_set_form.html", own=kind is SetKind.OWN,
        there=_there(of, id_, kind),
    )  # fmt: skip


def _there(of: Of, id_: int, kind: SetKind) -> list[First]:
    """What counts before the data set that is being added."""
    with reading() as session:
        return first_sets.there(session, Kind(cast(Kind, of.kind)), id_, kind)


def _asked() -> tuple[Of, int] | None:
    """What the data set will be of; None where the address does not say.

    Raises:
        Refused: the reader does not answer for it. Missing where there is none.
    """
    for kind in FOLDERS:
        slug = request.args.get(kind.value, "")[:200]
        if slug:
            with reading() as session:
                thing = things.by_slug(session, kind, slug)
                name = things.names(session, [(kind, thing.id)])[kind, thing.id].name
            if not may(current_person(), Permission.KEEP_FIGURES, thing):
                raise Refused("they do not answer for it")
            return Of(kind, slug, name), thing.id
    return None


def _choose_thing() -> AnyResponse:
    with reading() as session:
        mine = data_set_lists.keepable(session, current_person())
    return page("performance/choose_thing.html", title=_("What is the data set of?"), mine=mine,
                crumbs=[(_("Data sets"), url_for("data_sets.index"))])  # fmt: skip


def _sorts(of: Of) -> dict[str, str]:
    """The sorts that there can be of a service or component."""
    found = {k.value: kind_label(k) for k, sort in kinds.SORTS.items() if of.kind in sort.of}
    return {**found, SetKind.OWN.value: kind_label(SetKind.OWN)}


def _choose_sort(of: Of) -> AnyResponse:
    name = of.kind.value if of.kind else ""
    links = {
        text: with_query(url_for(".add"), [(name, of.slug), ("sort", value)])
        for value, text in _sorts(of).items()
    }
    return page("performance/choose_sort.html", title=_("What do you want to measure?"),
                links=links, crumbs=_crumbs(of))  # fmt: skip


def _crumbs(of: Of) -> list[tuple[str, str]]:
    return [(of.name, of.href or ""), (_("Data sets"), url_for("data_sets.index"))]


def _add(form: AddForm, of: Of, id_: int, kind: SetKind) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    group, type_ = form.group.data or "", form.type.data or ""
    schema = _checked(form, Kind(cast(Kind, of.kind)), id_, kind)
    if schema is None:
        return None
    try:
        wanted = Wanted(Kind(cast(Kind, of.kind)), id_, group, type_, schema, form.kept(kind))
        acts.add(database(), wanted, current_person(), act())
    except Invalid as problem:
        form.refuse(problem)
        return None
    said = _("The data set is there. You can enter its first figures now.")
    return done(said, url_for("data_set_values.show", group=group, type_=type_))


def _checked(form: AddForm, of: Kind, id_: int, kind: SetKind) -> Schema | None:
    """What was typed as a schema; None where anything is wrong, all of which the form says."""
    form.validate()
    wrong, schema = list[Invalid](), None
    try:
        schema = form.schema(kind)
    except Invalid as problem:
        wrong.append(problem)
    with reading() as session:
        address = form.group.data or "", form.type.data or ""
        wrong += acts.wrong_address(session, of, id_, *address, current_person())
    for each in wrong:
        if each.field not in form or not form[each.field].errors:
            form.refuse(each)
    return None if form.errors else schema


@blueprint.route(f"{ONE}/edit", methods=BOTH)
@_KEEPS
def edit(group: str, type_: str) -> AnyResponse:
    """Change how a data set is kept."""
    found = seen_at(group, type_)
    form = _kept_form(found)
    if form.validate_on_submit():
        try:
            kept = form.kept(found.row.kind, found.row.period)
            base = id_in(form.base.data)
            changed = acts.change(database(), found.row.id, base, kept, act())
            return done(_said(changed), found.href)
        except Invalid as problem:
            form.refuse(problem)
        except Stale:
            return _both(found, form)
    return _edit_page(found, form)


def _kept_form(found: Seen, fresh: bool = False) -> KeptForm:
    data = shown(found.row)
    form = KeptForm(formdata=None, data=data) if fresh else KeptForm(data=data)
    form.settle(found.row.kind)
    if found.row.period is None or found.row.first_start is not None:
        del form["period"]
    return form


def _said(changed: bool) -> str:
    return _("Your change is saved.") if changed else _("Nothing was changed.")


def _edit_page(found: Seen, form: KeptForm, **more: Any) -> AnyResponse:
    return form_page(
        form, _("Change this data set"), crumbs_to(found),
        template="performance/data_set_edit.html", seen=found, **more,
    )  # fmt: skip


def _both(found: Seen, form: KeptForm) -> AnyResponse:
    """What was typed, beside what somebody else saved meanwhile; sent again, it counts."""
    now = seen_at(found.row.group, found.row.type)
    theirs = _kept_form(now, fresh=True)
    names = [
        f.name for f in form if f.name in theirs and f.name not in ("base", "go", "csrf_token")
    ]
    differ = [
        (str(form[name].label.text), _read(theirs[name]), _read(form[name]))
        for name in names
        if (theirs[name].data or "") != (form[name].data or "")
    ]
    form.base.data = str(now.row.version)
    return _edit_page(now, form, differ=differ)


def _read(field: Any) -> str:
    """What a field says, in words."""
    if isinstance(field, RadioField):
        texts = {str(each.value): str(each.label) for each in cast(Any, field).iter_choices()}
        return texts.get(str(field.data), "")
    return str(field.data or _("Nothing"))


@blueprint.route(f"{ONE}/edit/schema", methods=BOTH)
@_KEEPS
def extend(group: str, type_: str) -> AnyResponse:
    """Let a data set of the team's own sort hold more."""
    found = seen_at(group, type_)
    if found.row.kind is not SetKind.OWN or found.row.open_schema:
        return not_done(_("What this sort of data set holds does not change."), found.href)
    form = ExtendForm(data={"base": str(found.row.version)})
    if form.validate_on_submit() and (answer := _extend(form, found)):
        return answer
    return form_page(
        form, _("Measure more"), crumbs_to(found), own=True, seen=found,
        template="performance/data_set_form.html",
    )  # fmt: skip


def _extend(form: Any, found: Seen) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    known = data_sets.schema_of(found.row)
    try:
        schema = cast(Schemed, form).declared(known.period, known)
        base = id_in(form.base.data)
        return done(_said(acts.extend(database(), found.row.id, base, schema, act())), found.href)
    except Invalid as problem:
        form.refuse(problem)
    except Stale:
        form.base.data = str(seen_at(found.row.group, found.row.type).row.version)
        form.refuse(Invalid("go", N_("Somebody changed this meanwhile: look, and save again")))
    return None


@blueprint.route(f"{ONE}/close", methods=BOTH)
@_KEEPS
def close(group: str, type_: str) -> AnyResponse:
    """Close a data set: ask first, and why."""
    found = seen_at(group, type_)
    form = CloseForm(data={"base": str(found.row.version)})
    if found.row.closed_on is not None:
        return not_done(_("It is closed already."), found.href)
    if form.validate_on_submit():
        try:
            acts.close(database(), found.row.id, id_in(form.base.data), act(form.why.data))
        except Stale:
            return _late(found)
        return done(_("The data set is closed."), found.href)
    return form_page(form, _("Close this data set"), crumbs_to(found),
                     template="performance/data_set_close.html", seen=found)  # fmt: skip


@blueprint.route(f"{ONE}/open", methods=BOTH)
@_KEEPS
def open_again(group: str, type_: str) -> AnyResponse:
    """Open a data set that was closed: ask first."""
    found = seen_at(group, type_)
    form = OpenForm(data={"base": str(found.row.version)})
    if found.row.closed_on is None:
        return not_done(_("It is open already."), found.href)
    if form.validate_on_submit():
        try:
            acts.open_again(database(), found.row.id, id_in(form.base.data), act())
        except Stale:
            return _late(found)
        return done(_("The data set is open again."), found.href)
    return form_page(form, _("Open this data set again"), crumbs_to(found))


def _late(found: Seen) -> AnyResponse:
    return not_done(_("Somebody changed this data set meanwhile. Look at it first."), found.href)
