"""Pages: the shell's context, addresses with other query arguments, paging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, Response, make_response, render_template, request

from portal.web.formats import POSITION
from portal.web.forms import Form
from portal.web.links import IN_PATH, with_query

Crumbs = Sequence[tuple[str, str]]


class Paging(NamedTuple):
    """The addresses of the pages before and after this one, where there are such."""

    previous_href: str | None
    next_href: str | None


def install(app: Flask, portal_name: str, contact_address: str) -> None:
    """Give templates what the shell shows."""
    app.jinja_env.globals.update(
        query_url=query_url,
        query_start=query_start,
        portal_name=portal_name,
        contact_address=contact_address,
    )


def page(
    template: str,
    *,
    title: str,
    section: str | None = None,
    crumbs: Crumbs | None = (),
    form: Form | None = None,
    status: int = 200,
    **context: Any,
) -> Response:
    """Render a page.

    Args:
        template: the template's name.
        title: the page's h1; the window's title is `title - section - portal`.
        section: the part of the portal the page is in, where the title does not say it.
        crumbs: the pages above this one as (text, address), below Home; None for no trail.
        form: the page's form; "Error: " leads the title where it has errors.
        status: the HTTP status.
        context: what else the template shows.
    """
    html = render_template(
        template,
        title=title,
        section=section,
        crumbs=crumbs,
        form=form,
        has_errors=bool(form is not None and form.errors),
        **context,
    )
    return make_response(html, status)


def query_url(**changes: object) -> str:
    """This address with other query arguments.

    None removes one, a list repeats it. The place in the list (`after`, `before`) is dropped
    unless it is given, since it means nothing under other filters.
    """
    args: dict[str, list[str]] = {
        name: values for name, values in request.args.lists() if name not in POSITION
    }
    for name, value in changes.items():
        args[name] = _texts(value)
    pairs = ((name, text) for name, values in args.items() for text in values)
    return with_query(quote(request.path, safe=IN_PATH), pairs)


def filter_links(
    name: str, texts: Mapping[Any, str], chosen: object, counts: Mapping[Any, int] | None = None
) -> list[dict[str, Any]]:
    """The values of a filter as links, for `facet_links` of macros/ui.html; that of the chosen one
    takes the filter away.

    Args:
        name: of the argument in the address.
        texts: what each value is called, in their order.
        chosen: the value in force, None where there is none.
        counts: how many each value leaves, where that is known.
    """
    return [
        {
            "label": str(text),
            "count": counts[value] if counts is not None else None,
            "selected": value == chosen,
            "href": query_url(**{name: None if value == chosen else value}),
        }
        for value, text in texts.items()
    ]


def query_start(name: str) -> str:
    """This address without the argument `name`, up to where its new value goes: for many links
    that differ in nothing else. The value must need no escaping, as a slug does not.
    """
    rest = query_url(**{name: None})
    return f"{rest}{'&' if '?' in rest else '?'}{name}="


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [str(item) for item in value]
    return [str(value)]


def paging(previous: Mapping[str, object] | None, next: Mapping[str, object] | None) -> Paging:  # noqa: A002
    """Links to the pages around this one, from the query arguments that lead there."""
    return Paging(
        query_url(**previous) if previous is not None else None,
        query_url(**next) if next is not None else None,
    )
