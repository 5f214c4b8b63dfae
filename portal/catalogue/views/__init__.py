"""The catalogue's pages: services, organisations, journeys, and where the data comes from."""

from __future__ import annotations

from flask import Flask

from portal.accounts.work import register as register_work
from portal.catalogue.actions import (
    claim_work,
    closing_work,
    mandate_work,
    proposal_work,
    waiting,
)
from portal.catalogue.actions import mentions as mention_acts
from portal.catalogue.actions.duplicate_work import LABELS as DUPLICATE_LABELS
from portal.catalogue.actions.duplicate_work import to_decide
from portal.catalogue.forms.claims import standing_colour
from portal.catalogue.forms.colours import lifecycle_colour, phase_colour
from portal.catalogue.forms.figures import (
    figure,
    financial_year,
    last_day,
    measure,
    per_unit,
    price,
    sectors,
    seen,
    unit_means,
    when,
)
from portal.catalogue.forms.labels import joined, label, labels
from portal.catalogue.forms.mandates import COLOURS as MANDATE_COLOURS
from portal.catalogue.forms.published import amount, measure_name, sort_name
from portal.catalogue.forms.reviews import confirmed_by
from portal.catalogue.forms.service_questions import TITLES
from portal.catalogue.forms.spending import COLOURS as SPEND_COLOURS
from portal.catalogue.store import problem_work, review_work, things
from portal.catalogue.views import editing, proposing
from portal.catalogue.views.adoption import blueprint as adoption
from portal.catalogue.views.answers import blueprint as answers
from portal.catalogue.views.base import from_former
from portal.catalogue.views.burning import blueprint as burning
from portal.catalogue.views.capabilities import blueprint as capabilities
from portal.catalogue.views.claims import blueprint as claims
from portal.catalogue.views.closing import blueprint as closing
from portal.catalogue.views.component_graph import blueprint as component_graph
from portal.catalogue.views.component_map import blueprint as component_map
from portal.catalogue.views.components import blueprint as components
from portal.catalogue.views.contracts import blueprint as contracts
from portal.catalogue.views.duplicates import blueprint as duplicates
from portal.catalogue.views.editing_base import KINDS, edit_link, edits
from portal.catalogue.views.exemptions import blueprint as exemptions
from portal.catalogue.views.home import blueprint as home
from portal.catalogue.views.imports import blueprint as imports
from portal.catalogue.views.journey_editing import adds_journeys
from portal.catalogue.views.journey_editing import blueprint as journey_editing
from portal.catalogue.views.journeys import blueprint as journeys
from portal.catalogue.views.mandates import blueprint as mandates
from portal.catalogue.views.matrix import blueprint as matrix
from portal.catalogue.views.measuring import blueprint as measuring
from portal.catalogue.views.meeting import blueprint as meeting
from portal.catalogue.views.mentions import blueprint as mentions
from portal.catalogue.views.merging import blueprint as merging
from portal.catalogue.views.need_services import blueprint as need_services
from portal.catalogue.views.organisation_names import blueprint as organisation_names
from portal.catalogue.views.organisations import blueprint as organisations
from portal.catalogue.views.problems import blueprint as problems
from portal.catalogue.views.proposals import blueprint as proposals
from portal.catalogue.views.publishing import blueprint as publishing
from portal.catalogue.views.quality import blueprint as quality
from portal.catalogue.views.reconciling import blueprint as reconciling
from portal.catalogue.views.registrations import blueprint as registrations
from portal.catalogue.views.retiring import blueprint as retiring
from portal.catalogue.views.reviews import blueprint as reviews
from portal.catalogue.views.reviews import context as review_context
from portal.catalogue.views.rosters import blueprint as rosters
from portal.catalogue.views.services import blueprint as services
from portal.catalogue.views.spend_conditions import blueprint as spend_conditions
from portal.catalogue.views.spending import blueprint as spending
from portal.catalogue.views.splitting import blueprint as splitting
from portal.catalogue.views.stack import blueprint as stack
from portal.catalogue.views.storefront import blueprint as storefront
from portal.catalogue.views.suppliers import blueprint as suppliers
from portal.catalogue.views.together import blueprint as together
from portal.catalogue.views.toolkit import blueprint as toolkit
from portal.catalogue.views.transfer_drafts import blueprint as transfer_drafts
from portal.catalogue.views.transfers import blueprint as transfers
from portal.catalogue.views.unmet import blueprint as unmet
from portal.catalogue.views.usages import blueprint as usages
from portal.catalogue.views.volumes import blueprint as volumes
from portal.web import errors, limits, navigation
from portal.web.i18n import lazy


def install(app: Flask, reports_an_hour: int = 0) -> None:
    """Register the pages, their navigation entries and the filters their templates use.

    Args:
        app: the portal.
        reports_an_hour: how many problems one network can report; 0 for no limit.
    """
    for blueprint in (
        home,
        services,
        organisations,
        journeys,
        imports,
        organisation_names,
        components,
        capabilities,
        need_services,
        stack,
        storefront,
        toolkit,
        component_map,
        component_graph,
        matrix,
        adoption,
        rosters,
        usages,
        claims,
        reconciling,
        mentions,
        unmet,
        closing,
        burning,
        suppliers,
        contracts,
        mandates,
        exemptions,
        spending,
        spend_conditions,
        together,
        registrations,
        answers,
        publishing,
        duplicates,
        merging,
        proposals,
        retiring,
        meeting,
        measuring,
        volumes,
        journey_editing,
        *map(editing.blueprint_of, KINDS),
        *map(proposing.blueprint_of, KINDS),
        transfers,
        transfer_drafts,
        reviews,
        problems,
        quality,
        splitting,
    ):
        app.register_blueprint(blueprint)
    things.install()
    errors.lead_on(app, from_former)
    waiting.install()
    register_work("proposals", proposal_work.waiting, proposal_work.LABELS)
    register_work("duplicates", to_decide, DUPLICATE_LABELS)
    register_work("reviews", review_work.to_confirm, review_work.LABELS, review_work.asked)
    register_work("problems", problem_work.waiting, problem_work.LABELS)
    register_work("unreachable", review_work.unreachable)
    register_work("disowned", review_work.disowned)
    register_work("claims", claim_work.waiting, claim_work.LABELS)
    register_work("mentions", mention_acts.waiting, mention_acts.LABELS)
    register_work("closing", closing_work.waiting, closing_work.LABELS)
    register_work("mandates", mandate_work.waiting, mandate_work.LABELS)
    navigation.add(app, lazy("Services"), "services.index", order=10)
    navigation.add(app, lazy("Find a component"), "storefront.index", order=12)
    navigation.add(app, lazy("Components"), "components.index", order=15)
    navigation.add(app, lazy("Needs"), "capabilities.index", order=17)
    navigation.add(app, lazy("Organisations"), "organisations.index", order=20)
    navigation.add(app, lazy("Journeys"), "journeys.index", order=30)
    navigation.add_to_footer(app, lazy("Imports"), "imports.index")
    navigation.add_to_footer(app, lazy("Suppliers and contracts"), "suppliers.index")
    app.jinja_env.globals.update(
        labels=labels, edits=edits, edit_link=edit_link, adds_journeys=adds_journeys
    )
    navigation.add_to_footer(app, lazy("Transfers of functions"), "transfers.index")
    navigation.add_to_footer(app, lazy("What services must use"), "mandates.index")
    navigation.add_to_footer(app, lazy("Requests to spend"), "spending.index")
    report = "problems.report"
    navigation.add_to_footer(app, lazy("Report a problem with this page"), report, about=True)
    limits.posts(app, report, {limits.network: reports_an_hour}, "hour")
    app.jinja_env.globals.update(review_context())
    app.jinja_env.filters.update(
        label=label,
        joined=joined,
        lifecycle_colour=lifecycle_colour,
        phase_colour=phase_colour,
        figure=figure,
        financial_year=financial_year,
        measure_name=measure_name,
        amount=amount,
        roster_sort=sort_name,
        last_day=last_day,
        mandate_colour=lambda state: MANDATE_COLOURS.get(state, "yellow"),
        spend_colour=lambda decision: SPEND_COLOURS[decision],
        measure=measure,
        per_unit=per_unit,
        price=price,
        question=lambda question: TITLES[question][1],
        sectors=sectors,
        standing_colour=standing_colour,
        unit_means=unit_means,
        confirmed_by=confirmed_by,
        seen=seen,
        when=when,
    )
