"""One page that asks of every need of a service how it is met, with a few fields for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, cast

from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import Optional

from portal.catalogue.actions.meeting import Said
from portal.catalogue.component_words import NeedAnswer, UsageStatus
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.meeting import NO_NEED
from portal.catalogue.forms.registering import arrangement_of, component_of, ways
from portal.catalogue.forms.service_questions import NotLater
from portal.errors import N_, Invalid
from portal.web.forms import DateParts, Form, MaxLength, choices
from portal.web.i18n import lazy, translated

PARTS = ("how", "product", "status", "since", "reason")
_STATUS = {
    "": lazy("Choose one"),
    UsageStatus.LIVE: lazy("In use now"),
    UsageStatus.INTEGRATING: lazy("Being built in"),
    UsageStatus.PLANNED: lazy("Planned"),
    UsageStatus.CONSIDERING: lazy("Being considered"),
}
Offering = Mapping[str, tuple[str, str, bool]]


class Need(Protocol):
    """A need of the tree."""

    @property
    def slug(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102


def field(need: str, part: str) -> str:
    """The name of a field about a need."""
    return f"{need}--{part}"


def together_form(
    needs: Iterable[Need], offerings: Mapping[str, Offering], no_need: bool = True
) -> Form:
    """The form that asks how each of these needs is met.

    Args:
        needs: those that are asked for.
        offerings: the components that meet each, see `store.meeting.offerings`.
        no_need: whether it may say that there is no such need, or that this is not known.
    """
    fields: dict[str, Any] = {}
    for need in needs:
        fields |= _fields(need, offerings.get(need.slug, {}), no_need)
    fields["go"] = SubmitField(lazy("Save all of them"))
    return cast(Form, type("TogetherForm", (Form,), fields)())


def _fields(need: Need, offering: Offering, no_need: bool) -> dict[str, Any]:
    open_ = {slug: (name, "") for slug, (name, _text, ends) in offering.items() if not ends}
    made = {str(each.value): each.label for each in ways(open_)}
    how = {"": lazy("Leave it for later"), **made, **(NO_NEED if no_need else {})}
    short = "govuk-!-width-two-thirds"
    fields = (
        SelectField(lazy("What meets it?"), [Optional()], choices=choices(how)),
        StringField(
            lazy("Name of the product"),
            [MaxLength(300)],
            description=lazy("If you bought one, or if what you built has a name."),
            render_kw={"params": {"classes": short}},
        ),
        SelectField(
            lazy("Is it in use?"),
            [Optional()],
            choices=choices(_STATUS),
            description=lazy("You can leave this out if you do it by hand, or not at all yet."),
        ),
        DateParts(
            lazy("In use since"),
            [NotLater()],
            thing=lazy("the day it went into use"),
            month_enough=True,
            description=lazy("You can leave out the day, or all of it if you do not know."),
        ),
        SelectField(
            lazy("Why no shared component? (optional)"),
            [Optional()],
            choices=choices({"": lazy("Choose a reason"), **LABELS["not_shared_reason"]}),
        ),
    )
    return {field(need.slug, part): made for part, made in zip(PARTS, fields, strict=True)}


def said_of(form: Form, need: str) -> Said | NeedAnswer | None:
    """What the form says of a need, as `actions.meeting` takes it; None for nothing."""
    typed = {part: form[field(need, part)] for part in PARTS}
    how = str(typed["how"].data or "")
    if not how:
        return None
    if how in NO_NEED:
        return NeedAnswer(how)
    since, status = typed["since"].data, typed["status"].data or None
    values = {
        "component": component_of(how),
        "product": typed["product"].data or None,
        "status": status,
        "since": since,
        "by_month": typed["since"].by_month,
        "not_known": since is None and status in (None, UsageStatus.LIVE.value),
        "reason": typed["reason"].data or None,
    }
    return Said(arrangement_of(how), values)


def refuse(form: Form, names: Mapping[str, str], problems: Iterable[tuple[str, Invalid]]) -> None:
    """Show what is wrong with each need beside its fields; the message names the need."""
    for need, problem in problems:
        at = field(need, problem.field if problem.field in PARTS else "how")
        text = N_("%(need)s: %(said)s")
        form.refuse(Invalid(at, text, need=names[need], said=translated(problem)))
