"""From sentences of reports to findings: suggested, grouped, rejected, merged, taken apart."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Role, Visitor
from portal.accounts import work
from portal.assessments.actions import findings as acts
from portal.assessments.actions.suggesting import suggest, suggest_all
from portal.assessments.models.assessments import AssessmentOwner, Report
from portal.assessments.models.findings import Finding, FindingSentence
from portal.assessments.store import findings, suggestions
from portal.assessments.store.suggestions import SuggestionQuery
from portal.assessments.words import FindingState
from portal.audit import history_of
from portal.catalogue.models.organisations import Organisation
from portal.errors import Clash, Invalid, Stale
from portal.web.people import as_person
from tests.support.assessment_data import add_report, add_version
from tests.support.data import ACT, add_organisation
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import everywhere
from tests.support.storefront import add_capability, add_component
from tests.support.transactions import RolledBackDatabase

HERE = "/findings/suggestions"
DECIDES = everywhere(Role.ASSURANCE_TEAM)
LACKS = "The team had not done research with people who need support to use the service."
PAYS = "The team must remove the jargon from the page on which people pay online for it."
OTHER = "There was no evidence of research with people who need support to use it."


@pytest.fixture
def reports(session: Session, app: Flask) -> list[Report]:
    """Two reports of a version with points; a need with a component that meets it."""
    version = add_version(session, "standard", 1, "Understand user needs", "Assisted digital")
    add_capability(session, "money")
    add_capability(session, "pay", "money", name="Take payments", keywords=["pay online"])
    add_organisation(session, "ministry")
    add_component(session, "purse", "pay")
    body = f"**Reasons**\n\n{LACKS}\n\n**Recommendations**\n\n_Design_\n\n- {PAYS}\n"
    first = add_report(session, "First", version, body=body, ratings={2: "not_met"})
    second = add_report(
        session, "Second", version, body=f"**Assisted digital**\n\n{OTHER}", on=date(2016, 3, 1)
    )
    copy = add_report(session, "Copy", version, body=body, same_as_id=first.id)
    suggest(session, [first.id, second.id, copy.id])
    return [first, second, copy]


def _open(session: Session) -> dict[str, FindingSentence]:
    rows = session.scalars(select(FindingSentence)).all()
    return {row.sentence: row for row in rows if row.state is FindingState.SUGGESTED}


def test_suggestions_are_of_reports_and_made_again(
    session: Session, reports: list[Report], database: RolledBackDatabase
) -> None:
    found = _open(session)
    assert set(found) == {LACKS, PAYS, OTHER}, "a copy has none"
    assert found[PAYS].capability_id and found[OTHER].point_id
    ids = {row.id for row in found.values()}
    assert suggest(session, [r.id for r in reports]) == 0, "nothing is new"
    acts.reject(database, [found[PAYS].id] if found[PAYS].id in ids else [], ACT)
    session.expire_all()
    [pays] = session.scalars(select(FindingSentence).where(FindingSentence.sentence == PAYS))
    acts.reject(database, [pays.id], ACT)
    reports[0].body = f"Something new comes first, which is not a heading.\n\n{reports[0].body}"
    session.flush()
    assert suggest(session, [reports[0].id]) == 0
    assert PAYS not in _open(session), "what was decided stays decided"
    reports[0].body = f"{LACKS}\n\nThe service does not work for people who use a screen reader."
    session.flush()
    assert suggest(session, [reports[0].id]) == 1
    kept = session.scalars(select(FindingSentence).where(FindingSentence.sentence == PAYS)).one()
    assert kept.position < 0, "it is in the text no more"
    assert suggest_all(database) == 0


def test_group_release_merge_and_delete(
    session: Session, reports: list[Report], database: RolledBackDatabase
) -> None:
    found = _open(session)
    said = {"title": "No research with all", "summary": None, "capability": None,
            "point": "standard/1/2"}  # fmt: skip
    slug = acts.group_new(database, [found[LACKS].id], said, ACT)
    acts.group(database, [found[OTHER].id], slug, ACT)
    with pytest.raises(Clash):
        acts.group(database, [found[OTHER].id], slug, ACT)
    with pytest.raises(Invalid):
        acts.group_new(database, [], said, ACT)
    session.expire_all()
    row = findings.by_slug(session, slug)
    assert (row.reports, row.sentences, row.first, row.last) == (
        2, 2, date(2015, 6, 8), date(2016, 3, 1),
    )  # fmt: skip
    pays = {**said, "title": "Jargon", "capability": "pay"}
    for same in ("No research with all", "no  Research with all"):
        with pytest.raises(Invalid) as refused:
            acts.group_new(database, [found[PAYS].id], {**pays, "title": same}, ACT)
        assert refused.value.field == "title"
    second = acts.group_new(database, [found[PAYS].id], pays, ACT)
    with pytest.raises(Invalid):
        acts.edit(database, second, 1, {**pays, "title": "No research with all"}, ACT)
    acts.edit(database, second, 1, {**pays, "title": "JARGON"}, ACT)
    with pytest.raises(Stale):
        acts.edit(database, slug, 7, said, ACT)
    acts.edit(database, slug, 1, {**said, "title": "Too little research"}, ACT)
    acts.merge(database, second, slug, ACT)
    session.expire_all()
    assert findings.by_slug(session, slug).sentences == 3
    assert not findings.taken(session, second)
    assert acts.bring_back(database, [found[PAYS].id], ACT) == 1
    tags = [e.tag for e in history_of(session, "finding", findings.by_slug(session, slug).id)]
    assert tags == ["finding.released", "finding.grouped", "finding.edited", "finding.grouped",
                    "finding.grouped", "finding.added"]  # fmt: skip
    acts.delete(database, slug, ACT)
    session.expire_all()
    assert len(_open(session)) == 3
    assert session.scalar(select(func.count()).select_from(Finding)) == 0


def test_from_suggestions_to_the_public_page(
    client: PageClient, app: Flask, session: Session, reports: list[Report]
) -> None:
    ids = {text: row.id for text, row in _open(session).items()}
    assert client.get("/findings").status_code == 200
    with as_person(app, DECIDES):
        page = client.get(HERE)
        boxes = [str(box["value"]) for box in soup_of(page).select("input[name=sentence]")]
        assert {int(box) for box in boxes} == set(ids.values())
        send = {"csrf_token": filled(page, "main form[method=post]")["csrf_token"]}
        nothing = client.post(HERE, data={**send, "what": "reject"})
        assert nothing.location == HERE
        ticked = {**send, "sentence": [ids[LACKS], ids[OTHER]], "what": "group",
                  "back": f"{HERE}?q=people"}  # fmt: skip
        asked = client.post(HERE, data=ticked)
        assert asked.status_code == 303
        assert "back=/findings/suggestions" in unquote(asked.location)
        form = client.get(asked.location)
        values = filled(form, "main form")
        assert len(values["sentence"]) == 2
        values |= {"title": [""], "existing": [""], "capability": [""], "point": [""]}
        wrong = client.post(f"{HERE}/group", data=values)
        assert wrong.status_code == 422 and "Enter what is commonly broken" in wrong.text
        values["title"], values["point"] = ["Research leaves people out"], ["standard/1/2"]
        made = client.post(f"{HERE}/group", data=values)
        assert made.location == "/findings/research-leaves-people-out"
        on = soup_of(client.get(made.location)).select_one(".govuk-notification-banner__link")
        assert on["href"] == f"{HERE}?q=people", "back to where one was in the queue"
        late = client.post(f"{HERE}/group", data=values)
        assert late.location == HERE, "somebody was quicker"
        assert client.get(f"{HERE}/group").status_code == 200
        rejected = client.post(HERE, data={**send, "sentence": ids[PAYS], "what": "reject"})
        assert rejected.status_code == 303
        assert client.get(f"{HERE}.json?state=rejected").get_json()["count"] == 1
        assert client.get(f"{HERE}.json").get_json()["count"] == 0
        client.post(HERE, data={**send, "sentence": ids[PAYS], "what": "back"})
        for more in ("?need=pay", "?q=jargon", f"?like={ids[PAYS]}", "?organisation=ministry",
                     "?point=standard/1/2&nonsense=1"):  # fmt: skip
            assert client.get(HERE + more).status_code == 200
        assert client.get(f"{HERE}.json?need=pay").get_json()["count"] == 1
        assert client.get(f"{HERE}.json?organisation=ministry").get_json()["count"] == 0
        assert client.get(f"{HERE}.json?point=zzz").status_code == 400
    page = client.get(made.location)
    text = soup_of(page).get_text(" ", strip=True)
    assert LACKS in text and OTHER in text and "2 reports, 2015 to 2016" in text
    assert soup_of(page).select_one('a[href="/standards/standard/1/points/2"]')
    assert not soup_of(page).select("main form"), "the public changes nothing"
    listed = client.get("/findings.json").get_json()["items"]
    assert [(f["slug"], f["reports"], f["point"]) for f in listed] == [
        ("research-leaves-people-out", 2, "standard/1/2")
    ]
    assert client.get("/findings.json?component=purse").get_json()["items"] == []
    assert client.get("/findings?component=purse").status_code == 200
    assert client.get("/findings.json?component=none").status_code == 400
    quotes = client.get(f"{made.location}.json").get_json()
    assert quotes["count"] == 2 and quotes["title"] == "Research leaves people out"
    assert client.get(f"{made.location}.csv").text.count("\n") >= 3
    told = client.get(f"{made.location}/history").text
    assert "2. Assisted digital (" in told and "standard/1/2" not in told


def test_looking_after_a_finding(
    client: PageClient,
    app: Flask,
    session: Session,
    reports: list[Report],
    database: RolledBackDatabase,
) -> None:
    ids = {text: row.id for text, row in _open(session).items()}
    said = {"title": "One", "summary": None, "capability": "pay", "point": None}
    acts.group_new(database, [ids[PAYS], ids[LACKS]], said, ACT)
    acts.group_new(database, [ids[OTHER]], {**said, "title": "Two"}, ACT)
    with as_person(app, DECIDES):
        values = filled(client.get("/findings/one/edit"))
        values |= {"capability": ["pay"], "point": [""]}
        stale, send = dict(values), {"csrf_token": values["csrf_token"]}
        values["title"] = ["One thing"]
        assert client.post("/findings/one/edit", data=values).status_code == 303
        stale["title"] = ["Another"]
        both = client.post("/findings/one/edit", data=stale)
        assert both.status_code == 422
        assert "One thing" in both.text and "Another" in both.text
        again = {**filled(both), "capability": ["pay"], "point": [""]}
        assert client.post("/findings/one/edit", data=again).status_code == 303
        assert "Another" in client.get("/findings/one").text
        taken = client.post("/findings/one/sentences", data={**send, "sentence": ids[LACKS]})
        assert taken.status_code == 303
        assert client.get("/findings/one.json").get_json()["count"] == 1
        assert client.get("/findings/two/merge").status_code == 200
        check = client.post("/findings/two/merge", data={**send, "into": "one"})
        assert "Make it part of another one?" in check.text
        assert client.post("/findings/two/merge", data=filled(check)).status_code == 303
        assert client.get("/findings/two").status_code == 404
        check = client.post("/findings/one/delete", data=send)
        assert "Delete this finding?" in check.text
        assert client.post("/findings/one/delete", data=filled(check)).status_code == 303
        assert client.get("/findings.json").get_json()["items"] == []


def test_what_the_store_lists(
    session: Session, reports: list[Report], database: RolledBackDatabase
) -> None:
    query = SuggestionQuery()
    rows = suggestions.listing(session, query)
    assert [r.score for r in rows] == sorted((r.score for r in rows), reverse=True)
    assert [r.id for r in suggestions.every(session, query)] == [r.id for r in rows]
    place = rows[0].score, rows[0].id
    assert suggestions.listing(session, SuggestionQuery(after=place)) == rows[1:]
    assert suggestions.states(session, query) == {"suggested": 3, "grouped": 0, "rejected": 0}
    assert suggestions.by_need(session, query) == [("pay", "Take payments", 1)]
    points = dict.fromkeys(ref for ref, _text, _many in suggestions.by_point(session, query))
    assert "standard/1/2" in points
    narrow = SuggestionQuery(need="pay", words=("jargon",))
    assert [r.sentence for r in suggestions.listing(session, narrow)] == [PAYS]
    assert suggestions.listing(session, SuggestionQuery(organisation="ministry")) == []
    body = session.query(Organisation).filter_by(slug="ministry").one().id
    session.add(AssessmentOwner(assessment_id=reports[1].assessments[0].id, position=0,
                                published_name="MoX", organisation_id=body))  # fmt: skip
    session.flush()
    mine = suggestions.listing(session, SuggestionQuery(organisation="ministry"))
    assert [row.sentence for row in mine] == [OTHER]
    assert suggestions.organisations(session) == [("ministry", "Ministry")]
    said = {"title": "One", "summary": None, "capability": "pay", "point": "standard/1/2"}
    acts.group_new(database, [r.id for r in rows], said, ACT)
    session.expire_all()
    [row] = findings.everything(session)
    assert (row.document, row.reports) == (said, 2)
    assert findings.components(session, "pay") == [("purse", "Purse", "live")]
    assert findings.needs_of_component(session, "purse") == ("Purse", {"pay"})
    quotes = findings.quotes(session, row.id)
    assert findings.quotes(session, row.id, quotes[0].id) == quotes[1:]
    assert findings.quoted(session, [row.id])[row.id] == quotes[0]


def test_the_command(app: Flask, session: Session, reports: list[Report]) -> None:
    session.query(FindingSentence).delete()
    found = app.test_cli_runner().invoke(args=["assessments", "suggest", "--json"])
    assert found.output == '{"new": 3}\n'
    again = app.test_cli_runner().invoke(args=["assessments", "suggest"])
    assert again.output == "New sentences: 0.\n"


def test_work_says_quietly_that_some_wait(session: Session, reports: list[Report]) -> None:
    day = date(2026, 1, 1)
    items = [i for i in work.items(session, DECIDES, day) if i.task == acts.GROUP]
    assert [(i.href, i.detail) for i in items] == [(HERE, "3")]
    assert not [i for i in work.items(session, Visitor(), day) if i.task == acts.GROUP]


def test_lists_ask_few_statements(
    client: PageClient,
    app: Flask,
    session: Session,
    reports: list[Report],
    database: RolledBackDatabase,
) -> None:
    from tests.support.queries import statements

    ids = {text: row.id for text, row in _open(session).items()}
    said = {"title": "One", "summary": None, "capability": "pay", "point": "standard/1/1"}
    acts.group_new(database, [ids[PAYS]], said, ACT)
    for address, most in (("/findings", 4), ("/findings/one", 4), (HERE, 6)):
        database.kept.clear()
        with as_person(app, DECIDES), statements(database) as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= most, (address, len(sent))
    assert suggestions.waiting(session, 1) == 1
