"""Forms about standards, their versions and points, and what pages say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from portal.accounts.forms.labels import LABELS as ACCOUNT_LABELS
from portal.assessments.rules.crosswalk import Point
from portal.assessments.rules.pinning import Because
from portal.assessments.rules.standards import ASKS_LIMIT, TITLE_LIMIT
from portal.assessments.store.history_names import RECORDS
from portal.assessments.words import RatingScheme, VersionState
from portal.catalogue.forms import history_words
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, WebAddress, choices
from portal.web.i18n import _, lazy

SCHEMES: Mapping[str, str] = {
    RatingScheme.PASS_FAIL: lazy("Pass or not passed"),
    RatingScheme.MET: lazy("Met or not met"),
    RatingScheme.RAG: lazy("Green, amber or red"),
}
STATES: Mapping[str, str] = {
    VersionState.DRAFT: lazy("Draft"),
    VersionState.PUBLISHED: lazy("Published"),
}
PROFESSIONS: Mapping[str, str] = {
    each.value: text for each, text in ACCOUNT_LABELS["profession"].items()
}
#: Why an assessment is against a version of a standard, as `assessment.pinned_because` keeps it.
PINNED: Mapping[str, str] = {
    Because.OVERRIDE: lazy("The assurance team chose it"),
    Because.TABLE: lazy("The report’s table has as many points as this version"),
    Because.ORIGINAL: lazy("It repeats an assessment against this version"),
    Because.REASSESSMENT: lazy("The reassessment that follows it was against this version"),
    Because.DISCOVERY: lazy("It held when discovery of the service began"),
    Because.BEFORE_THE_FIRST: lazy(
        "Discovery of the service began before the standard: its first version holds"
    ),
    Because.NO_SUCH_TABLE: lazy("No version has as many points as the report’s table"),
    Because.UNKNOWN: lazy("Nothing says against which version it was"),
}
FIELDS: Mapping[str, str] = {
    "title": lazy("Title"),
    "owner": lazy("Owner"),
    "organisation": lazy("Organisation"),
    "address": lazy("Where it is published"),
    "discovery_from": lazy("Holds where discovery begins on or after"),
    "scheme": lazy("Ratings"),
    "extends": lazy("On top of"),
    "version_state": lazy("State"),
    "points": lazy("Points"),
    "number": lazy("Number"),
    "asks": lazy("What it asks for"),
    "profession": lazy("Leading profession"),
    "counterparts": lazy("Points that ask for the same"),
}


def teach() -> None:
    """Give the history the words of standards and reports."""
    values = {"scheme": SCHEMES, "version_state": STATES, "profession": PROFESSIONS}
    history_words.teach(FIELDS, values, RECORDS, {"counterparts": _counterparts})


def _counterparts(pair: str) -> str:
    """Two points that ask for the same, which the history keeps as `1/15 = 2/8`."""
    said = [
        _("point %(point)s of version %(version)s", version=version, point=point)
        for version, _slash, point in (each.partition("/") for each in pair.split(" = "))
    ]
    return _(" and ").join(said)


def pinned_words(told: str | None) -> str:
    """Why an assessment is against a version, in words; what a person gave as the reason stays
    as it was typed.
    """
    because, _colon, reason = (told or Because.UNKNOWN.value).partition(": ")
    if because not in PINNED:
        return told or ""
    return f"{PINNED[because]}: {reason}" if reason else str(PINNED[because])


class _Standard(Form):
    """What a standard says of itself."""

    name = StringField(
        lazy("What is the standard called?"),
        [Enter(lazy("what the standard is called")), MaxLength(300)],
    )
    owner = StringField(
        lazy("Who is responsible for it?"),
        [Enter(lazy("who is responsible for it")), MaxLength(300)],
        description=lazy("The organisation, as the standard names it. Name no people."),
    )
    summary = TextAreaField(
        lazy("What is it for? (optional)"),
        [MaxLength(ASKS_LIMIT)],
        render_kw={"params": {"rows": 3}},
    )
    address = StringField(
        lazy("Where is it published? (optional)"),
        [WebAddress(), MaxLength(2000)],
        description=lazy("A web address."),
    )

    def values(self) -> dict[str, Any]:
        """What was typed."""
        return {name: self[name].data or None for name in ("name", "owner", "summary", "address")}


class StandardForm(_Standard):
    """A standard that is there."""

    base = HiddenField()
    go = SubmitField(lazy("Save"))


class NewStandardForm(_Standard):
    """A new standard, with whose own it is."""

    organisation = StringField(
        lazy("Which organisation’s own is it?"),
        [MaxLength(300)],
        description=lazy(
            "Its name in the catalogue. Leave it empty for a standard of all government, which "
            "only portal administrators add."
        ),
    )
    which = RadioField(lazy("Which one do you mean?"), [Optional()], validate_choice=False)
    go = SubmitField(lazy("Add the standard"))


class VersionForm(Form):
    """What a version says beside its points."""

    copied = SelectField(
        lazy("Which points does it begin with?"),
        [Optional()],
        description=lazy("They are copied, so you can change them in the draft."),
    )
    title = StringField(
        lazy("What is this version called?"),
        [Enter(lazy("what this version is called")), MaxLength(TITLE_LIMIT)],
        description=lazy("For example, 14 points (2019)."),
    )
    discovery_from = DateParts(
        lazy("From which start of discovery does it hold? (optional)"),
        [Optional()],
        thing=lazy("the day from which it holds"),
        description=lazy(
            "Services whose discovery began on this day or later are assessed against it, until "
            "a newer version. Needed before it is published."
        ),
    )
    scheme = RadioField(
        lazy("How are points rated?"),
        [Select(lazy("how points are rated"))],
        choices=choices(SCHEMES),
    )
    extends = SelectField(
        lazy("Do its points come on top of another standard’s?"),
        [Optional()],
        description=lazy("Services then have to meet both."),
    )
    source = StringField(
        lazy("Where is it published? (optional)"),
        [WebAddress(), MaxLength(2000)],
        description=lazy("A web address."),
    )
    base = HiddenField()
    go = SubmitField(lazy("Save the draft"))

    def values(self) -> dict[str, Any]:
        """What was typed."""
        since = self.discovery_from.data
        return {
            "title": self.title.data, "scheme": self.scheme.data,
            "discovery_from": since.isoformat() if since else None,
            "extends": self.extends.data or None, "source": self.source.data or None,
        }  # fmt: skip


class PointForm(Form):
    """What a point says."""

    title = StringField(
        lazy("What is the point called?"),
        [Enter(lazy("what the point is called")), MaxLength(300)],
    )
    asks = TextAreaField(
        lazy("What does it ask for? (optional)"),
        [MaxLength(ASKS_LIMIT)],
        render_kw={"params": {"rows": 5}},
    )
    profession = SelectField(
        lazy("Which profession leads on it? (optional)"),
        [Optional()],
        choices=choices({"": lazy("Not decided"), **PROFESSIONS}),
    )
    address = StringField(
        lazy("Where can people read more? (optional)"),
        [WebAddress(), MaxLength(2000)],
        description=lazy("A web address."),
    )
    base = HiddenField()
    at = HiddenField()
    go = SubmitField(lazy("Save the point"))

    def values(self) -> dict[str, Any]:
        """What was typed."""
        names = ("title", "asks", "profession", "address")
        return {name: self[name].data or None for name in names}


class SureForm(Form):
    """Asks before something goes, or is published; nothing is typed."""

    base = HiddenField()
    at = HiddenField()


def mapping_form(versions: Mapping[int, str], points: Sequence[Point]) -> type[Form]:
    """A form with a list of points to tick for each other version.

    Args:
        versions: what each version is called, by its number.
        points: those of all these versions.
    """
    fields: dict[str, Any] = {
        f"version_{number}": SelectMultipleField(
            called,
            [Optional()],
            choices=choices(
                {
                    each.id: f"{each.number}. {each.title}"
                    for each in points
                    if each.version == number
                }
            ),
            render_kw={"params": {"classes": "govuk-checkboxes--small"}},
        )
        for number, called in versions.items()
    }
    fields |= {"base": HiddenField(), "go": SubmitField(_("Save"))}
    return type("MappingForm", (Form,), fields)


def chosen(form: Form) -> set[int]:
    """The ids of the points that were ticked."""
    return {
        int(value)
        for field in form
        if isinstance(field, SelectMultipleField)
        for value in field.data or ()
    }
