"""Forms of findings: what is commonly broken, in a person's words."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, StringField, SubmitField, TextAreaField

from portal.assessments.words import FindingState
from portal.audit import Document
from portal.catalogue.forms import history_words
from portal.web.forms import Form, MaxLength, Select
from portal.web.i18n import _, lazy

STATES = {
    FindingState.SUGGESTED.value: lazy("Suggested"),
    FindingState.GROUPED.value: lazy("In a finding"),
    FindingState.REJECTED.value: lazy("Rejected"),
}
_NAMES_NOBODY = lazy("Everybody can read this. Name no people.")
Options = Iterable[tuple[str, str]]


class FindingForm(Form):
    """What is commonly broken, and what it is about."""

    title = StringField(
        lazy("What is commonly broken?"),
        [MaxLength(200)],
        description=lazy("A short sentence. For example, No research with people who need support"),
    )
    summary = TextAreaField(
        lazy("More about it (optional)"),
        [MaxLength(2000)],
        description=_NAMES_NOBODY,
        render_kw={"params": {"rows": 4}},
    )
    capability = SelectField(lazy("Need that it is about"))
    point = SelectField(lazy("Point of a standard that it is about"))

    def offer(self, needs: Options, points: Options) -> None:
        """Say which needs and points there are."""
        self.capability.choices = [("", _("None")), *needs]
        self.point.choices = [("", _("None")), *points]

    def said(self) -> Document:
        """What was typed, as the rules take it."""
        return {
            "title": self.title.data, "summary": self.summary.data or None,
            "capability": self.capability.data or None, "point": self.point.data or None,
        }  # fmt: skip


class GroupForm(FindingForm):
    """Puts sentences into a finding that there is, or into a new one."""

    existing = SelectField(lazy("Put them into a finding"))
    go = SubmitField(lazy("Put the sentences into the finding"))

    def offer_findings(self, findings: Options) -> None:
        """Say which findings there are."""
        self.existing.choices = [("", _("A new one, named below")), *findings]


class EditForm(FindingForm):
    """Says a finding in other words; `version` is what was read."""

    version = HiddenField()
    go = SubmitField(lazy("Save the finding"))


class MergeForm(Form):
    """Makes a finding part of another one."""

    into = SelectField(lazy("Which finding does it become part of?"), [Select(lazy("a finding"))])
    go = SubmitField(lazy("Continue"))

    def offer(self, findings: Options) -> None:
        """Say which findings there are."""
        self.into.choices = [("", _("Choose one")), *findings]


class DecideForm(Form):
    """Sends the sentences that are ticked; its buttons say what with them."""


#: What the history calls what findings and sentences say, beside what the catalogue has words for.
FIELDS = {
    "point": lazy("Point of the standard"),
    "quoted": lazy("A sentence of each of these reports"),
    "finding": lazy("Finding"),
}


def teach() -> None:
    """Give the history the words of findings."""
    history_words.teach(FIELDS, {})
