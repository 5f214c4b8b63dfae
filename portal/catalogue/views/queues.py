"""What the queues share in which a person decides about one thing after the other."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import flash, request
from markupsafe import Markup

from portal.web.i18n import _
from portal.web.links import with_query

#: More words than that say nothing more.
MOST_WORDS = 6
LONGEST = 200


class Queue(NamedTuple):
    """What the page of a queue shows around its rows.

    Attributes:
        lead: what waits here.
        search: the label of the search box.
        text: what was searched for.
        facets: (title, links) each.
        hidden: what else the address asks for, which a search keeps.
        here: the address of the whole queue.
        kept: what the address of one row takes along, so that the next one is of the same list.
    """

    lead: str
    search: str
    text: str
    facets: list[tuple[str, list[dict[str, Any]]]]
    hidden: list[tuple[str, str]]
    here: str
    kept: str

    @property
    def narrowed(self) -> bool:
        """Whether the address asks for a part of it."""
        return bool(self.text or self.hidden)


def text_asked() -> str:
    """The words that this address asks for, as they are shown."""
    return " ".join(request.args.get("q", "").split())[:LONGEST]


def words_asked() -> tuple[str, ...]:
    """The same, to be compared."""
    return tuple(text_asked().lower().split()[:MOST_WORDS])


def kept(*names: str) -> str:
    """What of this address goes along, as the end of another one."""
    pairs = [(name, request.args.get(name, "")[:LONGEST]) for name in names]
    return with_query("", [pair for pair in pairs if pair[1]])


def queue(
    lead: str, search: str, facets: list[tuple[str, list[dict[str, Any]]]], *names: str
) -> Queue:
    """What the page of this address shows; `names` are its arguments beside the words."""
    hidden = [(name, request.args.get(name, "")[:LONGEST]) for name in names]
    hidden = [pair for pair in hidden if pair[1]]
    along = kept("q", *names)
    return Queue(lead, search, text_asked(), facets, hidden, request.path, along)


def offer_next(name: str | None, href: str) -> None:
    """Say on the next page which one waits now, or that none does, with the way there."""
    offer(_("Next: %(name)s", name=name) if name else _("Nothing else waits in this list"), href)


def offer(text: str, href: str) -> None:
    """Lead on from the next page, below what it says was done."""
    link = Markup('<a class="govuk-notification-banner__link" href="{}">{}</a>')
    flash(link.format(href, text), "next")
