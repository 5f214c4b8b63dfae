"""What waits for people from a booking to closed actions; see portal/accounts/work.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Kind, Person, Role
from portal.accounts import work
from portal.assessments.actions import publication_check
from portal.assessments.booking_words import ActionState, Part, State
from portal.assessments.store import bookings, follow_ups, section_work
from portal.errors import N_

_MOST = 50
LABELS = {
    "accept_booking": N_("Accept or reject bookings"),
    "write_sections": N_("Write your sections of reports"),
    "check_draft": N_("Check draft reports"),
    "decide_words": N_("Decide about words that may not be for the public"),
    "answer_report": N_("Accept or challenge draft reports"),
    "answer_challenges": N_("Answer challenges"),
    "publish_report": N_("Publish reports"),
    "do_action": N_("Put right what assessments found"),
    "review_evidence": N_("Look at evidence for actions"),
    "decide_escalated": N_("Decide about escalated actions"),
}
_REPORTS = (
    (State.SUBMITTED, (Part.ASSURANCE,), "accept_booking", "/accept"),
    (State.ASSURANCE_CHECK, (Part.ASSURANCE,), "check_draft", "/check"),
    (State.TEAM_REVIEW, (Part.TEAM,), "answer_report", "/review"),
    (State.PANEL_AMENDS, (Part.LEAD, Part.ASSESSOR), "answer_challenges", "/review"),
    (State.READY_TO_PUBLISH, (Part.ASSURANCE,), "publish_report", ""),
)
_ACTIONS = (
    ((ActionState.OPEN, ActionState.ESCALATED), (Part.TEAM,), "do_action"),
    ((ActionState.EVIDENCED,), (Part.LEAD,), "review_evidence"),
    ((ActionState.ESCALATED,), (Part.ASSURANCE,), "decide_escalated"),
)
_TEAM = {Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR, Role.SERVICE_OWNER,
         Role.COMPONENT_PROVIDER}  # fmt: skip
#: The roles without which nobody is a part, so that nothing has to be looked up for most people.
_NEEDS = {
    Part.TEAM: _TEAM,
    Part.ASSURANCE: {Role.ASSURANCE_TEAM},
    Part.LEAD: {Role.ASSESSOR},
    Part.ASSESSOR: {Role.ASSESSOR},
}


def waiting(session: Session, person: Person, _day: date) -> Iterator[work.Item]:
    """Bookings to accept, reports to write, check, answer and publish, and actions to do, look at
    and decide about.
    """
    held = {grant.role for grant in person.grants if grant.kind in set(Kind)}
    for state, parts, task, then in _REPORTS:
        if any(_NEEDS[part] & held for part in parts):
            for reference, name in follow_ups.reports(session, person, parts, state, _MOST):
                yield _item(task, reference, name, then)
    if _NEEDS[Part.ASSESSOR] & held:
        for each in section_work.to_write(session, person, _MOST):
            yield _item("write_sections", each.reference, each.name, "/sections", each.due_on)
    yield from _words(session, person, held)
    for states, parts, task in _ACTIONS:
        if any(_NEEDS[part] & held for part in parts):
            for row in follow_ups.waiting(session, person, parts, states, _MOST):
                yield _item(task, row.reference, row.booking, f"/actions/{row.id}", row.due_on)


def _words(session: Session, person: Person, held: set[Role]) -> Iterator[work.Item]:
    """Amended reports that the panel cannot send on before words of them are decided about."""
    if not _NEEDS[Part.ASSURANCE] & held:
        return
    for reference, name in follow_ups.reports(
        session, person, (Part.ASSURANCE,), State.PANEL_AMENDS, _MOST
    ):
        if publication_check.undecided(session, bookings.by_reference(session, reference)):
            yield _item("decide_words", reference, name, "/check")


def _item(task: str, reference: str, name: str, page: str, due: date | None = None) -> work.Item:
    """A line about a booking, which mails call by its reference alone."""
    href = f"/assessments/{reference}{page}"
    return work.Item(task, name, href, due, detail=reference, mailed_as=reference)
