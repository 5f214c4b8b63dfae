"""How each service meets one need, as files: the page of the need has the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from portal.catalogue.forms.labels import label
from portal.catalogue.store import capabilities, need_services
from portal.catalogue.views.base import found, reading, refuse_unknown, stream, unknown, version
from portal.errors import Missing
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, respond_list
from portal.web.guard import public
from portal.web.i18n import _

blueprint = Blueprint("need_services", __name__)


def _how(row: Mapping[str, Any]) -> str:
    """How it meets the need, or what it answered, in words."""
    if row["arrangement"]:
        return label(row["arrangement"], "arrangement")
    if row["answer"] == "needed":
        return _("Needed; how it is met is not known")
    return _("Not needed") if row["answer"] == "not_needed" else _("Not answered")


def _basis(row: Mapping[str, Any]) -> str:
    """What its start rests on, in words."""
    return label(row["since_basis"], "date_basis") if row["since_basis"] else ""


COLUMNS: tuple[str | Column, ...] = (
    "service",
    "service_name",
    "organisation",
    "organisation_name",
    Column("how", _how),
    "arrangement",
    "component",
    Column("component_or_product", lambda row: row["component_name"] or row["product"]),
    "status",
    "since",
    Column("since_basis", _basis),
    "source",
)  # fmt: skip


@blueprint.get("/capabilities/<slug:slug>/services.json", defaults={"fmt": "json"})
@blueprint.get("/capabilities/<slug:slug>/services.csv", defaults={"fmt": "csv"})
@unless_unchanged(version)
@public
def index(slug: str, fmt: Format) -> Response:
    """List how each service meets a need."""
    refuse_unknown(fmt, unknown())
    with reading() as session:
        node, _above = found(session, capabilities.THING, slug, capabilities.in_tree)
        if node.below:
            raise Missing("A group of needs has no list of services: its needs have")
        silent = need_services.silent(session, node.id)
    rows = stream(lambda session: need_services.rows(session, node.id))
    return respond_list(
        fmt, page=Response, rows=rows, columns=COLUMNS, name=f"{slug}-services",
        more={"services_not_answered": silent},
    )  # fmt: skip
