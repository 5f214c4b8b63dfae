"""Recorded exchanges are answered as they were, but where the documentation says why not.

Our own are always replayed; those of another portal where $PORTAL_RECORDINGS names their folder.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.performance import replaying
from tests.performance.replaying import Different
from tests.support.pages import PageClient

DOCS = Path(__file__).resolve().parents[2] / "docs" / "performance-api.md"
RECORDED = (replaying.SHARED / "write.json").exists()


def documented(heading: str) -> set[str]:
    """The exchanges that a table of the documentation names as answered differently."""
    text = DOCS.read_text(encoding="utf-8")
    part = text.split(f"### {heading}\n")[1].split("\n#")[0]
    return {
        name
        for line in part.splitlines()
        if line.startswith("| ") and "`" in line.split("|")[1]
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    }


def write(client: PageClient, session: Session, folder: Path) -> list[Different]:
    replaying.make_sets(session)
    session.commit()
    return list(replaying.replay(client, replaying.load(folder, "write")["cases"]))


def read(client: PageClient, session: Session, folder: Path) -> list[Different]:
    recorded = replaying.load(folder, "read")
    replaying.fill_sets(session, recorded)
    session.commit()
    return list(replaying.replay(client, recorded["cases"]))


def test_our_own_writes(client: PageClient, session: Session) -> None:
    assert write(client, session, replaying.OWN) == []


def test_our_own_reads(client: PageClient, session: Session) -> None:
    assert read(client, session, replaying.OWN) == []


@pytest.mark.skipif(not RECORDED, reason="PORTAL_RECORDINGS names no folder with recordings")
def test_recorded_writes(client: PageClient, session: Session) -> None:
    found = write(client, session, replaying.SHARED)
    assert {each.label for each in found} == documented("Writes")
    assert all(each.status[1] < 500 for each in found)


@pytest.mark.skipif(not RECORDED, reason="PORTAL_RECORDINGS names no folder with recordings")
def test_recorded_reads(client: PageClient, session: Session) -> None:
    found = read(client, session, replaying.SHARED)
    assert {each.label for each in found} == documented("Reads")
    assert all(each.status[1] < 500 for each in found)
