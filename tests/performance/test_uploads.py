"""Figures from a file: shown first, kept whole or not at all."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.performance.rules import figure_files, schemas
from portal.performance.store import values
from portal.performance.words import Period, SetKind, ValueState, ValueStatus
from tests.performance.places import Place, text, text_of
from tests.support.pages import PageClient, filled
from tests.support.performance import number

ADDRESS = "/data-sets/a-fine/volumes/upload"
JUNE, TODAY = date(2026, 6, 1), date(2026, 11, 22)
CHANNEL = schemas.of_sort(SetKind.TRANSACTIONS, Period.MONTH)
FINAL = ValueStatus.PUBLISHED


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


def send(place: Place, file: str | bytes, **typed: str) -> Any:
    raw = file.encode() if isinstance(file, str) else file
    form = {**filled(place.team.get(ADDRESS)), "status": "published", **typed}
    return place.team.post(ADDRESS, data={**form, "file": (io.BytesIO(raw), "figures.csv")})


def test_a_file_is_shown_first_and_kept_when_confirmed(client: PageClient, place: Place) -> None:
    row = place.add()
    place.keep(row, number(JUNE, "transactions", 10), number(JUNE, "digital", 5))
    file = "start,transactions,digital\n2026-06-01,12,5\n01/07/2026,20,not collected\n"
    shown = send(place, file)
    assert "Nothing is saved yet. New figures: 2. Changed: 1. The same as before: 1." in text_of(
        shown
    )
    assert values.given(place.session, row.id, date(2026, 7, 1)) == {}
    form = filled(shown)
    refused = place.team.post(f"{ADDRESS}/keep", data=form)
    assert "Enter why published figures change" in text_of(refused)
    place.keep(row, number(JUNE, "transactions", 11))
    late = place.team.post(f"{ADDRESS}/keep", data={**filled(refused), "why": "Late"})
    assert "Figures changed meanwhile" in text_of(late)
    assert place.team.post(f"{ADDRESS}/keep", data=filled(late)).status_code == 303
    ever = text(client, "/data-sets/a-fine/volumes/values/2026-06-01")
    assert "12" in ever and "Why it changed: Late" in ever and "figures.csv" not in ever
    assert "Not collected" in text(client, "/data-sets/a-fine/volumes")


def test_nothing_of_a_file_with_an_error_is_kept(client: PageClient, place: Place) -> None:
    row = place.add()
    place.keep(row, number(date(2026, 5, 1), "transactions", 3))
    lines = "2026-06-01;1;2", "2026-06-02;x;1", "2026-07-01;-1;1.5", "2026-05-01;;9"
    file = "\n".join(("start;transactions;digital", *lines))
    shown = send(place, file)
    assert shown.status_code == 422 and "Save all these figures" not in text_of(shown)
    data = filled(shown, "main form")
    found = place.team.post(f"{ADDRESS}/errors", data=data)
    rows = [tuple(each) for each in csv.reader(io.StringIO(found.get_data(as_text=True)))]
    assert [each[:2] for each in rows] == [
        ("row", "column"), ("2", "digital"), ("3", "start"), ("4", "transactions"),
        ("4", "digital"), ("5", "digital"),
    ]  # fmt: skip
    kept = place.team.post(f"{ADDRESS}/keep", data=data)
    assert kept.status_code == 422
    assert values.given(place.session, row.id, JUNE) == {}


def test_what_is_no_such_file(client: PageClient, place: Place) -> None:
    place.add()
    for file, message in (
        ("", "The selected file is empty"),
        (b"\xff\xfea", "must be a CSV file in UTF-8"),
        ("transactions\n1\n", "The file has no column “start”"),
        ("start,people\n2026-06-01,1\n", "which this data set has not"),
        ("start,digital\n", "no figures below its header"),
        ("start\n2026-06-01\n", "needs one of “transactions”, “digital”, “unit_cost”"),
        ("start,digital\n2026-06-01,\n", "The file has no figures"),
        ("x" * 400_001, "smaller than 400 KB"),
    ):  # fmt: skip
        answer = send(place, file)
        assert answer.status_code == 422 and message in text_of(answer), message
    assert "Select a CSV file" in text_of(
        place.team.post(ADDRESS, data=filled(place.team.get(ADDRESS)))
    )
    template = place.team.get(f"{ADDRESS}/template").get_data(as_text=True)
    assert template.startswith("start,transactions,digital,unit_cost\r\n")
    assert "a row for each period: start" in text_of(place.team.get(ADDRESS))
    place.add(SetKind.TRANSACTIONS, type="by-channel")
    with_channels = text_of(place.team.get(ADDRESS.replace("volumes", "by-channel")))
    assert "a row for each period and channel: start" in with_channels


def test_a_published_figure_is_not_provisional_again(client: PageClient, place: Place) -> None:
    row = place.add()
    place.keep(row, number(JUNE, "transactions", 1_100), number(JUNE, "digital", 5))
    file = "start,transactions,digital\n2026-06-01,1200,5\n2026-07-01,20,\n"
    shown = send(place, file, status="provisional")
    wrong = "2 transactions A published figure cannot be provisional again"
    assert shown.status_code == 422 and wrong in text_of(shown)
    data = {**filled(shown, "main form"), "why": "Late"}
    assert place.team.post(f"{ADDRESS}/keep", data=data).status_code == 422
    kept = {**filled(send(place, file)), "why": "Late"}
    assert place.team.post(f"{ADDRESS}/keep", data=kept).status_code == 303
    at = "/data-sets/a-fine/volumes/values/2026-0"
    assert "Revised" in text(client, f"{at}6-01")
    assert "Late" in text(client, f"{at}6-01") and "Late" not in text(client, f"{at}7-01")


def test_without_anything_new_there_is_nothing_to_save(place: Place) -> None:
    row = place.add()
    place.keep(row, number(JUNE, "transactions", 10))
    file = "start,transactions\n2026-06-01,10\n"
    shown = text_of(send(place, file))
    assert "there is nothing to save" in shown and "Save all these figures" not in shown
    assert "Save all these figures" in text_of(send(place, file + "2026-07-01,10\n"))


def test_a_file_without_its_only_figure_names_the_column() -> None:
    with pytest.raises(Invalid, match="no column") as found:
        figure_files.read("start,channel\n2026-06-01,online\n", CHANNEL, FINAL, TODAY)
    assert found.value.values == {"name": "count"}


def test_encodings_are_said_aloud() -> None:
    assert figure_files.decoded("é".encode("utf-8-sig")) == ("é", "UTF-8")
    assert figure_files.decoded("é".encode("cp1252")) == ("é", "Windows-1252")
    with pytest.raises(Invalid):
        figure_files.decoded(b"\x81\xe9")


def test_values_of_dimensions_by_title_or_name() -> None:
    file = "start,channel,count\n2026-06-01,Face to face,5\n2026-06-01,online,\n2026-06-01,post,1\n"
    entries, wrong = figure_files.read(file, CHANNEL, FINAL, TODAY)
    assert [(e.cell, e.state, e.number) for e in entries] == [
        ("face-to-face", ValueState.NUMBER, 5),
    ]  # fmt: skip
    assert [(each.row, each.column) for each in wrong] == [(4, "channel")]
    lines = "2026-06-01,phone,5", "2026-06-01,Phone,6", "2026-06-01,x", "2026-11-01,phone,1"
    twice = "\n".join(("start,channel,count", *lines))
    wrong = figure_files.read(twice, CHANNEL, FINAL, TODAY)[1]
    assert [(each.row, each.column) for each in wrong] == [(3, "count"), (4, ""), (5, "start")]
