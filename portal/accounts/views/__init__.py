"""The pages of accounts: signing in, one's own account, people and their roles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask, current_app

from portal.access import Person
from portal.accounts.forms.labels import label, labels
from portal.accounts.rules.sign_in import digest
from portal.accounts.store import sessions
from portal.accounts.views.account import blueprint as account
from portal.accounts.views.sign_in import blueprint as sign_in
from portal.web import limits
from portal.web.people import signs_in
from portal.web.reading import reading

if TYPE_CHECKING:
    from config import AccountSettings

PERIOD = "15 minutes"


def install(app: Flask, settings: AccountSettings) -> None:
    """Register the pages, and let people sign in."""
    for blueprint in (sign_in, account):
        app.register_blueprint(blueprint)
    limits.posts(
        app,
        "sign_in.start",
        {
            limits.typed("email"): settings.links_per_address,
            limits.network: settings.links_per_network,
        },
        PERIOD,
    )
    signs_in(app, load, "/sign-in")
    app.jinja_env.globals["account_labels"] = labels
    app.jinja_env.filters["account_label"] = label


def load(token: str) -> Person | None:
    """Who is signed in with a token; None where the session is over."""
    lives = current_app.extensions["portal"].settings.accounts
    with reading(fresh=True) as session:
        return sessions.person_of(
            session, digest(token), datetime.now(UTC), lives.administrator_session
        )
