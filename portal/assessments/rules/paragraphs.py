"""The paragraphs of a text, which a service's team can challenge one by one."""

from __future__ import annotations

import re

_BLANK = re.compile(r"\n[ \t]*\n+")


def paragraphs(text: str) -> list[str]:
    """The parts of a text between blank lines, in their order."""
    return [part.strip() for part in _BLANK.split(text) if part.strip()]
