"""The form of a period: answers page by page, checked, sent and revised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import history_of
from portal.errors import Invalid, Refused, Stale
from portal.performance.actions import answering
from portal.performance.actions import data_sets as acts
from portal.performance.actions.answering import Changed
from portal.performance.models.collecting import FigureDraft
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataRecord
from portal.performance.rules.answers import Answer, mark
from portal.performance.rules.entries import Sent
from portal.performance.rules.questions import questions
from portal.performance.store import data_sets, drafts, values
from portal.performance.words import Period, SetKind, ValueState, ValueStatus, Way
from tests.performance.places import Place, text, text_of
from tests.support.accounts import act
from tests.support.data import add_service
from tests.support.pages import PageClient, filled
from tests.support.performance import add_set, number
from tests.support.performance import send as keep
from tests.support.transactions import RolledBackDatabase

JUNE = date(2026, 6, 1)
N, NONE = ValueState.NUMBER, ValueState.NOT_COLLECTED
FORM = Sent(Way.FORM)
FINAL = ValueStatus.PUBLISHED


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


@pytest.fixture
def row(session: Session) -> DataSet:
    found = add_set(session, SetKind.COMPLETION, service_id=add_service(session, "a-fine").id)
    session.commit()
    return found


def said(many: float) -> dict[str, Any]:
    return {"started:": many}


def answered(database: RolledBackDatabase, row: DataSet, started: float, completed: float) -> None:
    for place, (key, many) in enumerate((("started:", started), ("completed:", completed)), 1):
        sheet = sheet_of(database, row)
        base = mark(sheet.answers.get(place))
        answering.answer(
            database, row.id, JUNE, place, Answer(N, {key: many}, "Ask Jo"), base, act()
        )


def sheet_of(database: RolledBackDatabase, row: DataSet) -> answering.Sheet:
    with database.reading() as session:
        return answering.sheet(session, data_sets.get(session, row.id), JUNE)


def submit(database: RolledBackDatabase, row: DataSet, why: str | None = None) -> dict[str, int]:
    base = answering.marks(sheet_of(database, row))
    by = replace(act(), reason=why)
    return dict(answering.submit(database, row.id, JUNE, FINAL, base, FORM, by).counts)


def test_answers_wait_and_become_values_and_records_together(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    answered(database, row, 100, 80)
    assert values.given(session, row.id, JUNE) == {}
    counts = {"records": 1, "removed": 0, "new": 2, "revised": 0, "same": 0}
    assert submit(database, row) == counts
    session.expire_all()
    assert session.scalars(select(FigureDraft)).all() == []
    [record] = session.scalars(select(DataRecord))
    assert {k: record.body[k] for k in ("started", "completed", "period")} == {
        "started": 100, "completed": 80, "period": "month",
    }  # fmt: skip
    assert "note" not in record.body
    events = history_of(session, data_sets.THING, row.id)
    assert [event.tag for event in events] == ["data_set.received", "data_set.added"]


def test_a_published_figure_changes_only_with_a_reason(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    answered(database, row, 100, 80)
    submit(database, row)
    assert sheet_of(database, row).public == {1, 2}
    answered(database, row, 100, 90)
    assert sheet_of(database, row).revised == [2]
    with pytest.raises(Invalid, match="why published figures change"):
        submit(database, row)
    assert submit(database, row, "Counted twice")["revised"] == 1
    session.expire_all()
    rows = values.revisions(session, row.id, JUNE, "")
    assert [(r.revision, r.number, r.status.value) for r in rows if r.number != 100] == [
        (2, 90, "revised"), (1, 80, "published"),
    ]  # fmt: skip
    [record] = session.scalars(select(DataRecord))
    assert record.body["completed"] == 90


def test_published_answers_are_not_provisional_again(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    answered(database, row, 100, 80)
    submit(database, row)
    again = lambda: answering.submit(  # noqa: E731
        database, row.id, JUNE, ValueStatus.PROVISIONAL, answering.marks(sheet_of(database, row)),
        FORM, replace(act(), reason="Late"),
    )  # fmt: skip
    answered(database, row, 100, 80)
    assert again().counts["same"] == 2
    answered(database, row, 100, 90)
    with pytest.raises(Invalid, match="cannot be provisional again") as refused:
        again()
    assert refused.value.field == "status"


def test_two_at_once_get_both_answers(database: RolledBackDatabase, row: DataSet) -> None:
    def first(many: float, base: str = "") -> None:
        answering.answer(database, row.id, JUNE, 1, Answer(N, said(many)), base, act())

    first(5)
    with pytest.raises(Changed) as meanwhile:
        first(6)
    assert meanwhile.value.theirs == Answer(N, said(5))
    first(5)  # the same again is no conflict
    first(6, mark(meanwhile.value.theirs))
    assert sheet_of(database, row).answers[1].numbers == said(6)
    base = answering.marks(sheet_of(database, row))
    first(7, mark(Answer(N, said(6))))
    with pytest.raises(Stale):
        answering.submit(database, row.id, JUNE, FINAL, base, FORM, act())


def test_what_cannot_be_is_not_sent(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    with pytest.raises(Invalid, match="Answer every question"):
        submit(database, row)
    answered(database, row, 80, 100)
    with pytest.raises(Invalid, match=r"\(100\) cannot be more than .* \(80\)"):
        submit(database, row)
    session.expire_all()
    acts.close(database, row.id, row.version, act())
    with pytest.raises(Refused):
        answered(database, row, 100, 80)
    session.expire_all()
    answering.drop(database, row.id, JUNE)
    assert not sheet_of(database, row).waiting


def test_what_a_program_gave_is_answered_already(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    keep(session, row, number(JUNE, "started", 7))
    session.commit()
    sheet = sheet_of(database, row)
    assert sheet.answers == {1: Answer(N, said(7.0))} and sheet.public == {1}
    with pytest.raises(Refused):
        answering.sheet(session, row, date(2026, 6, 2))


# Pages


def at(place: Place, row: DataSet, number: int | None = None, start: str = "2026-06-01") -> str:
    end = "" if number is None else f"/{number}"
    return f"/data-sets/{row.group}/{row.type}/figures/{start}{end}"


def give(place: Place, address: str, **typed: Any) -> Any:
    return place.team.post(address, data={**filled(place.team.get(address)), **typed})


def test_a_team_gives_figures_page_by_page(client: PageClient, place: Place) -> None:
    row = place.add()
    shown = text(place.team, "/data-sets/a-fine/volumes/figures")
    assert "June 2026" in shown and "No figures" in shown
    for typed, message in (
        ({}, "Select whether you have this figure"),
        ({"state": "number"}, "Enter a number for “Transactions”"),
        ({"state": "number", "number_1": "lots"}, "“Transactions” must be a number, like 1,200"),
        ({"state": "number", "number_1": "jo@c.example"}, "“Transactions” must be a number"),
        ({"state": "number", "number_1": "-1"}, "“Transactions” must be 0 or more"),
        ({"state": "number", "number_1": "1.5"}, "must be a whole number"),
        ({"state": "not_provided", "number_1": "1,000"}, "You entered a figure as well"),
    ):  # fmt: skip
        refused = give(place, at(place, row, 1), note="Ask Jo", **typed)
        assert refused.status_code == 422 and message in text_of(refused), typed
        kept = filled(refused, "main form")
        assert kept["note"] == ["\nAsk Jo"] or kept["note"] == ["Ask Jo"]
        assert kept["number_1"] == [typed.get("number_1", "")]
    assert drafts.waiting(place.session, row.id) == set(), "only who typed it saw what is refused"
    onward = give(place, at(place, row, 1), state="number", number_1="1,000")
    assert onward.headers["Location"] == at(place, row, 2)
    later = give(place, at(place, row, 2), state="number", number_1="2000", later="y")
    assert later.headers["Location"] == "/data-sets/a-fine/volumes"
    assert "Begun, not sent" in text(place.team, "/data-sets/a-fine/volumes/figures")
    onward = give(place, at(place, row, 3), state="not_collected")
    assert onward.headers["Location"] == at(place, row)
    # A figure that the page showed, and nobody typed, is dropped with the answer it was of.
    shown = filled(place.team.get(at(place, row, 2)), "main form")
    changed = place.team.post(at(place, row, 2), data={**shown, "state": "not_collected"})
    assert changed.status_code == 303
    give(place, at(place, row, 2), state="number", number_1="2000")
    check = text(place.team, at(place, row))
    assert "“Digital transactions” (2,000) cannot be more than “Transactions” (1,000)" in check
    assert "Send these figures" not in check
    give(place, at(place, row, 2), state="number", number_1="900")
    form = filled(place.team.get(at(place, row)), "main form:has(#base)")
    unsaid = place.team.post(at(place, row), data={**form})
    assert "Select whether these figures are final" in text_of(unsaid)
    sent = place.team.post(at(place, row), data={**form, "status": "provisional"})
    assert sent.headers["Location"] == "/data-sets/a-fine/volumes"
    page = text(client, "/data-sets/a-fine/volumes")
    assert "900" in page and "Provisional" in page and "The form, team member" in page


def test_ratings_are_asked_on_one_page(client: PageClient, place: Place) -> None:
    row = place.add(SetKind.SATISFACTION)
    ratings = {f"number_{n}": str(n) for n in range(1, 6)}
    wrong = give(place, at(place, row, 1), state="number", **{**ratings, "number_2": ""})
    assert "Enter a number for “Dissatisfied”" in text_of(wrong)
    assert give(place, at(place, row, 1), state="number", **ratings).status_code == 303
    assert "Very satisfied: 5" in text(place.team, at(place, row))
    assert place.team.get(at(place, row, 2)).status_code == 404


def test_revising_shows_old_and_new_and_asks_why(client: PageClient, place: Place) -> None:
    row = place.add(SetKind.COST)
    place.keep(row, number(JUNE, "cost", 10))
    assert "This is published now" in text(place.team, at(place, row, 1))
    give(place, at(place, row, 1), state="number", number_1="12.50")
    shown = text(place.team, at(place, row))
    assert "£12.50" in shown and "Published before: £10" in shown and "final?" not in shown
    form = filled(place.team.get(at(place, row)), "main form:has(#base)")
    assert "Enter why published figures change" in text_of(
        place.team.post(at(place, row), data=form)
    )
    place.team.post(at(place, row), data={**form, "why": "A late invoice"})
    ever = text(client, "/data-sets/a-fine/cost/values/2026-06-01")
    assert "£12.50" in ever and "£10" in ever and "Why it changed: A late invoice" in ever


def test_a_colleague_answers_meanwhile(client: PageClient, place: Place) -> None:
    row = place.add(SetKind.COST)
    mine, theirs = (filled(place.team.get(at(place, row, 1))) for _ in range(2))
    for each, many in ((theirs, "5"), (mine, "6")):
        answer = place.team.post(
            at(place, row, 1), data={**each, "state": "number", "number_1": many}
        )
    assert answer.status_code == 409
    assert "£5" in text_of(answer) and filled(answer)["number_1"] == ["6"]
    assert place.team.post(at(place, row, 1), data=filled(answer)).status_code == 303
    assert "£6" in text(place.team, at(place, row))
    stale = filled(place.team.get(at(place, row)), "main form:has(#base)")
    give(place, at(place, row, 1), state="not_applicable")
    late = place.team.post(at(place, row), data={**stale, "status": "published"})
    assert "Somebody changed an answer meanwhile" in text_of(late)


def test_answers_can_be_forgotten_and_periods_that_go_on_are_provisional(
    client: PageClient, place: Place
) -> None:
    row = place.add(SetKind.COST, period=Period.YEAR)
    now = act().day.replace(day=1).isoformat()
    give(place, at(place, row, 1, now), state="number", number_1="5")
    form = filled(place.team.get(at(place, row, None, now)), "main form:has(#base)")
    refused = place.team.post(at(place, row, None, now), data={**form, "status": "published"})
    assert "This period has not ended" in text_of(refused)
    drop = f"{at(place, row, None, now)}/drop"
    asked = place.team.post(
        drop, data=filled(place.team.get(at(place, row, None, now)), "main form[action]")
    )
    assert "Forget these answers" in text_of(asked)
    assert place.team.post(drop, data=filled(asked)).status_code == 303
    assert "No answer" in text(place.team, at(place, row, None, now))
    assert place.team.get(at(place, row, 1, "2026-06-02")).status_code == 404
    assert place.team.get(at(place, row, 1, "2999-06-01")).status_code == 404
    assert client.get(at(place, row)).status_code == 302


def test_a_form_has_no_more_figures_than_people_fill_in(session: Session) -> None:
    schema = data_sets.schema_of(add_set(session, SetKind.TRANSACTIONS))
    assert [q.of for q in questions(schema)] == [
        "Online",
        "Phone",
        "Paper",
        "Face to face",
        "Other",
    ]
    assert questions(replace(schema, measures=schema.measures * 13)) == []
