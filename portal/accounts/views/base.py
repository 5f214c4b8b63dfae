"""What the views of accounts share: things by their addresses, grants by what they are on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import PERSON, Kind, Permission, Role, Thing, may
from portal.accounts.actions.roles import Said
from portal.accounts.forms.labels import label
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store import grants, people, things
from portal.audit import london_day
from portal.digits import LAST_ID
from portal.errors import Missing
from portal.web.forms import Form
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person
from portal.web.reading import reading

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

View = TypeVar("View", bound=Callable[..., Any])
#: Where the records of each kind are.
FOLDERS = {
    Kind.ORGANISATION: "organisations",
    Kind.SERVICE: "services",
    Kind.COMPONENT: "components",
    Kind.PORTAL: "portal",
}
KINDS = {folder: kind for kind, folder in FOLDERS.items()}
RECORDS = "<any(organisations, services, components):folder>/<slug:slug>"
ID = f"<int(min=1, max={LAST_ID}):"
ENDINGS = (("", "html"), (".json", "json"), (".csv", "csv"))


class On(NamedTuple):
    """A grant with what it is granted on; the name is empty where that was removed.

    Attributes:
        grant: the grant, with its person where the list shows people.
        name: of the thing.
        href: where the thing is; None for the portal, and for what was removed.
        slug: its part of the address.
        managed: whether the reader may end the role.
    """

    grant: RoleGrant
    name: str
    href: str | None
    slug: str = ""
    managed: bool = False


def named(session: Session, found: Sequence[RoleGrant]) -> list[On]:
    """Grants with what they are granted on, and whether the reader may end them."""
    where = [(grant.kind, grant.thing_id) for grant in found]
    known, owned = things.names(session, where), things.by_ids(session, where)
    return [
        _on(grant, known.get(key), owned.get(key)) for grant, key in zip(found, where, strict=True)
    ]


def _on(grant: RoleGrant, called: things.Named | None, thing: Thing | None) -> On:
    managed = thing is not None and may(current_person(), Permission.MANAGE_PEOPLE, thing)
    if called is None:
        return On(grant, "", None)
    if grant.kind is Kind.PORTAL:
        return On(grant, str(label(Kind.PORTAL, "kind")), None, "", managed)
    href = f"/{FOLDERS[grant.kind]}/{called.slug}"
    return On(grant, called.name, href, called.slug, managed)


def on_things(
    blueprint: Blueprint, rule: str, methods: Sequence[str] = ("GET",), portal: bool = True,
    formats: bool = False,
) -> Callable[[View], View]:  # fmt: skip
    """Register a view at `rule` below each thing that people have roles on.

    Args:
        blueprint: where.
        rule: what follows the thing's address.
        methods: those that it answers.
        portal: whether the portal counts as such a thing.
        formats: whether it answers `.json` and `.csv` too, and takes `fmt`.
    """

    def register(view: View) -> View:
        for ending, fmt in ENDINGS if formats else ENDINGS[:1]:
            also = {"fmt": fmt} if formats else {}
            blueprint.add_url_rule(
                f"/{RECORDS}{rule}{ending}", view_func=view, defaults=also, methods=methods
            )
            if portal:
                blueprint.add_url_rule(
                    f"/portal{rule}{ending}",
                    view_func=view,
                    defaults={**also, "folder": "portal", "slug": ""},
                    methods=methods,
                )
        return view

    return register


def thing_at(folder: str, slug: str, **_rest: object) -> Thing:
    """The thing at an address. Raises Missing."""
    with reading() as session:
        return things.by_slug(session, KINDS[folder], slug)


def sees_people(folder: str, slug: str) -> bool:
    """Whether the reader may see who has roles on a thing."""
    try:
        return may(current_person(), Permission.SEE_PEOPLE, thing_at(folder, slug))
    except Missing:
        return False


def title_of(session: Session, thing: Thing) -> str:
    """What a thing is called."""
    key = (Kind(thing.kind), thing.id)
    if thing.kind == Kind.PORTAL:
        return str(label(Kind.PORTAL, "kind"))
    return things.names(session, [key])[key].name


def people_url(folder: str, slug: str) -> str:
    """The page of a thing's people."""
    return url_for("people.of", folder=folder, slug=slug)


def crumbs_to(thing_name: str, folder: str, slug: str) -> list[tuple[str, str]]:
    """The trail to a page about one of a thing's people."""
    trail = [] if folder == "portal" else [(thing_name, f"/{folder}/{slug}")]
    return [*trail, (_("People"), people_url(folder, slug))]


def person_thing(person_id: int, **_rest: object) -> Thing:
    """A person as the policy sees one: of the organisations where, or on whose things, they hold
    roles today or later. Raises Missing where they hold none and are not here.
    """
    with reading() as session:
        return person_in(session, person_id, today())


def person_in(session: Session, person_id: int, day: date) -> Thing:
    """The same on a day, in a session."""
    people.get(session, person_id)
    held = grants.of_person(session, person_id, day)
    found = things.by_ids(session, [(grant.kind, grant.thing_id) for grant in held])
    return Thing(PERSON, person_id, frozenset(_bodies(found.values())))


def _bodies(found: Iterable[Thing]) -> set[int]:
    bodies: set[int] = set()
    for thing in found:
        bodies |= {thing.id} if thing.kind == Kind.ORGANISATION else thing.organisations
    return bodies


def of_thing(kind: Kind, thing_id: int) -> Thing:
    """A thing by its id; one that was removed is missing for everybody but the portal's people."""
    with reading() as session:
        try:
            return things.by_id(session, kind, thing_id)
        except Missing:
            return Thing(kind, thing_id)


def slug_of(session: Session, kind: Kind, thing_id: int) -> str:
    """A thing's part of its address; empty for the portal and for what was removed."""
    known = things.names(session, [(kind, thing_id)])
    return known[kind, thing_id].slug if (kind, thing_id) in known else ""


def said(name: str, role: Role | None, path: str) -> Said:
    """What a mail says of a thing, a role and where to go."""
    url = current_app.extensions["portal"].settings.public_url
    return Said(name, str(label(role, "role")) if role else "", f"{url}{path}")


def form_page(form: Form, title: str, crumbs: list[tuple[str, str]], **more: Any) -> Response:
    """A page with one form; 422 where something is wrong with it."""
    return page(
        more.pop("template", "accounts/form.html"),
        title=title,
        crumbs=crumbs,
        form=form,
        status=422 if form.errors else 200,
        **more,
    )


def check_page(title: str, rows: list[dict[str, str]], button: str, crumbs: Any) -> Response:
    """What was typed, to be looked at before it counts; sends the same again with `confirm`."""
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "go")]
    return page(
        "accounts/check.html", title=title, rows=rows, button=button, crumbs=crumbs, kept=kept
    )


def confirmed() -> bool:
    """Whether the check page was sent."""
    return request.form.get("confirm") == "yes"


def done(message: str, where: str) -> AnyResponse:
    """Go on to a page that says what happened."""
    flash(message)
    return redirect(where, 303)


def not_done(message: str, where: str) -> AnyResponse:
    """Go on to a page that says why nothing happened."""
    flash(message, "important")
    return redirect(where, 303)


def today() -> date:
    """The day in London."""
    return london_day(act().at)
