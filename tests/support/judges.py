"""Tests that take long run by themselves, `make judge`, and those of properties once more on many
more examples; all others are `make test`.
"""

from __future__ import annotations

import pytest

JUDGE = "--judge"


class Plugin:
    """Leaves out the tests that were not asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self.asked = bool(config.getoption(JUDGE))

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the others, in their order."""
        out = [item for item in items if not self._wanted(item)]
        if out:
            config.hook.pytest_deselected(items=out)
            items[:] = [item for item in items if self._wanted(item)]

    def _wanted(self, item: pytest.Item) -> bool:
        if item.get_closest_marker("judge"):
            return self.asked
        return not self.asked or hasattr(getattr(item, "obj", None), "hypothesis")
