"""What follows a report that everybody is shown, that changes, or is shown no more: the search,
sentences that may be findings, and sentences that name components.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from portal import search
from portal.assessments.actions.suggesting import suggest
from portal.assessments.models.bookings import Booking
from portal.assessments.rules.finding import said_in
from portal.assessments.rules.report_documents import placed
from portal.assessments.rules.report_writing import address_of
from portal.assessments.store import (
    report_documents,
    report_search,
    section_evidence,
    suggestions,
)
from portal.audit import Act, Document
from portal.catalogue.actions import mentions
from portal.catalogue.actions.mentions import Own
from portal.catalogue.component_words import DocumentKind
from portal.catalogue.rules.mining import Text


def follow(
    session: Session, booking: Booking, report_id: int, document: Document, act: Act
) -> None:
    """Let all that be as a report says now; what its sentences say of components is for a person
    to confirm, as with past reports.
    """
    search.put(session, report_search.documents(session, [report_id]))
    suggest(session, [report_id])
    said = {each.text for each in said_in(document["body"])}
    suggestions.drop_gone(session, report_id, said, act)
    text = Text(address_of(document["slug"]), document["title"], document["body"])
    own = Own(
        text, DocumentKind.ASSESSMENT_REPORT, date.fromisoformat(document["published_on"]),
        booking.service_id, document[placed(1, "component")],
        section_evidence.shown_components(session, booking),
    )  # fmt: skip
    mentions.follow(session, own, act)


def forget(session: Session, report_id: int, slug: str, act: Act) -> None:
    """Have nothing follow a report any more; suggested findings go with the report itself."""
    search.remove(session, report_documents.THING, [report_id])
    mentions.forget(session, address_of(slug), act)
