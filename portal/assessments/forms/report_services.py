"""The form that asks which service a report is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wtforms import RadioField, SubmitField, TextAreaField

from portal.assessments.actions.report_services import About
from portal.assessments.store.report_matching import Alike, Waiting
from portal.catalogue.forms.picking import Find, named_field, picked, which_field, without_which
from portal.web.forms import Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

OTHER, COMPONENT, NONE = "other", "component", "none"
_SERVICE = "service:"


class AboutForm(Form):
    """What a report is about."""

    about = RadioField(lazy("Which service is the report about?"), [Select(lazy("which it is"))])
    service = named_field(lazy("If it is another service: which?"))
    which_service = which_field(lazy("Which service do you mean?"))
    component = named_field(lazy("If it is a component: which?"))
    which_component = which_field(lazy("Which component do you mean?"))
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
            without_which(self, "which_service", "which_component")
            self.about.data = _decided(row)
            if row.component_slug:
                self.component.data = f"/components/{row.component_slug}"

    def said(self, find: Mapping[str, Find]) -> About | None:
        """What was chosen; None where the form now says what is missing.

        Args:
            find: says what may be meant, for a service and for a component.
        """
        chosen, found = str(self.about.data), None
        if chosen.startswith(_SERVICE):
            found = About(service=chosen.removeprefix(_SERVICE))
        elif chosen == OTHER:
            found = About(service=self._picked("service", find))
        elif chosen == COMPONENT:
            found = About(component=self._picked("component", find))
        elif chosen == NONE:
            found = About()
        without_which(self, "which_service", "which_component")
        return None if self.errors else found

    def _picked(self, field: str, find: Mapping[str, Find]) -> str | None:
        missing = {"service": _("Enter the service"), "component": _("Enter the component")}
        return picked(self, field, find[field], missing[field], f"which_{field}")


def _decided(row: Waiting) -> str | None:
    if row.service_slug:
        return f"{_SERVICE}{row.service_slug}"
    if row.component_slug:
        return COMPONENT
    return NONE if row.match == "no_match" else None
