"""The pages of accounts: signing in, one's own account, people and their roles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Flask, current_app

from portal import clock
from portal.access import Permission, Person, may

# These register their handlers.
from portal.accounts.actions import digests as _digests  # noqa: F401
from portal.accounts.actions import reaching as _reaching  # noqa: F401
from portal.accounts.forms.labels import label
from portal.accounts.rules.sign_in import digest
from portal.accounts.store import join_work, sessions
from portal.accounts.views import openid
from portal.accounts.views.account import blueprint as account
from portal.accounts.views.base import sees_people
from portal.accounts.views.erasing import blueprint as erasing
from portal.accounts.views.joining import blueprint as joining
from portal.accounts.views.people import blueprint as people
from portal.accounts.views.roles import blueprint as roles
from portal.accounts.views.sign_in import blueprint as sign_in
from portal.accounts.views.work import blueprint as work_list
from portal.accounts.work import register as register_work
from portal.web import limits
from portal.web.people import current_person, signs_in
from portal.web.reading import reading

if TYPE_CHECKING:
    from config import AccountSettings

PERIOD = "15 minutes"


def install(app: Flask, settings: AccountSettings) -> None:
    """Register the pages, and let people sign in."""
    for blueprint in (
        sign_in,
        openid.blueprint,
        account,
        people,
        roles,
        joining,
        erasing,
        work_list,
    ):
        app.register_blueprint(blueprint)
    register_work("joining", join_work.waiting, join_work.LABELS)
    openid.install(app, settings)
    limits.posts(
        app,
        "sign_in.start",
        {
            limits.typed("email"): settings.links_per_address,
            limits.network: settings.links_per_network,
        },
        PERIOD,
    )
    for endpoint in ("openid.start", "openid.back"):
        by_network = {limits.network: settings.links_per_network}
        limits.posts(app, endpoint, by_network, PERIOD, methods=("GET",))
    signs_in(app, load, "/sign-in")
    app.jinja_env.globals.update(sees_people=sees_people, manages_portal=manages_portal)
    app.jinja_env.filters.update(account_label=label, day_before=_day_before)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def manages_portal() -> bool:
    """Whether the reader is a portal administrator."""
    return may(current_person(), Permission.MANAGE_PORTAL)


def load(token: str) -> Person | None:
    """Who is signed in with a token; None where the session is over."""
    lives = current_app.extensions["portal"].settings.accounts
    with reading(fresh=True) as session:
        return sessions.person_of(session, digest(token), clock.now(), lives.administrator_session)
