"""Leads from the toolkit, which speaks of points of the Service Standard, to their pages here."""

from __future__ import annotations

from collections.abc import Mapping

from portal import audit
from portal.assessments.rules.shipped import service_standard
from portal.assessments.store import standard_lists
from portal.catalogue.views.base import reading
from portal.catalogue.views.toolkit import link_points

#: The version that the toolkit is written for.
VERSION = 3


def pages() -> Mapping[int, str]:
    """The address of the page of each point, by its number; none before the standard is there."""
    slug = service_standard().standard["slug"]
    with reading() as session:
        numbers = audit.kept(
            session, "points of the toolkit",
            lambda: standard_lists.numbers(session, slug, VERSION),
        )  # fmt: skip
    return {number: f"/standards/{slug}/{VERSION}/points/{number}" for number in numbers}


def install() -> None:
    """Tell the toolkit of them."""
    link_points(pages)
