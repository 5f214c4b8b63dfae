"""The storefront: choose what you need and who you are, get the components that meet it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.access import Kind, Role
from portal.catalogue.component_words import Sector
from portal.catalogue.forms.adopters import like_yours, started
from portal.catalogue.forms.figures import price_list
from portal.catalogue.forms.must import must
from portal.catalogue.forms.storefront import FindForm, days_words, only_for
from portal.catalogue.rules.component_filters import FindQuery, parse_find
from portal.catalogue.rules.components import sector_of, typical_days
from portal.catalogue.rules.storefront import known_steps
from portal.catalogue.store import service_lists, service_mandates
from portal.catalogue.store.asking import Served, served
from portal.catalogue.store.storefront import Answer, Choice, answer
from portal.catalogue.views.asking import Who, who_asks
from portal.catalogue.views.base import reading, refuse_unknown, today, version
from portal.catalogue.views.component_details import started as measured_fields
from portal.errors import N_, Invalid, Problem
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, query_url
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.catalogue.store.service_mandates import Stands

blueprint = Blueprint("storefront", __name__)
for words in (typical_days, known_steps, only_for, like_yours, started, must):
    blueprint.add_app_template_filter(words)
blueprint.add_app_template_filter(days_words, "days")
#: A page shows the best of them; the downloads have all.
SHOWN = 20
#: Of so many services of who has signed in the page says whether they must use a component.
MINE = 3
_TEAMS = (Role.SERVICE_OWNER, Role.TEAM_MEMBER)
COLUMNS = (
    "component", "name", "provider", "summary", "meets", "may_use", "limited",
    "sectors", "eligibility_note", "lifecycle", "delivery", "has_interface", "mandated",
    "first_step", "how_to_start", Column("steps", lambda row: len(row["steps"])),
    "typical_days", "measured_days", "measured_services", "organisations_like_yours",
    Column("prices", lambda row: price_list(row["prices"])), "users",
    "users_for_needs",
    Column("used_by", lambda row: [each["name"] for each in row["used_by"]]),
)  # fmt: skip


@formats(blueprint, "/find-a-component")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Rank the components that meet the address's needs, for who asks."""
    query, ignored = parse_find(request.args.items(multi=True))
    with reading() as session:
        query, who = _asked(session, query)
        found = answer(session, query, today(), who.organisation)
    ignored += tuple(f"need={slug[:80]}" for slug in found.unknown)
    form = _form(query, found, request.args, who)
    if form.errors and fmt != "html":
        raise Problem(form.error_list()[0]["text"])
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt, page=lambda: _page(query, found, form, ignored, who),
        rows=lambda: map(document, found.choices), columns=COLUMNS,
        name="components-for-your-needs",
    )  # fmt: skip


def _asked(session: Session, query: FindQuery) -> tuple[FindQuery, Who]:
    """Who asks, and the query with the sector of their organisation where it names none itself."""
    who = who_asks(session, query.organisation)
    if who.organisation is None or query.sector:
        return query, who
    return replace(query, sector=sector_of(who.organisation.kind)), who


def _must(session: Session, found: Answer) -> dict[str, list[tuple[Served, list[Stands]]]]:
    """Whether the services of who has signed in must use each component for what is needed."""
    person, needs = current_person(), [need.slug for need in found.needs]
    mine = sorted({g.id for g in person.grants if g.kind is Kind.SERVICE and g.role in _TEAMS})
    said: dict[str, list[tuple[Served, list[Stands]]]] = {}
    for service in served(session, mine[:MINE]) if needs else ():
        by_need = service_mandates.of_service(session, service.id, today(), needs, outside=True)
        rows: dict[str, list[Stands]] = {}
        for each in (row for some in by_need.values() for row in some):
            rows.setdefault(each.component_slug, []).append(each)
        for component, stands in rows.items():
            said.setdefault(component, []).append((service, stands))
    return said


def _form(query: FindQuery, found: Answer, sent: Mapping[str, str], who: Who) -> FindForm:
    """The form, with what to put right where it was sent and says nothing."""
    form = FindForm()
    if who.typed:
        form.refuse(Invalid("organisation", N_("Enter an organisation that is in the catalogue")))
    if not query.text and not query.needs:
        if "q" in sent:
            form.refuse(Invalid("q", N_("Enter what you need to do, or select what you need")))
        elif "sector" in sent:
            form.refuse(Invalid("need", N_("Select what you need")))
    return form


def _page(
    query: FindQuery, found: Answer, form: FindForm, ignored: tuple[str, ...],
    who: Who,
) -> Response:  # fmt: skip
    with reading() as session:
        services = service_lists.total(session)
        must_of = _must(session, found)
    return page(
        "catalogue/find_a_component.html",
        title=_("Find a component"),
        section=_("Components"),
        crumbs=[(_("Components"), "/components")],
        form=form,
        query=query,
        asker=who,
        must_of=must_of,
        found=found,
        services=services,
        ignored=ignored,
        chosen=set(found.chosen),
        for_you=[c for c in found.choices if _for_you(c)],
        maybe=[c for c in found.choices if not _for_you(c) and c.offer.eligible is not False],
        others=[choice for choice in found.choices if choice.offer.eligible is False],
        shown=SHOWN,
        sectors=[sector.value for sector in Sector],
        without=_without(found),
    )


def _for_you(choice: Choice) -> bool:
    """Whether the asking sector may use it as it is, with no limit that it may not meet."""
    return bool(choice.offer.eligible) and not choice.limited


def _without(found: Answer) -> dict[str, str]:
    """For each need, the address with the other needs alone; words give way to needs."""
    slugs = [need.slug for need in found.needs]
    return {
        slug: query_url(q=None, need=[other for other in slugs if other != slug]) for slug in slugs
    }


def document(choice: Choice) -> dict[str, Any]:
    """A component as the storefront's downloads have it."""
    row = choice.row
    return {
        "component": row.slug,
        "name": row.name,
        "provider": row.provider_slug,
        "summary": row.summary,
        "meets": [need.slug for need in choice.meets],
        "may_use": choice.offer.eligible,
        "limited": choice.limited,
        "sectors": row.sectors,
        "eligibility_note": row.eligibility_note,
        "lifecycle": row.lifecycle.value,
        "delivery": row.delivery.value,
        "has_interface": row.has_interface,
        "mandated": choice.offer.mandated,
        "mandates": choice.mandates,
        "first_step": row.steps[0]["text"] if row.steps else None,
        "how_to_start": row.how_to_start,
        "steps": row.steps,
        "organisations_like_yours": choice.offer.alike,
        "typical_days": typical_days(row.steps),
        **measured_fields(choice.measured),
        "steps_with_days": known_steps(row.steps),
        "prices": choice.prices,
        "users": choice.users,
        "users_for_needs": choice.for_needs,
        "used_by": [{"service": slug, "name": name} for slug, name in choice.examples],
    }
