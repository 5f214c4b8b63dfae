"""The form that asks what a sentence of a document says of a component."""

from __future__ import annotations

from wtforms import RadioField, SubmitField, TextAreaField

from portal.audit import Document
from portal.catalogue.component_words import MentionSense, MentionState
from portal.catalogue.forms.decision_labels import LABELS
from portal.catalogue.forms.picking import Find, named_field, picked, which_field, without_which
from portal.catalogue.forms.service_questions import NotLater
from portal.catalogue.store.mentions import Row
from portal.web.forms import DateParts, Form, MaxLength, Select, choices
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
    service = named_field(lazy("Which service is the document about?"))
    which = which_field()
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
        without_which(self)
        if row.service:
            self.service.data = f"/services/{row.service}"
        self.written_on.process(None, row.written_on)

    def said(self, find: Find) -> Document:
        """What was chosen, as `actions.mentions.decide` takes it. The form has errors where it is
        not sure which service is named.
        """
        rejected = self.sense.data == REJECT
        found = None
        if self.service.data:
            found = picked(self, "service", find, "")
        without_which(self)
        written = self.written_on.data
        chosen = None if rejected or self.sense.errors else MentionSense(self.sense.data).value
        return {
            "state": (MentionState.REJECTED if rejected else MentionState.CONFIRMED).value,
            "sense": chosen,
            "service": found,
            "written_on": written.isoformat() if written else None,
            "reason": self.reason.data or None,
        }
