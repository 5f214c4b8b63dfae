"""Signing in as a newcomer does it: from the address to the outbox, the account and out again."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from portal.access import Grant, Kind, Role
from portal.db import Database
from tests.browser.axe import findings, sideways
from tests.browser.conftest import ROOT, serve
from tests.support.accounts import add_person
from tests.support.provision import Provision

Visit = Callable[..., Page]
#: Somebody for each way to look at it.
EMAIL = "sian.%s@dvla.demo.example"
WAYS = [(1280, True), (1280, False), (320, True), (320, False)]
TODAY_ROLES = (
    Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, 1),
    Grant(Role.ASSESSOR, Kind.PORTAL, 0),
)


@pytest.fixture(scope="module")
def people_database(provision: Provision) -> Iterator[Database]:
    with provision.database("sqlite", demo=True) as database:
        with database.writing() as session:
            for way in WAYS:
                email = EMAIL % f"{way[0]}-{way[1]}".lower()
                add_person(session, email, *TODAY_ROLES, name="Siân O’Brien")
        yield database


@pytest.fixture(scope="module")
def development(
    people_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A portal in development, with its outbox and a worker."""
    port = _free_port()
    changes = {"PORTAL_ENV": "development", "PORTAL_URL": f"http://127.0.0.1:{port}"}
    url = people_database.url.render_as_string(hide_password=False)
    environment = os.environ | changes | {"DATABASE_URL": url, "PORTAL_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "flask", "--app", "tests.support.process", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield from serve(people_database, tmp_path_factory.mktemp("people"), port, **changes)
    finally:
        worker.terminate()
        worker.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def seen(page: Page) -> Page:
    """The page, on which axe finds nothing and nothing scrolls sideways."""
    page.wait_for_load_state()
    shot = os.environ.get("PORTAL_SHOTS")  # a folder for pictures to look at
    if shot:
        width = page.viewport_size["width"] if page.viewport_size else 0
        name = re.sub(r"[^a-z]+", "-", page.title().lower())[:60]
        page.screenshot(path=f"{shot}/{name}-{width}.png", full_page=True)
    assert findings(page) + sideways(page) == [], page.url
    return page


def read_mail(page: Page, site: str, email: str, many: int = 1) -> None:
    """Wait in the outbox until the worker has sent so many links to somebody, and follow the
    newest: others get mails meanwhile.
    """
    sent = f"//dl[contains(., '{email}') and contains(., 'Sent')]/following-sibling::div[1]"
    links = page.locator(f"xpath={sent}//a[contains(@href, '/sign-in/link/')]")
    for _ in range(80):
        page.goto(f"{site}/outbox")
        if links.count() >= many:
            break
        page.wait_for_timeout(250)
    seen(page)
    links.first.click()


@pytest.mark.parametrize(
    ("width", "scripts"),
    [
        WAYS[0],
        WAYS[3],
        pytest.param(*WAYS[1], marks=pytest.mark.judge),
        pytest.param(*WAYS[2], marks=pytest.mark.judge),
    ],
)
def test_sign_in_and_out(visit: Visit, development: str, width: int, scripts: bool) -> None:
    email = EMAIL % f"{width}-{scripts}".lower()
    page = visit(development, width, java_script_enabled=True)
    if not scripts:
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.get_by_role("link", name="Sign in").click()
    seen(page).get_by_role("button", name="Email me a link").click()
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    seen(page).get_by_role("link", name="Enter your email address").click()
    assert page.evaluate("document.activeElement.id") == "email"
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    expect(seen(page).locator("main")).to_contain_text(email)
    read_mail(page, development, email)
    link = page.url
    expect(seen(page).locator("main")).to_contain_text(email)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{development}/")
    seen(page).get_by_role("link", name="Siân O’Brien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    expect(seen(page).locator("main")).to_contain_text("Service owner")
    page.get_by_role("link", name="Change your professions").click()
    seen(page).get_by_label("Technology").check()
    page.get_by_role("button", name="Save").click()
    expect(seen(page).locator("main")).to_contain_text("Technology")
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed out")
    seen(page)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has been used")
    seen(page)
    page.goto(f"{development}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
