"""Names of people."""

from __future__ import annotations

import unicodedata

from portal.errors import N_, Invalid

LONGEST_NAME = 200


def sort_key(name: str) -> str:
    """What names are put in order by: without accents, capitals or case."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()[:LONGEST_NAME]


def clean_name(text: str | None) -> str:
    """A person's name as we keep it: NFC, one space between its parts. Any script will do.

    Raises:
        Invalid: it is empty, too long, or holds what cannot be shown.
    """
    name = " ".join(unicodedata.normalize("NFC", text or "").split())
    if not name:
        raise Invalid("name", N_("Enter your full name"))
    if len(name) > LONGEST_NAME:
        raise Invalid("name", N_("Full name must be 200 characters or fewer"))
    if not all(letter.isprintable() for letter in name):
        raise Invalid("name", N_("Remove the characters that cannot be shown, such as line breaks"))
    return name
