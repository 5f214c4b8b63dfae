"""From a weak figure to what can be done: packages above add what they know.

A way costs one statement, and is asked only where a figure is weak.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from portal.catalogue.component_words import Arrangement
from portal.catalogue.store import service_needs
from portal.catalogue.views.base import today
from portal.web.i18n import _
from portal.web.links import with_query

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Step(NamedTuple):
    """Something to do, and where."""

    text: str
    href: str


Ways = Callable[["Session", int, str], list[Step]]
_WAYS: dict[str, Ways] = {}


def register(name: str, ways: Ways) -> None:
    """Have steps offered from now on; a second one of the same name takes its place."""
    _WAYS[name] = ways


def steps(session: Session, service_id: int, slug: str) -> list[Step]:
    """What can be done about a weak figure of a service."""
    return [step for ways in _WAYS.values() for step in ways(session, service_id, slug)]


def _components(session: Session, service_id: int, slug: str) -> list[Step]:
    """Needs that it meets without a shared component, or not at all, and what meets them."""
    found = service_needs.of_service(session, service_id, today())
    own = {m.capability_slug: m.capability for m in found.now if m.arrangement != _SHARED}
    own |= {a.capability_slug: a.capability for a in found.answers if a.answer == "needed"}
    if not own:
        text = _("Say how the service meets its needs, and see which components could help")
        return [Step(text, f"/services/{slug}/needs")]
    query = [("need", each) for each in sorted(own)]
    names = ", ".join(sorted(own.values())[:3])
    text = _("Find a component for what it does on its own: %(needs)s", needs=names)
    return [Step(text, with_query("/find-a-component", query))]


def install() -> None:
    """Offer components."""
    register("components", _components)


_SHARED = Arrangement.SHARED_COMPONENT.value
