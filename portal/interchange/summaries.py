"""Reads a list of services as titles and summaries: a JSON list of {"title", "summary"}."""

from __future__ import annotations

from pathlib import Path

from portal.catalogue.rules.similar import Known
from portal.errors import Invalid
from portal.interchange.tables import json_list


def read(path: Path) -> list[Known]:
    """The services of a file, in its order; other keys than the two are passed over.

    Raises:
        Invalid: the file cannot be read, is no JSON list of objects, or one has no title.
    """
    name, rows = json_list(path, "titles and summaries", " with a title and a summary")
    return [_known(row, f"{name}, entry {place}") for place, row in enumerate(rows)]


def _known(row: object, where: str) -> Known:
    if not isinstance(row, dict):
        raise Invalid("title", f"{where}: this must be an object with a title and a summary")
    title, summary = row.get("title"), row.get("summary")
    if not isinstance(title, str) or not title.strip():
        raise Invalid("title", f"{where} has no title")
    if summary is not None and not isinstance(summary, str):
        raise Invalid("summary", f"{where}: the summary must be text")
    return Known(title, summary or "")
