"""Eight people edit one service through the portal's own pages: every change that was acknowledged
is in the record and in its history, in order, and nothing fails."""

from __future__ import annotations

import html
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import create_app
from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.catalogue.store import services
from portal.db import Database
from tests.support.accounts import add_person, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.provision import settings_for

EDITORS = 8
#: How often each of them writes.
EACH = [8, pytest.param(50, marks=pytest.mark.judge)]
#: Half of them meet at one question; the other half answer it and another one in turn.
QUESTIONS = {"purpose": "purpose", "user-need": "user_need"}


@dataclass
class Editor:
    """Somebody who adds lines to what a question says, and tries again where others were first."""

    number: int
    client: FlaskClient
    each: int
    said: list[tuple[str, str]] = field(default_factory=list)
    conflicts: int = 0
    patience: random.Random = field(default_factory=random.Random)

    def work(self) -> None:
        for turn in range(self.each):
            both = self.number % 2 and turn % 8
            self.add("user-need" if both else "purpose", f"{self.number}-{turn}")

    def add(self, question: str, line: str) -> None:
        answer = self.client.get(f"/services/busy/edit/{question}")
        assert answer.status_code == 200
        while True:
            answer = self.client.post(f"/services/busy/edit/{question}", data=self.typed(
                answer, question, line
            ))  # fmt: skip
            if answer.status_code == 303:
                self.said.append((question, line))
                return
            assert answer.status_code == 409, answer.status_code
            self.conflicts += 1
            time.sleep(self.patience.uniform(0, 0.3))  # as long as reading takes a person, or less

    def typed(self, answer: TestResponse, question: str, line: str) -> dict[str, str]:
        """What the page says now, with one line more, as somebody would bring both together."""
        page, name = answer.get_data(as_text=True), QUESTIONS[question]
        # Some thousand pages come: patterns take what they hold in a fraction of a parser's time.
        found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
        if answer.status_code == 409:
            sides = page.split("portal-sides", 1)[1]
            found = list(re.finditer(r'"portal-text portal-break">(.*?)</span>', sides, re.DOTALL))[
                1
            ]
        assert found
        text = html.unescape(found[1])
        token, base = (
            re.findall(rf'name="{field}"[^>]*value="([^"]*)"', page)[-1]
            for field in ("csrf_token", "base")
        )
        return {"csrf_token": token, "base": base, name: f"{text.strip()}\n{line}"}


def cast(database: Database, app: Flask, each: int) -> list[Editor]:
    """The service and its editors, each in a browser of their own."""
    found = []
    with database.writing() as session:
        add_organisation(session, "body")
        service = add_service(session, "busy", owner="body", purpose="Start", user_need="Start")
        for number in range(EDITORS):
            grant = Grant(Role.TEAM_MEMBER, Kind.SERVICE, service.id)
            person = add_person(session, f"editor{number}@a.example", grant)
            client = app.test_client()
            signed_in(client, session, person)
            found.append(Editor(number, client, each))
    return found


@pytest.mark.parametrize("each", EACH)
def test_eight_editors_lose_nothing(fresh_database: Database, each: int) -> None:
    app = create_app(settings_for(fresh_database), fresh_database)
    editors = cast(fresh_database, app, each)
    with ThreadPoolExecutor(EDITORS) as pool:
        for done in [pool.submit(editor.work) for editor in editors]:
            done.result()
    assert sum(editor.conflicts for editor in editors) > 0, "they did meet"
    with fresh_database.reading() as session:
        service = services.by_slug(session, "busy")
        now, version = services.document_of(service), service.version
        mine = (HistoryEvent.thing == "service", HistoryEvent.thing_id == service.id)
        events = list(session.scalars(select(HistoryEvent).where(*mine).order_by(HistoryEvent.id)))
    assert len(events) == version == 1 + EDITORS * each
    for question, name in QUESTIONS.items():
        said = [
            (editor.number, line) for editor in editors for q, line in editor.said if q == question
        ]
        lines = now[name].split("\n")
        assert sorted(lines) == sorted(["Start", *(line for _number, line in said)]), "none is lost"
        told = [event for event in events if name in event.after]
        assert all(later.before[name] == earlier.after[name] for earlier, later in pairwise(told))
        added = [event.after[name].split("\n")[-1] for event in told[1:]]
        assert added == lines[1:], "the history has each, in the order of the record"
        for editor in editors:
            own = [line for q, line in editor.said if q == question]
            assert [line for line in added if line in set(own)] == own
