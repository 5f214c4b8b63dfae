"""The forms in which a team says how its service meets its needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Optional

from portal.catalogue.actions.meeting import Said
from portal.catalogue.component_words import DateBasis, NeedAnswer, UsageStatus
from portal.catalogue.forms.control import CONTROL, ControlFields
from portal.catalogue.forms.editing import base_in
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.registering import (
    DetailsForm,
    MeetForm,
    arrangement_of,
    component_of,
    shown_way,
    ways,
)
from portal.catalogue.forms.service_questions import NotLater
from portal.catalogue.rules.cleaners import Document
from portal.errors import Invalid
from portal.web.forms import (
    DateParts,
    Enter,
    Form,
    MaxLength,
    Select,
    WebAddress,
    Whole,
    choices,
)
from portal.web.i18n import _, lazy

#: What the service may say instead of how it meets a need.
NO_NEED = {
    NeedAnswer.NOT_NEEDED.value: lazy("My service does not need this"),
    NeedAnswer.UNKNOWN.value: lazy("I do not know"),
}
_STATUS = {
    UsageStatus.LIVE: lazy("In use now"),
    UsageStatus.INTEGRATING: lazy("Being built in"),
    UsageStatus.PLANNED: lazy("Planned"),
    UsageStatus.CONSIDERING: lazy("Being considered"),
    UsageStatus.STOPPING: lazy("In use, and going to stop"),
    UsageStatus.STOPPED: lazy("Not in use any more"),
}
#: The order on the page, which is that of the error summary as well.
_ORDER = (
    "csrf_token", "base", "how", "product", "supplier", "status", "since", "not_known", "until",
    "planned_live", "reason", "reason_note", "replaces", *CONTROL, "share", "yearly_cost", "source",
    "note", "go",
)  # fmt: skip
#: What only some want to say.
MORE = ("share", "yearly_cost", "source", "note")
_DAYS = ("since", "until", "planned_live", "contract_end", "exit_reviewed_on")
_PLAIN = (
    "product", "supplier", "status", "reason", "reason_note", "share", "yearly_cost", "source",
    "note", "contract_group", "code_held_by", "data_held_by", "exit_plan", "exit_note",
)  # fmt: skip
#: Where the message of a rule is shown whose field has another name in the form.
_SHOWN_AT = {"component": "how", "arrangement": "how"}


class ChooseForm(Form):
    """Which needs the service has, all in one go."""

    needs = SelectMultipleField(lazy("Which of these does the service need?"), [Optional()])
    rest = RadioField(
        lazy("What about those that you do not select?"),
        [Select(lazy("what holds for those that you do not select"))],
        choices=choices(
            {
                "leave": lazy("Leave them unanswered"),
                "not_needed": lazy("The service does not need them"),
            }
        ),
        default="leave",
        description=lazy(
            "What has been recorded as not needed stays so. Only say that the service does not "
            "need the others if you have gone through all of them."
        ),
    )
    go = SubmitField(lazy("Save and continue"))


class UsageForm(ControlFields, MeetForm, DetailsForm):
    """One way in which the service meets, met or will meet a need."""

    base = HiddenField(default="0")
    product = StringField(
        lazy("Name of the product"),
        [MaxLength(300)],
        description=lazy("If you bought one, or if what you built has a name."),
    )
    supplier = StringField(
        lazy("Who provides it? (optional)"),
        [MaxLength(300)],
        description=lazy("The supplier of the product, or who built it for you."),
    )
    status = RadioField(
        lazy("Is it in use?"),
        [Optional()],
        choices=choices(_STATUS),
        description=lazy("You can leave this out if you do it by hand, or not at all yet."),
    )
    since = DateParts(
        lazy("In use since"),
        [NotLater()],
        thing=lazy("the day it went into use"),
        month_enough=True,
        description=lazy("If it is or was in use. You can leave out the day."),
    )
    not_known = BooleanField(lazy("I do not know since when"))
    until = DateParts(
        lazy("In use until, if it has stopped or is going to"),
        thing=lazy("the day it stops"),
        month_enough=True,
        description=lazy("You can leave out the day."),
    )
    planned_live = DateParts(
        lazy("Planned to be in use (optional)"),
        thing=lazy("the day it is planned for"),
        month_enough=True,
        description=lazy("If it is not in use yet. You can leave out the day."),
    )
    reason_note = TextAreaField(
        lazy("More on why (optional)"),
        [MaxLength(5000)],
        render_kw={"params": {"rows": 2}},
    )
    replaces = SelectField(
        lazy("What does it replace? (optional)"), [Optional()], validate_choice=False
    )
    share = StringField(
        lazy("How much of the need does it cover? (optional)"),
        [MaxLength(10)],
        filters=[lambda text: text.rstrip("% ") if text else text],
        description=lazy("A percentage, if something else covers the rest."),
        render_kw={"params": {"suffix": {"text": "%"}, "classes": "govuk-input--width-4"}},
    )
    yearly_cost = Whole(
        lazy("Cost a year (optional)"),
        description=lazy("In whole pounds, such as 25,000."),
        render_kw={"params": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"}},
    )
    source = URLField(
        lazy("Where this can be checked (optional)"),
        [MaxLength(2000), WebAddress()],
        description=lazy("A web address that others can read, starting with https://"),
    )
    note = TextAreaField(
        lazy("Anything else (optional)"),
        [MaxLength(5000)],
        description=lazy("Everybody can read this."),
        render_kw={"params": {"rows": 3}},
    )

    def __iter__(self) -> Iterator[Field]:
        """The fields in the order of the page."""
        return iter(sorted(super().__iter__(), key=lambda field: _ORDER.index(field.name)))


class RemoveForm(Form):
    """Something that was recorded by mistake goes."""

    why = TextAreaField(
        lazy("Why was it a mistake?"),
        [Enter(lazy("why it was a mistake")), MaxLength(2000)],
        description=lazy(
            "This stays in the history. If the service has stopped using it, say on its page until "
            "when instead."
        ),
    )
    go = SubmitField(lazy("Remove it"))


def usage_form(
    document: Document | None,
    base: int,
    offering: Mapping[str, tuple[str, str, bool]],
    others: Mapping[str, str],
    no_need: bool,
) -> UsageForm:
    """The form, filled with what is recorded where nothing was sent.

    Args:
        document: what is recorded, with `replaces`; None for another arrangement.
        base: the id of its last event.
        offering: see `store.meeting.offering`.
        others: what pages call the other arrangements, by id: one of them may be replaced.
        no_need: whether the service may say that it does not have the need.
    """
    form = UsageForm(data={"base": str(base), **(_shown(document) if document else {})})
    found = {slug: (name, _summary(text, ends)) for slug, (name, text, ends) in offering.items()}
    form.how.choices = [*ways(found), *(choices(NO_NEED) if no_need else ())]
    if others:
        form.replaces.choices = choices({"": lazy("Nothing, or not known"), **others})
    else:
        del form.replaces
    for name in ("since", "until"):
        if document and document[f"{name}_basis"] == DateBasis.MONTH and not form[name].sent:
            form[name].typed["day"] = ""
    return form


def _summary(text: str, ends: bool) -> str:
    return _("Not open to new services. %(summary)s", summary=text) if ends else text


def _shown(document: Document) -> dict[str, Any]:
    seen = document["since_basis"] == DateBasis.SEEN
    return {
        **shown_way(document),
        **{name: document[name] for name in _PLAIN},
        **{name: _day(document[name]) for name in _DAYS},
        "since": None if seen else _day(document["since"]),
        "not_known": seen,
        "replaces": str(document["replaces"] or ""),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def read_said(form: UsageForm) -> Said:
    """What somebody describes, as `actions.meeting` takes it."""
    how = str(form.how.data)
    arrangement = arrangement_of(how)
    values = {
        **{name: form[name].data or None for name in (*_PLAIN, *_DAYS)},
        "yearly_cost": form.yearly_cost.data,
        "component": component_of(how),
        "not_known": form.not_known.data,
        "by_month": form.since.by_month,
        "until_by_month": form.until.by_month,
    }
    typed = form["replaces"].data if "replaces" in form else None
    return Said(arrangement, values, _id(typed), base_in(form))


def _id(typed: str | None) -> int | None:
    """The id that was chosen; of what is none, one that nothing has."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else -1


def no_need_said(form: UsageForm) -> NeedAnswer | None:
    """The answer of a team that does not say how the need is met."""
    return NeedAnswer(form.how.data) if form.how.data in NO_NEED else None


def refuse(form: Form, problem: Invalid) -> None:
    """Show the message of a rule beside its field."""
    field = _SHOWN_AT.get(problem.field, problem.field)
    problem.field = field if field in form else "how"
    form.refuse(problem)


def called(component: str | None, product: str | None, arrangement: str) -> str:
    """What pages call an arrangement."""
    return component or product or str(label(arrangement, "arrangement"))
