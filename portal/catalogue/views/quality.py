"""How good the records of an organisation are: what is missing, late or points nowhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.access import Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.catalogue.forms.quality import ISSUES, WHY
from portal.catalogue.rules.filters import Reader
from portal.catalogue.store import organisations, quality, records
from portal.catalogue.store.quality import QualityQuery
from portal.catalogue.views.base import (
    around,
    found,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.words import Issue, Reviewed
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page
from portal.web.people import current_person

blueprint = Blueprint("quality", __name__)
#: That mail to somebody comes back is for administrators.
PUBLIC: list[Issue] = [issue for issue in Issue if issue is not Issue.UNREACHABLE]
COLUMNS = (
    "kind", "slug", "name", "phase", "why", "edited_on", "confirmed_on", "review_by",
    "review_state",
)  # fmt: skip


def organisation_at(slug: str, **_rest: object) -> Thing:
    """The organisation at an address, as a thing. Raises Missing."""
    with reading() as session:
        return things.by_slug(session, Kind.ORGANISATION, slug)


def _at(slug: str) -> tuple[int, str]:
    with reading() as session:
        id_, name = found(session, organisations.THING, slug, records.TITLES[organisations.THING])
    return int(id_), str(name)


@formats(blueprint, "/organisations/<slug:slug>/quality")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Count what is wrong with the records of an organisation."""
    refuse_unknown(fmt, unknown())
    id_, name = _at(slug)
    with reading() as session:
        counts = quality.counts(session, id_, today())
    shown = _shown(id_)
    return respond_list(
        fmt,
        page=lambda: _page(slug, name, counts, shown),
        rows=lambda: [_counted(issue, counts) for issue in shown],
        columns=("issue", "name", "records"),
        name=f"{slug}-quality",
    )


def _shown(id_: int) -> list[Issue]:
    thing = Thing(Kind.ORGANISATION, id_)
    administers = may(current_person(), Permission.EDIT_ORGANISATION, thing)
    return list(Issue) if administers else PUBLIC


def _counted(issue: Issue, counts: quality.Counts) -> dict[str, Any]:
    return {"issue": issue.value, "name": str(ISSUES[issue][0]), "records": counts.issues[issue]}


def _page(slug: str, name: str, counts: quality.Counts, shown: list[Issue]) -> Response:
    return page(
        "catalogue/quality.html",
        title=_("Quality of the records of %(name)s", name=name),
        crumbs=_crumbs(slug, name),
        slug=slug,
        counts=counts,
        rows=[(issue, *ISSUES[issue], counts.issues[issue]) for issue in shown],
        ignored=unknown(),
    )


def _crumbs(slug: str, name: str) -> list[tuple[str, str]]:
    show = url_for("organisations.show", slug=slug)
    return [(_("Organisations"), url_for("organisations.index")), (name, show)]


@formats(blueprint, f"/organisations/<slug:slug>/quality/<any({', '.join(PUBLIC)}):issue>")
@unless_unchanged(version)
@public
def issue(slug: str, issue: str, fmt: Format) -> Response:
    """List the records of an organisation that have one issue."""
    return _list(slug, Issue(issue), fmt)


@formats(blueprint, f"/organisations/<slug:slug>/quality/{Issue.UNREACHABLE}")
@requires(Permission.EDIT_ORGANISATION, of=organisation_at)
def unreachable(slug: str, fmt: Format) -> Response:
    """List the records of an organisation whose owners cannot be reached."""
    return _list(slug, Issue.UNREACHABLE, fmt)


def _list(slug: str, issue: Issue, fmt: Format) -> Response:
    query, ignored = _asked(issue)
    refuse_unknown(fmt, ignored)
    id_, name = _at(slug)
    return respond_list(
        fmt,
        page=lambda: _listed(slug, id_, name, query, ignored),
        rows=stream(lambda session: quality.every(session, id_, query, today())),
        columns=COLUMNS,
        name=f"{slug}-{issue.value.replace('_', '-')}",
    )


def _asked(issue: Issue) -> tuple[QualityQuery, tuple[str, ...]]:
    read = Reader(request.args.items(multi=True))
    kinds = read.choices("kind", [kind.value for kind in Reviewed])
    kind = Reviewed(kinds[0]) if kinds else None
    return QualityQuery(issue, kind, read.cursor(textual=True)), read.rest()


def _listed(
    slug: str, id_: int, name: str, query: QualityQuery, ignored: tuple[str, ...]
) -> Response:
    with reading() as session:
        rows, previous, following = quality.listed(session, id_, query, today())
    called, means = ISSUES[query.issue]
    return page(
        "catalogue/quality_issue.html",
        title=_("%(issue)s: records of %(name)s", issue=called, name=name),
        crumbs=[*_crumbs(slug, name), (_("Quality"), url_for("quality.show", slug=slug))],
        means=means,
        rows=rows,
        why=WHY,
        kinds=_kinds(query),
        query=query,
        ignored=ignored,
        paging=around(previous, following),
    )


def _kinds(query: QualityQuery) -> list[dict[str, Any]]:
    texts = {Reviewed.SERVICE: _("Services"), Reviewed.COMPONENT: _("Components")}
    return filter_links("kind", texts, query.kind)
