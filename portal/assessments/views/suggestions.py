"""Sentences of reports that may tell what is broken: grouped into findings, or rejected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done, not_done
from portal.assessments.actions import findings as acts
from portal.assessments.forms.findings import STATES, DecideForm, GroupForm
from portal.assessments.rules.finding import alike, together
from portal.assessments.rules.finding_documents import is_point
from portal.assessments.store import findings
from portal.assessments.store import suggestions as store
from portal.assessments.store.suggestions import LOOKED_AT, Row, SuggestionQuery
from portal.assessments.words import FindingState
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
)
from portal.catalogue.views.queues import offer
from portal.digits import whole_number
from portal.errors import Clash, Invalid
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _, translated
from portal.web.pages import filter_links, page, paging, query_url
from portal.web.people import act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("suggestions", __name__)
HERE = "/findings/suggestions"
COLUMNS = ("id", "state", "score", "sentence", "report", "report_title", "day", "need",
           "point", "finding")  # fmt: skip
FILTERS = ("state", "need", "point", "organisation", "q", "like")
#: Sentences that share so much of their words are offered together.
ALIKE = 0.15


@formats(blueprint, HERE)
@requires(Permission.DECIDE_FINDINGS)
def index(fmt: Format) -> Response:
    """List sentences, those most likely to tell what is broken first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(partial(_rows, query=query)),
        columns=COLUMNS,
        name="suggested-findings",
    )


def _asked() -> tuple[SuggestionQuery, tuple[str, ...]]:
    ignored = list(unknown(*FILTERS, "after"))
    given = {name: request.args.get(name, "").strip()[:200] for name in FILTERS}
    state = given["state"] or FindingState.SUGGESTED.value
    if state not in STATES:
        ignored.append(f"state={state[:80]}")
        state = FindingState.SUGGESTED.value
    if given["point"] and not is_point(given["point"]):
        ignored.append(f"point={given['point'][:80]}")
        given["point"] = ""
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and (key is None or not isinstance(key[0], int)):
        ignored.append("after")
        key = None
    query = SuggestionQuery(
        FindingState(state), given["need"] or None, given["point"] or None,
        given["organisation"] or None, tuple(given["q"].lower().split()[:6]),
        (int(key[0]), key[1]) if key else None,
    )  # fmt: skip
    return query, tuple(ignored)


def _rows(session: Session, query: SuggestionQuery) -> Iterator[dict[str, Any]]:
    for row in store.every(session, query):
        found = row._asdict()
        yield {name: found[name] for name in COLUMNS}


def _index(query: SuggestionQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        states = store.states(session, query)
        needs, points = store.by_need(session, query), store.by_point(session, query)
        bodies, like = store.organisations(session), _like(session)
        rows = (
            _alike(session, query, like) if like else store.listing(session, query, PAGE_SIZE + 1)
        )
    here, more = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE and not like
    following = {"after": encode_key((here[-1].score, here[-1].id))} if more else None
    return page(
        "assessments/suggestions.html",
        title=_("What reports may find broken"),
        section=_("Reports"),
        crumbs=[
            (_("Reports"), url_for("reports.index")),
            (_("Things that are commonly broken"), url_for("findings.index")),
        ],
        form=DecideForm(),
        query=query,
        like=like,
        rows=[here[n] for n in together([row.sentence for row in here])],
        facets=[
            (_("Need"), _facet("need", needs, query.need)),
            (_("Point"), _facet("point", points, query.point)),
        ],
        states=[
            (f"{text} ({states[value]:,})", query_url(state=value), value == query.state)
            for value, text in STATES.items()
        ],
        words=" ".join(query.words),
        bodies=bodies,
        kept=[
            (name, request.args.get(name, ""))
            for name in FILTERS
            if name not in ("q", "like", "organisation")
        ],
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


def _facet(
    name: str, found: list[tuple[str, str, int]], chosen: str | None
) -> list[dict[str, Any]]:
    texts = {value: text for value, text, _many in found}
    return filter_links(name, texts, chosen, {value: many for value, _text, many in found})


def _like(session: Session) -> Row | None:
    """The sentence that others are to be like."""
    like = place("like")
    return None if like is None else next(iter(store.by_ids(session, [like])), None)


def _alike(session: Session, query: SuggestionQuery, like: Row) -> list[Row]:
    """Sentences of the list that share words with one, the most alike first; it leads them."""
    rows = [row for row in store.listing(session, query, LOOKED_AT) if row.id != like.id]
    worth = {row.id: alike(like.sentence, row.sentence) for row in rows}
    near = [row for row in rows if worth[row.id] >= ALIKE]
    return [like, *sorted(near, key=lambda row: -worth[row.id])][:PAGE_SIZE]


def _ticked(source: Any) -> list[int]:
    found = {whole_number(each) for each in source.getlist("sentence")}
    return sorted(each for each in found if each is not None)[: 2 * PAGE_SIZE]


def _back(source: Any) -> str:
    """The part of the queue that somebody works at."""
    where = str(source.get("back", ""))[:1000]
    return where if where.startswith(f"{HERE}?") or where == HERE else HERE


@blueprint.post(HERE)
@requires(Permission.DECIDE_FINDINGS)
def decide() -> AnyResponse:
    """Reject the sentences that were ticked, bring them back, or go on to group them."""
    ids, what = _ticked(request.form), request.form.get("what")
    where = _back(request.form)
    if not DecideForm().validate_on_submit() or not ids:
        return not_done(_("Nothing was changed: tick the sentences that it is about."), where)
    if what == "group":
        return redirect(url_for("suggestions.group", sentence=ids, back=where), 303)
    if what == "back":
        many = acts.bring_back(database(), ids, act())
        return done(_("Suggested again: %(many)s.", many=many), where)
    return done(_("Rejected: %(many)s.", many=acts.reject(database(), ids, act())), where)


@blueprint.route(f"{HERE}/group", methods=["GET", "POST"])
@requires(Permission.DECIDE_FINDINGS)
def group() -> AnyResponse:
    """Put sentences into a finding that there is, or into a new one."""
    form, ids = GroupForm(), _ticked(request.values)
    rows = _offer(form, ids)
    if rows and form.validate_on_submit():
        try:
            return _grouped(_group(form, ids))
        except Clash as problem:
            return not_done(translated(problem), HERE)
        except Invalid as problem:
            form.refuse(problem)
    return _group_page(form, rows)


def _grouped(slug: str) -> AnyResponse:
    """Go on to the finding, with the way back to the queue."""
    answer = done(_("The sentences are in the finding."), url_for("findings.show", slug=slug))
    offer(_("Go on with the other sentences"), _back(request.values))
    return answer


def _group(form: GroupForm, ids: list[int]) -> str:
    slug = str(form.existing.data or "")
    if not slug:
        return acts.group_new(database(), ids, form.said(), act())
    acts.group(database(), ids, slug, act())
    return slug


def _offer(form: GroupForm, ids: list[int]) -> list[Row]:
    """Fill in what the form offers, and what the sentences seem to be about; the sentences."""
    with reading() as session:
        rows = store.by_ids(session, ids)
        form.offer(findings.needs(session), store.points(session))
        form.offer_findings([(each.slug, each.title) for each in findings.everything(session)])
    if not form.is_submitted() and rows:
        form.capability.data = _common([row.need for row in rows])
        form.point.data = _common([row.point for row in rows])
    return rows


def _common(values: list[str | None]) -> str:
    """What most of them say, where most say the same."""
    known = [value for value in values if value]
    best = max(known, key=known.count, default="")
    return best if 2 * known.count(best) > len(values) else ""


def _group_page(form: GroupForm, rows: list[Row]) -> Response:
    return page(
        "assessments/suggestions_group.html",
        title=_("Group sentences into a finding"),
        section=_("Reports"),
        crumbs=[(_("What reports may find broken"), _back(request.values))],
        form=form,
        rows=rows,
        back=_back(request.values),
        status=422 if form.errors else 200,
    )
