"""The forms about seats of panels and those who sit there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.validators import Optional, ValidationError

from portal.accounts.forms.labels import labels as account_labels
from portal.assessments.booking_words import SeatRole
from portal.assessments.forms.panel_labels import conflict_name
from portal.assessments.rules.assessors import Ranked, WhyNot
from portal.catalogue.forms.labels import label, labels
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy, ngettext

NOBODY = "nobody"
NONE, CONFLICT = "none", "conflict"
_LINES = {"params": {"rows": 3}}


def why_not(each: Ranked) -> list[str]:
    """Everything that speaks against somebody, in words; a conflict says which."""
    found = [label(why, "why_not") for why in each.why_not if why is not WhyNot.CONFLICT]
    return [conflict_name(conflict) for conflict in each.conflicts] + found


def hint(each: Ranked) -> str:
    """What a choice says of somebody: where they are, how much they do, and what speaks against
    them.
    """
    who, said = each.who, []
    if where := who.organisation or who.supplier:
        said.append(where)
    if who.volunteered:
        said.append(_("has volunteered"))
    said.append(ngettext("%(num)s panel in the next 90 days", "%(num)s panels in the next 90 days",
                         who.ahead))  # fmt: skip
    said.append(ngettext("%(num)s in the last 90", "%(num)s in the last 90", who.behind))
    against = why_not(each)
    return "; ".join([", ".join(said), *against])


def offered(some: Iterable[Ranked]) -> list[Any]:
    """Choices for those who can take a seat, the best first, each with what speaks against them."""
    able = [each for each in some if each.can]
    found = choices({str(each.who.person_id): each.who.name for each in able})
    for choice, each in zip(found, able, strict=True):
        choice.render_kw = {"hint": {"text": hint(each)}}
    return found


class FillForm(Form):
    """Who takes a seat."""

    person = RadioField(lazy("Who takes the seat?"), [Select(lazy("who takes the seat"))])
    go = SubmitField(lazy("Ask them to join"))


class SeatForm(Form):
    """One more seat."""

    role = RadioField(
        lazy("What is the seat for?"),
        [Select(lazy("what the seat is for"))],
        description=lazy("Observers watch for training. They see no draft and judge nothing."),
    )
    profession = RadioField(lazy("Of which profession, for an assessor?"), [Optional()])
    go = SubmitField(lazy("Add the seat"))

    def offer(self) -> SeatForm:
        """The form with its choices."""
        roles = labels("seat_role")
        self.role.choices = choices({r: roles[r] for r in (SeatRole.ASSESSOR, SeatRole.OBSERVER)})
        self.profession.choices = choices(account_labels("profession"))
        return self


class LeaveForm(Form):
    """Why somebody leaves a seat, and who takes it."""

    reason = TextAreaField(
        lazy("Why?"),
        [Enter(lazy("a reason")), MaxLength(500)],
        description=lazy("Only the assurance team reads this."),
        render_kw=_LINES,
    )
    person = RadioField(lazy("Who takes their seat?"), [Select(lazy("who takes their seat"))])
    seen = HiddenField()
    go = SubmitField(lazy("Save"))

    def offer(self, some: Iterable[Ranked], needed: bool) -> LeaveForm:
        """The form with those who can take the seat, or nobody yet, or nobody at all."""
        nobody = {NOBODY: _("Nobody yet: the seat is open")}
        if not needed:
            nobody["gone"] = _("Nobody: the panel does not need the seat")
        self.person.choices = [*choices(nobody), *offered(some)]
        return self


class SelfLeaveForm(Form):
    """Why I leave a panel."""

    reason = TextAreaField(
        lazy("Why do you leave the panel?"),
        [Enter(lazy("a reason")), MaxLength(500)],
        description=lazy(
            "Only the assurance team reads this. From then on you see nothing of this assessment."
        ),
        render_kw=_LINES,
    )
    go = SubmitField(lazy("Leave the panel"))


class JudgeForm(Form):
    """Why something is no conflict."""

    answer = TextAreaField(
        lazy("Why is it no conflict of interest?"),
        [Enter(lazy("why it is no conflict")), MaxLength(500)],
        description=lazy("If it is one, let somebody else take the seat instead."),
        render_kw=_LINES,
    )
    seen = HiddenField()
    go = SubmitField(lazy("Save that it is no conflict"))


class ObjectForm(Form):
    """Why the team thinks that there is a conflict."""

    reason = TextAreaField(
        lazy("What is the conflict of interest?"),
        [Enter(lazy("what the conflict is")), MaxLength(500)],
        description=lazy("The assurance team and the lead assessor read this, and decide."),
        render_kw=_LINES,
    )
    seen = HiddenField()
    go = SubmitField(lazy("Send it to the assurance team"))


class DeclareForm(Form):
    """Whether I have a conflict of interest."""

    said = RadioField(
        lazy("Do you have a conflict of interest?"),
        [Select(lazy("whether you have a conflict of interest"))],
        description=lazy(
            "For example, you worked on the service, you work for one of its suppliers, or somebody"
            " close to you does."
        ),
        choices=choices({NONE: lazy("No"), CONFLICT: lazy("Yes")}),
    )
    what = StringField(
        lazy("If you have one, what is it?"),
        [MaxLength(500)],
        description=lazy(
            "Only the assurance team and the lead assessor read this. With a conflict you see"
            " nothing of this assessment from then on, unless the assurance team finds that it is"
            " none."
        ),
    )
    go = SubmitField(lazy("Save"))

    def validate_what(self, field: StringField) -> None:
        """A conflict has to be named."""
        if self.said.data == CONFLICT and not field.data:
            raise ValidationError(_("Enter what the conflict is"))
