"""The form that asks before a booking is moved on."""

from __future__ import annotations

from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import ValidationError

from portal.assessments.booking_words import Move
from portal.assessments.rules.workflow import rule_of
from portal.catalogue.forms.labels import label
from portal.web.forms import Form, MaxLength
from portal.web.i18n import _, lazy


class MoveForm(Form):
    """Why, where it is asked for, and the version that was read."""

    reason = TextAreaField(
        lazy("Why?"),
        [MaxLength(1000)],
        description=lazy(
            "Everybody who can see this assessment can read it. Name no people, and nothing of what"
            " the panel found."
        ),
    )
    version = HiddenField()
    go = SubmitField("")

    def __init__(self, move: Move, **more: object) -> None:
        """Ask why only where the table says so."""
        super().__init__(**more)
        self.asks = rule_of(move).reason
        if move is Move.PUBLISH_AGAIN:
            self.reason.description = _(
                "Everybody can read it on the page of the report. Name no people."
            )
        if not self.asks:
            del self.reason
        self.go.label.text = label(move, "booking_move")

    def validate_reason(self, field: TextAreaField) -> None:
        """A reason that is asked for has to be given."""
        if not field.data:
            raise ValidationError(_("Enter a reason"))
