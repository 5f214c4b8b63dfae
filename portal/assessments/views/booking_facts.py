"""What the pages of a booking work out: whether it is needed, and which standard holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.assessments.forms.assessment_needed import Reason, said
from portal.assessments.forms.booking_answers import earlier_words
from portal.assessments.forms.standards import SCHEMES, pinned_words
from portal.assessments.rules import booking_tasks
from portal.assessments.store import assessment_inputs, booking_drafts, standard_lists
from portal.assessments.store.assessment_inputs import About
from portal.assessments.views.booking_base import Seen
from portal.catalogue.views.editing_base import edits
from portal.web.i18n import _
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def about_of(session: Session, seen: Seen) -> tuple[About, list[Reason]] | None:
    """Whether what is booked is needed, and why; nothing where the record is gone."""
    row = seen.booking
    of = booking_drafts.of_booking(session, row)
    if of is None:
        return None
    if row.service_id is not None:
        told = booking_tasks.told(row.needed)
        about = assessment_inputs.about_service_id(session, of.id, told)
        return about, said(about, f"/services/{of.slug}", edits("service", of.slug))
    about = assessment_inputs.about_component_id(session, of.id)
    return about, said(about, f"/components/{of.slug}", edits("component", of.slug))


def again_of(session: Session, seen: Seen) -> str:
    """Which assessment a booking repeats, in words; "" where it repeats none."""
    row = seen.booking
    if row.kind not in booking_tasks.AGAIN:
        return ""
    if booking_tasks.elsewhere(row.needed):
        return _("It repeats an assessment that this portal does not know")
    for each in booking_drafts.earlier(session, row, current_person()):
        if (each.after_id, each.again_of_id) == (row.after_id, row.again_of_id):
            return _("It repeats: %(earlier)s", earlier=earlier_words(each))
    return ""


def standard_of(session: Session, seen: Seen) -> dict[str, str]:
    """The version of the standard that holds, and why: what is kept, else what would be."""
    row = seen.booking
    version_id, because, scheme = row.standard_version_id, row.pinned_because, row.scheme
    if because is None:
        found = booking_drafts.pin_of(session, row)
        version_id, because = found.version_id, found.told
        scheme = booking_drafts.scheme_of(session, version_id) if version_id else None
    if version_id is None:
        return {"name": "", "href": "", "why": pinned_words(because), "scheme": ""}
    named = standard_lists.named(session, version_id)
    return {
        "name": f"{named.name}: {named.title}",
        "href": f"/standards/{named.slug}/{named.number}",
        "why": pinned_words(because),
        "scheme": str(SCHEMES[scheme]) if scheme else "",
    }
