"""The portal for browser tests: `wsgi:app`, where a header says which roles the reader has.

The portal itself has no such way in: this module is not part of it.
"""

from __future__ import annotations

from flask import g, request

from portal.access import Role, Somebody
from tests.support.people import HEADER
from wsgi import app


def _become() -> None:
    if HEADER in request.headers:
        g.person = Somebody(frozenset(map(Role, request.headers[HEADER].split())))


# Before the guard asks who it is.
app.before_request_funcs.setdefault(None, []).insert(0, _become)
