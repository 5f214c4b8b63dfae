"""Sentences of documents that name components: the list, one of them, and what people decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Thing, may
from portal.accounts.views.base import done
from portal.catalogue.actions import mentions as acts
from portal.catalogue.actions.finding_records import look_up
from portal.catalogue.component_words import MentionSense, MentionState
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.mentions import MentionForm
from portal.catalogue.store import mentions, services
from portal.catalogue.store.mentions import MentionQuery, Row
from portal.catalogue.views.base import (
    LAST_ID,
    PAGE_SIZE,
    database,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
)
from portal.errors import Invalid
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("mentions", __name__)
ONE = f"/mentions/<int(min=1, max={LAST_ID}):mention_id>"
COLUMNS = ("id", "component", "component_name", "service", "service_name", "kind", "address",
           "title", "sentence", "guess", "state", "sense", "written_on", "shown",
           "reason")  # fmt: skip


def mention_at(mention_id: int) -> Thing:
    """A sentence as the policy sees it. Raises Missing."""
    with reading() as session:
        return mentions.thing(session, mention_id)


@formats(blueprint, "/mentions")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List sentences by component, state and what they seem to say."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(partial(_rows, query=query)),
        columns=COLUMNS,
        name="mentions",
    )


def _asked() -> tuple[MentionQuery, tuple[str, ...]]:
    ignored = list(unknown("state", "sense", "component", "service", at="after"))
    query = MentionQuery(
        one_of("state", MentionState, ignored),
        one_of("sense", MentionSense, ignored),
        request.args.get("component") or None,
        request.args.get("service") or None,
        place("after"),
    )
    return query, tuple(ignored)


def _rows(session: Session, query: MentionQuery) -> Iterator[dict[str, Any]]:
    for row in mentions.every(session, query):
        found = row._asdict()
        yield {name: found[name] for name in COLUMNS}


def _index(query: MentionQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = mentions.listing(session, query, PAGE_SIZE + 1)
        states, senses = mentions.counts(session, query)
        named = mentions.components(session)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/mentions.html",
        title=_("Components named in documents"),
        query=query,
        rows=rows[:PAGE_SIZE],
        states=_options("state", "mention_state", states, query.state),
        senses=_options("sense", "mention_sense", senses, query.sense),
        components=filter_links("component", named, query.component),
        narrowed=any((query.state, query.sense, query.component, query.service)),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


def _options(
    name: str, words: str, counts: dict[str, int], chosen: str | None
) -> list[dict[str, Any]]:
    texts = {value: label(value, words) for value in counts}
    return filter_links(name, texts, chosen, counts)


@blueprint.get(ONE)
@requires(Permission.USE_ACCOUNT)
def show(mention_id: int) -> Response:
    """Show a sentence with what it seems to say, or what was decided."""
    with reading() as session:
        return _show(session, mentions.by_id(session, mention_id))


@blueprint.post(ONE)
@requires(Permission.DECIDE_MENTION, of=mention_at)
def decide(mention_id: int) -> AnyResponse:
    """Keep what a person says of a sentence."""
    form = MentionForm()
    try:
        form.validate()
        with reading() as session:
            said = form.said(partial(look_up, session, services.THING))
        if not form.errors:
            acts.decide(database(), mention_id, said, act())
            return done(
                _("What it says is saved."), url_for("mentions.show", mention_id=mention_id)
            )
    except Invalid as problem:
        form.refuse(problem)
    with reading() as session:
        return _show(session, mentions.by_id(session, mention_id), form)


def _show(session: Session, row: Row, form: MentionForm | None = None) -> Response:
    open_ = row.state is MentionState.OPEN
    thing = mentions.thing(session, row.id)
    if form is None and open_ and may(current_person(), Permission.DECIDE_MENTION, thing):
        form = MentionForm()
        form.ask(row)
    there, needs = None, list[tuple[str, str]]()
    if row.service_id and row.sense in (MentionSense.USES, MentionSense.PLANS):
        there = mentions.usage_of(session, row.service_id, row.component_id)
        needs = mentions.needs_of(session, row.component_id)
    return page(
        "catalogue/mention.html",
        title=_("Does a document name %(name)s?", name=row.component_name),
        section=_("Components named in documents"),
        crumbs=[(_("Components named in documents"), url_for("mentions.index"))],
        form=form if open_ else None,
        row=row,
        there=there,
        needs=needs,
        status=422 if form and form.errors else 200,
    )
