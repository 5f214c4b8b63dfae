"""The filters of the organisation list as a page shows them."""

from __future__ import annotations

from portal.catalogue import words
from portal.catalogue.forms.labels import label
from portal.catalogue.rules.filters import OrganisationQuery
from portal.catalogue.store.organisation_lists import Listing
from portal.catalogue.views.service_filters import Chosen, Facet
from portal.web.i18n import _
from portal.web.pages import query_url


def facets(query: OrganisationQuery, listing: Listing) -> list[Facet]:
    """Kind and status with their counts."""
    kinds = [
        {
            "value": kind.value,
            "label": label(kind.value, "kind"),
            "count": listing.kinds.get(kind.value, 0),
            "selected": kind.value in query.kinds,
        }
        for kind in words.OrganisationKind
        if kind.value in listing.kinds or kind.value in query.kinds
    ]
    statuses = [
        {
            "value": status,
            "label": label(status, "status"),
            "count": many,
            "selected": status == query.status,
        }
        for status, many in listing.statuses.items()
    ]
    return [Facet(_("Kind"), "kind", kinds), Facet(_("Status"), "status", statuses)]


def chosen(query: OrganisationQuery) -> list[Chosen]:
    """The filters in force, in the order of the page."""
    found: list[Chosen] = []
    if query.text:
        found.append(Chosen(_("Search"), query.text, query_url(q=None)))
    for kind in query.kinds:
        rest = [other for other in query.kinds if other != kind]
        found.append(Chosen(_("Kind"), label(kind, "kind"), query_url(kind=rest or None)))
    if query.status:
        text = label(query.status, "status")
        found.append(Chosen(_("Status"), text, query_url(status=None)))
    return found
