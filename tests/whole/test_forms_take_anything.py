"""No form fails, whatever is typed in, and what was typed stands in it when it comes back."""

from __future__ import annotations

import io
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import pytest
from bs4 import Tag
from flask import Flask, redirect, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from portal.access import Person, Visitor
from portal.web.people import as_person
from tests.support.examples import addresses
from tests.support.pages import Page, plain_client
from tests.support.people import reader_of
from tests.support.summary import unnoticed
from tests.support.transactions import RolledBackDatabase

TEXT = ("text", "email", "search", "url", "tel", "number", "password", "date", None)
#: What people and programs type that forms have stumbled over.
NASTY = [
    "", " ", "0", "-1", "1e999", "9" * 400, "١٢٣", "31", "2026-02-30", "NaN", "null", "a" * 70_000,
    "\x00", "\ud7ff\ufffe", "e\u0301\u202e", "a\r\nb\tc", "'; DROP TABLE service; --",
    '"><script>alert(1)</script>', "{{ 7*7 }}", "%s %(name)s %n", '=HYPERLINK("x")',
    "javascript:alert(1)", "https://[::1", "../../../etc/passwd",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch",
]  # fmt: skip
FILES = [
    b"",
    b"\x00\xff\xfe",
    b"a,b\n1\n",
    b'"',
    b"\x89PNG\r\n\x1a\n",
    "service,née\n".encode("cp1252"),
]
#: How often each form is sent with a mix by chance.
MIXES = 12
FORM = "multipart/form-data"
#: A form, and what leads one that is shown again.
FIELD = '<form method="post"><input type="text" name="title" id="title" value="%s"></form>'
ERROR = '<div class="govuk-error-summary"></div>'
Undone = Callable[[], AbstractContextManager[None]]


class Sent(NamedTuple):
    """A form of a page, as it is sent; only a program changes what its hidden fields hold."""

    fields: MultiDict[str, Any]
    by_hand: bool


def forms(page: Tag, address: str) -> Iterator[tuple[str, list[Tag]]]:
    """Where each form of a page goes, and what can be filled in."""
    for form in page.select("form"):
        if str(form.get("method", "get")).lower() == "post":
            yield str(form.get("action") or address), form.select("[name]")


def first(fields: list[Tag]) -> MultiDict[str, Any]:
    """What the fields hold; of each choice the first where nothing is chosen."""
    found: MultiDict[str, Any] = MultiDict()
    for field in fields:
        name = str(field["name"])
        if field.name == "select":
            options = field.select("option[selected]") or field.select("option")
            found.setlistdefault(name, [str(each.get("value", "")) for each in options[:1]])
        elif field.get("type") in ("radio", "checkbox"):
            if field.has_attr("checked"):
                found.add(name, str(field.get("value", "on")))
        elif field.get("type") != "file":
            text = field.get_text() if field.name == "textarea" else field.get("value", "")
            found.add(name, str(text))
    return found


def typed(field: Tag) -> bool:
    """Whether people type into it."""
    return field.name == "textarea" or (field.name == "input" and field.get("type") in TEXT)


def attempts(fields: list[Tag], chance: random.Random) -> Iterator[Sent]:
    """The form with everything that is tried."""
    base, texts = first(fields), [str(each["name"]) for each in fields if typed(each)]
    names = sorted({str(each["name"]) for each in fields} - {"csrf_token"})
    choices = {
        name: [str(each.get("value", "")) for each in fields if str(each["name"]) == name]
        + [str(o.get("value", "")) for each in fields for o in each.select("option")
           if str(each["name"]) == name]
        for name in names
    }  # fmt: skip
    files = [str(each["name"]) for each in fields if each.get("type") == "file"]

    def made(values: dict[str, Any], by_hand: bool = False) -> Sent:
        some = base.copy()
        for name, value in values.items():
            some.setlist(name, value if isinstance(value, list) else [value])
        for name in files:
            some.setlist(name, [(io.BytesIO(chance.choice(FILES)), "a.csv")])
        return Sent(some, by_hand)

    token = {"csrf_token": base.get("csrf_token", "")}
    yield Sent(MultiDict(token), False)
    for value in NASTY:
        if texts:
            yield made(dict.fromkeys(texts, value), by_hand=True)
    for name in names:
        yield made({name: "nonsense"})
        yield made({name: ["1", "x" * 300, "\x00"]})
    for _ in range(MIXES):
        yield made({
            name: chance.choice([*NASTY, *choices[name], *choices[name]]) for name in names
        })  # fmt: skip


def wrong(answer: TestResponse, sent: Sent, name: str) -> list[str]:
    """What is wrong with an answer, in words."""
    found = []
    if answer.status_code >= 500:
        found.append(f"{answer.status_code}")
    if answer.headers.get("Location", "/").startswith(("http", "//")):
        found.append("leads away")
    if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
        if "<script>alert(1)" in answer.text:
            found.append("says a script")
        page = Page(answer.get_data(as_text=True))
        if sent.by_hand:
            # Characters that are none are what was typed.
            found += [each for each in page.problems(name) if "invalid-codepoint" not in each]
            found += lost(page, sent) if page.summaries else []
    return found


def lost(page: Page, sent: Sent) -> Iterator[str]:
    """What was typed and does not stand in the form that came back."""
    for field in page.named["input"] + page.named["textarea"]:
        if not typed(field) or field.get("type") == "password" or not field.get("name"):
            continue
        values = sent.fields.getlist(str(field["name"]))
        if len(values) != 1 or not isinstance(values[0], str):
            continue
        text = field.get_text() if field.name == "textarea" else str(field.get("value", ""))
        if plain(values[0]) and plain(values[0]) != plain(text):
            yield f"{field['name']} was {values[0][:30]!r} and is {text[:30]!r}"


def plain(text: str) -> str:
    """What is left of a text that may lose its spaces and what cannot be seen."""
    text = unicodedata.normalize("NFC", text)
    seen = (each for each in text if unicodedata.category(each) not in ("Cc", "Cf", "Cn"))
    return re.sub(r"\s+", "", "".join(seen))


def broken(
    app: Flask, every: Iterable[str], reader: Callable[[str], Person], undo: Undone
) -> Iterator[str]:
    """What is wrong with the forms on pages, in words; each sort of form is tried once.

    Args:
        app: the portal.
        every: the addresses of the pages.
        reader: who may see a page.
        undo: what is done within is undone.
    """
    client, chance, seen = plain_client(app), random.Random(8), set()
    name = app.extensions["portal"].settings.portal_name
    for address in every:
        with as_person(app, reader(address)):
            answer = client.get(address)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            page = Page(answer.get_data(as_text=True))
            for action, fields in forms(page.soup, address):
                sort = app.url_map.bind("").match(action.partition("?")[0], method="POST")[0]
                for sent in attempts(fields, chance) if sort not in seen else ():
                    with undo():
                        told = client.post(action, data=sent.fields, content_type=FORM)
                        for what in wrong(told, sent, name):
                            yield f"{action}: {what}: {dict(sent.fields.lists())!r:.300}"
                seen.add(sort)


# PostgreSQL refuses more of what can be typed.
@pytest.mark.judge
@pytest.mark.parametrize("kind", ["postgresql"])
@pytest.mark.parametrize("demo", [True])
def test_no_form_fails_and_none_loses_what_was_typed(
    app: Flask, session: Session, database: RolledBackDatabase
) -> None:
    every = sorted(address for _endpoint, address in addresses(app, session).values())

    session.close()

    @contextmanager
    def undone() -> Iterator[None]:
        yield
        database.end()  # a savepoint for each would fill what PostgreSQL has for locks
        database.begin()

    with unnoticed():
        assert list(broken(app, every, partial(reader_of, app), undone)) == []


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (lambda _typed: int("x"), "500"),
        (lambda typed: f"<p>{typed}</p>", "says a script"),
        (lambda _typed: redirect("//evil.example"), "leads away"),
        (lambda _typed: f"{ERROR}{FIELD % ''}", "title was"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_a_form_does_wrong_is_seen(
    app: Flask, answer: Callable[[str], Any], what: str
) -> None:
    bad = Flask("bad")
    bad.extensions["portal"] = app.extensions["portal"]
    page = FIELD % ""

    @bad.route("/", methods=["GET", "POST"])
    def form() -> Any:
        return answer(request.form.get("title", "")) if request.method == "POST" else page

    found = broken(bad, ["/"], lambda _address: Visitor(), nullcontext)
    assert any(what in each for each in found)
