"""The stack of one service: channels, needs in layers, and its value chain as a map."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from portal.catalogue.rules.stack import Block, chain, layers
from portal.catalogue.store import service_record, services, stack
from portal.catalogue.views.base import (
    found,
    reading,
    refuse_unknown,
    today,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("stack", __name__)
COLUMNS = (
    "layer", "group", "need", "need_name", "answer", "usage", "arrangement", "component", "name",
    "kind", "lifecycle", "stage", "status", "standing", "confirmed_on", "disputed_on",
)  # fmt: skip


@formats(blueprint, "/services/<slug:slug>/stack")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show what a service stands on, from its channels down to its hosting."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        service = found(session, services.THING, slug, service_record.by_slug)
        blocks = stack.blocks(session, service.id, today())
    return respond_list(
        fmt,
        page=lambda: _page(service, blocks, ignored),
        rows=lambda: map(document, blocks),
        columns=COLUMNS,
        name=f"{slug}-stack",
        more={"service": slug, "channels": service.channels, "audiences": service.audiences,
              "apis": [{"name": api.name, "address": api.address} for api in service.apis]},
    )  # fmt: skip


def _page(service: Any, blocks: list[Block], ignored: tuple[str, ...]) -> Response:
    found_layers = layers(blocks)
    return page(
        "catalogue/stack.html",
        title=_("What %(service)s stands on", service=service.name),
        section=_("Services"),
        crumbs=[(_("Services"), url_for("services.index")),
                (service.name, url_for("services.show", slug=service.slug))],
        service=service,
        layers=found_layers,
        chain=chain(found_layers),
        ignored=ignored,
    )  # fmt: skip


def document(block: Block) -> dict[str, Any]:
    """A need of the stack as its downloads have it."""
    return {
        "layer": block.sort.value,
        "group": block.group_slug,
        "need": block.need_slug,
        "need_name": block.need,
        "answer": block.answer.value if block.answer else None,
        "usage": block.usage,
        "arrangement": block.arrangement.value if block.arrangement else None,
        "component": block.component_slug,
        "name": block.name,
        "kind": block.kind.value if block.kind else None,
        "lifecycle": block.lifecycle,
        "stage": block.evolved.value if block.evolved else None,
        "status": block.status,
        "standing": block.standing,
        "confirmed_on": block.confirmed_on,
        "disputed_on": block.disputed_on,
    }
