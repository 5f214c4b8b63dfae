"""The outbox page: in development the mails are there, elsewhere the page is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Environment, MailSettings
from portal import create_app
from portal.jobs import Worker
from portal.jobs.handlers import HANDLERS
from tests.jobs.clock import Clock
from tests.mail.sending import LINK, only, put
from tests.support.pages import PageClient, soup_of
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase


def portal(
    database: RolledBackDatabase,
    environment: Environment = "development",
    mail: MailSettings | None = None,
) -> Flask:
    settings = settings_for(database)
    settings = replace(settings, environment=environment, mail=mail or MailSettings())
    app = create_app(replace(settings, log_level="INFO"), database)
    app.test_client_class = PageClient
    return app


def test_mails_are_there_with_their_links(session: Session, database: RolledBackDatabase) -> None:
    client = portal(database).test_client()
    assert "No mail has been written yet" in client.get("/outbox").text
    put(session)
    page = soup_of(client.get("/outbox"))
    assert page.select(f"main a[href='{LINK}']")
    said = page.select("main")[0].get_text(" ")
    assert "ada@example.com" in said and only(session)[0].reference in said
    assert "Waits for the worker" in said
    Worker(database, settings_for(database), HANDLERS, Clock()).until_idle()
    assert "Waits for the worker" not in client.get("/outbox").text


@pytest.mark.parametrize("environment", ["test", "production"])
def test_elsewhere_there_is_no_such_page(
    session: Session, database: RolledBackDatabase, environment: Environment
) -> None:
    put(session)
    assert portal(database, environment).test_client().get("/outbox").status_code == 404


def test_nor_where_mails_really_leave(session: Session, database: RolledBackDatabase) -> None:
    client = portal(
        database, mail=MailSettings(back_end="smtp", smtp_url="smtps://a")
    ).test_client()
    assert client.get("/outbox").status_code == 404


@pytest.mark.parametrize("environment", ["development", "test"])
def test_the_log_has_the_link_in_development_only(
    session: Session, database: RolledBackDatabase, environment: Environment,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    put(session)
    app = portal(database, environment)
    Worker(database, app.extensions["portal"].settings, HANDLERS, Clock()).until_idle()
    said = capsys.readouterr().err
    assert '"event": "mail_written"' in said and only(session)[0].reference in said
    assert "Sign in to" in said and "ada@" not in said
    assert (LINK in said) == (environment == "development")
