"""No address that answers GET writes: it never asks for a session that could."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.examples import addresses
from tests.support.queries import READING, statements
from tests.support.summary import unnoticed
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.parametrize("demo", [True])
QUERIES = ("", "?q=vehicel+tax", "?organisation=cabinet-office", "?nonsense=1&after=x&q=%25_%27%22")


def test_no_get_writes(
    app: Flask,
    session: Session,
    database: RolledBackDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = addresses(app, session)

    def refuse() -> None:
        raise AssertionError("a GET asked for a session that writes")

    monkeypatch.setattr(database, "writing", refuse)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    client = Flask.test_client(app)
    for method in ("GET", "HEAD"):
        for _endpoint, address in found.values():
            for query in QUERIES if method == "GET" else ("",):
                with unnoticed(), statements(database) as sent:
                    answer = client.open(address + query, method=method)
                    assert answer.status_code < 500, address + query
                    answer.get_data()
                writes = [s for s in sent if not s.lstrip("( \n").upper().startswith(READING)]
                assert not writes, address + query
