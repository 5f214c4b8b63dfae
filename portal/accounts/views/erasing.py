"""Erase a person: a portal administrator does it, for whoever asked or has long left."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.actions import erasing
from portal.accounts.forms.roles import EraseForm
from portal.accounts.store import people
from portal.accounts.views.base import ID, done, form_page
from portal.errors import Invalid
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act
from portal.web.reading import database, reading

blueprint = Blueprint("erasing", __name__)


@blueprint.route(f"/people/{ID}person_id>/erase", methods=("GET", "POST"))
@requires(Permission.MANAGE_PORTAL)
def erase(person_id: int) -> AnyResponse:
    """Forget who somebody was: say what goes, and ask first."""
    with reading() as session:
        person = people.get(session, person_id)
    form = EraseForm()
    if form.validate_on_submit():
        try:
            erasing.erase(database(), person_id, _("Somebody who was erased"), act(form.why.data))
            return done(_("They are erased."), url_for("people.show", person_id=person_id))
        except Invalid as problem:
            form.refuse(problem)
    crumbs = [(person.name, url_for("people.show", person_id=person.id))]
    title = _("Erase %(name)s?", name=person.name)
    return form_page(form, title, crumbs, template="accounts/erase.html", person=person)
