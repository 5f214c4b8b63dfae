"""What every page must be, checked each time a test fetches one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: Inputs that need no label: nobody fills them in.
BARE = ("hidden", "submit", "button")
FOCUSABLE = ("select", "textarea", "button")
NEVER_EMPTY = ("label", "button", "h1", "h2", "h3", "h4", "caption", "th", "legend")
NAMES_IDS = ("aria-describedby", "aria-labelledby", "aria-controls")


class WrongPage(AssertionError):
    """A page breaks a rule that holds for all pages."""


class PageClient(FlaskClient):
    """A test client that checks every page it fetches."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        has_page = (
            response.request.method not in ("HEAD", "OPTIONS")
            and not 300 <= response.status_code < 400
        )
        if response.mimetype == "text/html" and has_page:
            name = self.application.extensions["portal"].settings.portal_name
            page = Page(response.get_data(as_text=True))
            wrong = page.problems(name)
            if wrong:
                raise WrongPage(f"{response.request.path}: " + "; ".join(wrong))
            response.__dict__["page"] = page.soup
        return response


def plain_client(app: Flask) -> FlaskClient:
    """A client that looks at no page: for tests that ask for thousands, to see what they answer.
    Looking at one takes longer than making it.
    """
    return FlaskClient(app, app.response_class, use_cookies=True)


class _Parsing(HTML5TreeBuilder):
    """Keeps what the parser complains of; Beautiful Soup does not."""

    errors: list[Any]

    def feed(self, markup: Any) -> None:
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = parser
        parser.parse(markup).original_encoding = None
        self.underlying_builder.parser = None
        self.errors = parser.errors


def soup_of(response: TestResponse) -> BeautifulSoup:
    """The page, parsed; where a word may break there is no gap in it. What was checked is parsed
    already: it is the same object every time.
    """
    page: BeautifulSoup | None = response.__dict__.get("page")
    if page is None:
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


class Page:
    """A page as the checks look at it: parsed once, its elements by name."""

    def __init__(self, html: str) -> None:
        builder = _Parsing(store_line_numbers=False)
        self.soup = BeautifulSoup(html, builder=builder)
        self.errors = builder.errors
        self.all = [each for each in self.soup.descendants if isinstance(each, Tag)]
        self.named: dict[str, list[Tag]] = defaultdict(list)
        for tag in self.all:
            self.named[tag.name].append(tag)
        self.ids = Counter(str(tag["id"]) for tag in self.all if "id" in tag.attrs)
        self.summaries = self.of_class("govuk-error-summary")

    def of_class(self, name: str) -> list[Tag]:
        """The elements of a class."""
        return [tag for tag in self.all if name in tag.attrs.get("class", ())]

    def problems(self, portal_name: str) -> list[str]:
        """Everything that is wrong with the page, in words; empty for a good one."""
        found = [f"HTML: {what} at {where}" for where, what, _ in self.errors]
        for check in (self._ids, self._fields, self._error_summary, self._tables, self._rest):
            found += check()
        return found + self._title(portal_name)

    def _title(self, portal_name: str) -> list[str]:
        headings = self.named["h1"]
        if len(headings) != 1:
            return [f"{len(headings)} h1"]
        title, heading = _words(self.soup.title), _words(headings[0])
        # A caption of the section may stand in the h1, and joins of inline tags differ in spaces.
        bare = _squeezed(title.removeprefix("Error: "))
        found = []
        if not bare.startswith(_squeezed(heading) + "–"):
            found.append(f"the title {title!r} does not begin with the h1 {heading!r}")
        if not title.endswith(f"– {portal_name}"):
            found.append(f"the title {title!r} does not end with the portal's name")
        if title.startswith("Error: ") != bool(self.summaries):
            found.append("'Error: ' leads the title exactly where there is an error summary")
        return found

    def _ids(self) -> list[str]:
        found = [f"the id {name!r} is there twice" for name, n in sorted(self.ids.items()) if n > 1]
        for tag in self.all:
            for attribute in NAMES_IDS:
                for name in str(tag.attrs.get(attribute, "")).split():
                    if name not in self.ids:
                        found.append(f"{attribute} names {name!r}, which is not there")
        for link in self.named["a"]:
            href = str(link.get("href", ""))
            if href.startswith("#") and href[1:] not in self.ids:
                found.append(f"the link {href} leads nowhere")
        return found

    def _fields(self) -> list[str]:
        found = []
        labels = {str(label.get("for")): label for label in reversed(self.named["label"])}
        filled_in = [tag for tag in self.named["input"] if tag.get("type") not in BARE]
        for field in (*filled_in, *self.named["select"], *self.named["textarea"]):
            label = labels.get(str(field["id"])) if field.get("id") else None
            named = _words(label) or field.get("aria-label") or field.get("aria-labelledby")
            if not named and not field.find_parent("label"):
                found.append(f"the field {field.get('name')!r} has no label")
            if field.has_attr("required"):
                found.append(f"the field {field.get('name')!r} has 'required'")
        for fieldset in self.named["fieldset"]:
            if not _words(fieldset.find("legend")) and not fieldset.get("aria-labelledby"):
                found.append("a fieldset has no legend")
        for hint in self.of_class("govuk-hint"):
            if _empty(hint):
                found.append("an empty hint")
        for name in NEVER_EMPTY:
            found += [f"an empty {name}" for tag in self.named[name] if _empty(tag)]
        return found

    def _error_summary(self) -> list[str]:
        found = []
        for summary in self.summaries:
            links = summary.select(".govuk-error-summary__list a")
            if not links:
                found.append("an error summary without a link")
            for link in links:
                target = self.soup.find(id=str(link.get("href", "#"))[1:])
                if not isinstance(target, Tag) or not _focusable(target):
                    found.append(f"the error link {link.get('href')!r} lands on nothing focusable")
        return found

    def _tables(self) -> list[str]:
        found = []
        for table in self.named["table"]:
            if not _words(table.find("caption")):
                found.append("a table has no caption")
            for cell in table.find_all("th"):
                if cell.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                    found.append(f"the header cell {_words(cell)!r} has no scope")
        return found

    def _rest(self) -> list[str]:
        found = []
        page = self.soup.html
        if not page or page.get("lang") not in ("en", "cy"):
            found.append("the page has no language")
        for link in self.named["a"]:
            if link.has_attr("href") and _empty(link) and not link.get("aria-label"):
                found.append(f"the link to {link['href']} has no text")
        if any(not image.has_attr("alt") for image in self.named["img"]):
            found.append("an image has no alt")
        if self.named["style"] or any("style" in tag.attrs for tag in self.all):
            found.append("inline style")
        if any(not script.get("nonce") for script in self.named["script"]):
            found.append("a script without a nonce")
        if any(name.startswith("on") for tag in self.all for name in tag.attrs):
            found.append("inline script")
        return found


def _focusable(tag: Tag) -> bool:
    return (
        tag.name in FOCUSABLE
        or (tag.name == "a" and tag.has_attr("href"))
        or (tag.name == "input" and tag.get("type") != "hidden")
        or tag.has_attr("tabindex")
    )


def _empty(tag: Tag) -> bool:
    return not any(text.strip() for text in tag.strings)


def _words(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
