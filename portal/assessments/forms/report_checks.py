"""The form with which a person checks what a program read in a report."""

from __future__ import annotations

from collections.abc import Mapping
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

from portal.assessments.forms.report_labels import LABELS
from portal.assessments.forms.report_links import (
    Search,
    address,
    finds_assessments,
    finds_reports,
    linked,
)
from portal.assessments.rules.report_documents import AGAIN, placed
from portal.assessments.store.report_record import Assessed, Record
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.picking import named_field, which_field, without_which
from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Enter, Form, MaxLength, choices, cleaned
from portal.web.i18n import _, lazy

_PLAIN = ("name", "held_on", "stage", "kind", "result", "standard")
_REPORT_HINT = lazy(
    "The title of the report that tells of it, or the address of its page here. Leave it empty if "
    "it looks again at none."
)
#: Fields of the report itself, below those of its assessments.
TEXTS = ("title", "summary", "body")
_LEAD = {"": lazy("Not known"), "yes": lazy("Yes"), "no": lazy("No")}


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
    fields |= _of_report()
    values |= {"same_as": shown_copy(report)} | {name: report.own_text(name) for name in TEXTS}
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
    def choice(text: str, of: Mapping[str, str]) -> Any:
        # As wide as the page at most: a standard may have a long name.
        wide = {"classes": "portal-facet__select"}
        return SelectField(f"{text}{place}", choices=choices(of), render_kw=wide)

    found = {
        "name": StringField(
            f"{_('Name of the service on the day')}{place}",
            [Enter(lazy("the name that the report gives")), MaxLength(300)],
        ),
        "owners": TextAreaField(
            f"{_('Organisations, as the report names them')}{place}",
            [MaxLength(3000)],
            description=lazy("Each on a line of its own. The first is accountable."),
            render_kw={"params": {"rows": 2}},
        ),
        "held_on": DateParts(
            f"{_('Date')}{place}", [NotLater()], thing=lazy("the date of the assessment")
        ),
        "stage": choice(_("Stage"), LABELS["assessment_stage"]),
        "kind": choice(_("Kind of assessment"), LABELS["assessment_kind"]),
        "result": choice(_("Result"), LABELS["assessment_result"]),
        "standard": choice(_("Standard"), {"": _("Not known"), **standards}),
        "lead_present": choice(_("A lead assessor is named"), _LEAD),
        "again_of": named_field(
            f"{_('If it is a reassessment: of which assessment?')}{place}", description=_REPORT_HINT
        ),
        "which": which_field(f"{_('Which assessment do you mean?')}{place}"),
    }
    return {_name(position, name): field for name, field in found.items()}


def _of_report() -> dict[str, Any]:
    return {
        "same_as": named_field(
            lazy("If it is published twice: which report does it repeat?"),
            description=lazy(
                "The title of the other report, or the address of its page here. A report that "
                "repeats another one is in no list or figure."
            ),
        ),
        "which": which_field(lazy("Which report do you mean?")),
        "title": StringField(
            lazy("Title"), [Enter(lazy("the title of the report")), MaxLength(300)]
        ),
        "summary": TextAreaField(
            lazy("Summary"), [MaxLength(20_000)], render_kw={"params": {"rows": 3}}
        ),
        "body": TextAreaField(
            lazy("Text, in Markdown"),
            [MaxLength(1_000_000)],
            description=lazy(
                "Leave out the names of people. The history says that the text was corrected, and "
                "does not keep what it said before."
            ),
            render_kw={"params": {"rows": 20}},
        ),
    }


def _values(each: Assessed) -> dict[str, Any]:
    standard = f"{each.standard_slug}.{each.number}" if each.standard_slug else ""
    lead = {None: "", True: "yes", False: "no"}[each.lead_present]
    said = {"name": each.name, "owners": "\n".join(o.published_name for o in each.owners),
            "held_on": each.held_on, "stage": each.stage, "kind": each.kind,
            "result": each.result, "standard": standard, "lead_present": lead,
            "again_of": shown_original(each)}  # fmt: skip
    return {_name(each.position, name): value for name, value in said.items()}


def shown_original(each: Assessed) -> str:
    """What a form shows of the assessment that one looks again at."""
    return address(each.again_of_slug, each.again_of_position) if each.again_of_slug else ""


def shown_copy(report: Record) -> str:
    """What a form shows of the report that one repeats."""
    return address(report.same_as.slug) if report.same_as else ""


def said(form: Any, report: Record, search: Search) -> dict[str, Any]:
    """What the form says of the fields of the report's document. It has errors where it is not sure
    which other report is meant.
    """
    found: dict[str, Any] = {}
    for each in report.assessments:
        values = {name: form[_name(each.position, name)].data or None for name in _PLAIN}
        values["held_on"] = values["held_on"].isoformat() if values["held_on"] else None
        values["owners"] = _lines(form[_name(each.position, "owners")].data)
        lead = form[_name(each.position, "lead_present")].data
        values["lead_present"] = {"yes": True, "no": False}.get(lead)
        values["again_of"] = _original(form, each, search)
        found |= {placed(each.position, name): value for name, value in values.items()}
    before = (report.same_as.slug if report.same_as else None, shown_copy(report))
    found["same_as"] = linked(form, "same_as", "which", before, finds_reports(search))
    for name in TEXTS:
        if (typed := form[name].data or "") != _typed(report.own_text(name)):
            found[name] = typed or None
    return found


def _original(form: Any, each: Assessed, search: Search) -> str | None:
    field = _name(each.position, "again_of")
    before = f"{each.again_of_slug}.{each.again_of_position}" if each.again_of_slug else None
    find = finds_assessments(search)
    which = _name(each.position, "which")
    original = linked(form, field, which, (before, shown_original(each)), find)
    if original and form[_name(each.position, "kind")].data not in AGAIN:
        text = _("Only a reassessment or an amber evidence review looks again at another one")
        form[field].errors = (*form[field].errors, text)
    return original


def _lines(text: str | None) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def _typed(text: str | None) -> str:
    """A text as a browser gives it back where nobody changed it."""
    return cleaned(text, multiline=True) or ""


def bare(form: Any) -> None:
    """Ask nothing that need not be asked."""
    without_which(form, *[name for name in form.data if name.endswith("which")])


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
