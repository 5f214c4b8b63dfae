"""Forms of collections and of the hosts that they are from, and how each went in words."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, SubmitField

from portal.catalogue.forms.labels import label
from portal.performance.actions.collected_hosts import LONGEST
from portal.performance.actions.collections import Wanted
from portal.performance.forms.labels import LABELS
from portal.performance.models.collecting import Collection, CollectionRun
from portal.performance.rules.collecting import Standing
from portal.performance.words import CollectedFormat, CollectedTrouble, Period
from portal.web.filters import moment
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy, ngettext


class CollectionForm(Form):
    """What to collect, and how often."""

    url = StringField(
        lazy("Web address of the figures"),
        [Enter(lazy("the web address of the figures")), MaxLength(2000)],
        description=lazy(
            "It begins with https://, and anybody can read it without a password or key."
        ),
        render_kw={"params": {"inputmode": "url", "spellcheck": False}},
    )
    format = RadioField(
        lazy("What format are they in?"),
        [Select(lazy("what format they are in"))],
        choices=choices(LABELS["collected_format"]),
    )
    every = RadioField(
        lazy("How often shall we read it?"),
        [Select(lazy("how often we shall read it"))],
        choices=choices(LABELS["collected_every"]),
    )
    base = HiddenField()
    go = SubmitField(lazy("Save"))

    def wanted(self) -> Wanted:
        """What was typed."""
        return Wanted(
            self.url.data or "", CollectedFormat(self.format.data), Period(self.every.data)
        )


def shown(row: Collection | None) -> dict[str, str]:
    """What the form shows of what is registered."""
    if row is None:
        return {"base": "0"}
    return {"url": row.url, "format": row.format.value, "every": row.every.value,
            "base": str(row.version)}  # fmt: skip


_REASON = lazy("Teams that register addresses of this host can read it. Name no people.")


class AllowForm(Form):
    """Allows a host."""

    host = StringField(
        lazy("Host"),
        [Enter(lazy("the host")), MaxLength(253)],
        description=lazy("For example, data.example.gov.uk"),
        render_kw={"params": {"spellcheck": False}},
    )
    reason = StringField(
        lazy("Why may we collect from it?"),
        [Enter(lazy("why we may collect from it")), MaxLength(LONGEST)],
        description=_REASON,
    )
    go = SubmitField(lazy("Allow this host"))


class StopForm(Form):
    """Does not allow a host, or not any more."""

    reason = StringField(
        lazy("Why shall we not collect from it?"),
        [Enter(lazy("why we shall not collect from it")), MaxLength(LONGEST)],
        description=_REASON,
    )
    go = SubmitField(lazy("Do not collect from this host"))


def standing_text(standing: Standing, row: Collection, why: str) -> str:
    """Where a collection stands, for its team.

    Args:
        why: the reason of the decision about the host.
    """
    when = moment(row.next_at) if row.next_at else ""
    if standing is Standing.FAILING:
        return ngettext(
            "The last collection failed. We try again after %(when)s.",
            "The last %(num)s collections failed. We try again after %(when)s.",
            row.failures, when=when,
        )  # fmt: skip
    if standing is Standing.REFUSED:
        return _("Administrators of the portal do not allow %(host)s: %(why)s", host=row.host,
                 why=why)  # fmt: skip
    if standing is Standing.ON:
        return _("Figures are collected. Next after %(when)s.", when=when)
    if standing is Standing.WAITING:
        return _("Waiting for an administrator of the portal to allow %(host)s", host=row.host)
    return str(_STANDINGS[standing])


_STANDINGS = {
    Standing.OFF: lazy(
        "This portal does not collect figures. Whoever runs it has to turn that on first."
    ),
    Standing.CLOSED: lazy("The data set is closed, so nothing is collected."),
    Standing.PAUSED: lazy("It is paused, so nothing is collected."),
}


def faults_text(run: CollectionRun) -> list[str]:
    """The first things that were wrong with records, in words."""
    return [_fault(run, place, field, which) for place, field, which in run.faults]


def _fault(run: CollectionRun, place: int, field: str, which: str) -> str:
    said = label(which, "fault")
    where = ""
    if place:
        csv = run.format is CollectedFormat.CSV
        where = _("Line %(place)s", place=place) if csv else _("Record %(place)s", place=place)
    return ": ".join(part for part in (", ".join(p for p in (where, field) if p), said) if part)


def trouble_text(run: CollectionRun) -> str:
    """Why a collection failed; nothing for one that went well."""
    if run.trouble is None:
        return ""
    said = label(run.trouble.value, "collected_trouble")
    numbered = run.trouble in (CollectedTrouble.STATUS, CollectedTrouble.REDIRECT)
    return f"{said} ({run.status})" if numbered and run.status else said
