"""What the pages of a booking work out: whether it is needed, and which standard holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.access import Permission, may
from portal.assessments.forms.assessment_needed import Reason, said
from portal.assessments.forms.booking_answers import earlier_words
from portal.assessments.forms.standards import SCHEMES, pinned_words
from portal.assessments.rules import booking_tasks
from portal.assessments.rules.ratings import used_now
from portal.assessments.store import assessment_inputs, booking_drafts, standard_lists
from portal.assessments.store.assessment_inputs import About
from portal.assessments.views.booking_base import Seen
from portal.web.i18n import _
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def about_of(session: Session, seen: Seen) -> tuple[About, list[Reason]] | None:
    """Whether what is booked is needed, and why; nothing where the record is gone."""
    row, names = seen.booking, seen.read.names
    if row.service_id is not None and names["services"]:
        about = assessment_inputs.about_service_id(
            session, row.service_id, booking_tasks.told(row.needed)
        )
        return about, said(about, f"/services/{names['services'][0]}", _edits(seen))
    if row.component_id is not None and names["components"]:
        about = assessment_inputs.about_component_id(session, row.component_id)
        return about, said(about, f"/components/{names['components'][0]}", _edits(seen))
    return None


def _edits(seen: Seen) -> bool:
    """Whether the reader may edit the record of what is assessed."""
    person, needed = current_person(), (Permission.EDIT_SERVICE, Permission.EDIT_COMPONENT)
    return any(may(person, each, part) for each in needed for part in seen.read.thing.parts)


def again_of(session: Session, seen: Seen) -> str:
    """Which assessment a booking repeats, in words; "" where it repeats none."""
    row = seen.booking
    if row.kind not in booking_tasks.AGAIN:
        return ""
    if booking_tasks.elsewhere(row.needed):
        return _("It repeats an assessment that this portal does not know")
    found = booking_drafts.again(session, row, current_person())
    return _("It repeats: %(earlier)s", earlier=earlier_words(found)) if found else ""


def standard_of(session: Session, seen: Seen) -> dict[str, str]:
    """The version of the standard that holds, and why: what is kept, else what would be."""
    row = seen.booking
    because, scheme, named = row.pinned_because, row.scheme, seen.read.standard
    if because is None:
        found = booking_drafts.pin_of(session, row)
        because, id_ = found.told, found.version_id
        named = standard_lists.named(session, id_) if id_ else None
        scheme = used_now(named.scheme) if named else None
    if named is None:
        return {"name": "", "href": "", "why": pinned_words(because), "scheme": ""}
    return {
        "name": f"{named.name}: {named.title}",
        "href": f"/standards/{named.slug}/{named.number}",
        "why": pinned_words(because),
        "scheme": str(SCHEMES[scheme]) if scheme else "",
    }
