"""Every text that leaves the panel passes the filter, and a correction changes each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import work
from portal.assessments.actions import challenges, correcting, publication_check, publishing
from portal.assessments.actions.booking_steps import step
from portal.assessments.actions.correcting import Called, Correction, Wanted
from portal.assessments.booking_words import ActionState, Move, State, VersionKind
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.store import challenges as said
from portal.assessments.store import publication, sections
from portal.assessments.store.report_documents import Reports
from portal.audit import HistoryEvent
from portal.errors import Invalid, Refused
from portal.mail.models import Mail
from tests.support.accounts import act
from tests.support.held import Held, held
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.usefixtures("app")
URL = "https://portal.a.example"


def move(
    database: RolledBackDatabase, case: Held, move: Move, who: Any, reason: str | None = None
) -> State:
    case.session.expire_all()
    done = replace(act(), reason=reason)
    return step(database, case.reference, case.version, move, who, done, URL)


def test_names_in_any_text_are_decided_about_and_taken_out(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(
        session, name="Gwen Rivers hires boats", pinned_because="override: Gwen Rivers asked",
        result_reason="Gwen Rivers is right",
    )  # fmt: skip
    row = sections.at(session, case.id, 3)
    session.add(FollowUp(booking_id=case.id, section_id=row.id, text="Ask Gwen Rivers",
                         owner="Gwen Rivers", state=ActionState.OPEN,
                         edited_at=act().at))  # fmt: skip
    session.commit()
    found = publication_check.flagged(session, case.booking)
    assert [(each.number, each.field) for each in found] == [
        (0, "result_reason"), (0, "name"), (0, "pinned_because"), (3, "action"), (3, "action"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="Decide first"):
        move(database, case, Move.SEND_TO_TEAM, case.assurance)
    gone = publication_check.Said(True, "a person", "A name")
    for number in (0, 3):
        mark = found[0].mark
        publication_check.decide(
            database, case.reference, number, mark, gone, case.assurance, act()
        )
    session.expire_all()
    booking, [asked] = case.booking, session.scalars(select(FollowUp)).all()
    assert (booking.name, booking.sort_name, booking.pinned_because, booking.result_reason) == (
        "a person hires boats", "a person hires boats", "override: a person asked",
        "a person is right",
    )  # fmt: skip
    assert (asked.text, asked.owner) == ("Ask a person", "a person")
    assert move(database, case, Move.SEND_TO_TEAM, case.assurance) is State.TEAM_REVIEW


def test_amended_words_are_decided_about_before_the_team_reads_them(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.TEAM_REVIEW)
    here = (database, case.reference)
    for number, what in (
        (0, "Amber"), (0, "It is enough."), (2, "Amber"),
        (2, "Meet point 2: Solve a whole problem (Service owner)"),
    ):  # fmt: skip
        challenges.write(*here, number, what, "Why?", case.team, act())
        [made] = said.of_booking(session, case.id)
        challenges.remove(*here, made.id, case.team, act())
    challenges.write(*here, 2, "Then test it.", "We did", case.team, act())
    move(database, case, Move.CHALLENGE, case.team)
    session.execute(
        Section.__table__.update().where(Section.number == 2, Section.booking_id == case.id)
        .values(to_explore="Gwen Rivers tested it.")
    )  # fmt: skip
    session.commit()
    [one] = said.of_booking(session, case.id, sent=True)
    assert challenges.answer(
        database, case.reference, one.id, True, "So it is", case.lead, act(), URL
    ) == 0  # fmt: skip
    with pytest.raises(Refused, match="assurance team has to decide"):
        move(database, case, Move.ANSWER_CHALLENGE, case.lead)

    def tasks() -> list[str]:
        session.expire_all()
        items = work.items(session, case.assurance, act().day)
        return [item.task for item in items if case.reference in item.href]

    assert tasks() == ["decide_words"]
    [found] = publication_check.flagged(session, case.booking)
    stays = publication_check.Said(False, "", "It is a boat")
    publication_check.decide(database, case.reference, 2, found.mark, stays, case.assurance, act())
    assert tasks() == []
    assert move(database, case, Move.ANSWER_CHALLENGE, case.lead) is State.TEAM_REVIEW
    assert "boat" not in str(session.scalars(select(Mail.personalisation)).all()).lower()


def test_a_correction_changes_what_it_is_called_and_why_everywhere(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.READY_TO_PUBLISH, name="Ivor hires boats",
                pinned_because="override: Ivor asked")  # fmt: skip
    move(database, case, Move.PUBLISH, case.assurance)

    def correct(called: Called, why: str = "A mistake") -> None:
        session.expire_all()
        kind = Correction(VersionKind.MAJOR, "It named somebody", withhold=True)
        texts = {"done_well": "Part 0 is well done.",
                 "to_explore": "Look into part 0.\n\nThen test it."}  # fmt: skip
        correcting.correct(
            database, case.reference, case.version, Wanted(0, texts, kind, called=called),
            case.assurance, replace(act(), reason=why), URL,
        )  # fmt: skip

    for called, why in (
        (Called(" ", "Asked"), "A mistake"), (Called("Boats", ""), "A mistake"),
        (Called("Gwen Rivers", "Asked"), "A mistake"), (Called("Boats", "Asked"), "Gwen Rivers"),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            correct(called, why)
    correct(Called("Boats", "Asked for"))
    session.expire_all()
    id_ = case.booking.report_id
    assert id_ is not None
    document = Reports(session).documents([id_])[id_]
    assert (document["title"], document["1.name"], document["1.pinned_because"]) == (
        "Boats: beta assessment", "Boats", "override: Asked for",
    )  # fmt: skip
    versions = [v.document for v in publication.versions(session, case.id)]
    events = session.scalars(select(HistoryEvent).where(HistoryEvent.thing == "report")).all()
    public = f"{versions} {[(e.before, e.after, e.reason) for e in events]}"
    assert "Ivor asked" not in public and "Ivor hires" not in public


def test_everybody_reads_why_a_report_is_published_again(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.READY_TO_PUBLISH)
    move(database, case, Move.PUBLISH, case.assurance)
    session.expire_all()
    publishing.unpublish(
        database, case.reference, case.version, None, case.assurance,
        replace(act(), reason="Wrong service"), URL,
    )  # fmt: skip
    with pytest.raises(Invalid, match="Leave out names"):
        move(database, case, Move.PUBLISH_AGAIN, case.assurance, "Gwen Rivers asked for it")
    session.execute(
        Section.__table__.update().where(Section.number == 1).values(done_well="Gwen Rivers helps")
    )
    session.commit()
    with pytest.raises(Refused, match="Decide first"):
        move(database, case, Move.PUBLISH_AGAIN, case.assurance, "It was right")
    [found] = publication_check.flagged(session, case.booking)
    gone = publication_check.Said(True, "Somebody", "A name")
    publication_check.decide(database, case.reference, 1, found.mark, gone, case.assurance, act())
    move(database, case, Move.PUBLISH_AGAIN, case.assurance, "It was right")
    session.expire_all()
    [*_, last] = publication.versions(session, case.id)
    assert last.note == "It was right" and "Somebody helps" in last.document["body"]
