"""The outbox page, which only a portal in development has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from portal import mail
from tests.browser.axe import Looking
from tests.browser.conftest import serve
from tests.jobs.clock import START
from tests.support.provision import Provision


@pytest.fixture(scope="module")
def outbox(provision: Provision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provision.database("sqlite") as database:
        folder = tmp_path_factory.mktemp("outbox")
        site = serve(database, folder, PORTAL_ENV="development")
        address = next(site)
        with database.writing() as session:
            values = {"link": f"{address}/services?q={'x' * 80}", "minutes": 15}
            for key in "ab":
                mail.queue(session, "ada@example.com", "sign_in_link", values, key, START)
        yield f"{address}/outbox"
        site.close()  # type: ignore[attr-defined]


def test_axe_finds_nothing_in_the_outbox(visit: Callable[..., Page], outbox: str) -> None:
    looking = Looking(visit, outbox.rsplit("/", 1)[0])
    looking.go(outbox)
    assert not looking.wrong()


def test_a_link_of_a_mail_can_be_followed(visit: Callable[..., Page], outbox: str) -> None:
    page = visit(outbox)
    page.get_by_role("link", name="/services?q=").first.click()
    assert page.url.endswith("x" * 80)
    assert page.locator("h1").inner_text() == "Services"
