"""The session that a request reads in: one for everything on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g, request

from portal.db import Database
from portal.kept import Recent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


RECENT = "portal_recent"


def install(app: Flask, seconds: float = 0) -> None:
    """Give each request's session back at its end.

    Args:
        app: the portal.
        seconds: how old what `recently` gives may be.
    """
    app.extensions[RECENT] = Recent[str](seconds)
    app.teardown_request(stop_reading)


def recently(version: Callable[[], str]) -> str:
    """What the records' version was a moment ago: a kept page then needs no database."""
    return cast("Recent[str]", current_app.extensions[RECENT]).get(version)


def database() -> Database:
    """The portal's database. Needs an application context."""
    return cast(Database, current_app.extensions["portal"].database)


@contextmanager
def reading(fresh: bool | None = None) -> Iterator[Session]:
    """The session that this request reads in, opened when it is first asked for and kept to the
    request's end: everything on a page, its ETag included, is of one moment. What writes reads
    in sessions of their own, since it must see what it wrote.

    Args:
        fresh: whether it must know the last write, which a standby may not have heard of. So it
            is for people who have signed in, and for whatever writes, without it.
    """
    if request.method not in ("GET", "HEAD"):
        with database().reading(fresh=True) as session:
            yield session
        return
    if fresh is None:
        from portal.web.people import signed_in

        fresh = signed_in()  # may open the session: whom a cookie names is read in it
    if "reading" not in g:
        g.reading = ExitStack()
        g.session = g.reading.enter_context(database().reading(fresh=fresh))
    yield g.session


def stop_reading(problem: BaseException | None = None) -> None:
    """Give the request's session back."""
    g.pop("session", None)
    if "reading" in g:
        g.pop("reading").close()
