"""The reuse report: how services meet their needs, and how often with what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import PAGE_SIZE, place, reading, refuse_unknown, today, version
from portal.reports.forms.reuse_words import ROWS
from portal.reports.rules.reuse import MET
from portal.reports.rules.reuse_query import ELSEWHERE, SECTORS, Answer, Of, by_sector
from portal.reports.rules.reuse_query import with_children as rolled_up
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import reuse, reuse_names
from portal.reports.views.reuse_base import Asked, asked_from, bases, selects, tree_on
from portal.reports.words import Basis, By
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("reuse", __name__)
#: The columns of its files.
COLUMNS = (
    "slug", "name", "services", "needed", "shared_confirmed", "shared_declared", "shared_planned",
    "shared_not_counted", "own_build", "bought_product", "by_hand", "gap", "not_said_how",
    "met_in_a_further_way", "reuse_rate_confirmed", "reuse_rate_with_declared", "not_answered",
    "not_answered_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the report.

    Attributes:
        slug: by which the address narrows to it, empty where it cannot.
        href: its own page.
    """

    slug: str
    name: str
    numbers: Numbers
    href: str = ""
    group: str = ""

    def document(self, rated: bool) -> dict[str, Any]:
        """As files have it; without a rate where only one way is counted."""
        n = self.numbers
        own, bought, by_hand, gap = (n.in_use(way) for way in MET[1:])
        return {
            "slug": self.slug, "name": self.name, "services": n.services, "needed": n.needed,
            "shared_confirmed": n.confirmed, "shared_declared": n.declared,
            "shared_planned": n.planned, "shared_not_counted": n.out, "own_build": own,
            "bought_product": bought, "by_hand": by_hand, "gap": gap,
            "not_said_how": n.unsaid, "met_in_a_further_way": n.again,
            "reuse_rate_confirmed": _share(n.rate) if rated else None,
            "reuse_rate_with_declared": _share(n.rate_declared) if rated else None,
            "not_answered": n.unanswered if rated else None,
            "not_answered_share": _share(n.unanswered_share) if rated else None,
        }  # fmt: skip


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@formats(blueprint, "/reports/reuse")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show how needs are met, by need, component, organisation, sector or phase."""
    found = asked_from(fmt)
    refuse_unknown(fmt, found.ignored)
    with reading() as session:
        answer = reuse.answer(session, found.question, today())
        rows = list(rows_of(session, found, answer))
    total = Row("", _("All together"), replace(answer.total, asked=found.asked_needs))
    return respond_list(
        fmt,
        page=lambda: _index(found, rows, total),
        rows=lambda: [row.document(_rated(found)) for row in rows],
        columns=COLUMNS,
        name="reuse",
        more=_more(found, total),
    )


def _more(found: Asked, total: Row) -> dict[str, Any]:
    """What JSON says of the report beside its rows."""
    question = found.question
    return {
        "by": question.by.value,
        "as_at": found.day.isoformat(),
        "basis": question.basis.value if question.on else None,
        "filters": {name: value for name, (value, _text) in found.chosen.items()},
        "total": total.document(question.scope.component is None),
    }


def rows_of(session: Session, found: Asked, answer: Answer) -> Iterator[Row]:
    """The rows, in the order of their names or of the tree."""
    by, rows = found.question.by, answer.rows
    if by is By.CAPABILITY:
        services = answer.total.services
        for id_, need in found.needs.items():
            numbers = replace(rows.get(id_, Numbers()), services=services)
            wanted = found.question.scope.needs
            if wanted is None or id_ in wanted:
                yield Row(need.slug, need.name, numbers, f"/capabilities/{need.slug}",
                          need.group_name)  # fmt: skip
        return
    rows = {of: replace(numbers, asked=found.asked_needs) for of, numbers in rows.items()}
    if by is By.COMPONENT:
        for id_, (slug, name) in reuse_names.components(session).items():
            if id_ in rows:
                yield Row(slug, name, rows[id_], f"/components/{slug}")
    elif by is By.ORGANISATION:
        yield from _organisations(session, found, rows)
    elif by is By.SECTOR:
        sectors = by_sector(rows)
        for name in (*SECTORS, ELSEWHERE):
            if name in sectors:
                known = name in SECTORS
                text = label(name, "sector") if known else _("No sector known")
                yield Row(name if known else "", str(text), sectors[name])
    else:
        for phase in sorted(map(str, rows), key=_phase):
            yield Row(phase, str(label(phase, "phase")), rows[phase])


_PHASES = ("discovery", "alpha", "private_beta", "public_beta", "live")


def _phase(phase: str) -> int:
    return _PHASES.index(phase) if phase in _PHASES else len(_PHASES)


def _organisations(session: Session, found: Asked, rows: dict[Of, Numbers]) -> Iterator[Row]:
    question = found.question
    on = question.on if question.basis is Basis.AS_IT_WAS else None
    tree = tree_on(session, on)
    bodies = question.scope.bodies
    every = rolled_up(rows, lambda body: tree.lines(body) if body in tree.names else ())
    for id_, (slug, name) in tree.names.items():
        if id_ in every and (bodies is None or id_ in bodies):
            yield Row(slug, name, every[id_], f"/organisations/{slug}")
    if 0 in every:
        yield Row("", _("No organisation known"), every[0])


def _rated(found: Asked) -> bool:
    """Whether the rows are met in several ways, so that there is a rate."""
    return found.question.scope.component is None and found.question.by is not By.COMPONENT


def _index(found: Asked, rows: list[Row], total: Row) -> Response:
    after = place("after") or 0
    shown, last = rows[after : after + PAGE_SIZE], after + PAGE_SIZE
    back = {"after": after - PAGE_SIZE or None} if after >= PAGE_SIZE else None
    return page(
        "reports/reuse.html",
        title=_("Reuse of shared components"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index"))],
        found=found,
        by=found.question.by,
        row_title=ROWS[found.question.by],
        rows=shown,
        many=len(rows),
        total=total,
        rated=_rated(found),
        sorts=[(str(text), query_url(by=by.value), by is found.question.by)
               for by, text in ROWS.items()],
        link=link_to(found),
        selects=selects(found.needs.values()),
        bases=bases(),
        ignored=found.ignored,
        first=after == 0,
        form=found.form if found.form.asked else None,
        paging=paging(back, {"after": last} if last < len(rows) else None),
    )  # fmt: skip


def link_to(found: Asked) -> Callable[[Row], str]:
    """Gives the address of the services behind the figures of a row, up to which figure it is."""
    kept = [(n, v) for n, v in request.args.items() if n not in ("by", "after")]
    name, by = found.question.by.value, list[tuple[str, str]]()
    if found.question.by is By.COMPONENT:
        by = [("by", name)]  # so that the list has each service once, as the figure does

    def link(row: Row) -> str:
        mine = [pair for pair in kept if not (row.slug and pair[0] == name)]
        pairs = [*mine, *by, *([(name, row.slug)] if row.slug else [])]
        start = with_query("/reports/reuse/services", pairs)
        return f"{start}{'&' if pairs else '?'}way="

    return link
