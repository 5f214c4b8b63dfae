"""A report in parts as pages show it, whether it is a draft, published, or an earlier version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.web.markdown import html

#: Beginnings of headings in sections; the page has h2 for its own parts.
_DEEPEST = 6


def told(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a text, their headings below the page's own."""
    return [
        {"level": min(2 + int(each["level"]), _DEEPEST), "heading": each["heading"],
         "html": html(each["text"])}
        for each in sections
    ]  # fmt: skip
