"""The tokens of a data set: made and shown once, rotated and revoked by its team."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, check_page, confirmed, done, form_page, not_done
from portal.catalogue.views.base import database, reading
from portal.errors import Invalid
from portal.performance.actions import tokens as acts
from portal.performance.forms.data_sets import Once, RotateForm, TokenForm
from portal.performance.models.data_sets import DataToken
from portal.performance.rules.tokens import works
from portal.performance.store import tokens
from portal.performance.views.data_set_base import ONE, Seen, crumbs_to, seen_at, thing_at
from portal.web.filters import long_date, moment
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("data_set_tokens", __name__)
BOTH = ("GET", "POST")
TOKEN = f"{ONE}/tokens/{ID}token_id>"
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


@blueprint.route(f"{ONE}/tokens", methods=BOTH)
@_KEEPS
def index(group: str, type_: str) -> AnyResponse:
    """Show the tokens of a data set, and make one."""
    found, form = seen_at(group, type_), TokenForm()
    if form.validate_on_submit():
        try:
            with database().writing() as session:
                label, plain = form.label.data or "", _plain(form, found)
                acts.make_once(session, found.row.id, label, act(), plain)
            return _shown_once(found, plain)
        except Invalid as problem:
            form.refuse(problem)
            form.renew()
    return _index(found, form)


def _plain(form: Once, found: Seen, replaced: int = 0) -> str:
    about = f"{act().actor} {found.row.id} {replaced}"
    return form.token(about, str(current_app.secret_key))


def _index(found: Seen, form: TokenForm) -> AnyResponse:
    with reading() as session:
        rows = tokens.of_set(session, found.row.id)
    return form_page(
        form, _("Tokens"), crumbs_to(found), template="performance/tokens.html", seen=found,
        working=[each for each in rows if works(each, act().at)],
        over=[each for each in rows if not works(each, act().at)],
    )  # fmt: skip


def _shown_once(found: Seen, plain: str) -> Response:
    return page(
        "performance/token.html",
        title=_("Your new token"),
        crumbs=crumbs_to(found, (_("Tokens"), _address(found))),
        seen=found,
        token=plain,
        back=_address(found),
    )


def _address(found: Seen) -> str:
    return f"{found.href}/tokens"


def _token(found: Seen, token_id: int) -> DataToken:
    """A token of a data set. Raises Missing."""
    with reading() as session:
        return tokens.get(session, found.row.id, token_id)


@blueprint.route(f"{TOKEN}/rotate", methods=BOTH)
@_KEEPS
def rotate(group: str, type_: str, token_id: int) -> AnyResponse:
    """Make a token in the place of one that still works for some days."""
    found, form = seen_at(group, type_), RotateForm()
    token = _token(found, token_id)
    if form.validate_on_submit():
        overlap = timedelta(days=int(form.overlap.data))
        try:
            with database().writing() as session:
                plain = _plain(form, found, token_id)
                acts.rotate(session, found.row.id, token_id, act(), overlap, plain)
            return _shown_once(found, plain)
        except Invalid as problem:
            return not_done(_(problem.marked), _address(found))
    title = _("Replace the token “%(label)s”", label=token.label)
    return form_page(form, title, crumbs_to(found, (_("Tokens"), _address(found))))


@blueprint.post(f"{TOKEN}/revoke")
@_KEEPS
def revoke(group: str, type_: str, token_id: int) -> AnyResponse:
    """End a token at once: ask first."""
    found = seen_at(group, type_)
    token = _token(found, token_id)
    if not confirmed():
        return _ask(found, token)
    try:
        with database().writing() as session:
            acts.revoke(session, found.row.id, token_id, act())
    except Invalid as problem:
        return not_done(_(problem.marked), _address(found))
    return done(_("The token is revoked. Programs that use it can write no more."), _address(found))


def _ask(found: Seen, token: DataToken) -> AnyResponse:
    rows = [
        {"key": _("Token"), "value": token.label},
        {"key": _("Made"), "value": moment(token.made_at)},
        {"key": _("Last used"), "value": long_date(token.used_on) or _("Never")},
        {"key": _("Works until"), "value": _until(token)},
    ]
    crumbs = crumbs_to(found, (_("Tokens"), _address(found)))
    return check_page(_("Revoke this token"), rows, _("Revoke the token"), crumbs)


def _until(token: DataToken) -> str:
    return moment(token.ends_at) if token.ends_at else _("No end is set")
