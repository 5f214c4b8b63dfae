"""A panel of eight writes one draft report at once, 80 or 400 times: every text that anybody wrote
is kept, nothing is written over unseen, whoever comes later gets both, and nobody waits long.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.accounts.rules.people import Known
from portal.accounts.words import Profession
from portal.assessments.actions.section_writing import Outcome, write
from portal.assessments.booking_words import SeatRole
from portal.assessments.models.drafting import Section, SectionText
from portal.assessments.rules.drafting import Said
from portal.assessments.store import sections
from portal.audit import Act, HistoryEvent
from portal.db import Database
from tests.support.accounts import add_person, now
from tests.support.drafts import REFERENCE, as_known, drafted, sit
from tests.support.provision import settings_for

WRITERS = 8
#: How often each of them writes.
EACH = [10, pytest.param(50, marks=pytest.mark.judge)]
#: All go from one section to the next, and begin with the same one.
NUMBERS = (0, 1, 2, 3, 4)


@dataclass
class Writer:
    """Somebody on the panel who adds lines to a section as they last read it."""

    database: Database
    number: int
    person: Known
    booking_id: int
    each: int
    written: list[tuple[int, str]] = field(default_factory=list)
    #: What was set aside with what stood by then in its place.
    aside: list[tuple[int, int]] = field(default_factory=list)
    longest: float = 0.0
    patience: random.Random = field(default_factory=random.Random)

    def work(self) -> None:
        for turn in range(self.each):
            self.add(NUMBERS[turn % len(NUMBERS)], f"{self.number}-{turn}")
            time.sleep(self.patience.uniform(0.05, 0.3))  # as long as reading takes, or less

    def read(self, at: int) -> tuple[int, str]:
        with self.database.reading() as session:
            section = sections.at(session, self.booking_id, at)
            return section.version, section.done_well

    def add(self, at: int, line: str) -> None:
        """One edit; where another came first, both texts are brought together and sent again."""
        base, text = self.read(at)
        time.sleep(self.patience.uniform(0, 0.05))  # as long as typing takes, or less
        settles, tries = None, 0
        while True:
            said = f"{text}\n{line}".strip()
            act = Act(f"person:{self.person.id}", now(), "test")
            began = time.perf_counter()
            done = write(self.database, REFERENCE, at, base, Said(None, None, said, ""),
                         self.person, act, settles)  # fmt: skip
            self.longest = max(self.longest, time.perf_counter() - began)
            self.written.append((at, said))
            if done.outcome is Outcome.SAVED:
                return
            assert done.outcome is Outcome.ASIDE and done.text_id, done
            tries += 1
            assert tries < 100, "nobody starves"
            settles, (base, text) = done.text_id, self.read(at)
            with self.database.reading() as session:
                kept = sections.text(session, self.section_id(at), settles)
            assert kept.said.done_well == said and text != said, "both texts are there"
            self.aside.append((at, settles))
            time.sleep(self.patience.uniform(0, 0.05))

    def section_id(self, at: int) -> int:
        with self.database.reading() as session:
            return sections.at(session, self.booking_id, at).id


def cast(database: Database, app: Flask, each: int) -> list[Writer]:
    """The draft and its panel."""
    found = []
    with app.app_context(), database.writing() as session:
        draft = drafted(session)
        for number in range(WRITERS):
            person = add_person(session, f"writer{number}@a.example")
            sit(session, draft.booking.id, person.id, SeatRole.ASSESSOR, Profession.DESIGN)
            found.append(Writer(database, number, as_known(person), draft.booking.id, each))
    return found


@pytest.mark.parametrize("each", EACH)
def test_a_panel_of_eight_loses_nothing(fresh_database: Database, each: int) -> None:
    app = create_app(settings_for(fresh_database), fresh_database)
    writers = cast(fresh_database, app, each)
    began = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(writer.work) for writer in writers]:
            done.result()
    took, longest = time.perf_counter() - began, max(writer.longest for writer in writers)
    conflicts = sum(len(writer.aside) for writer in writers)
    kind = fresh_database.url.get_backend_name()
    print(f"{kind}: {WRITERS * each} edits in {took:.1f} s, longest wait {longest * 1000:.0f} ms, "
          f"{conflicts} conflicts")  # fmt: skip
    with fresh_database.reading() as session:
        rows = sections.of_booking(session, writers[0].booking_id)
        now_says = {row.number: row for row in rows}
        texts = list(session.scalars(select(SectionText).order_by(SectionText.id)))
        numbers = {row.id: row.number for row in session.scalars(select(Section))}
        tags = Counter(session.scalars(select(HistoryEvent.tag)))
    kept = Counter((text.actor, numbers[text.section_id], text.done_well) for text in texts)
    wrote = Counter(
        (f"person:{writer.person.id}", at, said)
        for writer in writers
        for at, said in writer.written
    )
    assert kept == wrote, "every text that anybody sent is there"
    assert conflicts > 0, "they did meet"
    assert len([text for text in texts if text.version is None]) == conflicts
    assert all(text.settled_at for text in texts if text.version is None)
    assert tags["section.written"] == WRITERS * each and tags["section.set_aside"] == conflicts
    for number in NUMBERS:
        saved = [t for t in texts if numbers[t.section_id] == number and t.version is not None]
        assert [t.version for t in saved] == list(range(2, len(saved) + 2))
        assert all(t.base == t.version - 1 for t in saved if t.version), "each had read the last"
        lines = [t.done_well.split("\n") for t in saved]
        assert all(later[:-1] == earlier for earlier, later in pairwise(lines)), "none lost a line"
        assert now_says[number].done_well.split("\n") == lines[-1]
        assert len(set(lines[-1])) == WRITERS * each // len(NUMBERS)
    # How long that is says how busy the machine is: beside the whole it is little.
    assert longest < took / 4, f"somebody waited {longest:.2f} s of {took:.1f} s"
