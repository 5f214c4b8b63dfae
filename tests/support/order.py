"""Long tests come first, so that no worker waits at the end for another's last one."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LONG = (TESTS / "browser", TESTS / "whole", TESTS / "mail" / "test_killed.py")


class Plugin:
    """Orders the tests; among the long and among the others chance does."""

    # The last word after pytest-randomly's.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        """Put the long ones in front."""
        result = yield
        items.sort(key=lambda item: not any(item.path.is_relative_to(each) for each in LONG))
        return result
