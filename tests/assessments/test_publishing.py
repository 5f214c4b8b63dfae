"""From the assurance check to the public, and back: what is written where, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions import challenges, correcting, publication_check, publishing
from portal.assessments.actions.booking_steps import step
from portal.assessments.actions.correcting import Correction, Decided, Wanted
from portal.assessments.booking_words import Move, State, VersionKind
from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section, SectionText
from portal.assessments.models.publishing import PublicationFlag, WithdrawnReport
from portal.assessments.models.standards import StandardVersion
from portal.assessments.rules import report_writing
from portal.assessments.store import challenges as said
from portal.assessments.store import counts, follow_ups, publication, report_timelines, sections
from portal.assessments.store.report_documents import Reports
from portal.audit import HistoryEvent
from portal.catalogue.models.services import Service
from portal.errors import Invalid, Missing, Refused, Stale
from portal.mail.models import Mail
from tests.support.accounts import act
from tests.support.held import HELD_ON, Held, held
from tests.support.people import Somebody
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.usefixtures("app")
URL = "https://portal.a.example"
NAMED = "We spoke with Gwen Rivers.\n\nWrite to g@a.example."


def move(
    database: RolledBackDatabase, case: Held, move: Move, who: Person, reason: str | None = None
) -> State:
    case.session.expire_all()
    done = replace(act(), reason=reason)
    return step(database, case.reference, case.version, move, who, done, URL)


def correct(database: RolledBackDatabase, case: Held, wanted: Wanted) -> None:
    case.session.expire_all()
    done = replace(act(), reason="A mistake")
    correcting.correct(database, case.reference, case.version, wanted, case.assurance, done, URL)


def published(database: RolledBackDatabase, session: Session, **changes: object) -> Held:
    case = held(session, State.READY_TO_PUBLISH, **changes)  # type: ignore[arg-type]
    move(database, case, Move.PUBLISH, case.assurance)
    session.expire_all()
    return case


def test_nothing_goes_on_while_words_are_undecided_and_their_words_are_not_kept(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, texts={1: NAMED})
    session.execute(Section.__table__.update().where(Section.number == 0).values(done_well="Fine"))
    found = publication_check.flagged(session, case.booking)
    assert [each.hit.words for each in found] == ["Gwen Rivers", "g@a.example"]
    with pytest.raises(Refused, match="Decide first"):
        move(database, case, Move.SEND_TO_TEAM, case.assurance)

    def decide(index: int, redact: bool, reason: str, who: Person, instead: str = "") -> int:
        wanted = publication_check.Said(redact, instead, reason)
        return publication_check.decide(
            database, case.reference, 1, found[index].mark, wanted, who, act()
        )

    with pytest.raises(Missing):
        decide(0, True, "A name", Somebody(id=999))
    for somebody in (case.team, case.lead):
        with pytest.raises(Refused):
            decide(0, True, "A name", somebody)
    for reason, instead in (("", ""), ("It is Gwen Rivers", ""), ("A name", "Gwen")):
        with pytest.raises(Invalid):
            decide(0, True, reason, case.assurance, instead)
    assert decide(0, True, "A name", case.assurance, "the service owner") == 1
    with pytest.raises(Stale):
        decide(0, True, "A name", case.assurance)
    assert decide(1, False, "A shared mailbox", case.assurance) == 0
    session.expire_all()
    assert sections.at(session, case.id, 1).to_explore.startswith(
        "We spoke with the service owner."
    )
    assert session.scalar(select(func.count()).select_from(SectionText)) == 2
    told = session.execute(select(HistoryEvent.before, HistoryEvent.after)).all()
    flags = session.execute(select(PublicationFlag.digest, PublicationFlag.reason)).all()
    assert "Gwen" not in f"{told} {flags}" and "g@a" not in f"{told} {flags}"
    assert move(database, case, Move.SEND_TO_TEAM, case.assurance) is State.TEAM_REVIEW


def test_the_team_challenges_paragraphs_together_and_each_is_answered(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.TEAM_REVIEW)
    with pytest.raises(Refused, match="which paragraph"):
        move(database, case, Move.CHALLENGE, case.team)
    here = (database, case.reference)
    challenges.write(*here, 2, "Then test it.", "We did", case.team, act())
    challenges.write(*here, 3, "Look into part 3.", "Why?", case.team, act())
    with pytest.raises(Stale):
        challenges.write(*here, 3, "Not there", "Why?", case.team, act())
    with pytest.raises(Invalid):
        challenges.write(*here, 3, "Then test it.", " ", case.team, act())
    with pytest.raises(Refused):
        challenges.write(*here, 3, "Then test it.", "Why?", case.lead, act())
    one, other = said.of_booking(session, case.id)
    challenges.remove(*here, other.id, case.team, act())
    challenges.write(*here, 3, "Look into part 3.", "How?", case.team, act())
    with pytest.raises(Refused, match="Send your challenges"):
        move(database, case, Move.ACCEPT_REPORT, case.team)
    move(database, case, Move.CHALLENGE, case.team)
    session.expire_all()
    one, other = said.of_booking(session, case.id, sent=True)
    with pytest.raises(Refused, match="Answer each"):
        move(database, case, Move.ANSWER_CHALLENGE, case.lead)
    with pytest.raises(Refused):
        challenges.answer(*here, one.id, True, "Yes", case.team, act(), URL)
    assert challenges.answer(*here, one.id, True, "We say so now", case.assessor, act(), URL) == 1
    assert challenges.answer(*here, other.id, False, "It stands", case.lead, act(), URL) == 0
    assert move(database, case, Move.ANSWER_CHALLENGE, case.lead) is State.TEAM_REVIEW
    assert move(database, case, Move.ACCEPT_REPORT, case.team) is State.READY_TO_PUBLISH
    texts = session.execute(select(Mail.personalisation, Mail.to_address)).all()
    assert texts and "boat" not in str(texts).lower()


def test_publishing_writes_the_report_that_everything_public_reads(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.READY_TO_PUBLISH, ratings={1: "met", 2: "not_rated", 3: "not_met"})
    assert session.scalar(select(func.count()).select_from(Report)) == 0
    move(database, case, Move.PUBLISH, case.assurance)
    session.expire_all()
    [report] = session.scalars(select(Report))
    assert (report.slug, report.title) == (
        "hire-a-boat-beta-assessment-2026-03-10", "Hire a boat: beta assessment",
    )  # fmt: skip
    assert report.body.startswith("## The whole service\n\n### The decision\n\nIt is enough.")
    [row] = session.scalars(select(Assessment))
    assert (row.service_id, row.held_on, row.lead_present) == (case.service_id, HELD_ON, True)
    assert (row.result.value, row.result_verbatim) == ("met_with_conditions", "Amber")
    points = session.execute(
        select(AssessmentPoint.number, AssessmentPoint.verbatim, AssessmentPoint.reason)
        .order_by(AssessmentPoint.number)
    ).all()  # fmt: skip
    assert [tuple(p) for p in points] == [
        (1, "Green", None), (2, "N/A", "It has no forms."), (3, "Red", None),
    ]  # fmt: skip
    document = Reports(session).documents([report.id])[report.id]
    assert (document["1.owners"], document["1.organisations"]) == (
        ["Boats agency"], ["portal:boats-agency"],
    )  # fmt: skip
    booking = case.booking
    assert (booking.report_id, booking.report_slug) == (report.id, report.slug)
    assert booking.decided_at is not None
    [version] = publication.versions(session, case.id)
    assert (version.number, version.kind, version.document) == (1, VersionKind.FIRST, document)
    assert [row.slug for row in report_timelines.of_service(session, case.service_id)] == [
        report.slug
    ]


def test_what_may_not_be_published_is_not(database: RolledBackDatabase, session: Session) -> None:
    case = held(session, State.READY_TO_PUBLISH, confidential=True)
    with pytest.raises(Refused, match="confidential"):
        move(database, case, Move.PUBLISH, case.assurance)
    with pytest.raises(Invalid):
        move(database, case, Move.CLOSE_UNPUBLISHED, case.assurance)
    move(database, case, Move.CLOSE_UNPUBLISHED, case.assurance, "It is confidential")
    assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_a_review_that_is_not_rated_is_published_without_a_result(
    database: RolledBackDatabase, session: Session
) -> None:
    published(
        database, session, stage="discovery", kind="peer_review", result="not_rated",
        result_verbatim=None, ratings={9: "met"},
    )  # fmt: skip
    [row] = session.scalars(select(Assessment))
    assert (row.result.value, row.kind.value) == ("not_rated", "peer_review")


def test_corrections_keep_what_was_said_before(
    database: RolledBackDatabase, session: Session
) -> None:
    case = published(database, session)
    minor, major = (
        Correction(VersionKind.MINOR, None), Correction(VersionKind.MAJOR, "Point 1 was wrong"),
    )  # fmt: skip
    with pytest.raises(Refused, match="on the page"):
        move(database, case, Move.CORRECT, case.assurance, "A mistake")
    for wanted in (
        Wanted(1, {"done_well": "Part 1 is well done."}, minor),
        Wanted(1, {"done_well": "New"}, Correction(VersionKind.MAJOR, " ")),
        Wanted(1, {"done_well": "New"}, Correction(VersionKind.MAJOR, "Gwen Rivers said so")),
        Wanted(1, {"done_well": "Gwen Rivers helps"}, minor),
    ):
        with pytest.raises(Invalid):
            correct(database, case, wanted)
    correct(database, case, Wanted(1, {"done_well": "Better words"}, minor))
    correct(database, case, Wanted(1, {"to_explore": "Nothing"}, major))
    session.expire_all()
    first, second, third = publication.versions(session, case.id)
    assert "Part 1 is well done." in first.document["body"]
    assert (
        "Better words" in second.document["body"] and "Look into part 1" in second.document["body"]
    )
    assert [v.note for v in (first, second, third)] == [None, None, "Point 1 was wrong"]
    gone = replace(major, withhold=True)
    correct(database, case, Wanted(1, {"done_well": "Nobody is named"}, gone))
    session.expire_all()
    *before, third = publication.versions(session, case.id)
    assert [v.document["body"] for v in before] == ["", "", ""]
    assert before[0].document["1.points"] and "Nobody is named" in third.document["body"]
    [report] = session.scalars(select(Report))
    assert report.body == third.document["body"]
    assert "Better words" not in str(session.execute(select(HistoryEvent.after)).all())


def test_a_correction_changes_a_rating_and_the_result(
    database: RolledBackDatabase, session: Session
) -> None:
    case = published(database, session)
    [row] = session.scalars(select(Assessment))
    before = counts.counted(session)

    def wanted(
        number: int, word: str | None = None, result: str | None = None,
        reason: str | None = "It is enough.", major: bool = True, **texts: str,
    ) -> Wanted:  # fmt: skip
        kind = VersionKind.MAJOR if major else VersionKind.MINOR
        decided = Decided(result, reason) if result else None
        return Wanted(number, texts, Correction(kind, "Rated anew"), False, word, decided)

    for refused, field in (
        (wanted(3, "Green", major=False), "kind"),
        (wanted(0, result="Green", major=False), "kind"),
        (wanted(3, "Purple"), "verbatim"),
        (wanted(3, "N/A"), "reason"),
        (wanted(3, "Amber", "Purple"), "result"),
        (wanted(2, "Green", "Amber", reason=" "), "result_reason"),
        (wanted(2, "Amber", "Amber"), ""),
        (wanted(0, result="Amber", reason="Gwen Rivers thinks so"), "keep"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as found:
            correct(database, case, refused)
        assert found.value.field == field, refused
    open_ = {f.section_id: f.state for f in follow_ups.all_of(session, case.id)}
    assert len(open_) == 2, "points 2 and 3 have an action each"
    correct(database, case, wanted(3, "Green", "Green", "One condition is small.", done_well="New"))
    correct(database, case, wanted(1, "Red", "Green", "It passes all the same."))
    session.expire_all()
    [row] = session.scalars(select(Assessment))
    assert (row.result.value, row.result_verbatim) == ("met", "Green")
    points = session.execute(
        select(AssessmentPoint.number, AssessmentPoint.rating).order_by(AssessmentPoint.number)
    )
    assert [(n, r.value) for n, r in points] == [
        (1, "not_met"), (2, "met_with_conditions"), (3, "met"),
    ]  # fmt: skip
    first, _second, third = publication.versions(session, case.id)
    assert first.document["1.result"] == "met_with_conditions"
    assert [p["rating"] for p in first.document["1.points"]][2] == "not_met"
    assert (third.document["1.result"], third.note) == ("met", "Rated anew")
    assert "It passes all the same." in third.document["body"]
    assert counts.kept(session) == counts.counted(session) != before
    [standing] = point_standing_of(session, case)
    assert standing == {1: "not_met", 2: "met_with_conditions", 3: "met"}
    states = {f.section_id: f for f in follow_ups.all_of(session, case.id)}
    numbers = {sections.at(session, case.id, n).id: n for n in (1, 2, 3)}
    assert {numbers[i]: f.state.value for i, f in states.items()} == {
        1: "open", 2: "open", 3: "closed",
    }  # fmt: skip
    [fresh] = [f for i, f in states.items() if numbers[i] == 1]
    assert fresh.due_on is not None and fresh.due_on > act().day
    assert "small" not in str(session.execute(
        select(HistoryEvent.after).where(HistoryEvent.thing == "report")).all())  # fmt: skip


def point_standing_of(session: Session, case: Held) -> list[dict[int, str]]:
    rows = publication.rated_points(session, case.service_id)
    return [{row.number: row.rating.value for row in rows}]


def test_a_corrected_rating_reaches_what_carries_it(
    database: RolledBackDatabase, session: Session
) -> None:
    case = published(database, session)
    [original] = session.scalars(select(Assessment))
    again = held(
        session, State.READY_TO_PUBLISH, version=original.standard_version_id and
        session.get_one(StandardVersion, original.standard_version_id),
        service=session.get_one(Service, case.service_id), reference="TST-4567",
        kind="reassessment", again_of_id=original.id, result="met", result_verbatim="Green",
        ratings={1: "met", 2: "met_with_conditions", 3: "met"},
    )  # fmt: skip
    carried = Section.__table__.update().where(
        Section.booking_id == again.id, Section.number.in_([1, 2])
    )
    session.execute(carried.values(carried=True, carried_from_id=original.id))
    session.commit()
    major = Correction(VersionKind.MAJOR, "Point 1 was wrong")
    decided = Decided("Amber", "It is enough.")
    correct(database, case, Wanted(1, {}, major, verbatim="Amber", decided=decided))
    session.expire_all()
    assert sections.at(session, again.id, 1).verbatim == "Amber", "a draft has it at once"
    move(database, again, Move.PUBLISH, again.assurance)
    with pytest.raises(Refused, match="carried forward"):
        correct(database, again, Wanted(2, {}, major, verbatim="Green"))
    correct(database, case, Wanted(2, {}, major, verbatim="Green"))
    session.expire_all()
    assert sections.at(session, again.id, 2).verbatim == "Amber", "a report says what it said"
    correct(database, again, Wanted(2, {}, major, verbatim="Green",
                                    decided=Decided("Green", "One is left.")))  # fmt: skip
    session.expire_all()
    row = sections.at(session, again.id, 2)
    assert (row.verbatim, row.carried) == ("Green", True)
    # A draft that looks at red points has one open that is red now.
    session.execute(Booking.__table__.update().where(Booking.id == again.id).values(
        state=State.DRAFTING))  # fmt: skip
    correct(database, case, Wanted(2, {}, major, verbatim="Red", decided=decided))
    session.expire_all()
    row = sections.at(session, again.id, 2)
    assert (row.verbatim, row.carried, row.carried_from_id) == (None, False, None)


def test_a_report_is_taken_back_with_what_follows_it_and_published_again(
    database: RolledBackDatabase, session: Session
) -> None:
    case = published(database, session)
    slug = case.booking.report_slug
    with pytest.raises(Refused, match="where its address leads"):
        move(database, case, Move.UNPUBLISH, case.assurance, "Wrong service")

    def unpublish(goes_to: str | None, reason: str = "Wrong service") -> State:
        session.expire_all()
        return publishing.unpublish(
            database, case.reference, case.version, goes_to, case.assurance,
            replace(act(), reason=reason), URL,
        )  # fmt: skip

    for to in ("https://elsewhere.example", "//elsewhere.example", f"/reports/{slug}"):
        with pytest.raises(Invalid):
            unpublish(to)
    with pytest.raises(Invalid):
        unpublish(None, "Gwen Rivers asked")
    assert unpublish(None) is State.UNPUBLISHED
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Report)) == 0
    left = text("SELECT count(*) FROM search_document WHERE thing = 'report'")
    assert session.scalar(left) == 0
    assert report_timelines.of_service(session, case.service_id) == []
    gone = publication.withdrawn(session, slug or "")
    assert gone is not None and gone.reason == "Wrong service"
    move(database, case, Move.PUBLISH_AGAIN, case.assurance, "It was right")
    session.expire_all()
    [report] = session.scalars(select(Report))
    assert report.slug == slug
    assert session.scalar(select(func.count()).select_from(WithdrawnReport)) == 0
    kinds = [v.kind for v in publication.versions(session, case.id)]
    assert kinds == [VersionKind.FIRST, VersionKind.AGAIN]


def test_headings_are_in_order_and_titles_fit() -> None:
    parts = [
        report_writing.Part(2, "B", "Red", None, None, "", "x", False),
        report_writing.Part(0, "", None, None, None, "w", "", False),
        report_writing.Part(1, "A", "Red", None, None, "", " ", False),
    ]
    told = report_writing.sections(parts, "Because")
    assert [(s["level"], s["heading"]) for s in told] == [
        (1, "The whole service"), (2, "The decision"), (2, "What the team has done well"),
        (1, "2. B"), (2, "What the team needs to explore"),
    ]  # fmt: skip
    assert len(report_writing.title_of("x" * 300, None, None)) == 300
