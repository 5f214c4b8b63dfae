"""The forms of a booking's tasks, and what pages call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Optional

from portal.accounts.rules.addresses import clean_email
from portal.assessments.booking_words import ContactRole
from portal.assessments.forms.booking_answers import (
    KINDS,
    ROLES,
    STAGES,
    TOLD,
    WEEKDAYS,
    YES_NO,
)
from portal.assessments.rules import booking_tasks as rules
from portal.assessments.rules.booking_tasks import Task
from portal.assessments.rules.weeks import Week
from portal.assessments.words import AssessmentKind, Stage
from portal.catalogue.forms.ruled import RuledForm
from portal.errors import N_, Invalid
from portal.web.filters import long_date
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, WebAddress, choices
from portal.web.i18n import _, lazy


class TaskForm(RuledForm):
    """Answers a task; `version` is that of the booking that was read."""

    version = HiddenField()

    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {f.name: f.data for f in self if f.name not in ("csrf_token", "version", "go")}


class AssessedForm(TaskForm):
    """Which assessment it is."""

    stage = RadioField(
        lazy("Which phase does it conclude?"),
        [Select(lazy("which phase it concludes"))],
        choices=choices(STAGES),
    )
    kind = RadioField(
        lazy("Which kind of assessment is it?"),
        [Select(lazy("which kind of assessment it is"))],
        choices=choices(KINDS),
    )
    again = RadioField(
        lazy("Which earlier assessment does it repeat?"),
        [Optional()],
        description=lazy("Only for a reassessment and for a review of evidence on ambers."),
        validate_choice=False,
    )
    go = SubmitField(lazy("Save and continue"))

    def problems(self) -> Iterator[Invalid]:
        """What is no such assessment."""
        stage, kind = self.stage.data, self.kind.data
        if stage in STAGES and kind in KINDS:
            yield from rules.wrong_kind(Stage(stage), AssessmentKind(kind), self.again.data or "")


class AboutForm(TaskForm):
    """What it is called, and what for."""

    name = StringField(
        lazy("What is it called?"), [Enter(lazy("what it is called")), MaxLength(300)]
    )
    purpose = TextAreaField(
        lazy("What is it for?"),
        [Enter(lazy("what it is for")), MaxLength(rules.PURPOSE_LIMIT)],
        description=lazy("In 500 characters or fewer: who uses it, and what they get done."),
        render_kw={"params": {"rows": 6}},
    )
    go = SubmitField(lazy("Save and continue"))


class UsersForm(TaskForm):
    """Whether staff of more than one organisation use it."""

    told = RadioField(
        lazy("Do staff of more than one organisation use it?"),
        [Select(lazy("whether staff of more than one organisation use it"))],
        choices=choices(TOLD),
        description=lazy("If they do, the panel is from across government."),
    )
    go = SubmitField(lazy("Save and continue"))


class CodeForm(TaskForm):
    """The project code, where there is one."""

    known = RadioField(
        lazy("Do you know the project code?"),
        [Select(lazy("whether you know the project code"))],
        choices=choices(YES_NO),
    )
    project_code = StringField(lazy("Project code, if you know it"), [MaxLength(60)])
    go = SubmitField(lazy("Save and continue"))

    def problems(self) -> Iterator[Invalid]:
        """A code that is known has to be entered."""
        if self.known.data == "yes" and not rules.code_said(self.project_code.data):
            yield Invalid("project_code", N_("Enter the project code"))

    def values(self) -> dict[str, Any]:
        """What was typed."""
        return super().values() | {"known": self.known.data == "yes"}


class ConfidentialForm(TaskForm):
    """Whether anybody may know of it."""

    confidential = RadioField(
        lazy("Is the assessment confidential?"),
        [Select(lazy("whether the assessment is confidential"))],
        choices=choices(YES_NO),
        description=lazy(
            "Of a confidential assessment only your team, the assurance team and the panel know,"
            " and its report is not published."
        ),
    )
    go = SubmitField(lazy("Save and continue"))

    def values(self) -> dict[str, Any]:
        """What was typed."""
        return {"confidential": self.confidential.data == "yes"}


class DatesForm(TaskForm):
    """When discovery began, and this phase begins and ends."""

    discovery_on = DateParts(
        lazy("When did discovery start?"),
        [Enter(lazy("when discovery started"))],
        thing=lazy("the day discovery started"),
        description=lazy("It decides which version of the standard holds."),
    )
    phase_start = DateParts(
        lazy("When did this phase start, or when will it?"),
        [Enter(lazy("when this phase started"))],
        thing=lazy("the day this phase started"),
    )
    phase_end_known = RadioField(
        lazy("Do you know when this phase ends?"),
        [Select(lazy("whether you know when this phase ends"))],
        choices=choices(YES_NO),
    )
    phase_end = DateParts(
        lazy("When does this phase end, if you know it?"),
        [Optional()],
        thing=lazy("the day this phase ends"),
    )
    go = SubmitField(lazy("Save and continue"))

    def problems(self) -> Iterator[Invalid]:
        """What comes in no such order."""
        known = {"yes": True, "no": False}.get(self.phase_end_known.data)
        end = self.phase_end.data
        return rules.wrong_dates(
            self.discovery_on.data, self.phase_start.data, known, end, self.day
        )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What was typed."""
        return super().values() | {"phase_end_known": self.phase_end_known.data == "yes"}


class WeeksForm(TaskForm):
    """The weeks that suit the team."""

    weeks = SelectMultipleField(
        lazy("Which weeks suit you?"),
        [Select(lazy("at least one week"))],
        description=lazy("Select all that do: the more there are, the sooner there is a panel."),
    )
    go = SubmitField(lazy("Save and continue"))

    def offer(self, found: Iterable[Week]) -> None:
        """Offer these weeks, each with its days; one without a day cannot be selected."""
        self.weeks.choices = [
            SelectChoice(
                week.value,
                _("Week of %(day)s", day=long_date(week.monday)),
                render_kw={
                    "hint": {"text": hint_of(week)},
                    **({} if week.days else {"disabled": True}),
                },
            )
            for week in found
        ]


def hint_of(week: Week) -> str:
    """The days on which it can be held, and its bank holidays, in words."""
    days = ", ".join(f"{_weekday(day)} {day.day}" for day in week.days)
    found = [days or _("No assessment can be held in this week")]
    found += [
        _("Bank holiday: %(day)s, %(name)s", day=f"{_weekday(day)} {day.day}", name=name)
        for day, name in week.holidays
    ]
    return ". ".join(found)


def _weekday(day: date) -> str:
    return str(WEEKDAYS[day.isoweekday()])


def _name(role: ContactRole, optional: bool) -> StringField:
    text = _with(ROLES[role], optional)
    return StringField(text, [MaxLength(200)])


def _with(role: str, optional: bool) -> str:
    return lazy("%(role)s: name (optional)", role=role) if optional else lazy(
        "%(role)s: name", role=role
    )  # fmt: skip


def _email(role: ContactRole) -> EmailField:
    return EmailField(
        lazy("%(role)s: email address (optional)", role=ROLES[role]), [MaxLength(254)]
    )


_OPTIONAL = rules.MANAGERS


class PeopleForm(TaskForm):
    """Who answers for the service; the fields are those of `ROLES`, a name and an address each."""

    senior_responsible_owner_name = _name(ContactRole.SENIOR_RESPONSIBLE_OWNER, False)
    senior_responsible_owner_email = _email(ContactRole.SENIOR_RESPONSIBLE_OWNER)
    service_owner_name = _name(ContactRole.SERVICE_OWNER, False)
    service_owner_email = _email(ContactRole.SERVICE_OWNER)
    product_manager_name = _name(ContactRole.PRODUCT_MANAGER, True)
    product_manager_email = _email(ContactRole.PRODUCT_MANAGER)
    delivery_manager_name = _name(ContactRole.DELIVERY_MANAGER, True)
    delivery_manager_email = _email(ContactRole.DELIVERY_MANAGER)
    go = SubmitField(lazy("Save and continue"))

    def _row(self, role: ContactRole) -> tuple[str, str]:
        return self[f"{role}_name"].data or "", self[f"{role}_email"].data or ""

    def problems(self) -> Iterator[Invalid]:
        """Who is missing, and addresses to which nothing can be sent."""
        rows = {role: self._row(role) for role in ContactRole}
        yield from rules.wrong_people(rows)
        for role, (_name, email) in rows.items():
            try:
                clean_email(email) if email else ""
            except Invalid as problem:
                yield Invalid(f"{role}_email", problem.marked, **problem.values)

    def values(self) -> dict[Any, Any]:
        """What was typed, by role."""
        rows = {role: self._row(role) for role in ContactRole}
        return {role: (name, clean_email(email) if email else "") for role, (name, email) in
                rows.items()}  # fmt: skip


class DoneForm(TaskForm):
    """Says that there are no more links."""

    go = SubmitField(lazy("Continue"))


class NeedsForm(TaskForm):
    """What people who take part need."""

    access_needs = TextAreaField(
        lazy("What do people who take part need? (optional)"),
        [MaxLength(rules.NEEDS_LIMIT)],
        description=lazy(
            "For example, captions, a hearing loop, breaks. Say what is needed, not why. Only your"
            " team, the assurance team and the panel see it."
        ),
        render_kw={"params": {"rows": 5}},
    )
    go = SubmitField(lazy("Save and continue"))


FORMS: Mapping[Task, type[TaskForm]] = {
    Task.ASSESSED: AssessedForm,
    Task.ABOUT: AboutForm,
    Task.USERS: UsersForm,
    Task.PROJECT_CODE: CodeForm,
    Task.CONFIDENTIAL: ConfidentialForm,
    Task.DATES: DatesForm,
    Task.WEEKS: WeeksForm,
    Task.PEOPLE: PeopleForm,
    Task.ARTEFACTS: DoneForm,
    Task.ACCESS_NEEDS: NeedsForm,
}


class ArtefactForm(TaskForm):
    """A link for the panel."""

    address = StringField(
        lazy("Web address"), [Enter(lazy("the web address")), WebAddress(), MaxLength(2000)]
    )
    description = StringField(
        lazy("What is there?"), [Enter(lazy("what is there")), MaxLength(300)],
        description=lazy("For example, the prototype, or the findings of user research."),
    )  # fmt: skip
    access_until = DateParts(
        lazy("Until when can the panel see it? (optional)"),
        [Optional()],
        thing=lazy("the last day on which the panel can see it"),
        description=lazy("After that day the portal does not show the link to the panel."),
    )
    go = SubmitField(lazy("Save"))

    def problems(self) -> Iterable[Invalid]:
        """The panel can see it at all."""
        if self.access_until.data and self.access_until.data < self.day:
            said = N_("The last day on which the panel can see it must be today or in the future")
            yield Invalid("access_until", said)


class BeginForm(Form):
    """Begins a booking."""

    go = SubmitField(lazy("Start now"))


class RemoveForm(TaskForm):
    """Asks before something is removed."""

    go = SubmitField(lazy("Remove it"))


class SubmitForm(TaskForm):
    """Submits a booking."""

    go = SubmitField(lazy("Submit the booking"))
