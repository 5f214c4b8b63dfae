"""Deny by default: a view that does not say who may see it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from flask import Flask, Response, abort, current_app, request
from werkzeug.sansio.utils import host_is_trusted

from portal.access import Permission, Thing, may
from portal.errors import Missing, Refused
from portal.web.people import current_person, to_sign_in

View = TypeVar("View", bound=Callable[..., Any])
Find = Callable[..., Thing | None]
ATTRIBUTE = "portal_marker"
HEALTH = ("health", "ready")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Rule(NamedTuple):
    """What a view asks of the person: a permission, on a thing where it needs one."""

    permission: Permission | Literal["public"]
    find: Find | None = None


def public(view: View) -> View:
    """Mark a view that anyone may see."""
    setattr(view, ATTRIBUTE, Rule("public"))
    return view


def requires(permission: Permission, of: Find | None = None) -> Callable[[View], View]:
    """Mark a view that needs a permission.

    Args:
        permission: what the person must be allowed.
        of: called with the view's arguments; gives the thing the permission is about, or raises
            Missing, which is answered before "you may not".
    """

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, Rule(permission, of))
        return view

    return mark


def marker_of(view: Callable[..., Any]) -> Permission | Literal["public"] | None:
    """Whom a view is for: `public`, a permission, or None where it does not say."""
    rule = getattr(view, ATTRIBUTE, None)
    return rule.permission if isinstance(rule, Rule) else None


def install(app: Flask, hosts: Sequence[str] = ()) -> None:
    """Check every request before its view runs.

    Args:
        app: the portal.
        hosts: the host names that it answers to; any where there are none.
    """
    if hosts:
        app.before_request(lambda: _refuse_other_hosts(hosts))
    app.before_request(_refuse_control_characters)
    app.before_request(_check)


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # no such address or method: Flask answers 404, 405 or a redirect by itself
    view = current_app.view_functions.get(request.endpoint)
    rule = getattr(view, ATTRIBUTE, None)
    if not isinstance(rule, Rule):
        raise Refused(f"the view {request.endpoint} does not say who may see it")
    if rule.permission == "public":
        return None
    thing = None
    if rule.find is not None:
        thing = rule.find(**(request.view_args or {}))
        if thing is None:
            raise Missing("the thing asked for")
    if may(current_person(), rule.permission, thing):
        return None
    if not current_person().is_authenticated:
        return to_sign_in()
    raise Refused(f"{rule.permission} is not allowed")


def _refuse_other_hosts(hosts: Sequence[str]) -> None:
    # Flask's TRUSTED_HOSTS would refuse before it knows the address: no page could be built, and
    # the health addresses, which load balancers ask for by number, name no host in their answers.
    if request.endpoint not in HEALTH and not host_is_trusted(request.host, hosts):
        abort(400)


def _refuse_control_characters() -> None:
    # No name or search holds one, and PostgreSQL raises an error for NUL.
    if "%" not in request.query_string.decode("latin-1"):
        return
    for name, values in request.args.lists():
        if CONTROL.search(name) or any(CONTROL.search(value) for value in values):
            abort(400)
