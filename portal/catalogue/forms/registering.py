"""The forms of registering that are not questions about the record itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
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
from portal.catalogue.forms.labels import LABELS, label
from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

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
    """The services that one may be, each with whose it is and why, and none of them."""
    found = list(found)
    made = choices({each.slug: each.name for each in found})
    for choice, each in zip(made, found, strict=True):
        choice.render_kw = {"hint": {"text": facts_of(each)}}
    last = choices({NONE: lazy("None of these: it is not in the catalogue yet")})
    return [*made, *last]


def facts_of(similar: Any) -> str:
    """Whose a similar service is, its phase, and why it is shown."""
    phase = str(label(similar.phase, "phase"))
    why = _("Shown because: %(why)s", why=similar.why)
    return ". ".join(filter(None, (similar.organisation, phase, why)))


class NeedsForm(Form):
    """What the service needs to do. Each group of needs is a list of its own on the page."""

    needs = SelectMultipleField(lazy("What does your service need?"), [Optional()])
    no_more = BooleanField(
        lazy("My service needs none of the others"),
        description=lazy("Leave this out where you do not know: they then count as not answered."),
    )
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
    """How one need is met: with what."""

    how = RadioField(lazy("How do you meet this need?"), [Select(lazy("how you meet this need"))])
    go = SubmitField(lazy("Save and continue"))


class DetailsForm(Form):
    """More about what meets a need: what is asked depends on what it is."""

    product = StringField(lazy("Name of the product"), [MaxLength(300)])
    supplier = StringField(lazy("Who do you buy it from? (optional)"), [MaxLength(300)])
    status = RadioField(
        lazy("Is it in use?"), [Select(lazy("whether it is in use"))], choices=choices(_WHEN)
    )
    since = DateParts(
        lazy("In use since (optional)"),
        [NotLater()],
        thing=lazy("the day it went into use"),
        month_enough=True,
        description=lazy("You can leave out the day, or all of it if you do not know."),
    )
    reason = SelectField(
        lazy("Why no shared component? (optional)"),
        [Optional()],
        choices=choices({"": lazy("Choose a reason"), **LABELS["not_shared_reason"]}),
    )
    go = SubmitField(lazy("Save and continue"))


def ways(components: Mapping[str, tuple[str, str]]) -> list[Any]:
    """What a need can be met with: the components open to new services, by slug with name and
    summary, then the rest.
    """
    made = choices({f"{COMPONENT}{slug}": name for slug, (name, _summary) in components.items()})
    for choice, (_name, summary) in zip(made, components.values(), strict=True):
        choice.render_kw = {"hint": {"text": summary}}
    return [*made, *choices(_OTHER)]


def component_of(how: str) -> str | None:
    """The slug of the component that a choice of how to meet a need names."""
    return how.removeprefix(COMPONENT) if how.startswith(COMPONENT) else None


def arrangement_of(how: str) -> str:
    """The arrangement that a choice of how to meet a need is."""
    return Arrangement.SHARED_COMPONENT.value if component_of(how) else how


def details_form(how: str, answer: Mapping[str, Any], since: Any) -> DetailsForm | None:
    """What is asked further about a choice, filled with what was answered before; None where there
    is nothing to ask.
    """
    arrangement = arrangement_of(how)
    if arrangement in (Arrangement.BY_HAND, Arrangement.GAP):
        return None
    form = DetailsForm(data={**answer, "since": since})
    if arrangement != Arrangement.BOUGHT_PRODUCT:
        del form.product, form.supplier
    if arrangement == Arrangement.SHARED_COMPONENT:
        del form.reason
    return form


def read_details(form: DetailsForm, how: str) -> dict[str, Any]:
    """The values that `rules.registering.met` takes."""
    values = {name: value for name, value in form.data.items() if name not in ("csrf_token", "go")}
    return {**values, "by_month": form.since.by_month, "component": component_of(how)}


def shown_way(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What the first form shows of an answer given before."""
    how = answer.get("arrangement")
    if how == Arrangement.SHARED_COMPONENT:
        how = f"{COMPONENT}{answer['component']}"
    return {"how": how}


class CheckForm(Form):
    """The answers are sent; `seen` says as of when they were looked at."""

    seen = HiddenField()
    go = SubmitField(lazy("Publish the service"))


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
