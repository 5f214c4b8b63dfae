"""Markdown that others wrote, as HTML that can do no harm."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

#: HTML in the text stays text; headings are left to the page, which has an order of its own.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_PARSER.disable(["heading", "lheading", "html_block", "html_inline"])
_PARSER.add_render_rule("image", lambda _self, tokens, at, *_rest: escape(tokens[at].content))
_TAGS = {
    "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_CLASSES = {
    "a": "govuk-link portal-break",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "blockquote": "govuk-inset-text",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "hr": "govuk-section-break govuk-section-break--m govuk-section-break--visible",
}
_ATTRIBUTES = {"a": {"href"}, "th": {"scope"}, "ol": {"start"}}
_SET = {tag: {"class": names} for tag, names in _CLASSES.items()}
_SET["th"] |= {"scope": "col"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={tag: {*names, "class"} for tag, names in _ATTRIBUTES.items()},
    set_tag_attribute_values=_SET,
    url_schemes={"http", "https"},
    link_rel="external noopener noreferrer",
)


@lru_cache(maxsize=1_024)
def html(text: str) -> Markup:
    """A text in Markdown as a page shows it: no headings, pictures, scripts or HTML of its own.

    Kept by the text: what was published years ago reads the same whatever else has changed.
    """
    return Markup(_CLEANER.clean(_PARSER.render(text)))  # noqa: S704  cleaned here
