"""Record the overall result of an assessment: the lead assessor's decision, not a sum."""

from __future__ import annotations

from portal.access import Person
from portal.assessments.actions.section_access import LEAD, changed_by, with_panel
from portal.assessments.rules import workflow
from portal.assessments.rules.decision import doubts
from portal.assessments.rules.ratings import of_whole
from portal.assessments.store import bookings
from portal.assessments.store.point_actions import points_of
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Refused

#: The most that the reason holds.
LONGEST = 5_000


def decide(
    database: Database, reference: str, version: int, verbatim: str, reason: str | None,
    person: Person, act: Act,
) -> bool:  # fmt: skip
    """Record the result in the words of the scheme; False where it says so already. Nothing of
    the report can be changed then, unless the lead opens it again.

    Args:
        version: of the booking, as it was read.
        reason: why, where the result disagrees with the points (`rules/decision.py`).

    Raises:
        Missing: there is no such booking, as far as they may know.
        Stale: it changed since they read it.
        Refused: they do not lead the panel, the report is with others, or nothing is rated.
        Invalid: no such result, or it disagrees with the points and nothing is said of it.
    """
    with database.writing() as session:
        one_at_a_time(session)
        changed_by(session, reference, person, LEAD)
        booking = bookings.at_version(session, reference, version)
        with_panel(booking)
        if not workflow.rated(booking.stage, booking.kind) or booking.scheme is None:
            raise Refused(N_("This review is not rated: it has no overall result"))
        words = of_whole(booking.scheme)
        if verbatim not in words:
            raise Invalid("result", N_("Select the overall result"))
        why = (reason or "").strip() or None
        if len(why or "") > LONGEST:
            raise Invalid("reason", N_("This must be %(most)s characters or fewer"),
                          most=f"{LONGEST:,}")  # fmt: skip
        if why is None and doubts(words[verbatim], points_of(session, booking.id)):
            raise Invalid("reason", N_("Say why: the result disagrees with the points"))
        before = bookings.document_of(booking)
        same = (booking.result_verbatim, booking.result_reason) == (verbatim, why)
        if same and booking.decided_at is not None:
            return False
        booking.result, booking.result_verbatim = words[verbatim], verbatim
        booking.result_reason, booking.decided_at = why, act.at
        return bookings.save(session, booking, before, act, "booking.decided")
