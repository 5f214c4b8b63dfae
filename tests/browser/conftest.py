"""A portal with the demo set behind a real server, and Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from portal import create_app
from portal.db import Database
from tests.support.provision import SECRET, Provision, settings_for

ROOT = Path(__file__).resolve().parents[2]
#: Long, since other tests run beside it.
START_SECONDS = 120
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Nothing outside this machine is asked for, by the browser or by a page.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """The browser of this machine, as scripts/chromium looks for it."""
    names = [os.environ.get("CHROMIUM", ""), "chromium-headless-shell"]
    names += ["chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "the browser tests need Chromium: make browser"
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def demo_database(provision: Provision) -> Iterator[Database]:
    with provision.database("sqlite", demo=True) as database:
        yield database


@pytest.fixture(scope="session")
def empty_database(provision: Provision) -> Iterator[Database]:
    with provision.database("sqlite") as database:
        yield database


@pytest.fixture(scope="session")
def demo_portal(demo_database: Database) -> Flask:
    """The same portal in this process, to ask for its addresses."""
    return create_app(settings_for(demo_database), demo_database)


def serve(
    database: Database, folder: Path, port: int = 0, workers: int = 1, **more: str
) -> Iterator[str]:
    """Run the portal under gunicorn; yield its address; stop that process.

    Args:
        database: what it serves.
        folder: for its log.
        port: where; a free one without it.
        workers: how many requests are answered at once.
        more: its settings that differ.
    """
    environment = os.environ | {
        "PORTAL_ENV": "test",
        "PORTAL_SECRET_KEY": SECRET,
        "PORTAL_TRUSTED_HOSTS": "127.0.0.1",
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "PORTAL_LOG_LEVEL": "ERROR",
        **more,
    }
    errors = folder / "gunicorn.log"
    options = ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "--log-level", "info"]
    command.append("tests.browser.server:app")
    with errors.open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield _address(server, errors)
    finally:
        server.terminate()
        server.wait(timeout=10)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for word in log.read_text(errors="replace").split():
            if word.startswith("http://127.0.0.1:") and _answers(word):
                return word
        time.sleep(0.05)
    raise AssertionError("the portal did not start: " + log.read_text(errors="replace")[-2000:])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, or busy with its start
        return False


@pytest.fixture(scope="session")
def site(demo_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the portal with the demo set."""
    yield from serve(demo_database, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def empty_site(empty_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with nothing in it."""
    yield from serve(empty_database, tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module", autouse=True)
def _closed(browser: Browser) -> Iterator[None]:
    """Close what the tests of a file leave open: pages go on running."""
    yield
    for context in browser.contexts:
        context.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Any]:
    """Open a page of the portal in a context of its own: `visit(path, width=320, ...)`.

    A message on the console or a request that leaves the portal fails the test.
    """
    trouble: list[str] = []
    contexts = []

    def open_page(path: str = "/", width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda m: m.type == "error" and trouble.append(m.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith(("http://127.0.0.1:", "data:")) or trouble.append(r.url),
        )
        page.goto(path if path.startswith("http") else site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not [text for text in trouble if "status of 4" not in text]
