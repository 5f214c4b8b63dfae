"""The form with which a person checks what a program read in a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import Optional

from portal.assessments.forms.report_labels import LABELS
from portal.assessments.rules.report_documents import placed
from portal.assessments.store.report_record import Assessed, Record
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Form, MaxLength, choices
from portal.web.i18n import _, lazy


class _Checks(Form):
    """What was looked at, and what else is to be said."""

    version = HiddenField()
    checks = SelectMultipleField(
        lazy("What have you looked at?"),
        [Optional()],
        coerce=int,
        description=lazy("It is noted as right, or as corrected where you change something below."),
    )


def _note() -> Any:
    return TextAreaField(
        lazy("What did you find? (needed for another standard)"),
        [MaxLength(900)],
        description=lazy("Everybody can read this in the history. Name no people."),
        render_kw={"params": {"rows": 3}},
    )


def form_of(report: Record, standards: Mapping[str, str]) -> Any:
    """The form about a report: its checks, and the fields of each of its assessments."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {"version": str(report.own.version)}
    several = len(report.assessments) > 1
    for each in report.assessments:
        fields |= _fields(each.position, standards, _place(each) if several else "")
        values |= _values(each)
    holder = holder_of(report)
    if holder:
        places = {each.position: _place(each).strip(" ()") for each in report.assessments}
        fields["points_of"] = RadioField(
            lazy("Of which assessment is the table of points?"), choices=choices(places)
        )
        values["points_of"] = str(holder)
    # A form has its fields in the order in which they were made.
    fields |= {"note": _note(), "go": SubmitField(lazy("Save"))}
    kind = type("CheckForm", (_Checks,), fields)
    form = kind(data=values)
    form.checks.choices = choices({c.id: _check(c) for c in report.checks})
    if not report.checks:
        del form.checks
    return form


def holder_of(report: Record) -> int | None:
    """The place of the only one of several assessments that has points; None where all is clear."""
    rated = [each.position for each in report.assessments if each.points]
    return rated[0] if len(rated) == 1 and len(report.assessments) > 1 else None


def _place(each: Assessed) -> str:
    return f" ({_('assessment %(number)s', number=each.position)})"


def _check(check: Any) -> str:
    state = "" if check.state == "open" else f" ({label(check.state, 'check_state')})"
    return f"{label(check.field, 'check_field')}: {check.reason}{state}"


def _name(position: int, field: str) -> str:
    return f"a{position}_{field}"


def _fields(position: int, standards: Mapping[str, str], place: str) -> dict[str, Any]:
    def choice(text: str, of: str) -> Any:
        return SelectField(f"{text}{place}", choices=choices(LABELS[of]))

    day = DateParts(f"{_('Date')}{place}", [NotLater()], thing=lazy("the date of the assessment"))
    found = {
        "held_on": day,
        "stage": choice(_("Stage"), "assessment_stage"),
        "kind": choice(_("Kind of assessment"), "assessment_kind"),
        "result": choice(_("Result"), "assessment_result"),
        "standard": SelectField(
            f"{_('Standard')}{place}", choices=choices({"": _("Not known"), **standards})
        ),
    }
    return {_name(position, name): field for name, field in found.items()}


def _values(each: Assessed) -> dict[str, Any]:
    standard = f"{each.standard_slug}.{each.number}" if each.standard_slug else ""
    said = {"held_on": each.held_on, "stage": each.stage, "kind": each.kind,
            "result": each.result, "standard": standard}  # fmt: skip
    return {_name(each.position, name): value for name, value in said.items()}


def said(form: Any, report: Record) -> dict[str, str | None]:
    """What the form says of the fields of the report's document."""
    found: dict[str, str | None] = {}
    for each in report.assessments:
        for name in ("held_on", "stage", "kind", "result", "standard"):
            value = form[_name(each.position, name)].data
            if name == "held_on":
                value = value.isoformat() if value else None
            found[placed(each.position, name)] = value or None
    return found


def moved(form: Any, report: Record) -> tuple[int, int] | None:
    """From which assessment to which the table of points goes; None where it stays."""
    holder = holder_of(report)
    if holder is None or not form.points_of.data or int(form.points_of.data) == holder:
        return None
    return holder, int(form.points_of.data)


def field_of(name: str) -> str:
    """The form's field of a field of the document."""
    position, dot, field = name.partition(".")
    return _name(int(position), field) if dot and position.isdigit() else name
