"""A report in parts as pages show it, whether it is a draft, published, or an earlier version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from portal.assessments.views.booking_base import Seen
from portal.web.forms import Form
from portal.web.markdown import html
from portal.web.pages import page

#: Beginnings of headings in sections; the page has h2 for its own parts.
_DEEPEST = 6


def told(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a text, their headings below the page's own."""
    return [
        {"level": min(2 + int(each["level"]), _DEEPEST), "heading": each["heading"],
         "html": html(each["text"])}
        for each in sections
    ]  # fmt: skip


def about(
    seen: Seen, template: str, title: str, form: Form | None = None, *,
    below: Iterable[tuple[str, str]] = (), **more: Any,
) -> Response:  # fmt: skip
    """A page about a booking; 422 where something is wrong with its form.

    Args:
        below: the trail between the booking's own page and this one.
    """
    return page(
        f"assessments/{template}.html",
        title=title,
        section=seen.title,
        crumbs=[*seen.crumbs, *below],
        form=form,
        seen=seen,
        status=422 if form is not None and form.errors else 200,
        **more,
    )
