"""What every page must be, checked each time a test fetches one."""

from __future__ import annotations

import re
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea"
FOCUSABLE = "a[href], input:not([type=hidden]), select, textarea, button, [tabindex]"


class WrongPage(AssertionError):
    """A page breaks a rule that holds for all pages."""


class PageClient(FlaskClient):
    """A test client that checks every page it fetches."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        has_page = response.request.method != "HEAD" and not 300 <= response.status_code < 400
        if response.mimetype == "text/html" and has_page:
            name = self.application.extensions["portal"].settings.portal_name
            wrong = problems(response.get_data(as_text=True), name)
            if wrong:
                raise WrongPage(f"{response.request.path}: " + "; ".join(wrong))
        return response


def soup_of(response: TestResponse) -> BeautifulSoup:
    """The page, parsed; where a word may break there is no gap in it."""
    page = BeautifulSoup(response.get_data(as_text=True), "html5lib")
    for gap in page.select("wbr"):
        gap.decompose()
    page.smooth()
    return page


def filled(response: TestResponse, form: str = "main form") -> dict[str, Any]:
    """What a form of a page holds, as a browser would send it."""
    [found] = soup_of(response).select(form)
    values: dict[str, Any] = {}
    for field in found.select("input[name], textarea[name]"):
        if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        text = field.get_text() if field.name == "textarea" else str(field.get("value", ""))
        values.setdefault(str(field["name"]), []).append(text)
    return values


def problems(html: str, portal_name: str) -> list[str]:
    """Everything that is wrong with a page, in words; empty for a good one."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    soup = BeautifulSoup(html, "html5lib")
    found = [f"HTML: {what} at {where}" for where, what, _ in parser.errors]
    found += _title(soup, portal_name)
    found += _ids(soup)
    found += _fields(soup)
    found += _error_summary(soup)
    found += _tables(soup)
    found += _rest(soup)
    return found


def _words(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _title(soup: BeautifulSoup, portal_name: str) -> list[str]:
    headings = soup.select("h1")
    if len(headings) != 1:
        return [f"{len(headings)} h1"]
    title, heading = _words(soup.title), _words(headings[0])
    # A caption of the section may stand in the h1, and joins of inline tags differ in spaces.
    bare = _squeezed(title.removeprefix("Error: "))
    found = []
    if not bare.startswith(_squeezed(heading) + "–"):
        found.append(f"the title {title!r} does not begin with the h1 {heading!r}")
    if not title.endswith(f"– {portal_name}"):
        found.append(f"the title {title!r} does not end with the portal's name")
    if title.startswith("Error: ") != bool(soup.select(".govuk-error-summary")):
        found.append("'Error: ' leads the title exactly where there is an error summary")
    return found


def _ids(soup: BeautifulSoup) -> list[str]:
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    found = [
        f"the id {name!r} is there twice" for name in sorted({i for i in ids if ids.count(i) > 1})
    ]
    known = set(ids)
    for tag in soup.select("[aria-describedby], [aria-labelledby], [aria-controls]"):
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls"):
            for name in str(tag.get(attribute, "")).split():
                if name not in known:
                    found.append(f"{attribute} names {name!r}, which is not there")
    for link in soup.select("a[href^='#']"):
        if str(link["href"])[1:] not in known:
            found.append(f"the link {link['href']} leads nowhere")
    return found


def _fields(soup: BeautifulSoup) -> list[str]:
    found = []
    for field in soup.select(FIELDS):
        label = soup.find("label", attrs={"for": field.get("id")}) if field.get("id") else None
        named = _words(label) or field.get("aria-label") or field.get("aria-labelledby")
        if not named and not field.find_parent("label"):
            found.append(f"the field {field.get('name')!r} has no label")
        if field.has_attr("required"):
            found.append(f"the field {field.get('name')!r} has 'required'")
    for legend in soup.select("fieldset"):
        if not _words(legend.find("legend")) and not legend.get("aria-labelledby"):
            found.append("a fieldset has no legend")
    for hint in soup.select(".govuk-hint"):
        if not _words(hint):
            found.append("an empty hint")
    for label in soup.select("label, button, h1, h2, h3, h4, caption, th, legend"):
        if not _words(label):
            found.append(f"an empty {label.name}")
    return found


def _error_summary(soup: BeautifulSoup) -> list[str]:
    found = []
    for summary in soup.select(".govuk-error-summary"):
        links = summary.select(".govuk-error-summary__list a")
        if not links:
            found.append("an error summary without a link")
        for link in links:
            target = soup.find(id=str(link.get("href", "#"))[1:])
            if not isinstance(target, Tag) or target not in soup.select(FOCUSABLE):
                found.append(f"the error link {link.get('href')!r} lands on nothing focusable")
    return found


def _tables(soup: BeautifulSoup) -> list[str]:
    found = []
    for table in soup.select("table"):
        if not _words(table.find("caption")):
            found.append("a table has no caption")
        for cell in table.select("th"):
            if cell.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                found.append(f"the header cell {_words(cell)!r} has no scope")
    return found


def _rest(soup: BeautifulSoup) -> list[str]:
    found = []
    if not soup.html or soup.html.get("lang") not in ("en", "cy"):
        found.append("the page has no language")
    for link in soup.select("a[href]"):
        if not _words(link) and not link.get("aria-label"):
            found.append(f"the link to {link['href']} has no text")
    for image in soup.select("img"):
        if not image.has_attr("alt"):
            found.append("an image has no alt")
    if soup.select("[style], style"):
        found.append("inline style")
    if any(not script.get("nonce") for script in soup.select("script")):
        found.append("a script without a nonce")
    if any(name.startswith("on") for tag in soup.find_all(True) for name in tag.attrs):
        found.append("inline script")
    return found
