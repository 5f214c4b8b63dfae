"""The portal for browser tests, where a header says which roles the reader has.

The portal itself has no such way in: this module is not part of it.
"""

from __future__ import annotations

from flask import g, request

from tests.support.people import HEADER, person_of
from tests.support.process import app


def _become() -> None:
    if HEADER in request.headers:
        g.person = person_of(request.headers[HEADER])


# Before the guard asks who it is.
app.before_request_funcs.setdefault(None, []).insert(0, _become)
