"""The portal in a process of its own, with the clock of the tests: `wsgi:app`."""

from __future__ import annotations

from tests.support import one_day
from wsgi import app

__all__ = ["app"]

one_day.keep()
