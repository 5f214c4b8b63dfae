"""Forms between a draft report and the public, and about actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.validators import Optional

from portal.assessments.actions.correcting import Called, Correction, Decided, Wanted
from portal.assessments.actions.publication_check import Said
from portal.assessments.booking_words import ChallengeState, VersionKind
from portal.assessments.forms.publication_labels import LABELS
from portal.assessments.forms.sections import WORDS
from portal.assessments.rules.follow_ups import Deed
from portal.assessments.rules.ratings import of_whole
from portal.assessments.words import RatingScheme
from portal.audit import Document
from portal.catalogue.forms.labels import label
from portal.web.forms import Enter, Form, MaxLength, Select, WebAddress, choices
from portal.web.i18n import lazy

REDACT, KEEP = "redact", "keep"
_LONG = 20_000


class FlagForm(Form):
    """What is to be done about words that may not be for the public."""

    decision = RadioField(
        lazy("What is to be done?"), [Select(lazy("what is to be done"))],
        choices=choices({
            REDACT: lazy("Take these words out"), KEEP: lazy("They may be published"),
        }),
    )  # fmt: skip
    instead = StringField(
        lazy("What stands there instead? (optional)"), [MaxLength(200)],
        description=lazy("“[redacted]”, where you enter nothing."),
    )  # fmt: skip
    reason = StringField(
        lazy("Why?"), [Enter(lazy("why these words go or stay")), MaxLength(500)],
        description=lazy("The words themselves are not kept: do not repeat them here."),
    )  # fmt: skip
    go = SubmitField(lazy("Save"))

    def said(self) -> Said:
        """What the person decides."""
        return Said(self.decision.data == REDACT, self.instead.data or "", self.reason.data or "")


class ChallengeForm(Form):
    """What is not right about a paragraph."""

    paragraph = HiddenField()
    text = TextAreaField(
        lazy("What is not right, and what would you say instead?"),
        [Enter(lazy("what is not right")), MaxLength(5000)],
    )
    go = SubmitField(lazy("Save the challenge"))


class AnswerForm(Form):
    """What the panel answers."""

    state = RadioField(
        lazy("What becomes of the paragraph?"), [Select(lazy("what becomes of the paragraph"))],
        choices=choices({
            ChallengeState.AMENDED: lazy("The report is amended"),
            ChallengeState.KEPT: lazy("It stays as it is"),
        }),
    )  # fmt: skip
    answer = TextAreaField(
        lazy("What did you amend, or why does it stay?"),
        [Enter(lazy("what you amended, or why it stays")), MaxLength(5000)],
        description=lazy("The text itself is changed on the page of its point."),
    )
    go = SubmitField(lazy("Save the answer"))


class CorrectForm(Form):
    """What a section of a published report is to say, how its point is rated, and the overall
    result.
    """

    verbatim = RadioField(lazy("Rating"), [Select(lazy("the rating"))])
    reason = TextAreaField(
        lazy("If it does not apply: why not?"), [MaxLength(2_000)],
        render_kw={"params": {"rows": 2}},
    )  # fmt: skip
    done_well = TextAreaField(lazy("What the team has done well"), [MaxLength(_LONG)])
    to_explore = TextAreaField(lazy("What the team needs to explore"), [MaxLength(_LONG)])
    result = RadioField(lazy("Overall result"), [Select(lazy("the overall result"))])
    result_reason = TextAreaField(
        lazy("Why, if the overall result disagrees with the points?"), [MaxLength(5_000)],
        description=lazy("It is in the report. Name no people."),
        render_kw={"params": {"rows": 4}},
    )  # fmt: skip
    name = StringField(
        lazy("What the assessment is called"),
        [Enter(lazy("what the assessment is called")), MaxLength(300)],
    )
    chosen_because = TextAreaField(
        lazy("Why this version of the standard holds"),
        [Enter(lazy("why this version of the standard holds")), MaxLength(900)],
        render_kw={"params": {"rows": 2}},
    )
    kind = RadioField(
        lazy("What kind of correction is it?"), [Select(lazy("what kind of correction it is"))],
        choices=choices({
            VersionKind.MINOR: lazy("Minor: a slip, which changes nothing that the report says"),
            VersionKind.MAJOR: lazy(
                "Major: it changes what the report says; another rating or result always does"
            ),
        }),
    )  # fmt: skip
    note = StringField(
        lazy("What changed, for the public (for a major correction)"), [MaxLength(1000)],
        description=lazy("It stands on the page of the report."),
    )  # fmt: skip
    why = StringField(
        lazy("Why is it corrected?"), [Enter(lazy("why it is corrected")), MaxLength(500)],
        description=lazy("Everybody can read it in the history of the report. Name no people."),
    )  # fmt: skip
    keep = BooleanField(
        lazy("I looked at the words that may not be for the public: they may be published")
    )
    withhold = BooleanField(
        lazy("Delete the texts of all versions before, which nobody should read any more")
    )
    version = HiddenField()
    go = SubmitField(lazy("Publish the correction"))

    def rate_in(self, scheme: RatingScheme, offered: Iterable[str]) -> None:
        """Offer the words of a scheme for the overall result, and these for the point: none for
        the whole.
        """
        self.result.choices = choices({word: WORDS[word] for word in of_whole(scheme)})
        self.verbatim.choices = choices({word: WORDS.get(word, word) for word in offered})
        if not self.verbatim.choices:
            del self.verbatim, self.reason

    def unrated(self) -> None:
        """Ask nothing of ratings: there are none."""
        del self.verbatim, self.reason, self.result, self.result_reason

    def of_section(self, number: int, chosen: bool) -> None:
        """Ask what it is called, and why a version was `chosen`, with the whole alone."""
        if number:
            del self.name
        if number or not chosen:
            del self.chosen_because

    def wanted(self, number: int) -> Wanted:
        """What is to be corrected of the section with a number."""
        texts: Document = {
            "done_well": self.done_well.data or "", "to_explore": self.to_explore.data or "",
        }  # fmt: skip
        rated, decided = "verbatim" in self, "result" in self
        if rated:
            texts["reason"] = self.reason.data or None
        kind = VersionKind(self.kind.data)
        return Wanted(
            number, texts,
            Correction(kind, self.note.data or None, bool(self.withhold.data)),
            bool(self.keep.data),
            self.verbatim.data if rated else None,
            Decided(self.result.data, self.result_reason.data) if decided else None,
            self._called(),
        )  # fmt: skip

    def _called(self) -> Called | None:
        if "name" not in self:
            return None
        reason = self.chosen_because.data if "chosen_because" in self else None
        return Called(self.name.data or "", reason)


class UnpublishForm(Form):
    """Why a report is taken back, and where its address leads then."""

    reason = TextAreaField(
        lazy("Why is it no longer published?"),
        [Enter(lazy("why it is no longer published")), MaxLength(1000)],
        description=lazy("Whoever comes to its address reads this. Name no people."),
    )
    goes_to = StringField(
        lazy("Where does its address lead? (optional)"),
        [MaxLength(2000)],
        description=lazy(
            "The end of another address of this portal, such as /reports/hire-a-boat. Without one,"
            " its page says that the report is gone."
        ),
    )
    version = HiddenField()
    go = SubmitField(lazy("Take the report back"))


class DeedForm(Form):
    """What is said when something is done with an action."""

    text = TextAreaField("", [MaxLength(5000)])
    address = StringField(
        lazy("Where can it be seen? (optional)"), [Optional(), MaxLength(2000), WebAddress()],
        description=lazy("A web address that the lead assessor can open."),
    )  # fmt: skip
    version = HiddenField()
    go = SubmitField("")

    def __init__(self, deed: Deed, **more: Any) -> None:
        """Ask what this deed asks for."""
        super().__init__(**more)
        self.text.label.text = _TEXTS.get(deed, _TEXTS[Deed.ESCALATE])
        self.go.label.text = label(deed, "deed")
        if deed is not Deed.EVIDENCE:
            del self.address


_TEXTS = {
    Deed.EVIDENCE: lazy("What was done?"),
    Deed.ENOUGH: lazy("What do you say of it? (optional)"),
    Deed.NOT_ENOUGH: lazy("What is missing?"),
    Deed.ACCEPT_RISK: lazy("Why is the risk accepted?"),
    Deed.ESCALATE: lazy("Why?"),
}


class GoForm(Form):
    """A question that is answered with a button."""

    go = SubmitField("")

    def __init__(self, text: str, **more: Any) -> None:
        """Take what the button says."""
        super().__init__(**more)
        self.go.label.text = text


DEEDS = tuple(LABELS["deed"])
