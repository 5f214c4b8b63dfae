"""Correct a published report: its texts, how a point is rated, and the overall result."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions import booking_steps, follow_ups, publication_check, shown
from portal.assessments.actions.booking_steps import Step
from portal.assessments.actions.deciding import LONGEST
from portal.assessments.actions.publishing import findings, for_everybody, keep
from portal.assessments.booking_words import Move, State, VersionKind
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.rules import drafting, pinning, workflow
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.decision import Disagreement, doubts
from portal.assessments.rules.drafting import Said
from portal.assessments.rules.publication_filter import REDACTED
from portal.assessments.rules.ratings import of_point, of_whole
from portal.assessments.rules.report_documents import clean, without_findings, without_written
from portal.assessments.store import (
    booking_settings,
    bookings,
    publication,
    section_plans,
    sections,
)
from portal.assessments.store.point_actions import points_of
from portal.assessments.store.report_documents import Change, Reports
from portal.audit import Act, Document
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Refused

CORRECTED = "report.corrected"
_ASKED = "correction_asked"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction is.

    Attributes:
        note: what the public reads of a major one.
        withhold: whether the texts of the versions before go for good: they name somebody, or say
            what nobody should know.
    """

    kind: VersionKind
    note: str | None
    withhold: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The overall result in the words of the scheme, and why where it disagrees with the points."""

    verbatim: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Called:
    """What is assessed is called so; and why the assurance team chose the version of the standard,
    where it did.
    """

    name: str
    chosen_because: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person corrects in one section of a report.

    Attributes:
        number: of the section.
        values: its texts as they are to be.
        correction: of what kind, and what the public reads of it.
        keep: whether flagged words in the new text may stay; the reason is the correction's.
        verbatim: how its point is rated from now on; None where that stays.
        decided: the overall result from now on; None where that stays.
        called: what is assessed, and why the version of the standard was chosen; None where that
            stays.
    """

    number: int
    values: Document
    correction: Correction
    keep: bool = False
    verbatim: str | None = None
    decided: Decided | None = None
    called: Called | None = None


@booking_steps.guard(Move.CORRECT)
def says_what_is_corrected(made: Step) -> None:
    """A correction says what it is, which its own page asks for."""
    said = made.session.info.get(_ASKED)
    if not isinstance(said, Correction):
        raise Refused(N_("Say what is corrected on the page of the report"))
    if said.kind not in (VersionKind.MINOR, VersionKind.MAJOR):
        raise Invalid("kind", N_("Select whether the correction is minor or major"))
    if said.kind is VersionKind.MAJOR and not (said.note or "").strip():
        raise Invalid("note", N_("Enter what changed, for the public"))


@booking_steps.effect(Move.CORRECT)
def correct_report(made: Step) -> None:
    """Let the public report say what its sections say now."""
    session, booking, id_ = made.session, made.booking, made.booking.report_id
    assert id_ is not None  # noqa: S101  it is published
    said: Correction = session.info.pop(_ASKED)
    reports = Reports(session)
    now = reports.documents([id_])[id_]
    after = clean({**now, **findings(session, booking)})
    reports.write([Change(id_, now, after)], made.act, CORRECTED, told=without_written)
    shown.follow(session, booking, id_, after, made.act)
    if said.withhold:
        for version in publication.versions(session, booking.id):
            version.document = without_findings(version.document, after)
            version.note = version.note and REDACTED
    note = said.note if said.kind is VersionKind.MAJOR else None
    keep(session, booking, after, said.kind, note, made.act)


def correct(
    database: Database, reference: str, version: int, wanted: Wanted, person: Person, act: Act,
    url: str,
) -> None:  # fmt: skip
    """Correct a section of a published report, or the overall result; `act.reason` is why.

    Raises:
        Missing: there is no such booking or section.
        Stale: it changed since they read it.
        Refused: it is not theirs, not published, or not rated.
        Invalid: nothing changes, a note is missing, words may not be for the public, another rating
            is called a minor correction, or the result disagrees with the points and nothing is
            said of it.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = bookings.at_version(session, reference, version)
        parts = parts_of(person, bookings.thing_of(session, booking))
        if not parts:
            raise Missing("There is no such assessment")
        workflow.after(booking.state, booking.resumes, Move.CORRECT, parts, act.reason)
        row = sections.at(session, booking.id, wanted.number)
        rated = row.verbatim, booking.result_verbatim
        changed = publication.rewrite(
            session, row, _values(session, booking, row, wanted), act, CORRECTED
        )
        called = _call(session, booking, wanted.called, act)
        if not _decide(session, booking, wanted.decided, act) and not (changed or called):
            raise Invalid("", N_("Nothing is changed"))
        if rated != (row.verbatim, booking.result_verbatim):
            _says_so(session, booking, wanted.correction)
        if row.verbatim != rated[0]:
            held = booking_settings.held_by(session, booking.organisation_id)
            follow_ups.fit(session, booking, row, held.amber_months, act)
            _pass_on(session, booking, row, act)
        for_everybody(session, booking, "note", wanted.correction.note)
        for_everybody(session, booking, "why", act.reason)
        if wanted.keep:
            publication_check.keep_all(session, booking, act.reason or "", act)
        if publication_check.undecided(session, booking):
            raise Invalid("keep", N_("Look at the words that may not be for the public"))
        session.info[_ASKED] = wanted.correction
        booking_steps.take(session, booking, Move.CORRECT, parts, act, url)


def _values(session: Session, booking: Booking, row: Section, wanted: Wanted) -> Document:
    """What a section says from now on, with its rating where that is another one."""
    word = wanted.verbatim
    if word is None or word == row.verbatim:
        return wanted.values
    if row.carried:
        stands = section_plans.stands(session, row)
        if stands is None or stands.verbatim != word:
            raise Refused(N_("This point is carried forward: it is not assessed again"))
        return {**wanted.values, "verbatim": word, "rating": stands.rating}
    rated = workflow.rated(booking.stage, booking.kind)
    texts = {**asdict(sections.said_of(row)), **wanted.values, "verbatim": word}
    said = drafting.clean(Said(**texts), row.number, booking.scheme, rated)
    if drafting.missing(row.number, False, said.verbatim, said.reason, rated):
        raise Invalid("reason", N_("Enter why the point does not apply"))
    assert booking.scheme is not None  # noqa: S101  `clean` knew the word
    return {**asdict(said), "rating": of_point(booking.scheme)[word]}


def _decide(session: Session, booking: Booking, wanted: Decided | None, act: Act) -> bool:
    """Record another overall result, or another reason; False where nothing changes."""
    if wanted is None:
        return False
    if not workflow.rated(booking.stage, booking.kind) or booking.scheme is None:
        raise Refused(N_("This review is not rated: it has no overall result"))
    words = of_whole(booking.scheme)
    reason = (wanted.reason or "").strip() or None
    if len(reason or "") > LONGEST:
        raise Invalid("result_reason", N_("This must be %(most)s characters or fewer"),
                      most=f"{LONGEST:,}")  # fmt: skip
    before = bookings.document_of(booking)
    if wanted.verbatim != booking.result_verbatim:
        if wanted.verbatim not in words:
            raise Invalid("result", N_("Select the overall result"))
        booking.result, booking.result_verbatim = words[wanted.verbatim], wanted.verbatim
    booking.result_reason = reason
    return bookings.save(session, booking, before, act, CORRECTED)


def _call(session: Session, booking: Booking, wanted: Called | None, act: Act) -> bool:
    """Record another name, or another reason for the version; False where nothing changes."""
    if wanted is None:
        return False
    if not wanted.name.strip():
        raise Invalid("name", N_("Enter what the assessment is called"))
    before = bookings.document_of(booking)
    publication.call(booking, wanted.name.strip())
    reason = (wanted.chosen_because or "").strip()
    if pinning.reason_of(booking.pinned_because):
        if not reason:
            raise Invalid("chosen_because", N_("Enter why this version of the standard holds"))
        told = pinning.Pin(booking.standard_version_id, pinning.Because.OVERRIDE, reason).told
        booking.pinned_because = told[:1000]
    return bookings.save(session, booking, before, act, CORRECTED)


def _says_so(session: Session, booking: Booking, said: Correction) -> None:
    """Another rating or result is told to the public, and why where the two disagree."""
    if said.kind is not VersionKind.MAJOR:
        raise Invalid(
            "kind", N_("Select major: another rating or result changes what the report says")
        )
    found = doubts(booking.result, points_of(session, booking.id)) if booking.result else []
    # A point that is met with conditions now gets its action with the correction.
    found = [each for each in found if each.kind is not Disagreement.CONDITION_UNSAID]
    if found and not (booking.result_reason or "").strip():
        raise Invalid("result_reason", N_("Say why: the result disagrees with the points"))


#: A report that is no longer a draft says what it says until it is corrected itself.
_OVER = frozenset({
    State.PUBLISHED, State.UNPUBLISHED, State.CLOSED_UNPUBLISHED, State.WITHDRAWN, State.STOPPED,
})  # fmt: skip


def _pass_on(session: Session, booking: Booking, row: Section, act: Act) -> None:
    """Let drafts that carry a point forward have it as it is rated now; one that looks at points
    with that rating has it open, while its panel writes.
    """
    if row.carried or booking.report_id is None:
        return
    for other, each in section_plans.carrying(session, booking.report_id, row.number):
        if other.state in _OVER:
            continue
        looked_at = drafting.LOOKS_AT.get(other.kind) if other.kind else None
        opens = row.rating is looked_at and other.state in workflow.WRITING
        before = sections.document_of(each)
        each.carried = not opens
        each.carried_from_id = None if opens else each.carried_from_id
        each.verbatim, each.rating, each.reason = (
            (None, None, None) if opens else (row.verbatim, row.rating, row.reason)
        )
        sections.changed(session, each, before, act, "section.carried_again")
