"""Usages: the history of how a service meets one of its needs."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from portal.catalogue.store import usage
from portal.catalogue.store.usage import Heading
from portal.catalogue.views.base import LAST_ID, reading, version
from portal.catalogue.views.histories import Link, told
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats
from portal.web.guard import public
from portal.web.i18n import _

blueprint = Blueprint("usages", __name__)


@formats(blueprint, f"/usages/<int(min=1, max={LAST_ID}):usage_id>/history")
@unless_unchanged(version)
@public
def history(usage_id: int, fmt: Format) -> Response:
    """Tell what changed about one way in which a service meets a need, newest first."""
    with reading() as session:
        called = usage.heading(session, usage_id)
    service = (called.service, url_for("services.show", slug=called.service_slug))
    crumbs = [(_("Services"), url_for("services.index")), service]
    file = f"{called.service_slug}-{called.need_slug}"
    return told(fmt, usage.THING, usage_id, _name(called), crumbs, file, _about(called))


def _name(called: Heading) -> str:
    """What it is the history of, in the middle of a sentence."""
    by = called.component or called.product
    if by is None:
        return _("how %(service)s meets “%(need)s”", service=called.service, need=called.need)
    return _(
        "how %(service)s uses %(what)s for “%(need)s”",
        service=called.service, what=by, need=called.need,
    )  # fmt: skip


def _about(called: Heading) -> list[Link]:
    need = url_for("capabilities.show", slug=called.need_slug)
    found = [(_("The need: %(name)s", name=called.need), need)]
    if called.component:
        address = url_for("components.show", slug=called.component_slug)
        found.insert(0, (_("The component: %(name)s", name=called.component), address))
    return found
