"""Our quick macros give what GOV.UK Frontend's own give: same tags, attributes and words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from markupsafe import Markup

from portal.web import filters
from portal.web.pages import Paging
from portal.web.templating import macro


def ours(site: Flask, source: str, **context: Any) -> str:
    imports = '{% from "macros/ui.html" import date, external, pagination, summary_list, tag %}'
    with site.test_request_context("/things"):
        return site.jinja_env.from_string(imports + source).render(**context)


def shape(html: str) -> list[Any]:
    def of(tag: Tag) -> Any:
        inner = [of(child) if isinstance(child, Tag) else str(child).strip()
                 for child in tag.children]  # fmt: skip
        return (tag.name, sorted(tag.attrs.items(), key=str), [part for part in inner if part])

    return [of(tag) for tag in BeautifulSoup(html, "html.parser").find_all(recursive=False)]


@pytest.mark.parametrize("colour", ["", "green"])
def test_tag(site: Flask, colour: str) -> None:
    official = macro(site, "tag", "govukTag")
    classes = f"govuk-tag--{colour}" if colour else ""
    expected = official({"text": "A & B", "classes": classes})
    assert shape(ours(site, "{{ tag('A & B', colour) }}", colour=colour)) == shape(expected)


@pytest.mark.parametrize(
    "paging", [Paging("/p?a=1&b=2", "/n"), Paging(None, "/n"), Paging("/p", None)]
)
def test_pagination(site: Flask, paging: Paging) -> None:
    params: dict[str, Any] = {}
    if paging.previous_href:
        params["previous"] = {"href": paging.previous_href}
    if paging.next_href:
        params["next"] = {"href": paging.next_href}
    expected = macro(site, "pagination", "govukPagination")(params)
    assert shape(ours(site, "{{ pagination(paging) }}", paging=paging)) == shape(expected)


def test_pagination_of_one_page_is_nothing(site: Flask) -> None:
    assert not ours(site, "{{ pagination(paging) }}", paging=Paging(None, None)).strip()


def test_summary_list(site: Flask) -> None:
    change = {"href": "/c?a=1&b=2", "text": "Change", "hidden": "name"}
    rows = [
        {"key": "Name", "value": "A <b>", "actions": [change]},
        {"key": "Owner", "value": Markup('<a href="/o">Owner</a>')},
        {"key": "Empty", "value": None},
        {"key": "Two", "value": "x", "actions": [change, {**change, "text": "Delete"}]},
    ]
    official = [
        {
            "key": {"text": row["key"]},
            "value": {"html": str(Markup.escape(row["value"]))},
            "actions": {
                "items": [
                    {"href": a["href"], "text": a["text"], "visuallyHiddenText": a["hidden"]}
                    for a in row.get("actions", [])
                ]
            },
        }
        for row in rows
        if row["value"] is not None
    ]
    expected = macro(site, "summary-list", "govukSummaryList")({"rows": official})
    assert shape(ours(site, "{{ summary_list(rows) }}", rows=rows)) == shape(expected)


def test_outside_links(site: Flask) -> None:
    good = ours(site, "{{ external('https://example.com/?a=1&b=2') }}")
    assert 'href="https://example.com/?a=1&amp;b=2"' in good
    for bad in ("javascript:alert(1)", "data:text/html,x", "//evil", "http://[", "http:///x", "x"):
        assert "<a" not in ours(site, "{{ external(bad, '<i>') }}", bad=bad)
        assert "&lt;i&gt;" in ours(site, "{{ external(bad, '<i>') }}", bad=bad)


def test_dates_and_numbers(site: Flask) -> None:
    with site.test_request_context():
        assert filters.long_date(date(2016, 6, 24)) == "24 June 2016"
        assert filters.long_date("2016-06-01") == "1 June 2016"
        assert filters.long_date(None) == ""
        assert filters.month("2016-06-24") == "June 2016"
        late = datetime(2016, 6, 23, 23, 30, tzinfo=UTC)
        assert filters.moment(late) == "24 June 2016 at 12:30am", "summer time in London"
        assert filters.long_date(late) == "24 June 2016"
        assert (
            filters.moment(datetime(2016, 1, 1, 12, 5, tzinfo=UTC)) == "1 January 2016 at 12:05pm"
        )
        assert filters.commas(1234567) == "1,234,567"
        assert filters.commas(None) == ""
    assert (
        ours(site, "{{ date('2016-06-24') }}") == '<time datetime="2016-06-24">24 June 2016</time>'
    )
