"""Whether the portal and the floor say the same: checked before anything is timed."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import orjson

TITLE = re.compile(
    r'portal-result__title"><a class="govuk-link" href="/(?:services|reports)/([^"]+)"'
)
COUNT = re.compile(
    r'type="checkbox" value="([^"]*)".*?portal-facet__count">\(([\d,]+)\)', re.DOTALL
)
BODY = re.compile(
    r'organisation=([a-z0-9-]+)">[^<]*</a> <span class="portal-facet__count">\(([\d,]+)'
)
TOTAL = re.compile(
    r'<h2 class="govuk-heading-m">([\d,]+(?: or more)?) (?:services?|assessments?|reports match)'
)
OPTION = re.compile(r"<option value=\"([^\"]+)\"")
FIGURE = re.compile(r"[\d,]+(?:\.\d+)?%?|nothing to compare")
HIDDEN = '<span class="govuk-visually-hidden">.*?</span>'
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
CELL = re.compile(r'(?:organisations|components|component)[=/]([a-z0-9-]+)">([^<]+)')
USER = re.compile(r'<th scope="row" class="govuk-table__header"><a[^>]*href="(/services/[^"]+)"')
SIDE = re.compile(
    r'<th scope="row" class="govuk-table__header(?: portal-break)?">\s*(?:<a [^>]*>)?([^<]+)'
    r'.*?data-label="List">([^<]+)<',
    re.DOTALL,
)
TAG, SPACE = re.compile(r"<[^>]*>"), re.compile(r"\s+")
HREF, VALUE = re.compile(r'href="([^"]*)"'), re.compile(r' value="([^"]*)"')


class Different(AssertionError):
    """The two answers do not say the same; the message says what differs."""


def page_of(html: str) -> dict[str, Any]:
    """What a list page says: its services in order, every count, every choice."""
    main = MAIN.search(html)
    text = main.group() if main else html
    total = TOTAL.search(text)
    return {
        "services": TITLE.findall(text),
        "counts": sorted(COUNT.findall(text)),
        "organisations": sorted(BODY.findall(text)),
        "choices": sorted(OPTION.findall(text)),
        "total": total.group(1) if total else None,
    }


def record_of(html: str) -> dict[str, Any]:
    """What a record page says: where it leads, how many rows its tables have, and every word."""
    main = MAIN.search(html)
    text = main.group() if main else html
    return {
        "links": sorted(HREF.findall(text)),
        "rows": text.count('<tr class="govuk-table__row">'),
        "words": SPACE.sub("", unescape(TAG.sub("", text))),
    }


def same_list(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both pages list the same with the same counts."""
    _same(page_of(portal.decode()), page_of(floor.decode()))


def same_search(portal: bytes, floor: bytes) -> None:
    """The same, but the order is each one's own: where more is found than a page takes, only the
    counts can be compared, and where the candidates are capped, only that.
    """
    one, other = page_of(portal.decode()), page_of(floor.decode())
    if one["total"] and "or more" in one["total"]:
        one, other = (
            {"total": each["total"], "many": len(each["services"])} for each in (one, other)
        )
    else:
        for each in (one, other):
            few = len(each["services"]) < 50
            each["services"] = sorted(each["services"]) if few else len(each["services"])
    _same(one, other)


def same_record(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both pages lead to the same places and have the same rows."""
    _same(record_of(portal.decode()), record_of(floor.decode()))


def same_words(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both pages say the same in every word, lead to the same addresses and
    offer the same choices.
    """
    _same(*(words_of(each.decode()) for each in (portal, floor)))


def words_of(html: str) -> dict[str, Any]:
    """What a page says: every word, where it leads, what it offers."""
    main = MAIN.search(html)
    text = main.group() if main else html
    return {
        "words": SPACE.sub("", unescape(TAG.sub("", text))),
        "links": sorted(map(unescape, HREF.findall(text))),
        "choices": VALUE.findall(text),
    }


def same_matrix(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both have the same columns, rows and numbers, in order."""
    one, other = ({"rows": CELL.findall(each.decode())} for each in (portal, floor))
    _same(one, other)


def same_numbers(portal: bytes, floor: bytes) -> None:
    """Raise Different unless the cells of both tables say the same numbers and shares, in order."""
    one, other = ({"cells": _figures(each)} for each in (portal, floor))
    _same(one, other)


def _figures(body: bytes) -> list[str]:
    found = (FIGURE.search(re.sub("<[^>]+>", "", cell)) for cell in _cells(body))
    return [each.group() if each else "" for each in found]


def _cells(body: bytes) -> list[str]:
    table = body.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return re.findall("<td[^>]*>(.*?)</td>", table, re.DOTALL)


def same_tables(portal: bytes, floor: bytes) -> None:
    """Raise Different unless the cells of all tables show the same numbers, in order."""
    _same(*({"cells": _shown(each.decode())} for each in (portal, floor)))


def _shown(html: str) -> list[list[str]]:
    cells = re.findall("<td[^>]*>(.*?)</td>", html, re.DOTALL)
    return [FIGURE.findall(re.sub(f"{HIDDEN}|<[^>]+>", " ", cell)) for cell in cells]


def same_users(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both name the same services that use a component, in order."""
    _same(*({"services": USER.findall(each.decode())} for each in (portal, floor)))


def same_sides(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both name the same, in order, with how both sides stand."""
    _same(*({"rows": SIDE.findall(each.decode())} for each in (portal, floor)))


def same_json(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both are the same data."""
    one, other = orjson.loads(portal), orjson.loads(floor)
    _same({"count": one.get("count"), "items": one}, {"count": other.get("count"), "items": other})


def same_csv(portal: bytes, floor: bytes) -> None:
    """Raise Different unless both files have the same rows."""
    one, other = (list(csv.reader(io.StringIO(each.decode()))) for each in (portal, floor))
    _same({"rows": len(one)}, {"rows": len(other)})
    for line, (a, b) in enumerate(zip(one, other, strict=True), start=1):
        _same({f"line {line}": a}, {f"line {line}": b})


def _same(portal: dict[str, Any], floor: dict[str, Any]) -> None:
    for name, value in portal.items():
        if not value and name in ("services", "links", "total", "rows", "count"):
            raise Different(f"{name}: the portal says nothing")
        if value != floor[name]:
            raise Different(f"{name}: {_first(value, floor[name])}")


def _first(one: Any, other: Any) -> str:
    """The first thing that differs, short."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            if a != b:
                return f"at {at}, the portal says {str(a)[:300]}, the floor {str(b)[:300]}"
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if one.get(key) != other.get(key):
                return f"{key}: {_first(one.get(key), other.get(key))}"
    if isinstance(one, list) and isinstance(other, list):
        extra = [x for x in one if x not in other][:3], [x for x in other if x not in one][:3]
        return f"{len(one)} and {len(other)}; only the portal {extra[0]}, only the floor {extra[1]}"
    return f"the portal says {str(one)[:300]}, the floor {str(other)[:300]}"
