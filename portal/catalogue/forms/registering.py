"""The forms of registering that are not questions about the record itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import Optional

from portal.catalogue.component_words import Arrangement, UsageStatus
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

NONE = "none"
#: Before the slug of a component that is chosen.
COMPONENT = "component:"


class StartForm(Form):
    """A draft is started; the same page sent twice starts one."""

    started_by = HiddenField()
    go = SubmitField(lazy("Start now"))


class GoForm(Form):
    """Nothing but a button."""

    go = SubmitField(lazy("Continue"))


class SimilarForm(Form):
    """Is it one of these?"""

    which = RadioField(lazy("Is it one of these?"), [Select(lazy("which one it is, or none"))])
    go = SubmitField(lazy("Continue"))


def similar_choices(found: Iterable[Any]) -> list[Any]:
    """The services that one may be, each with why, and none of them."""
    made = choices({each.slug: each.name for each in found})
    for choice, each in zip(made, found, strict=True):
        choice.render_kw = {"hint": {"text": each.why}}
    last = choices({NONE: lazy("None of these: it is not in the catalogue yet")})
    return [*made, *last]


class NeedsForm(Form):
    """What the service needs to do. Each group of needs is a list of its own on the page."""

    needs = SelectMultipleField(lazy("What does your service need?"), [Optional()])
    go = SubmitField(lazy("Save and continue"))


_WHEN = {
    UsageStatus.LIVE: lazy("In use now"),
    UsageStatus.INTEGRATING: lazy("Being built in"),
    UsageStatus.PLANNED: lazy("Planned"),
    UsageStatus.CONSIDERING: lazy("Being considered"),
}
_OTHER = {
    Arrangement.OWN_BUILD: lazy("With something we built ourselves"),
    Arrangement.BOUGHT_PRODUCT: lazy("With a product we bought"),
    Arrangement.BY_HAND: lazy("By hand"),
    Arrangement.GAP: lazy("Not at all yet"),
}


class MeetForm(Form):
    """How one need is met."""

    how = RadioField(lazy("How do you meet this need?"), [Select(lazy("how you meet this need"))])
    product = StringField(lazy("Name of the product (if you bought one)"), [MaxLength(300)])
    supplier = StringField(lazy("Who you buy it from (optional)"), [MaxLength(300)])
    status = RadioField(
        lazy("Is it in use?"), [Optional()], choices=choices(_WHEN),
        description=lazy("Leave this out where you do it by hand or not at all."),
    )  # fmt: skip
    since = DateParts(
        lazy("In use since (optional)"),
        [NotLater()],
        thing=lazy("the day it went into use"),
        description=lazy("Leave it empty if you do not know, or if it is not in use yet."),
    )
    reason = SelectField(
        lazy("If it is not a shared component: why not? (optional)"),
        [Optional()],
        choices=choices({"": lazy("Choose a reason"), **LABELS["not_shared_reason"]}),
    )
    go = SubmitField(lazy("Save and continue"))


def ways(components: Mapping[str, tuple[str, str]]) -> list[Any]:
    """What a need can be met with: the components open to new services, by slug with name and
    summary, then the rest.
    """
    made = choices({f"{COMPONENT}{slug}": name for slug, (name, _) in components.items()})
    for choice, (_, summary) in zip(made, components.values(), strict=True):
        choice.render_kw = {"hint": {"text": summary}}
    return [*made, *choices(_OTHER)]


def read_way(form: MeetForm) -> tuple[str, dict[str, Any]]:
    """The arrangement and values that `rules.registering.met` takes."""
    how = form.how.data
    values = {
        "component": how.removeprefix(COMPONENT) if how.startswith(COMPONENT) else None,
        "product": form.product.data,
        "supplier": form.supplier.data,
        "status": form.status.data,
        "since": form.since.data,
        "reason": form.reason.data,
    }
    return (Arrangement.SHARED_COMPONENT.value if values["component"] else how), values


def shown_way(answer: Mapping[str, Any], since: Any) -> dict[str, Any]:
    """What the form shows of an answer given before."""
    how = answer.get("arrangement")
    if how == Arrangement.SHARED_COMPONENT:
        how = f"{COMPONENT}{answer['component']}"
    kept = {name: answer.get(name) for name in ("product", "supplier", "status", "reason")}
    return {**kept, "how": how, "since": since}


class DecideForm(Form):
    """Publish what somebody registered, or send it back."""

    decision = RadioField(
        lazy("What do you decide?"),
        [Select(lazy("what you decide"))],
        choices=choices(
            {"publish": lazy("Publish it"), "send_back": lazy("Send it back to be changed")}
        ),
    )
    answer = TextAreaField(
        lazy("What needs to change (if you send it back)"),
        [MaxLength(1000)],
        description=lazy("They read this in an email."),
    )
    go = SubmitField(lazy("Confirm the decision"))


class WithdrawForm(Form):
    """A mistaken publication is withdrawn."""

    why = TextAreaField(
        lazy("Why should it not have been published?"),
        [Enter(lazy("why it should not have been published")), MaxLength(2000)],
        description=lazy("This stays in the record’s history."),
    )
    go = SubmitField(lazy("Withdraw the service"))
