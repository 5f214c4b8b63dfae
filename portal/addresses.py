"""What a web address is: one rule for records, forms and links on pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Space and control characters, some of which `urlsplit` drops without a word; and the backslash,
#: which browsers take for a slash.
FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")
#: Most addresses, for which nothing else needs to be asked: a plain host, no port, no user name.
_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:[/?#][!-\[\]-~]*)?")


def is_web_address(text: str) -> bool:
    """True for http or https with a host and a possible port, and without a user name: that would
    hide which host it leads to.
    """
    if _PLAIN.fullmatch(text):
        return True
    if FORBIDDEN.search(text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    named = bool(parts.hostname) and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and named and port != 0
