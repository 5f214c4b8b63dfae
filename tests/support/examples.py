"""An address for every route that answers GET, with records of the demo set."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.audit import ImportBatch
from portal.catalogue.models.usage import Usage

SERVICE = "tax-your-vehicle"
ORGANISATION = "driver-and-vehicle-licensing-agency"
JOURNEY = "learn-to-drive-a-car"
COMPONENT = "govuk-notify"
CAPABILITY = "card-payments"


def arguments(session: Session) -> dict[str, dict[str, Any]]:
    """What the routes of each blueprint need. A blueprint with arguments needs a line here."""
    return {
        "services": {"slug": SERVICE},
        "organisations": {"slug": ORGANISATION},
        "journeys": {"slug": JOURNEY},
        "components": {"slug": COMPONENT},
        "capabilities": {"slug": CAPABILITY},
        "toolkit": {"phase": "alpha"},
        "usages": {"usage_id": session.scalar(select(func.min(Usage.id)))},
        "sign_in": {"token": "unknown"},
        "account": {"session_id": 1},
        "imports": {"batch_id": session.scalar(select(func.max(ImportBatch.id)))},
    }


#: The records that pages about people are asked for.
SLUGS = {Kind.ORGANISATION: ORGANISATION, Kind.SERVICE: SERVICE, Kind.COMPONENT: COMPONENT}


def addresses(app: Flask, session: Session, method: str = "GET") -> dict[str, tuple[str, str]]:
    """Each route's rule to its endpoint and an address, of the routes that take a method."""
    known = arguments(session)
    urls = app.url_map.bind("localhost")
    found = {}
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        given = known.get(rule.endpoint.split(".")[0], {})
        defaults = rule.defaults or {}
        missing = rule.arguments - set(given) - set(defaults)
        assert not missing, f"{rule.rule}: tests/support/examples.py has no example of {missing}"
        values = {name: defaults.get(name, given.get(name)) for name in rule.arguments}
        found[rule.rule] = rule.endpoint, urls.build(rule.endpoint, values | dict(defaults), method)
    return found
