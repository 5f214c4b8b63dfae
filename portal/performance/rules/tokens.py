"""Tokens that write to a data set: made at random, kept as digests, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

#: How long a token still works beside the one that takes its place, unless somebody says else.
OVERLAP = timedelta(days=7)
#: For so long a form that is sent again shows its token again.
AGAIN = timedelta(minutes=10)
_KEY = 16
#: What may stand in a header after "Bearer ".
_USABLE = re.compile(r"[!-~]{3,200}")


class Kept(Protocol):
    """The part of a kept token that says what it is good for."""

    digest: str
    ends_at: datetime | None
    revoked_at: datetime | None


T = TypeVar("T", bound=Kept)


def new_token() -> str:
    """32 random bytes as text for a header."""
    return secrets.token_urlsafe(32)


def form_key() -> str:
    """What tells one shown form from another."""
    return secrets.token_urlsafe(16)


def of_form(key: str, about: str, secret: str) -> str:
    """The token that a form makes, however often it is sent; a new one where it has no key.

    Args:
        key: of the form, which its reader knows.
        about: who sent it, and what it is about.
        secret: of the portal, which nobody knows: the key alone makes nothing.
    """
    if len(key) < _KEY:
        return new_token()
    said = f"data token\n{about}\n{key}".encode("utf-8", "surrogatepass")
    made = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def is_usable(token: str) -> bool:
    """Whether a token that somebody brings can stand in a header: 3 to 200 visible letters."""
    return _USABLE.fullmatch(token) is not None


def digest(token: str) -> str:
    """What is kept of a token: SHA-256 is enough, since nobody can try all of 32 bytes."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def works(token: Kept, at: datetime) -> bool:
    """Whether a token is good for anything at a moment."""
    ended = token.ends_at is not None and token.ends_at <= at
    return token.revoked_at is None and not ended


def matching(tokens: Iterable[T], sent: str, at: datetime) -> T | None:
    """The token that was sent, among those that work; each is compared, and in constant time."""
    said, found = digest(sent), None
    for each in tokens:
        if hmac.compare_digest(each.digest, said) and works(each, at):
            found = each
    return found
