"""What was measured of the use of a shared component, for the service's team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.catalogue.actions import measuring, meeting
from portal.catalogue.actions.editing import Changed
from portal.catalogue.actions.meeting import Place
from portal.catalogue.component_words import Arrangement
from portal.catalogue.forms.measuring import (
    BUILDING_IN,
    field,
    measuring_form,
    read_measured,
    refuse,
)
from portal.catalogue.rules.measuring import financial_year, years
from portal.catalogue.store import services
from portal.catalogue.views.base import database, reading, today
from portal.catalogue.views.editing_base import record_at
from portal.catalogue.views.meeting import BOTH, ONE, conflict_of, picture_crumbs, use_at
from portal.errors import Invalid, Missing
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

if TYPE_CHECKING:
    from portal.catalogue.store.editable import Record
    from portal.web.forms import Form

blueprint = Blueprint("measuring", __name__)
#: So many years are seen at once; the others are a click away.
RECENT = 3


@blueprint.route(f"{ONE}/measured", methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=use_at)
def measure(slug: str, need: str, usage_id: int) -> AnyResponse:
    """Ask how much of a shared component a service used, and what building it in took."""
    record = record_at(services.THING, slug)
    place = Place(record.id, record.slug, need)
    found = _found(place, usage_id)
    asked = _years(found)
    form = measuring_form(found.document, found.base, asked)
    if form.validate_on_submit():
        try:
            return _save(form, record, place, usage_id, asked)
        except Invalid as problem:
            refuse(form, problem)
        except Changed as late:
            return _conflict(form, record, found, asked, late)
    return _page("catalogue/measuring.html", form, record, found, asked)


def _found(place: Place, usage_id: int) -> Record:
    with reading() as session:
        found = meeting.loaded(session, place, usage_id)
    if found.document["arrangement"] != Arrangement.SHARED_COMPONENT:
        raise Missing("Only the use of a shared component is measured here")
    return found


def _years(found: Record) -> list[int]:
    """Those that can be given and those that are recorded, the newest first."""
    recorded = {row["year"] for row in found.document["yearly_volumes"]}
    return sorted({*years(found.document, today()), *recorded}, reverse=True)


def _save(form: Form, record: Record, place: Place, usage_id: int, asked: list[int]) -> AnyResponse:
    said = read_measured(form, asked)
    changed = measuring.measure(database(), place, usage_id, said, act())
    text = _("Your change is saved.") if changed else _("Nothing was changed.")
    return done(text, url_for("meeting.index", slug=record.slug))


def _page(
    template: str, form: Form, record: Record, found: Record, asked: list[int], **more: Any
) -> Response:
    name = found.row.component.name
    older = [form[field(part, year)] for year in asked[RECENT:] for part in ("quantity", "source")]
    return page(
        template,
        title=more.pop("title", None) or _("How much %(name)s is used", name=name),
        crumbs=picture_crumbs(record),
        record=record,
        component=name,
        form=form,
        years=[(year, [form[field(part, year)] for part in ("quantity", "source")])
               for year in asked],
        recent=RECENT,
        now=financial_year(today()),
        opened=any(each.data not in (None, "") or each.errors for each in older),
        building=[form[name] for name in BUILDING_IN],
        status=more.pop("status", 422 if form.errors else 200),
        **more,
    )  # fmt: skip


def _conflict(
    form: Form, record: Record, found: Record, asked: list[int], late: Changed
) -> Response:
    form["base"].data = str(late.base)
    return _page(
        "catalogue/measuring_conflict.html", form, record, found, asked,
        what=found.row.component.name, **conflict_of(record, late),
    )  # fmt: skip
