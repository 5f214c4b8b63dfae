"""The command that makes data sets for programs that move in."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy.orm import Session

from portal import clock
from portal.performance.rules import tokens as rules
from portal.performance.store import data_sets, tokens
from portal.performance.words import SetKind
from tests.interchange.commands import run

CREATE = ("data-sets", "create")


def test_a_data_set_is_made_once(app: Flask, session: Session) -> None:
    command = (
        *CREATE, "g", "auto", "--token", "tok", "--auto-id", "_timestamp", "--auto-id", "channel",
        "--open-schema", "--json",
    )  # fmt: skip
    made = json.loads(run(app, *command).stdout)
    assert (made["address"], made["created"], made["tokens"]) == ("/data/g/auto", 1, 1)
    again = json.loads(run(app, *command, "--token", "other").stdout)
    assert (again["id"], again["created"], again["tokens"]) == (made["id"], 0, 1)
    found = data_sets.find(session, "g", "auto")
    assert found is not None
    assert (found.auto_ids, found.open_schema) == (["_timestamp", "channel"], True)
    kept = tokens.of_set(session, found.id)
    assert rules.matching(kept, "tok", clock.now()) is not None
    refused = run(app, *CREATE, "g", "auto", "--token", "tok", "--json", code=1)
    assert "other settings" in json.loads(refused.stdout)["refused"]


def test_a_type_that_is_known_has_its_schema(app: Flask, session: Session) -> None:
    assert "/data/svc/transactions-by-channel" in run(
        app, *CREATE, "svc", "transactions-by-channel", "--token", "tok", "--no-raw-queries",
        "--unpublished", "--realtime", "--not-queryable",
    ).stdout  # fmt: skip
    found = data_sets.find(session, "svc", "transactions-by-channel")
    assert found is not None and found.kind is SetKind.TRANSACTIONS
    assert [each.key for each in found.dimensions] == ["channel"]
    flags = (found.raw_queries, found.published, found.realtime, found.queryable, found.period)
    assert flags == (False, False, True, False, None)


def test_without_a_token_one_is_made_and_told_once(app: Flask, session: Session) -> None:
    made = json.loads(run(app, *CREATE, "svc", "payments", "--json").stdout)
    assert len(made["token"]) == 43
    assert "token" not in json.loads(run(app, *CREATE, "svc", "payments", "--json").stdout)
    assert "nobody can be told again" in run(app, *CREATE, "svc", "more").stdout


def test_a_type_may_have_underscores_as_it_had_elsewhere(app: Flask, session: Session) -> None:
    run(app, *CREATE, "fx", "two_words_2", "--token", "tok", "--open-schema")
    client = app.test_client()
    sent = {"_timestamp": "2026-07-01T00:00:00Z", "count": 3}
    for address in ("/data/fx/two_words_2", "/fx_two_words_2"):
        headers = {"Authorization": "Bearer tok"}
        assert client.post(address, json=sent, headers=headers).status_code == 200
        assert client.get(address).get_json()["data"][0]["count"] == 3
    assert client.get("/data-sets/fx/two_words_2").status_code == 200


def test_what_cannot_be(app: Flask, session: Session) -> None:
    for words in (("G", "x"), ("g_h", "x"), ("g", "x" * 61), ("g", "x", "--auto-id", "a-b"),
                  ("g", "x", "--token", "a b")):  # fmt: skip
        run(app, *CREATE, *words, code=1)
        assert data_sets.find(session, *words[:2]) is None
    run(app, *CREATE, "g", code=2)
    assert "--auto-id FIELD" in run(app, *CREATE, "--help").stdout
