"""The form that asks which service a report is about."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, StringField, SubmitField, TextAreaField

from portal.assessments.actions.report_services import About
from portal.assessments.store.report_matching import Alike, Waiting
from portal.errors import N_, Invalid
from portal.web.forms import Form, MaxLength, Select, choices, slug_typed
from portal.web.i18n import _, lazy

OTHER, COMPONENT, NONE = "other", "component", "none"
_SERVICE = "service:"


class AboutForm(Form):
    """What a report is about."""

    about = RadioField(lazy("Which service is the report about?"), [Select(lazy("which it is"))])
    service = StringField(
        lazy("Another service: the web address of its page here"), [MaxLength(2000)]
    )
    component = StringField(
        lazy("A component: the web address of its page here"), [MaxLength(2000)]
    )
    reason = TextAreaField(
        lazy("Why? (optional)"),
        [MaxLength(1000)],
        description=lazy("Everybody can read this in the history. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save what it is about"))

    def offer(self, row: Waiting, suggested: Iterable[Alike]) -> None:
        """Offer services that it may be; choose what was decided before."""
        found = {
            f"{_SERVICE}{each.slug}": f"{each.name} ({each.organisation or _('no organisation')})"
            for each in suggested
        }
        if row.service_slug:
            found.setdefault(f"{_SERVICE}{row.service_slug}", str(row.service))
        found |= {
            OTHER: _("Another service of the catalogue"),
            COMPONENT: _("A shared component"),
            NONE: _("No service or component of the catalogue"),
        }
        self.about.choices = choices(found)
        if not self.is_submitted():
            self.about.data = _decided(row)
            if row.component_slug:
                self.component.data = f"/components/{row.component_slug}"

    def said(self) -> About:
        """What was chosen. Raises Invalid where an address is missing."""
        chosen = str(self.about.data)
        if chosen.startswith(_SERVICE):
            return About(service=chosen.removeprefix(_SERVICE))
        if chosen == OTHER:
            return About(service=self._slug("service", N_("Enter the web address of the service")))
        if chosen == COMPONENT:
            message = N_("Enter the web address of the component")
            return About(component=self._slug("component", message))
        return About()

    def _slug(self, field: str, message: str) -> str:
        found = slug_typed(self[field].data, f"{field}s")
        if found is None:
            raise Invalid(field, message)
        return found


def _decided(row: Waiting) -> str | None:
    if row.service_slug:
        return f"{_SERVICE}{row.service_slug}"
    if row.component_slug:
        return COMPONENT
    return NONE if row.match == "no_match" else None
