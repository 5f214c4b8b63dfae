"""Split a service: what the new one takes, check, do it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done, form_page
from portal.catalogue.actions import splitting
from portal.catalogue.forms.history_words import said
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.splitting import SplitForm
from portal.catalogue.rules.splitting import split as parts
from portal.catalogue.store import merging_services, services, usage
from portal.catalogue.views.base import database, reading, today
from portal.catalogue.views.editing_base import crumbs_to, record_at, thing_at
from portal.catalogue.views.histories import names_in
from portal.digits import whole_number
from portal.errors import Invalid, Stale
from portal.web.filters import long_date
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act

blueprint = Blueprint("splitting", __name__)


@blueprint.route("/services/<slug:slug>/split", methods=("GET", "POST"))
@requires(Permission.PUBLISH_SERVICE, of=thing_at(services.THING))
def split(slug: str) -> AnyResponse:
    """Split a service into two: ask, show, do."""
    record = record_at(services.THING, slug)
    form = SplitForm(data={"version": str(record.row.version)})
    form.ask(*_offered(record))
    if form.validate_on_submit():
        try:
            return _split(form, record)
        except Invalid as problem:
            form.refuse(problem)
    return form_page(form, _("Split “%(name)s” into two", name=record.name), crumbs_to(record))


def _offered(record: Any) -> tuple[dict[str, Any], dict[int, str], dict[int, str]]:
    """What the service says, in words; its ended phases and its usages, by place and id."""
    with reading() as session:
        rows = merging_services.usages_of(session, record.id)
        found = {id_: usage.document_of(row) for id_, row in rows.items()}
        names = names_in(session, record.document, *found.values())
    used = {id_: _usage(document, names) for id_, document in found.items()}
    ended = {
        at: f"{label(row['phase'], 'phase')} {_until(row['until'])}"
        for at, row in enumerate(record.document["phases"])
        if row["until"]
    }
    return said(record.document, names), ended, used


def _until(day: str) -> str:
    return _("until %(day)s", day=long_date(date.fromisoformat(day)))


def _usage(document: dict[str, Any], names: dict[str, str]) -> str:
    need = names.get(f"capability:{document['capability']}", document["capability"])
    component = names.get(f"component:{document['component']}")
    how = component or document["product"] or label(document["arrangement"], "arrangement")
    return f"{need}: {how} ({label(document['status'], 'usage_status')})"


def _split(form: SplitForm, record: Any) -> AnyResponse:
    because, taken = replace(act(), reason=form.reason.data), form.taken()
    if not confirmed():
        _rest, new = parts(record.document, taken, "new", today())
        return check_page(
            _("Check before you split the service"), _rows(form, new), _("Split the service"),
            crumbs_to(record),
        )  # fmt: skip
    version = whole_number(form.version.data)
    if version is None:
        raise Stale
    slug = splitting.split_service(
        database(), record.slug, taken, form.places("usages"), version, because
    )
    return done(_("There are two services now. This is the new one."), f"/services/{slug}")


def _rows(form: SplitForm, new: dict[str, Any]) -> list[dict[str, str]]:
    """What the new service will say, and how many usages it takes."""
    with reading() as session:
        shown = said(new, names_in(session, new))
    rows = [
        (field.field, "; ".join(line.text for line in field.lines))
        for name, field in shown.items()
        if name != "slug"
    ]
    many = len(form.places("usages"))
    rows.append((_("Uses of components and products"), str(many) if many else ""))
    return [{"key": key, "value": value} for key, value in rows if value]
