"""Tests of pages run on SQLite or on PostgreSQL, half of them on each, always the same half.

What SQL does is tested on both, in the tests of stores and actions; a page that shows it needs one.
`make test ARGS=--both-databases` runs every page on both.
"""

from __future__ import annotations

from collections import Counter
from zlib import crc32

import pytest

from tests.support.provision import KINDS

BOTH = "--both-databases"


def left_out(name: str, fixtures: list[str], kind: str | None) -> bool:
    """Whether a test of a page is for the other database.

    Args:
        name: of the test, the same on both databases.
        fixtures: that it takes.
        kind: of its database; None where it has none to choose.
    """
    if kind is None or "client" not in fixtures or "fresh_database" in fixtures:
        return False
    return KINDS[crc32(name.encode()) % len(KINDS)] != kind


class Plugin:
    """Leaves the tests out that are for the other database."""

    def __init__(self, config: pytest.Config) -> None:
        self.both = bool(config.getoption(BOTH))

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the others, in their order."""
        if self.both:
            return
        # Those that say themselves on which database they run have no other half.
        twice = Counter(_name(item) for item in items)
        out = [item for item in items if twice[_name(item)] == len(KINDS) and _other(item)]
        if out:
            config.hook.pytest_deselected(items=out)
            gone = set(out)
            items[:] = [item for item in items if item not in gone]


def _kind(item: pytest.Item) -> str | None:
    call = getattr(item, "callspec", None)
    return call.params.get("kind") if call else None


def _name(item: pytest.Item) -> str:
    """What a test is called on every database."""
    return item.nodeid.replace(str(_kind(item)), "")


def _other(item: pytest.Item) -> bool:
    return left_out(_name(item), getattr(item, "fixturenames", []), _kind(item))
