"""Whole numbers, as programs write them into addresses and forms and as people type them."""

from __future__ import annotations

import re

#: The highest id that both databases have room for.
LAST_ID = 2**31 - 1
_DIGITS = 20
#: Signs between thousands, or none: a comma anywhere else is somebody's decimal point.
THOUSANDS = r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\s[0-9]{3})+)"
_TYPED = re.compile(THOUSANDS)
_DECIMAL = re.compile(rf"{THOUSANDS}(?:\.[0-9]+)?")


def whole_number(text: object, most: int = LAST_ID) -> int | None:
    """The number that stands in a text; None where it holds anything but digits from 0 to 9, or
    where it is above `most`.

    Letters that Unicode counts among the digits are none: Python reads some of them and refuses
    others. It refuses thousands of digits as well, so how many there are is looked at first.
    """
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        return None
    found = int(text)
    return found if found <= most else None


def id_in(text: object) -> int:
    """The id or the version that a hidden field holds; 0, which nothing has, where it is none."""
    return whole_number(text) or 0


def digits_of(text: str) -> str | None:
    """The digits of a whole number as people type it, such as `25,000`; None where it is none."""
    bare = text.strip()
    return re.sub(r"[,\s]", "", bare) if _TYPED.fullmatch(bare) else None


def decimal_of(text: str) -> str | None:
    """A number of 0 or more as people type it, such as `1,250.5`, without signs between thousands;
    None where it is none.
    """
    bare = text.strip()
    return re.sub(r"[,\s]", "", bare) if _DECIMAL.fullmatch(bare) else None
