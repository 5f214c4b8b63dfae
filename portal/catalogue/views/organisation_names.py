"""The reviewed queue: organisation names as published, and what was decided about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import PORTAL, Permission, may
from portal.accounts.views.base import done, form_page
from portal.catalogue.actions import matching
from portal.catalogue.actions.finding_records import look_up
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.organisation_names import NONE, NameForm
from portal.catalogue.store import matches, organisation_lists, organisations
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.catalogue.views.queues import Queue, kept, offer_next, queue, words_asked
from portal.catalogue.words import MatchAbout, MatchState
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _, ngettext
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.audit import Act

blueprint = Blueprint("names", __name__)
COLUMNS = ("published_name", "about", "state", "organisation", "organisation_slug", "first_seen",
           "decided", "reason")  # fmt: skip


@formats(blueprint, "/organisation-names")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List published names by the state of their match."""
    state, about, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _list(state, about, ignored),
        rows=stream(_rows(state, about)),
        columns=COLUMNS,
        name="organisation-names",
    )


def _asked() -> tuple[MatchState | None, MatchAbout | None, tuple[str, ...]]:
    ignored = list(unknown("state", "about", "q", at="after"))
    state, about = one_of("state", MatchState, ignored), one_of("about", MatchAbout, ignored)
    return state, about, tuple(ignored)


def _list(state: MatchState | None, about: MatchAbout | None, ignored: tuple[str, ...]) -> Response:
    after, words = place("after"), words_asked()
    with reading() as session:
        rows = matches.queue(session, state, after or 0, PAGE_SIZE + 1, about, words)
        counts = matches.counts(session, about, words)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    around = _queue(state, about, counts)
    return page(
        "catalogue/organisation_names.html",
        title=_("Organisation names to match"),
        rows=rows[:PAGE_SIZE],
        decides=may(current_person(), Permission.DECIDE_NAME, PORTAL),
        queue=around,
        narrowed=around.narrowed,
        ignored=ignored,
        first=after is None,
        paging=paging(None, following),
    )


def _queue(state: MatchState | None, about: MatchAbout | None, counts: dict[str, int]) -> Queue:
    lead = _(
        "Published lists write organisations in many ways. A name that surely means one "
        "organisation is matched, and its record says why. The others wait here until a person "
        "decides."
    )
    facets = [(_("State"), _options(counts, state)), (_("Said of"), _abouts(about))]
    return queue(lead, _("Words of the name"), facets, "state", "about")


@blueprint.route("/organisation-names/<int(min=1):match_id>", methods=("GET", "POST"))
@requires(Permission.DECIDE_NAME)
def decide(match_id: int) -> AnyResponse:
    """Ask which organisation a published name means, and keep the answer."""
    with reading() as session:
        row = matches.shown(session, match_id)
    form = NameForm()
    form.offer(_offered(row), row.reference or (NONE if row.state is MatchState.NO_MATCH else None))
    if form.is_submitted():
        form.validate()
        with reading() as session:
            means = form.said(partial(look_up, session, organisations.THING))
        if not form.errors:
            return _decided(row, means, replace(act(), reason=form.reason.data))
    along = kept("q", "state", "about")
    crumbs = [(_("Organisation names to match"), url_for("names.index") + along)]
    template = "catalogue/organisation_name.html"
    return form_page(form, _("Which organisation is this?"), crumbs, template=template, row=row)


def _offered(row: matches.Shown) -> list[tuple[str, str, str]]:
    """What it means now, and what it may mean."""
    (found,) = matching.suggest(database(), [row.name])
    why = {each["id"]: each["why"] for each in found["suggestions"]}
    if row.reference:
        why.setdefault(row.reference, "")
    with reading() as session:
        called = organisation_lists.names_of(session, why)
    return [(reference, called[reference], text) for reference, text in why.items()
            if reference in called]  # fmt: skip


def _decided(row: matches.Shown, reference: str | None, by: Act) -> AnyResponse:
    _row, many = matching.decide(database(), row.id, reference, by, revise=True)
    said = ngettext("It changes %(num)s service.", "It changes %(num)s services.", many)
    of = one_of("about", MatchAbout, [])
    with database().reading(fresh=True) as session:
        following = matches.following(session, row.id, of, words_asked())
    along, here = kept("q", "state", "about"), url_for("names.index")
    answer = done(f"{_('What the name means is saved.')} {said}", here + along)
    if following:
        offer_next(following.published_name, f"{here}/{following.id}{along}")
    else:
        offer_next(None, here)
    return answer


def _options(counts: dict[str, int], state: MatchState | None) -> list[dict[str, Any]]:
    texts = {value: label(value, "match") for value in counts}
    return filter_links("state", texts, state, counts)


def _abouts(about: MatchAbout | None) -> list[dict[str, Any]]:
    texts = {value: label(value, "match_about") for value in MatchAbout}
    return filter_links("about", texts, about)


def _rows(
    state: MatchState | None, about: MatchAbout | None
) -> Callable[[Session], Iterator[dict[str, Any]]]:
    words = words_asked()

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        after = 0
        while found := matches.queue(session, state, after, 10 * PAGE_SIZE, about, words):
            for row in found:
                yield {
                    "published_name": row.published_name,
                    "about": row.about.value,
                    "state": row.state.value,
                    "organisation": row.organisation.name if row.organisation else None,
                    "organisation_slug": row.organisation.slug if row.organisation else None,
                    "first_seen": row.first_seen_at.isoformat(),
                    "decided": row.decided_at.isoformat() if row.decided_at else None,
                    "reason": row.reason,
                }
            after = found[-1].id
            session.expunge_all()

    return rows
