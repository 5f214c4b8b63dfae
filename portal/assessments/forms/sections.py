"""Forms of draft reports: sections, their actions, whose they are, and the overall result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wtforms import HiddenField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import Optional, ValidationError

from portal.assessments.rules.decision import Disagreement, Doubt
from portal.assessments.rules.drafting import LONGEST, Said
from portal.assessments.rules.ratings import NOT_APPLICABLE, of_point, of_whole
from portal.assessments.words import RatingScheme
from portal.digits import id_in, whole_number
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

_MARKDOWN = lazy("You can use Markdown: lists, links, tables, bold and italic text.")
#: What the ratings of all schemes are called.
WORDS = {
    "Yes": lazy("Yes"),
    "No": lazy("No"),
    "Met": lazy("Met"),
    "Not met": lazy("Not met"),
    "Green": lazy("Green: met"),
    "Amber": lazy("Amber: met with conditions"),
    "Red": lazy("Red: not met"),
    "Pass": lazy("Pass"),
    "Not passed": lazy("Not passed"),
    NOT_APPLICABLE: lazy("N/A: it does not apply"),
}
DOUBTS: Mapping[Disagreement, str] = {
    Disagreement.PASS_WITH_NOT_MET: lazy("It passes, but these points are not met: %(points)s"),
    Disagreement.PASS_WITH_CONDITIONS: lazy(
        "It passes, but these points are met with conditions: %(points)s"
    ),
    Disagreement.CONDITIONS_WITH_NOT_MET: lazy(
        "It passes with conditions, but these points are not met: %(points)s"
    ),
    Disagreement.CONDITIONS_WITHOUT_ANY: lazy(
        "It passes with conditions, but no point is met with conditions"
    ),
    Disagreement.FAIL_WITH_NONE_NOT_MET: lazy("It does not pass, but no point is not met"),
    Disagreement.CONDITION_UNSAID: lazy(
        "These points are met with conditions, but no action says which: %(points)s"
    ),
}


def in_words(doubt: Doubt) -> str:
    """How a result and the points do not go together."""
    return str(DOUBTS[doubt.kind]) % {"points": ", ".join(map(str, doubt.numbers))}


class SectionForm(Form):
    """What the panel says of a point. `version` is what was read; `aside` is one's own text that
    was set aside before, and is brought together here.
    """

    version = HiddenField()
    aside = HiddenField()
    verbatim = RadioField(lazy("Rating"), [Optional()])
    reason = TextAreaField(
        lazy("If it does not apply: why not?"),
        [MaxLength(2_000)],
        render_kw={"params": {"rows": 2}},
    )
    done_well = TextAreaField(
        lazy("What the team has done well"),
        [MaxLength(LONGEST)],
        description=_MARKDOWN,
        render_kw={"params": {"rows": 10}},
    )
    to_explore = TextAreaField(
        lazy("What the team needs to explore"),
        [MaxLength(LONGEST)],
        description=lazy("Name no people: the report is published."),
        render_kw={"params": {"rows": 10}},
    )
    go = SubmitField(lazy("Save"))
    preview = SubmitField(lazy("Preview"), render_kw={"classes": "govuk-button--secondary"})
    #: Saved while somebody still types.
    unfinished = False

    def rate_in(self, scheme: RatingScheme | None) -> None:
        """Offer the words of a scheme; none where nothing is rated here."""
        if scheme is None:
            del self.verbatim, self.reason
            return
        there = {word: WORDS[word] for word in of_point(scheme)}
        self.verbatim.choices = [*choices(there), *choices({"": _("Not rated yet")})]
        if self.verbatim.data is None:
            self.verbatim.data = ""

    def show(self, said: Said, version: int) -> None:
        """Hold what the section says."""
        self.version.data = str(version)
        self.done_well.data, self.to_explore.data = said.done_well, said.to_explore
        if "verbatim" in self:
            self.verbatim.data, self.reason.data = said.verbatim or "", said.reason

    def said(self) -> Said:
        """What was typed."""
        rated = "verbatim" in self
        return Said(
            self.verbatim.data or None if rated else None,
            self.reason.data or None if rated else None,
            self.done_well.data or "",
            self.to_explore.data or "",
        )

    def validate_reason(self, field: TextAreaField) -> None:
        """What does not apply has a reason."""
        if self.verbatim.data == NOT_APPLICABLE and not field.data and not self.unfinished:
            raise ValidationError(_("Enter why the point does not apply"))

    @property
    def base(self) -> int:
        """The version that was read."""
        return id_in(self.version.data)

    @property
    def settles(self) -> int | None:
        """The text of one's own that was set aside."""
        return whole_number(self.aside.data) or None


class VersionForm(Form):
    """Asks before something is done to what was read."""

    version = HiddenField()
    go = SubmitField("")

    @property
    def base(self) -> int:
        """The version that was read."""
        return id_in(self.version.data)


class ActionForm(VersionForm):
    """What the team is asked to do about a point, and who in it."""

    text = TextAreaField(
        lazy("What does the team have to do?"),
        [Enter(lazy("what the team has to do")), MaxLength(2_000)],
        description=lazy("Say it so that everybody can tell when it is done. Name no people."),
        render_kw={"params": {"rows": 4}},
    )
    owner = StringField(
        lazy("Who in the team? (optional)"),
        [MaxLength(200)],
        description=lazy("A role, not a name. For example, service owner"),
    )
    go = SubmitField(lazy("Save the action"))


class OwnerForm(Form):
    """Says who writes a section."""

    owner = SelectField(lazy("Who writes this section?"))
    go = SubmitField(lazy("Save"))

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Say who sits on the panel."""
        self.owner.choices = [("", _("Whoever sits for its profession")), *people]


class DecisionForm(VersionForm):
    """The overall result."""

    result = RadioField(lazy("Overall result"), [Select(lazy("the overall result"))])
    reason = TextAreaField(
        lazy("Why, if it disagrees with the points?"),
        [MaxLength(5_000)],
        description=lazy("It is in the report. Name no people."),
        render_kw={"params": {"rows": 4}},
    )
    go = SubmitField(lazy("Record the result"))

    def rate_in(self, scheme: RatingScheme) -> None:
        """Offer the words of a scheme."""
        self.result.choices = choices({word: WORDS[word] for word in of_whole(scheme)})
