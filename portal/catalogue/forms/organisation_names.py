"""The form that asks which organisation a published name means."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, StringField, SubmitField, TextAreaField

from portal.errors import N_, Invalid
from portal.web.forms import Enter, Form, MaxLength, Select, choices, slug_typed
from portal.web.i18n import _, lazy

OTHER, NONE = "other", "none"


class NameForm(Form):
    """Which organisation, or none of those in the catalogue."""

    means = RadioField(lazy("Which organisation does it mean?"), [Select(lazy("which it means"))])
    organisation = StringField(
        lazy("Another organisation: the web address of its page here"), [MaxLength(2000)]
    )
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
            self.means.data = decided if decided in found else None

    def said(self) -> str | None:
        """The reference of the organisation; None for none. Raises Invalid without an address."""
        chosen = str(self.means.data)
        if chosen == NONE:
            return None
        if chosen != OTHER:
            return chosen
        slug = slug_typed(self.organisation.data, "organisations")
        if slug is None:
            raise Invalid("organisation", N_("Enter the web address of the organisation"))
        return f"slug:{slug}"
