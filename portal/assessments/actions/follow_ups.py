"""Actions after an assessment: begun with its report, evidenced, looked at, closed or accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Person
from portal.addresses import is_web_address
from portal.assessments.actions import booking_mail, booking_steps
from portal.assessments.actions.booking_steps import Step
from portal.assessments.booking_words import ActionState, EvidenceState, Move, Part
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import ActionEvidence, FollowUp
from portal.assessments.rules import follow_ups as rules
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.follow_ups import Deed
from portal.assessments.store import bookings, follow_ups, publication, sections
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Refused, Stale

#: Who puts a point right where the panel does not say.
OWNER = "Service owner"
_LONGEST, _ADDRESS = 5000, 2000
_NEWS = {
    Deed.EVIDENCE: ((Part.LEAD, Part.ASSURANCE), "The team says that an action is done."),
    Deed.ENOUGH: ((Part.TEAM, Part.ASSURANCE), "An action is closed."),
    Deed.NOT_ENOUGH: ((Part.TEAM,), "The evidence for an action is not enough yet."),
    Deed.ACCEPT_RISK: ((Part.TEAM, Part.LEAD), "The risk of an open action is accepted."),
    Deed.ESCALATE: ((Part.TEAM, Part.ASSURANCE, Part.LEAD), "An open action is escalated."),
    Deed.REOPEN: ((Part.TEAM, Part.LEAD), "An action is open again."),
}
#: What says why, and how it is asked for.
_ASKED = {
    Deed.NOT_ENOUGH: N_("Enter what is missing"),
    Deed.ACCEPT_RISK: N_("Enter why the risk is accepted"),
    Deed.ESCALATE: N_("Enter why the action is escalated"),
    Deed.REOPEN: N_("Enter why the action is open again"),
    Deed.EVIDENCE: N_("Enter what was done"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person does with an action: `address` is where its evidence can be seen."""

    deed: Deed
    text: str
    address: str | None = None


@booking_steps.effect(Move.PUBLISH, Move.CLOSE_UNPUBLISHED)
def begin(made: Step) -> None:
    """From now on what the panel asked for holds: each point that was not met, or met with
    conditions, has at least one action. What an earlier assessment asked of points that were
    assessed again ends.
    """
    session, booking, act = made.session, made.booking, made.act
    day = rules.due(booking.held_on or act.day, made.held.amber_months)
    drafts = follow_ups.all_of(session, booking.id)
    rows = sections.of_booking(session, booking.id)
    for row in rows:
        if _lacks_one(row, drafts):
            drafts.append(_ask(session, row, act))
    for each in drafts:
        _begin(session, each, day, act)
    _take_up(session, booking, {row.number for row in rows if not row.carried}, act)


def _lacks_one(row: Section, known: Collection[FollowUp]) -> bool:
    """Whether a point asks for an action that nobody has worded."""
    asked = bool(row.number) and not row.carried and row.rating in rules.RATINGS
    return asked and not any(each.section_id == row.id for each in known)


def will_follow(row: Section, asked: Collection[FollowUp]) -> list[tuple[str, str | None]]:
    """What follows from a section of a draft, and who is to do it: what the panel `asked`, else
    what begins by itself.
    """
    if _lacks_one(row, asked):
        return [(_wording(row), OWNER)]
    return [(each.text, each.owner) for each in asked]


def _wording(row: Section) -> str:
    title = row.point.title if row.point else ""
    return f"Meet point {row.number}: {title}" if title else f"Meet point {row.number}"


def _ask(session: Session, row: Section, act: Act) -> FollowUp:
    made = FollowUp(
        booking_id=row.booking_id, section_id=row.id, text=_wording(row), owner=OWNER,
        state=ActionState.OPEN,
    )  # fmt: skip
    follow_ups.add(session, made, act)
    return made


def _begin(session: Session, each: FollowUp, day: date, act: Act) -> None:
    before = follow_ups.document_of(each)
    each.due_on = each.due_on or day
    follow_ups.save(session, each, before, act, "follow_up.begun")


def fit(session: Session, booking: Booking, row: Section, months: int, act: Act) -> None:
    """After a point of a published report is rated anew, in the caller's transaction: one that has
    to be put right now has an action, due so many months from today; what was asked of one that is
    met ends.
    """
    known = follow_ups.all_of(session, booking.id)
    if _lacks_one(row, known):
        _begin(session, _ask(session, row, act), rules.due(act.day, months), act)
    for each in known:
        over = each.section_id != row.id or each.state is ActionState.CLOSED
        if row.rating not in rules.RATINGS and not over:
            _end(session, each, "The rating of the point was corrected", act)


def _end(session: Session, row: FollowUp, why: str, act: Act) -> None:
    before = follow_ups.document_of(row)
    row.state, row.closed_at, row.answer = ActionState.CLOSED, act.at, why
    follow_ups.save(session, row, before, act, "follow_up.taken_up")


def _take_up(session: Session, booking: Booking, numbers: set[int], act: Act) -> None:
    for earlier in publication.bookings_before(session, booking):
        for row, number in follow_ups.of_points(session, earlier.id):
            if number in numbers:
                _end(session, row, f"Assessed again: {booking.reference}", act)


def do(
    database: Database, reference: str, id_: int, version: int, wanted: Wanted, person: Person,
    act: Act, url: str,
) -> ActionState:  # fmt: skip
    """Do something with an action.

    Returns:
        How far it is now.

    Raises:
        Missing: there is no such action, as far as they may know.
        Stale: it changed since they read it.
        Refused: it cannot be done, or not by them.
        Invalid: something is not said.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = bookings.by_reference(session, reference)
        parts = parts_of(person, bookings.thing_of(session, booking))
        if not parts:
            raise Missing("There is no such assessment")
        row = follow_ups.at_version(session, booking.id, id_, version)
        to = rules.after(row.state, wanted.deed, parts)
        if to is None:
            _why_not(wanted.deed, parts)
        assert to is not None  # noqa: S101  raised otherwise
        _check(wanted)
        take(session, booking, row, wanted, to, act, url)
        return to


def _why_not(deed: Deed, parts: frozenset[Part]) -> None:
    if rules.TABLE[deed][1] & parts:
        raise Stale(N_("The action changed since you opened it"))
    raise Refused(N_("You cannot do this"))


def _check(wanted: Wanted) -> None:
    said = wanted.text.strip()
    if not said and wanted.deed in _ASKED:
        raise Invalid("text", _ASKED[wanted.deed])
    if len(said) > _LONGEST:
        raise Invalid("text", N_("What you say must be 5,000 characters or fewer"))
    if wanted.address and not is_web_address(wanted.address):
        raise Invalid("address", N_("Enter a web address that starts with https:// or http://"))
    if wanted.address and len(wanted.address) > _ADDRESS:
        raise Invalid("address", N_("The address must be 2,000 characters or fewer"))


def take(
    session: Session, booking: Booking, row: FollowUp, wanted: Wanted, to: ActionState, act: Act,
    url: str,
) -> None:  # fmt: skip
    """The same in the caller's transaction, once it is known to be theirs to do."""
    before, said = follow_ups.document_of(row), wanted.text.strip()
    if wanted.deed is Deed.EVIDENCE:
        row.evidence.append(
            ActionEvidence(text=said, address=wanted.address or None, given_by=act.actor,
                           given_at=act.at, state=EvidenceState.WAITING)
        )  # fmt: skip
    elif wanted.deed in (Deed.ENOUGH, Deed.NOT_ENOUGH):
        given = row.evidence[-1]
        enough = wanted.deed is Deed.ENOUGH
        given.state = EvidenceState.ENOUGH if enough else EvidenceState.NOT_ENOUGH
        given.answer, given.answered_by, given.answered_at = said or None, act.actor, act.at
    else:
        row.answer = said
    _end_waiting(row, wanted.deed, act)
    row.state = to
    row.closed_at = act.at if to in (ActionState.CLOSED, ActionState.ACCEPTED_RISK) else None
    follow_ups.save(session, row, before, act, f"follow_up.{wanted.deed}")
    parts, news = _NEWS[wanted.deed]
    booking_mail.tell(session, booking, parts, news, act, url, f"/actions/{row.id}")


def _end_waiting(row: FollowUp, deed: Deed, act: Act) -> None:
    """Evidence that waits while the risk is accepted needs no answer any more."""
    for given in row.evidence:
        if deed is Deed.ACCEPT_RISK and given.state is EvidenceState.WAITING:
            given.state, given.answer = EvidenceState.NOT_ENOUGH, row.answer
            given.answered_by, given.answered_at = act.actor, act.at
