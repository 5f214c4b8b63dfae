"""Rows that are no page: downloads, imports, what runs beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.report import Line
from portal.db import Database

Work = Callable[[str | None, Mapping[int, Database]], list[Line]]
WORKS: dict[str, Work] = {}
