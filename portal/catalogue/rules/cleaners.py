"""What makes the value of a document's field canonical, or says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from portal.addresses import is_web_address
from portal.errors import Invalid

Document = dict[str, Any]
Cleaner = Callable[[str, Any], Any]

NAME_LIMIT = 300
TEXT_LIMIT = 20_000
NUMBER_LIMIT = 10**15
SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


#: Takes out what is neither a letter, a digit nor a space.
_ASCII_MARKS = {n: None for n in range(128) if not (chr(n).isalnum() or n == ord(" "))}


def plain_text(field: str, value: object, limit: int = TEXT_LIMIT) -> str | None:
    """NFC text without surrounding space; None where nothing is left.

    Raises:
        Invalid: not text, longer than `limit` characters, or with control characters.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid(field, "This must be text")
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).strip()
    # Most text is printable, which is quicker to find out; controls and surrogates never are.
    if not text.isprintable() and any(
        unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text
    ):
        raise Invalid(field, "This must not include control characters")
    if len(text) > limit:
        raise Invalid(field, f"This must be {limit:,} characters or fewer")
    return text or None


def slugify(name: str) -> str:
    """A web address part for a name: ASCII words joined by hyphens, at most 120 characters."""
    folded = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("'", ""))
    ascii_name = folded.replace("’", "").encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_name))[:120].strip("-")
    return slug or "unnamed"


def sort_key(name: str) -> str:
    """What a name sorts by, the same on every database: folded, without a leading "the"."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    if folded.isascii():
        bare = folded.translate(_ASCII_MARKS)
    else:
        bare = "".join(c for c in folded if c.isalnum() or c == " ")
    return " ".join(bare.split()).removeprefix("the ")[:NAME_LIMIT]


def text(limit: int = TEXT_LIMIT) -> Cleaner:
    """Text of at most `limit` characters, or None."""
    return lambda field, value: plain_text(field, value, limit)


def needed(limit: int = NAME_LIMIT) -> Cleaner:
    """Text of at most `limit` characters; Invalid for none."""

    def clean(field: str, value: object) -> str:
        text = plain_text(field, value, limit)
        if text is None:
            raise Invalid(field, "This is needed")
        return text

    return clean


def slug(field: str, value: object) -> str:
    """Part of a web address: lower-case ASCII letters, digits and single hyphens."""
    text = needed(200)(field, value)
    if not SLUG.match(text):
        raise Invalid(field, "Use lower-case letters, digits and single hyphens")
    return str(text)


def web_address(field: str, value: object) -> str | None:
    """An http or https address, or None. Raises Invalid for anything else."""
    text = plain_text(field, value, 2000)
    if text is None:
        return None
    if not is_web_address(text):
        raise Invalid(field, "Enter a web address that starts with https:// or http://")
    return text


def day(field: str, value: object) -> str | None:
    """An ISO date, or None."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Invalid(field, "Enter a date as year-month-day, like 2016-06-24") from None


def day_needed(field: str, value: object) -> str:
    """An ISO date. Raises Invalid for none."""
    found = day(field, value)
    if found is None:
        raise Invalid(field, "This is needed")
    return found


def decimal(places: int) -> Cleaner:
    """A number of 0 or more as decimal text, without an exponent or needless zeros; or None."""

    def clean(field: str, value: object) -> str | None:
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise Invalid(field, "Enter a number, like 1.65") from None
        if not number.is_finite() or number < 0 or number > 10**9:
            raise Invalid(field, "Enter a number, 0 or more")
        if number != round(number, places):
            raise Invalid(field, f"Enter a number with {places} decimal places or fewer")
        plain = f"{number:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain

    return clean


def one_of(kind: type[StrEnum]) -> Cleaner:
    """A member of a closed list, by value."""

    def clean(field: str, value: object) -> str:
        try:
            return kind(str(value)).value
        except ValueError:
            allowed = ", ".join(m.value for m in kind)
            raise Invalid(field, f"Choose one of: {allowed}") from None

    return clean


def whole(field: str, value: object) -> int | None:
    """A whole number of 0 or more, or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Invalid(field, "Enter a whole number, 0 or more")
    if value >= NUMBER_LIMIT:
        raise Invalid(field, f"This must be less than {NUMBER_LIMIT:,}")
    return value


def truth(field: str, value: object) -> bool | None:
    """True, False or None for not known."""
    if value is None or isinstance(value, bool):
        return value
    raise Invalid(field, "Choose yes, no or not known")


def list_of(cleaner: Cleaner) -> Cleaner:
    """A list of such values, each once, empty ones left out."""

    def clean(field: str, value: object) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise Invalid(field, "This must be a list")
        found: list[Any] = []
        for position, item in enumerate(value):
            cleaned = cleaner(f"{field}.{position}", item)
            if cleaned is not None and cleaned not in found:
                found.append(cleaned)
        return found

    return clean


def shape_of(shape: Mapping[str, Cleaner]) -> Cleaner:
    """A record with these fields and no others."""

    def clean(field: str, value: object) -> Document:
        if not isinstance(value, Mapping):
            raise Invalid(field, "This must be a record")
        unknown = sorted(value.keys() - shape.keys())
        if unknown:
            raise Invalid(f"{field}.{unknown[0]}".strip("."), "There is no such field")
        within = f"{field}." if field else ""
        return {name: cleaner(within + name, value.get(name)) for name, cleaner in shape.items()}

    return clean


def periods(field: str, rows: Iterable[Document]) -> None:
    """Raise Invalid where a row of a list ends before it starts."""
    for position, row in enumerate(rows):
        if row["since"] and row["until"] and row["until"] < row["since"]:
            raise Invalid(f"{field}.{position}.until", "The end must not be before the start")
