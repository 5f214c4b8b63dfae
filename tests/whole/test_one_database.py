"""Which tests of pages are left out for the other database: each runs on exactly one."""

from __future__ import annotations

import pytest

from tests.support.one_database import left_out
from tests.support.provision import KINDS

NAMES = [f"tests/test_views.py::test_{n}" for n in range(200)]


def test_each_page_runs_on_exactly_one() -> None:
    kept = [[kind for kind in KINDS if not left_out(name, ["client"], kind)] for name in NAMES]
    assert all(len(kinds) == 1 for kinds in kept)
    assert 60 < sum(kinds == ["sqlite"] for kinds in kept) < 140, "about half on each"


@pytest.mark.parametrize(
    ("fixtures", "kind"),
    [(["session"], "sqlite"), (["client", "fresh_database"], "postgresql"), (["client"], None)],
)
def test_anything_else_runs_on_both(fixtures: list[str], kind: str | None) -> None:
    assert not any(left_out(name, fixtures, kind) for name in NAMES)
