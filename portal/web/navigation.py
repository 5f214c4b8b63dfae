"""The links in the service navigation and in the footer: features register theirs, the base page
shows them.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import Flask, current_app, request, url_for

from portal.web.links import with_query

EXTENSION = "portal_navigation"
FOOTER = "portal_footer"
ADDRESSES = "portal_addresses"
#: Pages whose addresses hold what only one person may know, or lead nowhere else.
SECRET = ("/sign-", "/confirm", "/report-a-problem")
LONGEST = 500


class Entry(NamedTuple):
    """One registered link; entries are shown by `order`, then in the order they came."""

    order: int
    text: str
    endpoint: str


def install(app: Flask) -> None:
    """Start with no links."""
    app.extensions[EXTENSION] = []
    app.extensions[FOOTER] = []
    app.extensions[ADDRESSES] = {}
    app.jinja_env.globals["navigation"] = links
    app.jinja_env.globals["footer_links"] = footer_links
    app.jinja_env.globals["address_of"] = address_of


def add(app: Flask, text: str, endpoint: str, order: int = 50) -> None:
    """Show a link to `endpoint` in the service navigation. Give the text as `lazy("...")`."""
    entries = _entries(app)
    entries.append(Entry(order, text, endpoint))
    entries.sort(key=lambda entry: entry.order)


def add_to_footer(app: Flask, text: str, endpoint: str, about: bool = False) -> None:
    """Show a link to `endpoint` in the footer of every page. Give the text as `lazy("...")`.

    Args:
        about: the link says from which page it was followed.
    """
    app.extensions[FOOTER].append((text, endpoint, about))


def address_of(endpoint: str) -> str:
    """The address of a page without arguments, as `url_for` gives it, but worked out once."""
    known: dict[tuple[str, str], str] = current_app.extensions[ADDRESSES]
    key = request.script_root, endpoint
    if key not in known:
        known[key] = url_for(endpoint)
    return known[key]


def footer_links() -> list[tuple[str, str]]:
    """The text and the address of the links that features added to the footer, in their order."""
    return [
        (text, with_query(address_of(endpoint), _here()) if about else address_of(endpoint))
        for text, endpoint, about in current_app.extensions[FOOTER]
    ]


def _here() -> list[tuple[str, str]]:
    """The address of this page; none for one whose address lets somebody in."""
    if request.path.startswith(SECRET):
        return []
    return [("about", request.full_path.rstrip("?")[:LONGEST])]


def links() -> list[dict[str, object]]:
    """The links with where the reader is: `current` this page, `active` in this section."""
    here = request.path
    found: list[dict[str, object]] = []
    for entry in _entries(current_app):
        href = address_of(entry.endpoint)
        current = here == href
        active = current or (href != "/" and here.startswith(href + "/"))
        found.append({"text": entry.text, "href": href, "current": current, "active": active})
    return found


def _entries(app: Flask) -> list[Entry]:
    return cast(list[Entry], app.extensions[EXTENSION])
