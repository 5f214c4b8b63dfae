"""The form that asks what a sentence of a document says of a component."""

from __future__ import annotations

from wtforms import RadioField, StringField, SubmitField, TextAreaField

from portal.audit import Document
from portal.catalogue.component_words import MentionSense, MentionState
from portal.catalogue.forms.decision_labels import LABELS
from portal.catalogue.forms.service_questions import NotLater
from portal.catalogue.store.mentions import Row
from portal.web.forms import DateParts, Form, MaxLength, Select, choices, slug_typed
from portal.web.i18n import lazy

REJECT = "reject"


class MentionForm(Form):
    """What a person says of a sentence."""

    sense = RadioField(
        lazy("What does the sentence say?"),
        [Select(lazy("what the sentence says"))],
        choices=choices(
            {**LABELS["mention_sense"], REJECT: lazy("It does not count: it means something else")}
        ),
    )
    service = StringField(
        lazy("Which service is the document about?"),
        [MaxLength(2000)],
        description=lazy("The web address of its page here."),
    )
    written_on = DateParts(
        lazy("When was the document written?"),
        [NotLater()],
        thing=lazy("the date of the document"),
        description=lazy("For example, 27 3 2015."),
    )
    reason = TextAreaField(
        lazy("Why? (needed where it does not count)"),
        [MaxLength(1000)],
        description=lazy("Whoever signs in can read this. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save what it says"))

    def ask(self, row: Row) -> None:
        """Show what is known of a sentence. The guess is not chosen for anybody."""
        if not self.is_submitted() and row.service:
            self.service.data = f"/services/{row.service}"

    def said(self) -> Document:
        """What was chosen, as `actions.mentions.decide` takes it."""
        rejected = self.sense.data == REJECT
        found = slug_typed(self.service.data, "services")
        written = self.written_on.data
        return {
            "state": (MentionState.REJECTED if rejected else MentionState.CONFIRMED).value,
            "sense": None if rejected else MentionSense(self.sense.data).value,
            "service": found or (self.service.data or "").strip() or None,
            "written_on": written.isoformat() if written else None,
            "reason": self.reason.data or None,
        }
