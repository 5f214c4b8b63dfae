"""The Atom feed of a list of reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, current_app, url_for

from portal.assessments.store import report_feed, report_lists
from portal.assessments.store.report_feed import NEVER
from portal.assessments.store.report_rows import Row
from portal.assessments.views.reports import asked
from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import reading, today, version
from portal.web.arguments import refuse_unknown
from portal.web.caching import unless_unchanged
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import pairs, with_query

blueprint = Blueprint("report_feed", __name__)
ATOM = "http://www.w3.org/2005/Atom"
MOST = 50
Xml.register_namespace("", ATOM)


def feed_address() -> str:
    """The feed of this list."""
    return with_query(url_for("report_feed.show"), pairs("after", "before"))


@blueprint.get("/reports.atom")
@unless_unchanged(version)
@public
def show() -> Response:
    """Give the newest assessments of the list at this address, for a feed reader."""
    query, ignored = asked()
    refuse_unknown("json", ignored)
    with reading() as session:
        where = report_lists.scope(session, replace(query, cursor=None), today())
        rows = report_feed.newest(session, where, MOST)
    return Response(feed(rows), content_type="application/atom+xml; charset=utf-8")


def feed(rows: list[tuple[datetime, Row]]) -> bytes:
    """The feed's XML: no names of people, as everywhere."""
    root = Xml.Element(f"{{{ATOM}}}feed")
    here = with_query(_absolute("report_feed.show"), pairs("after", "before"))
    name = current_app.jinja_env.globals["portal_name"]
    _add(root, "id", here)
    _add(root, "title", f"{_('Reports of assessments')} – {name}")
    _add(root, "updated", max((at for at, _row in rows), default=NEVER).isoformat())
    _add(_add(root, "author", None), "name", str(name))
    _add(root, "link", None, rel="self", href=here, type="application/atom+xml")
    list_ = with_query(_absolute("reports.index"), pairs("after", "before"))
    _add(root, "link", None, rel="alternate", href=list_, type="text/html")
    for at, row in rows:
        _entry(root, at, row)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Xml.Element, at: datetime, row: Row) -> None:
    address = f"{_absolute('reports.show', slug=row.slug)}#assessment-{row.position}"
    entry = _add(root, "entry", None)
    _add(entry, "id", address)
    _add(entry, "title", row.title)
    _add(entry, "updated", at.isoformat())
    _add(entry, "link", None, rel="alternate", href=address, type="text/html")
    parts = [label(row.stage, "assessment_stage"), label(row.kind, "assessment_kind"),
             label(row.result, "assessment_result"), row.owner_name or row.owner]  # fmt: skip
    _add(entry, "summary", ". ".join(part for part in parts if part))
    _add(entry, "category", None, term=row.stage, label=parts[0] or row.stage)


def _add(parent: Xml.Element, name: str, text: str | None, **attributes: str) -> Xml.Element:
    element = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element


def _absolute(endpoint: str, **values: Any) -> str:
    return f"{current_app.extensions['portal'].settings.public_url}{url_for(endpoint, **values)}"
