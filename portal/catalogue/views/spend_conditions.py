"""The conditions of an approval, once it is decided: met, put right, added, taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Thing
from portal.accounts.views.base import ID, done, form_page, not_done
from portal.catalogue.actions import spend_conditions as acts
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.forms.spending import ConditionForm, MetForm, WhyForm
from portal.catalogue.store import editable, spending
from portal.catalogue.views.base import database, reading, today
from portal.catalogue.views.spending import crumbs_of, request_at, whose
from portal.digits import id_in
from portal.errors import N_, Invalid, Missing, Stale
from portal.web.filters import long_date
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.catalogue.models.spending import SpendRequest

blueprint = Blueprint("spend_conditions", __name__)
BOTH = ("GET", "POST")
ALL = f"/spend-requests/{ID}request_id>/conditions"
ONE = f"{ALL}/<int(min=1, max=999):position>"


def _condition(request_id: int, position: int) -> Thing:
    """Whose request it is, where it has such a condition. Raises Missing."""
    if position > len(request_at(request_id).conditions):
        raise Missing("There is no such condition")
    return whose(request_id)


def _conditional(request_id: int) -> Thing:
    """The same of a request that is approved with conditions."""
    if request_at(request_id).decision is not SpendDecision.APPROVED_WITH_CONDITIONS:
        raise Missing("It has no conditions")
    return whose(request_id)


@blueprint.route(ONE, methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=_condition)
def met(request_id: int, position: int) -> AnyResponse:
    """Note since when a condition is met."""
    found = request_at(request_id)
    form = MetForm(data={"met_on": today()})
    if form.validate_on_submit():
        try:
            acts.meet(database(), request_id, position, form.met_on.data, act())
            return done(_("The condition is met."), f"/spend-requests/{request_id}")
        except Invalid as problem:
            form.refuse(problem)
    rows = [{"key": _("Condition"), "value": found.conditions[position - 1].text}]
    return form_page(form, _("Is this condition met?"), crumbs_of(found), rows=rows)


@blueprint.route(f"{ONE}/change", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=_condition)
def put_right(request_id: int, position: int) -> AnyResponse:
    """Put right what a condition says, with why."""
    found = request_at(request_id)
    there = found.conditions[position - 1]
    shown = {"text": there.text, "due_on": there.due_on, "met_on": there.met_on}
    form = ConditionForm(today(), found.decided_on, data=shown | _base(request_id))
    if form.validate_on_submit():
        answer = _saved(form, found, lambda base: acts.put_right(
            database(), request_id, position, form.condition(), base, act(form.why.data)
        ))  # fmt: skip
        if answer:
            return answer
    return form_page(form, _("Put this condition right"), crumbs_of(found), rows=_now(there))


@blueprint.route(f"{ALL}/add", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=_conditional)
def add(request_id: int) -> AnyResponse:
    """Add a condition that the decision has and the record lacks."""
    found = request_at(request_id)
    form = ConditionForm(today(), found.decided_on, data=_base(request_id))
    if form.validate_on_submit():
        answer = _saved(form, found, lambda base: acts.add(
            database(), request_id, form.condition(), base, act(form.why.data)
        ))  # fmt: skip
        if answer:
            return answer
    return form_page(form, _("Add a condition"), crumbs_of(found))


@blueprint.route(f"{ONE}/remove", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=_condition)
def remove(request_id: int, position: int) -> AnyResponse:
    """Take out a condition that the decision does not have: ask why first."""
    found = request_at(request_id)
    form = WhyForm(data=_base(request_id))
    form.go.label.text = _("Take it out")
    if form.validate_on_submit():
        answer = _saved(form, found, lambda base: acts.remove(
            database(), request_id, position, base, act(form.why.data)
        ))  # fmt: skip
        if answer:
            return answer
    rows = _now(found.conditions[position - 1])
    return form_page(form, _("Take this condition out"), crumbs_of(found), rows=rows)


def _base(request_id: int) -> dict[str, Any]:
    """What the reader sees now, for the form to say it."""
    with reading() as session:
        return {"base": str(editable.base_of(session, spending.THING, request_id))}


def _saved(
    form: ConditionForm | WhyForm, found: SpendRequest, save: Callable[[int], bool]
) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    page = f"/spend-requests/{found.id}"
    try:
        changed = save(id_in(form.base.data))
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Stale:
        if found.decision is not SpendDecision.APPROVED_WITH_CONDITIONS:
            return not_done(_("This request has no conditions."), page)
        form.base.data = _base(found.id)["base"]
        said = N_("Somebody changed this meanwhile. Read what it says now, then save again")
        form.refuse(Invalid("why", said))
        return None
    return done(_("Your change is saved.") if changed else _("Nothing was changed."), page)


def _now(there: Any) -> list[dict[str, Any]]:
    """What a condition says, for the page that changes it."""
    return [
        {"key": _("Condition"), "value": there.text},
        {"key": _("By"), "value": long_date(there.due_on) if there.due_on else None},
        {"key": _("Met"), "value": long_date(there.met_on) if there.met_on else None},
    ]
