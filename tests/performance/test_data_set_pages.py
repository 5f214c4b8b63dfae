"""Data sets as pages and files: found, read, added, changed and closed."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts import work
from portal.audit import history_of
from portal.performance.actions import demo_figures
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.rules.entries import Entry
from portal.performance.store import data_sets, figures, folding
from portal.performance.words import Period, SetKind, ValueState, Way
from tests.performance.places import Place, text, text_of
from tests.support.accounts import add_person, other_browser, send, signed_in
from tests.support.data import ACT, add_service
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import Somebody
from tests.support.performance import add_set, number
from tests.support.performance import send as keep

JULY, JUNE = date(2026, 7, 1), date(2026, 6, 1)


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_the_list_is_narrowed_by_address(
    client: PageClient, place: Place, session: Session
) -> None:
    assert "There are no data sets yet" in text(client, "/data-sets")
    late = place.add(due_days=10)
    keep(place.session, late, number(JUNE, "transactions", 5))
    place.add(SetKind.COST, period=Period.QUARTER)
    add_set(
        place.session, SetKind.COMPONENT_VOLUMES, group="payments", component_id=place.component
    )
    place.session.commit()
    names = {row["type"] for row in rows(client, "/data-sets.csv")}
    assert names == {"volumes", "cost"} and len(rows(client, "/data-sets.csv")) == 3
    for narrowed, found in (
        ("service=a-fine", 2), ("component=payments", 1), ("organisation=ministry", 3),
        ("kind=cost", 1), ("period=quarter", 1), ("overdue=yes", 1), ("overdue=no", 2),
        ("service=a-fine&overdue=yes", 1), ("service=other", 0), ("published=no", 0),
        ("q=COST", 1), ("q=payments", 1), ("q=fine+cost", 1), ("q=fine+zebra", 0), ("q=%25", 0),
    ):  # fmt: skip
        assert len(client.get(f"/data-sets.json?{narrowed}").json["items"]) == found, narrowed
        assert client.get(f"/data-sets?{narrowed}").status_code == 200
    assert "Overdue" in text(client, "/data-sets?overdue=yes")
    assert "No data set matches" in text(client, "/data-sets?service=other")
    assert client.get("/data-sets.json?kind=x").status_code == 400
    assert "kind=x" in text(client, "/data-sets?kind=x&overdue=x&after=x")


def test_pages_of_the_list(client: PageClient, place: Place) -> None:
    for n in range(60):
        add_set(place.session, group=f"g{n:02}", service_id=place.service)
    place.session.commit()
    first = soup_of(client.get("/data-sets"))
    [onward] = first.select("a[rel=next]")
    second = soup_of(client.get(str(onward["href"])))
    seen = [len(page.select("#data-sets tbody tr")) for page in (first, second)]
    assert seen == [50, 10]
    assert len(rows(client, f"{onward['href']}".replace("/data-sets?", "/data-sets.csv?"))) == 60


def test_values_with_where_they_are_from_and_no_names(client: PageClient, place: Place) -> None:
    row = place.add()
    place.keep(row, number(JUNE, "transactions", 1000), way=Way.FILE, source="Sam's figures.csv")
    note = Entry(JUNE, "", "digital", ValueState.NOT_COLLECTED, note="Ask Jo")
    place.keep(row, number(JUNE, "transactions", 1200), note)
    address = "/data-sets/a-fine/volumes"
    page = text(client, address)
    for said in ("June 2026", "1,200", "Not collected", "Revised", "The form, team member"):
        assert said in page, said
    public = [address, f"{address}.json", f"{address}.csv", "/data-sets.json",
              *(f"{address}/values/2026-06-01{end}" for end in ("", ".json", ".csv")),
              *(f"{address}/history{end}" for end in ("", ".json", ".csv"))]  # fmt: skip
    for each in public:
        answer = client.get(each).get_data(as_text=True)
        for secret in ("Sam", "a.example", "Ask", f"person:{place.person.id}"):
            assert secret not in answer, (each, secret)
    assert "Ask Jo" in text(place.team, f"{address}/values/2026-06-01")
    assert "Sam's figures.csv" in text(place.team, f"{address}/values/2026-06-01")
    ever = rows(client, f"{address}/values/2026-06-01.csv")
    told = [(r["measure"], r["revision"], r["number"], r["sent_by"], r["way"]) for r in ever]
    assert told == [
        ("transactions", "2", "1200", "Team member", "form"),
        ("transactions", "1", "1000", "Team member", "file"),
        ("digital", "1", "", "Team member", "form"),
    ]  # fmt: skip
    assert client.get(f"{address}/values/2020-01-01").status_code == 404
    document = client.get(f"{address}.json").json
    assert (document["of"], document["slug"], document["period"]) == ("service", "a-fine", "month")
    assert [item["number"] for item in document["items"]] == [1200.0, None]
    assert "take-up" in page and "version 1" in page


def test_small_numbers_are_shown_to_the_team_only(client: PageClient, place: Place) -> None:
    row = place.add(SetKind.TRANSACTIONS, threshold=5)
    channels = {"online": 90, "phone": 3, "paper": 40, "face-to-face": 0, "other": 70}
    for channel, many in channels.items():
        place.keep(row, number(JUNE, "count", many, channel))
    address = "/data-sets/a-fine/transactions-by-channel"
    shown = {r["channel"]: (r["state"], r["number"]) for r in rows(client, f"{address}.csv")}
    gone = ("suppressed", "")
    assert shown == {
        "online": ("number", "90"), "phone": gone, "paper": gone,
        "face-to-face": ("number", "0"), "other": ("number", "70"),
    }  # fmt: skip
    assert "Not shown, so that nobody can be recognised" in text(client, address)
    assert "Not shown, so that nobody can be recognised" in text(
        client, f"{address}/values/2026-06-01"
    )
    mine = {r["channel"]: r["number"] for r in rows(place.team, f"{address}.csv")}
    assert mine["phone"] == "3"


def test_older_periods_are_on_further_pages(client: PageClient, place: Place) -> None:
    row = place.add()
    entries = [number(date(2025, n, 1), "transactions", n) for n in range(1, 13)]
    place.keep(row, *entries, number(JUNE, "transactions", 99))
    address = "/data-sets/a-fine/volumes"
    [onward] = soup_of(client.get(address)).select("a[rel=next]")
    page = text(client, str(onward["href"]))
    assert "January 2025" in page and "June 2026" not in page
    assert "There are no older figures" in text(client, f"{address}?before=2025-01-01")


def test_what_is_not_published_is_for_the_team(client: PageClient, place: Place) -> None:
    place.add(published=False)
    address = "/data-sets/a-fine/volumes"
    for end in ("", ".json", "/history", "/values/2026-06-01"):
        assert client.get(f"{address}{end}").status_code == 404
        stranger = other_browser(place.app)
        signed_in(stranger, place.session, add_person(place.session, f"x{len(end)}@a.example"))
        assert stranger.get(f"{address}{end}").status_code == 404
    assert place.team.get(address).status_code == 200
    assert rows(client, "/data-sets.csv") == []
    assert len(rows(place.team, "/data-sets.csv")) == 1
    assert len(rows(place.team, "/data-sets.csv?published=no")) == 1
    assert "Performance data" not in text(client, "/services/a-fine")
    assert "Only for the team" in text(place.team, "/services/a-fine")


ADD = "/data-sets/add?service=a-fine"


def test_a_team_adds_a_data_set_of_a_sort(client: PageClient, place: Place) -> None:
    assert "a-fine" in str(soup_of(place.team.get("/data-sets/add")).select("main")[0])
    assert "User satisfaction" in text(place.team, ADD)
    page = place.team.get(f"{ADD}&sort=volumes")
    form = filled(page)
    assert [form[name] for name in ("group", "type", "definition")] == [
        ["a-fine"],
        ["volumes"],
        ["2"],
    ]
    bad = place.team.post(f"{ADD}&sort=volumes", data={**form, "group": "A fine", "due_days": "x",
                                                           "threshold": "2"})  # fmt: skip
    assert bad.status_code == 422 and "Enter 3 or more" in text_of(bad)
    assert "Enter a whole number from 0 to 3,660" in text_of(bad)
    assert "Use only a to z" in text_of(bad)
    # Everything is said at once, what the database knows as well.
    add_service(place.session, "somebody-elses")
    place.session.commit()
    for group in ("somebody-elses", "payments"):
        bad = place.team.post(f"{ADD}&sort=volumes", data={**form, "group": group, "title": "",
                                                               "due_days": "x"})  # fmt: skip
        assert bad.status_code == 422 and "Enter a title" in text_of(bad)
        [said] = soup_of(bad).select("#group-error")
        assert "has this address, and you do not answer for it" in said.get_text()
    made = place.team.post(f"{ADD}&sort=volumes", data={**form, "max_age_days": "100"})
    assert made.headers["Location"] == "/data-sets/a-fine/volumes"
    row = find(place.session, "volumes")
    assert (row.due_days, row.max_age_days, row.threshold, row.definition) == (20, 100, 0, 2)
    assert [m.key for m in row.measures] == ["transactions", "digital", "unit_cost"]
    assert row.due_on is not None and row.published
    again = place.team.post(f"{ADD}&sort=volumes", data=form)
    assert again.status_code == 422 and "Another data set has this address" in text_of(again)
    shown = text(client, "/data-sets/a-fine/volumes/history")
    assert "Transactions, and how many are digital" in shown and "service_id" not in shown
    assert "Digital transactions: a number of things" in shown and "unit_cost" not in shown
    assert "Cost per transaction: pounds, never summed" in shown
    assert client.get(ADD).status_code == 302
    other = place.team.get("/data-sets/add?component=payments")
    assert other.status_code == 403


def find(session: Session, type_: str) -> DataSet:
    session.expire_all()
    found = data_sets.find(session, "a-fine", type_)
    assert found is not None
    return found


def test_a_team_adds_its_own_sort_and_measures_more_later(client: PageClient, place: Place) -> None:
    form = filled(place.team.get(f"{ADD}&sort=own"))
    empty = place.team.post(f"{ADD}&sort=own", data={**form, "title": "Waits", "type": "waits"})
    assert "Say at least one thing that you measure" in text_of(empty)
    typed = {
        **form, "title": "Waits", "type": "waits", "measure_1": "Average wait",
        "unit_1": "seconds", "measure_2": "People who waited", "unit_2": "count", "sum_2": "y",
        "dimension_1": "Region", "values_1": "North\nSouth West",
    }  # fmt: skip
    typed.pop("sum_1")
    short = place.team.post(f"{ADD}&sort=own", data={**typed, "values_1": "North", "title": "",
                                                     "measure_2": "!", "type": "B"})  # fmt: skip
    for said in ("needs at least two values", "has no letter", "Enter a title", "Use only a to z"):
        assert said in text_of(short)
    assert place.team.post(f"{ADD}&sort=own", data=typed).status_code == 303
    row = find(place.session, "waits")
    assert [(m.key, m.unit, m.summable) for m in row.measures] == [
        ("average_wait", "seconds", False), ("people_who_waited", "count", True),
    ]  # fmt: skip
    assert [v["value"] for v in row.dimensions[0].values] == ["north", "south-west"]
    address = "/data-sets/a-fine/waits/edit/schema"
    assert "Measure more" in text(place.team, "/data-sets/a-fine/waits/edit")
    more = {**filled(place.team.get(address)), "measure_1": "Average wait"}
    assert "called so already" in text_of(place.team.post(address, data=more))
    more["measure_1"] = "Longest wait"
    late = place.team.post(address, data={**more, "base": "0"})
    assert "Somebody changed this meanwhile" in text_of(late)
    assert place.team.post(address, data=more).status_code == 303
    assert [m.key for m in find(place.session, "waits").measures][-1] == "longest_wait"
    assert place.team.get("/data-sets/a-fine/waits").status_code == 200


def test_two_who_change_it_at_once_see_both(client: PageClient, place: Place) -> None:
    place.add(due_days=20)
    address = "/data-sets/a-fine/volumes/edit"
    mine, theirs = (filled(place.team.get(address)) for _ in range(2))
    assert place.team.post(address, data={**theirs, "due_days": "30"}).status_code == 303
    both = place.team.post(address, data={**mine, "due_days": "40", "published": "no"})
    assert "It says now: 30. You entered: 40." in text_of(both)
    assert place.team.post(address, data=filled(both)).status_code == 303
    row = find(place.session, "volumes")
    assert (row.due_days, row.published) == (40, False)
    same = place.team.post(address, data=filled(place.team.get(address)))
    assert same.status_code == 303 and row.version == find(place.session, "volumes").version - 1


def test_closing_asks_why_and_can_be_undone(client: PageClient, place: Place) -> None:
    place.add(due_days=20)
    address = "/data-sets/a-fine/volumes"
    assert "Enter why it is closed" in text_of(send(place.team, f"{address}/close", {}))
    form = filled(place.team.get(f"{address}/close"))
    assert place.team.post(f"{address}/close", data={**form, "why": "Ended"}).status_code == 303
    row = find(place.session, "volumes")
    assert row.closed_on is not None and row.due_on is None
    assert "Closed on" in text(client, address)
    assert "Reason: Ended" in text(client, f"{address}/history")
    assert place.team.get(f"{address}/close").status_code == 303
    opened = place.team.post(f"{address}/open", data=filled(place.team.get(f"{address}/open")))
    assert opened.status_code == 303 and find(place.session, "volumes").due_on is not None
    assert place.team.get(f"{address}/open").status_code == 303
    tags = [e.tag for e in history_of(place.session, data_sets.THING, row.id)]
    assert tags == ["data_set.opened", "data_set.closed", "data_set.added"]


def test_what_is_taken_from_the_public_counts_no_more(client: PageClient, place: Place) -> None:
    row = place.add()
    place.keep(row, number(JUNE, "transactions", 5))
    address = "/data-sets/a-fine/volumes/edit"

    def count() -> int:
        place.session.expire_all()
        figures.settle(place.session)
        return place.session.query(ThingFigure).count()

    assert count() == 1
    for published, many in (("no", 0), ("yes", 1)):
        form = filled(place.team.get(address))
        assert "period" not in form, "there are values"
        assert place.team.post(address, data={**form, "published": published}).status_code == 303
        assert count() == many


def test_the_panel_and_the_work_say_what_is_due(client: PageClient, place: Place) -> None:
    assert "Performance data" not in text(client, "/services/a-fine")
    assert "Your team keeps no figures here yet" in text(place.team, "/services/a-fine")
    row = place.add(due_days=20)
    place.keep(row, number(JUNE, "transactions", 5))
    shown = text(client, "/services/a-fine")
    assert "Newest figures: June 2026. Next due on 20 August 2026" in shown
    me = Somebody((place.grant,), id=place.person.id)
    ended = work.items(place.session, me, date(2026, 8, 1))
    assert [(i.task, i.name, i.due, i.detail) for i in ended if i.task == "figures_due"] == [
        ("figures_due", "A fine: Transactions, and how many are digital", date(2026, 8, 20),
         "July 2026"),
    ]  # fmt: skip
    assert list(work.items(place.session, me, date(2026, 7, 31))) == []
    stranger = Somebody(id=99)
    assert not work.items(place.session, stranger, date(2027, 8, 1))


def test_a_second_data_set_counts_when_the_first_is_taken_back(session: Session) -> None:
    service = add_service(session, "x")
    first = add_set(session, service_id=service.id)
    keep(session, first, number(JUNE, "transactions", 5))
    second = add_set(session, SetKind.TRANSACTIONS, service_id=service.id)
    keep(
        session,
        second,
        number(JUNE, "count", 8, "online"),
        number(JUNE, "count", 0, "phone"),
    )
    first.published = False
    folding.withdraw(session, first)
    numbers = {row.figure: row.number for row in session.query(ThingFigure)}
    assert numbers == {"transactions": 8.0, "digital": 8.0}


def test_figures_made_up_for_a_demo_say_so_to_everybody(
    app: Flask, client: PageClient, place: Place
) -> None:
    row = {
        "service": "a-fine", "kind": "volumes", "title": "Made up", "period": "month",
        "due_days": 20, "ago": 3, "source": "Made up for this demo",
        "figures": {"transactions": [5]},
    }  # fmt: skip
    place.session.commit()
    assert demo_figures.add_missing(app.extensions["portal"].database, [row], ACT) == 1
    (made,) = client.get("/data-sets.json").get_json()["items"]
    assert made["due_on"] < ACT.day.isoformat(), "as though it had been late since"
    (item,) = client.get("/data-sets/a-fine/volumes.json").get_json()["items"]
    assert (item["source"], item["way"]) == ("Made up for this demo", "import")
    assert "Made up for this demo" in client.get("/data-sets/a-fine/volumes.csv").text


def test_a_second_one_with_the_same_figures_says_which_counts(
    client: PageClient, place: Place
) -> None:
    place.add(period=Period.QUARTER, type="other")
    place.add(type="first", title="The first")
    place.add(SetKind.TRANSACTIONS, type="second")
    place.session.commit()
    listed = {row["type"]: row for row in client.get("/data-sets.json").json["items"]}
    assert (listed["second"]["counts_after"], listed["second"]["threshold"]) == ("a-fine/first", 0)
    assert {listed[each]["counts_after"] for each in ("first", "other")} == {None}
    counts = "Counts only for periods without a figure in"
    assert f"{counts} a-fine/first" in text(client, "/data-sets")
    assert "The first (a-fine/first) has the same figures." in text(
        client, "/data-sets/a-fine/second"
    )
    assert "has the same figures" not in text(client, "/data-sets/a-fine/first")
    assert f"{counts} The first" in text(place.team, "/services/a-fine")
    assert counts not in text(client, "/services/a-fine")
    form = text(place.team, "/data-sets/add?service=a-fine&sort=volumes")
    assert "3 data sets have the same figures already: " in form
    assert "The first (month)" in form
