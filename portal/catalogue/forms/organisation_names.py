"""The form that asks which organisation a published name means."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, SubmitField, TextAreaField

from portal.catalogue.forms.picking import Find, named_field, picked, which_field, without_which
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

OTHER, NONE = "other", "none"


class NameForm(Form):
    """Which organisation, or none of those in the catalogue."""

    means = RadioField(lazy("Which organisation does it mean?"), [Select(lazy("which it means"))])
    organisation = named_field(lazy("If it is another organisation: which?"))
    which = which_field()
    reason = TextAreaField(
        lazy("Why?"),
        [Enter(lazy("why it means that")), MaxLength(1000)],
        description=lazy("Everybody can read this in the history. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save what it means"))

    def offer(self, suggested: Iterable[tuple[str, str, str]], decided: str | None) -> None:
        """Offer organisations, (reference, name, why) each; choose what was decided before."""
        found = {
            reference: f"{name} ({why})" if why else name for reference, name, why in suggested
        }
        found |= {
            OTHER: _("Another organisation of the catalogue"),
            NONE: _("No organisation of the catalogue"),
        }
        self.means.choices = choices(found)
        if not self.is_submitted():
            without_which(self)
            self.means.data = decided if decided in found else None

    def said(self, find: Find) -> str | None:
        """The reference of the organisation; None for none, and where the form now says what is
        missing.
        """
        chosen, found = str(self.means.data), None
        if chosen == OTHER:
            found = picked(self, "organisation", find, _("Enter the organisation"))
        elif chosen != NONE:
            found = chosen
        without_which(self)
        return found
