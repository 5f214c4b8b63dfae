"""The links in the service navigation and in the footer: features register theirs, the base page
shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from flask import Flask, current_app, request, url_for

from portal.web.i18n import reader
from portal.web.links import with_query

T = TypeVar("T")
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


class Link(NamedTuple):
    """A link of the menu: `current` leads to this page, `active` to its section."""

    text: str
    href: str
    current: bool
    active: bool


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
    known = current_app.extensions[ADDRESSES]
    key = request.script_root, endpoint
    if key not in known:
        known[key] = url_for(endpoint)
    return cast(str, known[key])


def footer_links() -> list[tuple[str, str]]:
    """The text and the address of the links that features added to the footer, in their order."""
    here = _here()
    return [
        (text, with_query(href, here) if about else href)
        for text, href, about in _once(FOOTER, _footer)
    ]


def _footer() -> list[tuple[str, str, bool]]:
    entries = current_app.extensions[FOOTER]
    return [(str(text), address_of(endpoint), about) for text, endpoint, about in entries]


def _here() -> list[tuple[str, str]]:
    """The address of this page; none for one whose address lets somebody in."""
    if request.path.startswith(SECRET):
        return []
    return [("about", request.full_path.rstrip("?")[:LONGEST])]


def links() -> list[Link]:
    """The links of the menu, with where the reader is."""
    here = request.path
    return [
        Link(text, href, here == href, here == href or here.startswith(below))
        for text, href, below in _once(EXTENSION, _menu)
    ]


def _menu() -> list[tuple[str, str, str]]:
    found = [(str(entry.text), address_of(entry.endpoint)) for entry in _entries(current_app)]
    return [(text, href, "\n" if href == "/" else f"{href}/") for text, href in found]


def _once(name: str, make: Callable[[], T]) -> T:
    """What `make` gives, worked out once for each language."""
    known = current_app.extensions[ADDRESSES]
    key = name, request.script_root, reader().texts
    if key not in known:
        known[key] = make()
    return cast(T, known[key])


def _entries(app: Flask) -> list[Entry]:
    return cast(list[Entry], app.extensions[EXTENSION])
