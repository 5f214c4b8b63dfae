"""Links in mails that let one person answer for one record without signing in.

A link names the person, the record and its last day, signed with the portal's secret: nothing is
stored, and nobody can change it. It says nothing of what the person may do, which is asked when it
is used.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

#: How long a link works.
LASTS = timedelta(days=21)
_SALT = "portal.confirm"


class SignedLink(NamedTuple):
    """For whom a link is, about what, and its last day."""

    person_id: int
    kind: str
    thing_id: int
    last_day: date


def sign(secret: str, person_id: int, kind: str, thing_id: int, day: date) -> str:
    """The token of a link that is sent on a day."""
    return str(_serializer(secret).dumps([person_id, kind, thing_id, (day + LASTS).isoformat()]))


def read(secret: str, token: str) -> SignedLink | None:
    """What a token says; None where it is not one of ours, or not whole."""
    try:
        person_id, kind, thing_id, last = _serializer(secret).loads(token)
    except BadSignature:
        return None
    return SignedLink(person_id, kind, thing_id, date.fromisoformat(last))


def address(public_url: str, token: str) -> str:
    """Where a link leads; never made from what a request calls us."""
    return f"{public_url}/confirm/{token}"


def _serializer(secret: str) -> URLSafeSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, _SALT, signer_kwargs=options)
