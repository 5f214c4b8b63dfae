"""The document of a finding: one thing that is commonly broken, in a person's words."""

from __future__ import annotations

import re

from portal.audit import Document
from portal.catalogue.rules import cleaners
from portal.errors import N_, Invalid

#: `service-standard/1/10` is point 10 of version 1.
_POINT = re.compile(r"[a-z0-9-]{1,200}/\d{1,4}/\d{1,4}")


def is_point(reference: str) -> bool:
    """Whether a text is how documents name a point of a standard."""
    return _POINT.fullmatch(reference) is not None


def clean_finding(said: Document) -> Document:
    """A finding as it is kept: `title`, `summary`, `capability` and `point`.

    Raises:
        Invalid: there is no title, a text is too long, or it is of neither a need nor a point.
    """
    title = cleaners.plain_text("title", said.get("title"), 200)
    if title is None:
        raise Invalid("title", N_("Enter what is commonly broken"))
    point = cleaners.plain_text("point", said.get("point"), 300)
    if point and not _POINT.fullmatch(point):
        raise Invalid("point", N_("Select a point of a standard from the list"))
    need = cleaners.plain_text("capability", said.get("capability"), 200)
    if not need and not point:
        raise Invalid("capability", N_("Select a need, a point of a standard, or both"))
    return {
        "title": title,
        "summary": cleaners.plain_text("summary", said.get("summary"), 2000),
        "capability": need,
        "point": point,
    }
