"""What tests tell the whole run, also from pytest-xdist's workers: visited routes, pages seen.

A run of everything fails when a route was visited by no test; a run of a part is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Response, request

#: Says only that nothing is there, as programs expect.
NOTHING = {"/data/<group>/<type_>/"}
NAMES = ("routes", "visited", "seen by axe")
_gathered: dict[str, set[str]] = {name: set() for name in NAMES}
_paused = False


def note(name: str, *values: str) -> None:
    """Keep values for the end of the run."""
    _gathered[name].update(values)


def watch(app: Flask) -> None:
    """Note the routes of an app, and each that a test visits with success."""
    note(
        "routes",
        *(
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.rule not in NOTHING
        ),
    )

    @app.after_request
    def _visited(response: Response) -> Response:
        if request.url_rule is not None and response.status_code < 400 and not _paused:
            note("visited", request.url_rule.rule)
        return response


@contextmanager
def unnoticed() -> Iterator[None]:
    """Within the block, requests are not visits: for tests that ask for every route there is."""
    global _paused  # noqa: PLW0603
    _paused = True
    try:
        yield
    finally:
        _paused = False


class Plugin:
    """Gathers the notes of all workers and judges them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.missed: list[str] = []

    @property
    def _worker(self) -> dict[str, Any] | None:
        return getattr(self.config, "workeroutput", None)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        for name, values in getattr(node, "workeroutput", {}).get("portal_notes", {}).items():
            note(name, *values)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        output = self._worker
        if output is not None:
            output["portal_notes"] = {name: sorted(values) for name, values in _gathered.items()}
            return
        self.missed = sorted(_gathered["routes"] - _gathered["visited"])
        if self.missed and exitstatus == 0 and self._everything():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _everything(self) -> bool:
        option = self.config.option
        whole = self.config.args_source is pytest.Config.ArgsSource.TESTPATHS
        part = option.keyword or option.markexpr or getattr(option, "lf", False) or option.judge
        return whole and not part

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        routes, seen = _gathered["routes"], _gathered["seen by axe"]
        if seen:
            terminalreporter.write_line(f"axe saw {len(seen)} pages")
        if routes:
            visited = len(routes) - len(self.missed)
            terminalreporter.write_line(f"tests visited {visited} of {len(routes)} routes")
        if self.missed and self._everything():
            terminalreporter.write_line("no test visits: " + ", ".join(self.missed), red=True)
