"""What the recorded exchanges do not show: limits, privacy, tokens, caches, all or nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.audit import HistoryEvent, london_day
from portal.performance.actions import moving_in
from portal.performance.actions import tokens as token_acts
from portal.performance.actions.moving_in import Flags
from portal.performance.models.data_sets import DataSet, DataToken
from portal.performance.models.values import DataBatch, DataRecord
from portal.performance.store import data_sets
from portal.performance.words import Period
from tests.support.data import ACT
from tests.support.pages import PageClient
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

AT = "2026-07-01T00:00:00Z"
Rows = list[dict[str, Any]]


def made(session: Session, type_: str = "raw", **flags: Any) -> DataSet:
    known = moving_in.create(
        session, "g", type_, ["tok"], Flags(**{"open_schema": True, **flags}), ACT
    )
    session.commit()
    return data_sets.get(session, known.id)


def send(client: PageClient, body: object, type_: str = "raw", **more: Any) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": "Bearer tok", **more.pop("headers", {})}
    return client.open(
        f"/data/g/{type_}{more.pop('then', '')}", method=more.pop("method", "POST"), data=data,
        content_type="application/json", headers=headers,
    )  # fmt: skip


def told(client: PageClient, type_: str = "raw", query: str = "") -> Rows:
    rows: Rows = client.get(f"/data/g/{type_}{query}").get_json()["data"]
    return rows


def kept(session: Session) -> int:
    session.expire_all()
    return len(session.scalars(select(DataRecord.record_id)).all())


def test_all_or_nothing_with_the_place_named(client: PageClient, session: Session) -> None:
    made(session)
    rows: Rows = [{"_id": f"r{n}", "_timestamp": AT, "count": n} for n in range(10_000)]
    rows[-1]["count"] = [1]
    answer = send(client, rows)
    assert answer.status_code == 400
    assert answer.get_json() == {
        "messages": ["record 10000 (index 9999): count has an invalid value"]
    }
    assert kept(session) == 0
    rows[-1]["count"] = 1
    assert send(client, rows).status_code == 200
    assert kept(session) == 10_000
    batch = session.scalars(select(DataBatch)).one()
    assert batch.counts["records"] == 10_000


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("contact", "jane.doe@example.com"),
        ("contact", "write to jane.doe@example.com today"),
        ("number", "QQ 12 34 56 C"),
        ("number", "qq123456c"),
        ("place", "SW1A 2AA"),
        ("place", "sw1a2aa"),
        ("call", "020 7946 0958"),
        ("call", "+44 7700 900123"),
        ("health", "943 476 5919"),
        ("health", "9434765919"),
        ("nhs_number", 9434765919),
        ("_id", "jane.doe@example.com"),
        ("_timestamp", "jane.doe@example.com"),
        ("_id", b64encode(b"2016-05-02T00:00:00+00:00.jane.doe@example.com").decode()),
        ("contact", "jane.doe\uff20example.com"),
        ("call", "tel:07700\u00a0900123."),
        ("nested", {"deep": ["jane.doe@example.com"]}),
        ("nested", [{"jane.doe@example.com": 1}]),
        ("jane.doe@example.com", 1),
    ],
)
def test_personal_data_is_refused_and_never_repeated(
    client: PageClient, session: Session, caplog: pytest.LogCaptureFixture, key: str, value: object
) -> None:
    caplog.set_level(logging.DEBUG)
    made(session)
    answer = send(client, [{"_timestamp": AT, key: value}])
    assert answer.status_code == 400
    (message,) = answer.get_json()["messages"]
    said = answer.get_data(as_text=True) + caplog.text
    said += str([(e.before, e.after) for e in session.scalars(select(HistoryEvent))])
    if "@" in key:
        assert message.startswith("the name of a field looks like an email address")
        assert key not in said
    else:
        assert message.startswith(f"{key} looks like ")
        bare = "".join(said.lower().split())
        # Long enough to be in no moment and in no request's number by chance.
        for secret in ("jane", "qq123456", "sw1a", "w1a2aa", "79460958", "7700900123", "943476"):
            assert secret not in bare
    assert kept(session) == 0


def test_personal_data_is_refused_before_anything_else_is_said(
    client: PageClient, session: Session
) -> None:
    made(session, "auto", auto_ids=["_timestamp", "contact"])
    made(session, "shut")
    moving_in.create(session, "svc", "transactions-by-channel", ["tok"], Flags(), ACT)
    session.commit()
    secret = {"contact": "jane.doe@example.com", "_timestamp": "x", "foo-bar": [1]}
    for path in ("/data/g/auto", "/data/svc/transactions-by-channel"):
        answer = client.post(path, json=[secret], headers={"Authorization": "Bearer tok"})
        assert answer.get_json()["messages"] == [
            "contact looks like an email address: data sets hold no personal data"
        ]
    body = b'[{"contact": "jane.doe@example.com", '
    assert b"jane" not in send(client, body, "shut").data
    answer = client.post("/data/g/shut", headers={"Authorization": "Bearer jane@doe.uk"})
    assert (answer.status_code, b"jane" in answer.data) == (401, False)


@pytest.mark.parametrize(
    "value",
    ["1111-1-1", "2016-05-02T00:00:00+00:00", "fake-1234567", "1463011200", "MjAxNi0xMC0xNlQwMDow",
     "22d1-484a-a285-31b6588673a2", "GOV.UK Notify", "v1.2.3", "1,234,567", "0.123456789012"],
)  # fmt: skip
def test_what_only_resembles_personal_data_is_kept(
    client: PageClient, session: Session, value: str
) -> None:
    made(session)
    assert send(client, [{"_timestamp": AT, "name": value, "count": 9434765919}]).status_code == 200


def test_texts_are_short(client: PageClient, session: Session) -> None:
    made(session)
    assert (
        send(client, [{"_timestamp": AT, "_id": "i" * 500, "name": "x" * 100}]).status_code == 200
    )
    answer = send(client, [{"_timestamp": AT, "name": "x" * 101}])
    assert answer.get_json() == {"messages": ["name must be 100 characters or fewer"]}
    assert send(client, [{"_timestamp": AT, "_id": "i" * 501}]).status_code == 400


def test_patch_keeps_what_it_does_not_name(client: PageClient, session: Session) -> None:
    made(session)
    send(client, [{"_id": "a/b", "_timestamp": AT, "name": "x", "count": 1}])
    assert send(client, {"count": 2}, method="PATCH", then="/a/b").status_code == 200
    (row,) = told(client)
    assert (row["_id"], row["name"], row["count"]) == ("a/b", "x", 2)
    for wrong in (
        {"_id": "other"},
        {"count": []},
        {"_timestamp": "x"},
        [1],
        {"name": "a@b.example"},
    ):
        assert send(client, wrong, method="PATCH", then="/a/b").status_code == 400
    assert send(client, b"null", method="PATCH", then="/a/b").status_code == 400
    assert told(client)[0]["count"] == 2


def test_gzip_and_its_limits(client: PageClient, session: Session) -> None:
    made(session)
    packed = {"headers": {"Content-Encoding": "gzip"}}
    good = gzip.compress(json.dumps([{"_timestamp": AT, "count": 1}]).encode())
    assert send(client, good, **packed).status_code == 200
    for bad in (b"nothing", good[:-9], good[:20]):
        answer = send(client, bad, **packed)
        assert (answer.status_code, answer.mimetype) == (400, "application/json")
    bomb = gzip.compress(b" " * 11 * 1024 * 1024)
    for body, more in ((bomb, packed), (b" " * (10 * 1024 * 1024 + 1), {})):
        answer = send(client, body, **more)
        assert (answer.status_code, answer.mimetype) == (413, "application/json")
    assert send(client, good, headers={"Content-Encoding": "br"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"[1", b"\xff", b'[{"_timestamp": NaN}]', b"[" * 100_000, b'{"a\\ud800b": 1}',
     b'[{"_timestamp": "2026-07-01T00:00:00Z", "name": "\\u0000"}]',
     b'[{"_timestamp": "2026-07-01T00:00:00Z", "name": "\\ud800"}]',
     b'[{"_timestamp": "0000-00-00T00:00:00Z"}]', b'[{"_timestamp": true}]', b'"text"', b"5"],
)  # fmt: skip
def test_what_cannot_be_read_is_400(client: PageClient, session: Session, body: bytes) -> None:
    made(session)
    answer = send(client, body)
    assert (answer.status_code, answer.mimetype) == (400, "application/json"), answer.data
    assert kept(session) == 0


def test_at_most_fifty_thousand_at_once(client: PageClient, session: Session) -> None:
    made(session)
    assert send(client, [{}] * 50_001).status_code == 400


def test_an_unpublished_data_set_needs_a_token(client: PageClient, session: Session) -> None:
    made(session, published=False)
    send(client, [{"_timestamp": AT, "count": 1}])
    assert client.get("/data/g/raw").status_code == 401
    for wrong in ("Bearer nothing", "tok"):
        assert client.get("/data/g/raw", headers={"Authorization": wrong}).status_code == 401
    answer = client.get("/data/g/raw", headers={"Authorization": "Bearer tok"})
    assert answer.status_code == 200
    assert answer.get_json()["warning"].startswith("Warning: This data-set is unpublished")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_tokens_that_are_over(client: PageClient, session: Session) -> None:
    data_set = made(session)
    token, plain = token_acts.make(session, data_set.id, "Soon over", ACT)
    session.commit()
    assert send(client, [], headers={"Authorization": f"Bearer {plain}"}).status_code == 200
    session.refresh(token)
    assert token.used_on is not None
    token_acts.rotate(session, data_set.id, token.id, ACT, timedelta(days=-1))
    session.commit()
    answer = send(client, [], headers={"Authorization": f"Bearer {plain}"})
    assert answer.status_code == 401
    assert plain not in answer.get_data(as_text=True)


def test_a_token_of_another_data_set_is_not_repeated(
    client: PageClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    made(session)
    moving_in.create(session, "g", "other", ["theirs"], Flags(open_schema=True), ACT)
    session.commit()
    answer = send(client, [], headers={"Authorization": "Bearer theirs"})
    assert answer.get_json()["message"] == "Unauthorized: Invalid bearer token for 'g_raw'"
    assert "theirs" not in caplog.text
    digests = session.scalars(select(DataToken.digest)).all()
    assert all(len(each) == 64 for each in digests)


def test_etags(client: PageClient, session: Session) -> None:
    made(session)
    send(client, [{"_id": "a", "_timestamp": AT, "count": 1}])
    first = client.get("/data/g/raw")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/data/g/raw", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/data/g/raw?limit=1", headers=known).status_code == 200
    send(client, {"count": 2}, method="PATCH", then="/a")
    assert client.get("/data/g/raw", headers=known).status_code == 200


def test_other_sites_may_read(client: PageClient, session: Session) -> None:
    made(session)
    answer = client.open("/data/g/raw", method="OPTIONS")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert client.head("/data/g/raw").headers["Cache-Control"] == "max-age=1800, must-revalidate"


def test_the_old_form_of_the_address(client: PageClient, session: Session) -> None:
    made(session)
    headers = {"Authorization": "Bearer tok"}
    sent = client.post("/g_raw", json=[{"_timestamp": AT, "count": 1}], headers=headers)
    assert sent.get_json()["message"].startswith("Deprecation Warning")
    assert len(client.get("/g_raw").get_json()["data"]) == 1
    # What is put together has a digest as its mark there, and so has what is wrong.
    for query, status in (("group_by=count", 200), ("limit=x", 400)):
        answer = client.get(f"/g_raw?{query}")
        mark = f'"{hashlib.sha1(answer.data, usedforsecurity=False).hexdigest()}"'
        assert (answer.status_code, answer.headers["ETag"]) == (status, mark)
        assert answer.headers["Accept-Ranges"] == "none"
    known = {"If-None-Match": client.get("/g_raw?group_by=count").headers["ETag"]}
    assert client.get("/g_raw?group_by=count", headers=known).status_code == 304


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("POST", "/nosuch", 404, "Could not find data_set_config"),
        ("POST", "/_nosuch", 404, "The requested URL was not found on the server.  If you"),
        ("POST", "/data/g/raw/", 404, "The requested URL was not found on the server.  If you"),
        ("PUT", "/data/g/raw/a", 404, "The requested URL was not found on the server.  If you"),
        ("GET", "/data/g/raw/a", 404, "Not Found"),
        ("DELETE", "/g_raw", 405, "The method is not allowed for the requested URL."),
    ],
)
def test_words_for_programs_at_wrong_addresses(
    client: PageClient, session: Session, method: str, path: str, status: int, says: str
) -> None:
    made(session)
    answer = client.open(path, method=method, json=[], headers={"Accept": "*/*"})
    assert answer.status_code == status
    assert answer.get_json()["message"].startswith(says)


def test_a_file_for_spreadsheets(client: PageClient, session: Session) -> None:
    made(session)
    row = {"_id": "a", "_timestamp": AT, "_start_at": AT, "ok": True, "values": 1}
    send(client, [row, {**row, "_id": "b", "ok": None}])

    def lines(query: str) -> list[str]:
        answer = client.get(f"/data/g/raw?format=csv&{query}")
        assert answer.headers["Content-Type"].startswith("text/csv")
        return answer.get_data(as_text=True).splitlines()

    raw = lines("filter_by=_id:a")
    assert raw[0].split(",")[-2:] == ["ok", "values"]
    assert raw[1].endswith(",True,1")
    assert ",2026-07-01 00:00:00+00:00," in raw[1] and ",2026-07-01T00:00:00+00:00," in raw[1]
    month = "period=month&duration=1&start_at=2026-07-01T00:00:00Z"
    of = "2026-08-01 00:00:00+00:00,2026-07-01 00:00:00+00:00"
    assert lines(month) == ["_count,_end_at,_start_at", f"2,{of}"]
    nested = lines(f"{month}&group_by=ok&filter_by=ok:true")
    assert nested == [
        "_count,_end_at,_group_count,_start_at,ok",
        f"1,{of.replace(',', ',1,')},True",
    ]
    assert lines("filter_by=_id:nosuch") == []


def test_how_booleans_begin(client: PageClient, session: Session) -> None:
    made(session)
    send(client, [{"_id": str(ok), "_timestamp": AT, "ok": ok} for ok in (True, False)])
    assert [row["_id"] for row in told(client, query="?filter_by_prefix=ok:t")] == ["True"]


def test_an_unknown_address_is_a_page_for_browsers_only(client: PageClient) -> None:
    assert client.get("/nosuch", headers={"Accept": "*/*"}).mimetype == "application/json"
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert client.get("/nosuch", headers=browser).mimetype == "text/html"
    assert client.get("/no/such", headers=browser).mimetype == "text/html"


def test_status(client: PageClient, session: Session) -> None:
    assert client.get("/_status").get_json() == {"status": "ok", "message": "app is up"}
    assert client.get("/_status/data-sets").get_json()["status"] == "ok"
    known, now = made(session), clock.now()
    known.max_age_days, known.added_on = 1, london_day(now) - timedelta(days=1)
    data_sets.set_due(known, known.added_on)
    session.commit()
    assert client.get("/_status/data-sets").get_json()["status"] == "ok"
    # Another one that says when its figures are due, and not how old they may be.
    known.period, known.due_days, known.max_age_days = Period.DAY, 0, None
    known.last_start, known.received_at = known.added_on - timedelta(days=1), now
    data_sets.set_due(known, known.added_on)
    session.commit()
    late = client.get("/_status/data-sets").get_json()
    assert (late["status"], late["message"]) == ("not okay", "1 data-set is out of date")
    [told_of] = late["data_sets"]
    assert (told_of["name"], told_of["max-age-expected"]) == ("g_raw", None)
    assert 0 <= told_of["seconds-out-of-date"] <= 25 * 60 * 60


def test_too_many_writes_are_429(database: RolledBackDatabase, session: Session) -> None:
    made(session)
    app: Flask = create_app(replace(settings_for(database), data_writes_per_minute=2), database)
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    for _ in range(2):
        assert send(client, []).status_code == 200
    answer = send(client, [])
    assert (answer.status_code, answer.mimetype) == (429, "application/json")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/data/g/raw").status_code == 200
    assert send(client, [], headers={"Authorization": "Bearer other"}).status_code == 401


def test_control_characters_are_400_as_json(client: PageClient, session: Session) -> None:
    made(session)
    answer = client.get("/data/g/raw?filter_by=name:%00")
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
