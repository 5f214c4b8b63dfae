"""E-mail addresses as we keep them, and addresses of our own pages."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from portal.errors import N_, Invalid

LONGEST_EMAIL = 254
LONGEST_PATH = 500
_ATOM = r"[^\s@<>\"(),:;\\\[\]\x00-\x20\x7f-\x9f]+"
_EMAIL = re.compile(rf"{_ATOM}@(?!-)[^\W_](?:[\w-]*\.)+[^\W_]{{2,}}")
_WRONG = N_("Enter an email address in the correct format, like name@example.com")
#: Where nobody is led after signing in: they would sign out, or go round in a circle.
_NOT_NEXT = ("/sign-in", "/sign-out")


def clean_email(text: str) -> str:
    """An address as we keep it: NFC, without space around it, in lower case.

    Raises:
        Invalid: it is none that a mail could go to.
    """
    email = unicodedata.normalize("NFC", text).strip().lower()
    local, _, domain = email.partition("@")
    dots = ".." in email or local.startswith(".") or local.endswith(".")
    # As long as the protocol allows, in the bytes that it counts.
    long = len(email.encode()) > LONGEST_EMAIL or len(local.encode()) > 64
    if dots or long or not _EMAIL.fullmatch(email) or not domain:
        raise Invalid("email", _WRONG)
    return email


def domain_of(email: str) -> str:
    """What follows the @."""
    return email.rpartition("@")[2]


def local_path(text: str | None) -> str | None:
    r"""A path of this portal, with its query, or None for anything that could lead elsewhere.

    Browsers read `//host`, `/\host` and paths with tabs or line ends in them as other hosts.
    """
    if not text or len(text) > LONGEST_PATH or not text.startswith("/"):
        return None
    if text.startswith("//") or "\\" in text or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or "//" in parts.path:
        return None
    inside = parts.path.split("/")[1]
    return None if f"/{inside}" in _NOT_NEXT else text
