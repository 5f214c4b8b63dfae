"""The links in the service navigation and in the footer: features register theirs, the base page
shows them.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import Flask, current_app, request, url_for

EXTENSION = "portal_navigation"
FOOTER = "portal_footer"


class Entry(NamedTuple):
    """One registered link; entries are shown by `order`, then in the order they came."""

    order: int
    text: str
    endpoint: str


def install(app: Flask) -> None:
    """Start with no links."""
    app.extensions[EXTENSION] = []
    app.extensions[FOOTER] = []
    app.jinja_env.globals["navigation"] = links
    app.jinja_env.globals["footer_links"] = footer_links


def add(app: Flask, text: str, endpoint: str, order: int = 50) -> None:
    """Show a link to `endpoint` in the service navigation. Give the text as `lazy("...")`."""
    entries = _entries(app)
    entries.append(Entry(order, text, endpoint))
    entries.sort(key=lambda entry: entry.order)


def add_to_footer(app: Flask, text: str, endpoint: str) -> None:
    """Show a link to `endpoint` in the footer of every page. Give the text as `lazy("...")`."""
    app.extensions[FOOTER].append((text, endpoint))


def footer_links() -> list[tuple[str, str]]:
    """The text and the address of the links that features added to the footer, in their order."""
    return [(text, url_for(endpoint)) for text, endpoint in current_app.extensions[FOOTER]]


def links() -> list[dict[str, object]]:
    """The links with where the reader is: `current` this page, `active` in this section."""
    here = request.path
    found: list[dict[str, object]] = []
    for entry in _entries(current_app):
        href = url_for(entry.endpoint)
        current = here == href
        active = current or (href != "/" and here.startswith(href + "/"))
        found.append({"text": entry.text, "href": href, "current": current, "active": active})
    return found


def _entries(app: Flask) -> list[Entry]:
    return cast(list[Entry], app.extensions[EXTENSION])
