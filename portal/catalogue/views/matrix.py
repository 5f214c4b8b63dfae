"""The matrix: organisations down, components across, how many services use which."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.labels import label
from portal.catalogue.store import matrix as store
from portal.catalogue.store.matrix import MatrixQuery
from portal.catalogue.views.base import (
    PAGE_SIZE,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.catalogue.words import OrganisationKind
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging

blueprint = Blueprint("matrix", __name__)
#: So many components stand beside each other; the files have all of them.
ACROSS = 12
COLUMNS = ("organisation", "organisation_name", "component", "component_name", "services")


@formats(blueprint, "/matrix")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show which organisations use which components."""
    query, needs, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _page(query, needs, ignored),
        rows=stream(partial(store.every, query=query)),
        columns=COLUMNS,
        name="matrix",
    )


def _asked() -> tuple[MatrixQuery, dict[str, str], tuple[str, ...]]:
    ignored = list(unknown("kind", "need", at="after"))
    kind, need = one_of("kind", OrganisationKind, ignored), request.args.get("need", "")
    with reading() as session:
        needs = store.needs(session)
    if need and need not in needs:
        ignored.append(f"need={need[:80]}")
        need = ""
    return MatrixQuery(kind, need or None, place("after") or 0), needs, tuple(ignored)


def _page(query: MatrixQuery, needs: dict[str, str], ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        found = store.matrix(session, query, PAGE_SIZE, ACROSS)
    last, size = query.after + len(found.rows), PAGE_SIZE
    back = {"after": query.after - size or None} if query.after >= size else None
    return page(
        "catalogue/matrix.html",
        title=_("Who uses which components"),
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index"))],
        query=query,
        found=found,
        selects=[
            {"name": "kind", "title": _("Kind of organisation"), "options": [
                (kind.value, label(kind.value, "kind")) for kind in OrganisationKind
            ]},
            {"name": "need", "title": _("Need that the component meets"),
             "options": list(needs.items())},
        ],
        ignored=ignored,
        paging=paging(back, {"after": last} if last < found.organisations else None),
    )  # fmt: skip
