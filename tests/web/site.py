"""A tiny portal for the tests of the edge: the real wiring, a handful of views of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
from bs4 import BeautifulSoup
from flask import Blueprint, Flask, Response, abort, request
from sqlalchemy.exc import OperationalError
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from config import Settings
from portal import web
from portal.access import Kind, Permission, Thing
from portal.db import Database
from portal.errors import Clash, Invalid, Missing, Refused, Stale
from portal.web import navigation
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list, respond_record
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, WebAddress
from portal.web.guard import public, requires
from portal.web.i18n import lazy
from portal.web.pages import page, paging

TEMPLATES = Path(__file__).parent / "templates"
ROWS = [
    {"slug": "one", "name": "=cmd|' /C calc'!A0", "visits": -5, "tags": ["a", "b"]},
    {"slug": "two", "name": "Trwydded bysgota ŵ", "visits": 1234, "tags": []},
]
CHOICES = [SelectChoice("alpha", "Alpha"), SelectChoice("live", "Live")]


class Everything(Form):
    """One field of each type."""

    name = StringField("Name", [Enter("the name"), MaxLength(20)], description="As on the page")
    purpose = TextAreaField("Purpose", [Enter("the purpose")])
    email = EmailField("Email address", [Optional()])
    address = URLField("Start page", [WebAddress()])
    people = IntegerField("People", [Optional()])
    cost = DecimalField("Cost", [Optional()])
    secret = PasswordField("Password")
    words = SearchField("Search")
    phase = RadioField("Phase", [Select("the phase")], choices=CHOICES)
    audiences = SelectMultipleField("Audiences", [Select("an audience")], choices=CHOICES)
    kind = SelectField("Kind", choices=CHOICES)
    agree = BooleanField("I agree")
    file = FileField("File")
    start = DateParts("Start", [Enter("the start")], thing="the start")
    save = SubmitField("Save")


class Version:
    """What the conditional view depends on, and how often that view ran."""

    number = 1
    runs = 0


things = Blueprint("things", __name__)


def _rows() -> Iterator[dict[str, Any]]:
    if request.args.get("broken"):
        raise OperationalError("SELECT secret", {"p": 1}, Exception("disk full"))
    yield from ROWS


@formats(things, "/things")
@unless_unchanged(lambda: Version.number)
@public
def index(fmt: Format) -> Response:
    Version.runs += 1
    if request.args.get("missing"):
        raise Missing("list")
    return respond_list(
        fmt,
        page=lambda: page("things.html", title="Things", paging=paging(None, {"after": "x y"})),
        rows=_rows,
        columns=["name", "visits", "tags", Column("web page", lambda row: "/" + row["slug"])],
        name="things",
    )


@formats(things, "/many")
@public
def many(fmt: Format) -> Response:
    size = int(request.args.get("size", "1000"))
    return respond_list(
        fmt,
        page=lambda: page("thing.html", title="Many", row=ROWS[0]),
        rows=lambda: ({"name": f"row {number} " + "x" * 100} for number in range(size)),
        columns=["name"],
        name="many",
    )


@formats(things, "/things/<slug:slug>")
@public
def record(fmt: Format, slug: str) -> Response:
    found = next((row for row in ROWS if row["slug"] == slug), None)
    if found is None:
        raise Missing(slug)
    return respond_record(
        fmt,
        page=lambda: page(
            "thing.html", title=slug, section="Things", crumbs=[("Things", "/things")], row=found
        ),
        document=lambda: found,
        columns=["name"],
        name=slug,
    )


@things.route("/edit", methods=["GET", "POST"])
@public
def edit() -> Response:
    form = Everything()
    done = form.validate_on_submit()
    return page(
        "edit.html",
        title="Edit",
        form=form,
        said="saved" if done else "",
        status=200 if done or request.method == "GET" else 422,
    )


@things.get("/unmarked")
def unmarked() -> str:
    return "nobody may see this"


def _find(slug: str) -> Thing:
    if slug != "one":
        raise Missing(slug)
    return Thing(Kind.ORGANISATION, 1)


@things.get("/secret/<slug>")
@requires(Permission.EDIT_ORGANISATION, of=_find)
def secret(slug: str) -> str:
    return "a secret"


RAISED: dict[str, Exception] = {
    "missing": Missing("x"),
    "refused": Refused("x"),
    "invalid": Invalid("name", "Enter the name"),
    "clash": Clash("slug", "Another service has this slug"),
    "stale": Stale("x"),
    "database": OperationalError("SELECT secret", {"p": 1}, Exception("locked")),
    "bug": ZeroDivisionError("the inner secret"),
}


@things.get("/raise/<what>")
@things.get("/raise/<what>.json")
@public
def raises(what: str) -> str:
    if what in RAISED:
        raise RAISED[what]
    abort(int(what))


@things.get("/strict")
@public
def strict() -> Response:
    return page("strict.html", title="Strict")


def make_site(folder: Path, **changes: Any) -> Flask:
    """The tiny portal with a database of its own in `folder`."""
    values = {
        "environment": "production",
        "secret_key": "x" * 40,
        "database_url": f"sqlite:///{folder / 'test.sqlite'}",
        "portal_name": "Test portal",
        "organisation_name": "Test department",
        "contact_address": "help@example.gov.uk",
    }
    settings = Settings(**{**values, **changes})
    app = Flask("portal", static_folder=None)
    web.install(app, settings, Database(settings.database_url))
    app.jinja_env.loader.loaders[1].searchpath.append(str(TEMPLATES))
    app.register_blueprint(things)
    app.get("/", endpoint="home")(public(lambda: "home"))
    navigation.add(app, lazy("Home"), "home", order=99)
    navigation.add(app, lazy("Things"), "things.index", order=10)
    return app


def parse(response: Any, status: int = 200) -> BeautifulSoup:
    """The page, checked: its status, valid HTML5, one h1, a title that begins with it, ids once."""
    assert response.status_code == status, response.text[:2000]
    html = response.get_data(as_text=True)
    parser = html5lib.HTMLParser()
    parser.parse(html)
    assert not parser.errors, [(where, what) for where, what, _more in parser.errors]
    soup = BeautifulSoup(html, "html5lib")
    assert len(soup.select("h1")) == 1
    title = soup.title.get_text().removeprefix("Error: ")
    assert title.startswith(f"{soup.h1.get_text(strip=True)} – "), title
    assert title.endswith(" – Test portal")
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids)), ids
    assert soup.html["lang"] == "en"
    for tag in soup.select("[aria-describedby]"):
        assert all(soup.find(id=name) for name in tag["aria-describedby"].split()), tag
    assert not [tag for tag in soup.select(".govuk-hint") if not tag.get_text(strip=True)]
    assert not soup.select("[style], style, [required]")
    return soup
