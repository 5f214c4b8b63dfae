"""The form about how assessments are held, and its settings in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
)
from wtforms.validators import Optional

from portal.assessments.booking_words import Nation
from portal.assessments.forms.booking_answers import WEEKDAYS, yes_no
from portal.assessments.rules.booking_settings import BOUNDS, NAMES, HeldHow
from portal.digits import id_in
from portal.errors import N_, Invalid
from portal.web.filters import commas
from portal.web.forms import Form, Whole, choices
from portal.web.i18n import _, lazy

NATIONS: Mapping[str, str] = {
    Nation.ENGLAND_AND_WALES.value: lazy("England and Wales"),
    Nation.SCOTLAND.value: lazy("Scotland"),
    Nation.NORTHERN_IRELAND.value: lazy("Northern Ireland"),
}
LABELS: Mapping[str, str] = {
    "nation": lazy("Bank holidays of"),
    "lead_weeks": lazy("Weeks from the booking to the first week that can be asked for"),
    "ahead_weeks": lazy("Weeks from the booking to the last week that can be asked for"),
    "weekdays": lazy("Weekdays on which assessments are held"),
    "minutes": lazy("Minutes that an assessment takes"),
    "discovery_minutes": lazy("Minutes that the review of a discovery takes"),
    "report_days": lazy("Working days from the assessment to the draft report"),
    "check_days": lazy("Working days for the assurance check"),
    "answer_days": lazy("Working days for the team to accept or challenge the draft"),
    "amber_months": lazy("Months in which a point that was met with conditions is put right"),
    "escalate_days": lazy("Days after its day on which an action without evidence is escalated"),
    "access_days": lazy("Days after the assessment on which the panel’s access to links ends"),
    "cross_transactions": lazy(
        "Transactions a year above which the panel is from across government"
    ),
    "same_organisation": lazy(
        "People of the service’s organisation may sit on a panel from across government"
    ),
    "earlier_lead": lazy("The lead of an earlier assessment may lead again"),
}
_SAME = {"": lazy("Not said here"), "yes": lazy("Yes"), "no": lazy("No")}


def _number(name: str) -> Whole:
    least, most = BOUNDS[name]
    hint = lazy("A number from %(least)s to %(most)s; empty where nothing is said here.",
                least=f"{least:,}", most=f"{most:,}")  # fmt: skip
    narrow = {"params": {"classes": f"govuk-input--width-{10 if most > 10**6 else 4}"}}
    return Whole(LABELS[name], [Optional()], description=hint, render_kw=narrow)


class HeldHowForm(Form):
    """How assessments are held; what is left empty is not said."""

    nation = SelectField(LABELS["nation"], choices=choices({"": _SAME[""], **NATIONS}))
    lead_weeks = _number("lead_weeks")
    ahead_weeks = _number("ahead_weeks")
    weekdays = SelectMultipleField(
        LABELS["weekdays"],
        choices=choices(WEEKDAYS),
        description=lazy("Select none where nothing is said here."),
    )
    minutes = _number("minutes")
    discovery_minutes = _number("discovery_minutes")
    report_days = _number("report_days")
    check_days = _number("check_days")
    answer_days = _number("answer_days")
    amber_months = _number("amber_months")
    escalate_days = _number("escalate_days")
    access_days = _number("access_days")
    cross_transactions = _number("cross_transactions")
    same_organisation = RadioField(LABELS["same_organisation"], choices=choices(_SAME))
    earlier_lead = RadioField(LABELS["earlier_lead"], choices=choices(_SAME))
    base = HiddenField()
    go = SubmitField(lazy("Save"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Say every number that is out of its bounds at once."""
        fine = bool(super().validate(extra_validators))
        for problem in self._problems():
            self.refuse(problem)
            fine = False
        return fine

    def _problems(self) -> Iterator[Invalid]:
        for name, (least, most) in BOUNDS.items():
            value = self[name].data
            if value is not None and not self[name].errors and not least <= value <= most:
                text = N_("Enter a number between %(least)s and %(most)s")
                yield Invalid(name, text, least=least, most=most)

    def values(self) -> dict[str, Any]:
        """What was said."""
        found: dict[str, Any] = {name: self[name].data for name in BOUNDS}
        days = [int(each) for each in self.weekdays.data or []]
        return found | {
            "nation": Nation(self.nation.data) if self.nation.data else None,
            "weekdays": days or None,
            "same_organisation": _flag(self.same_organisation.data),
            "earlier_lead": _flag(self.earlier_lead.data),
        }

    def base_version(self) -> int:
        """The version that the form was made from."""
        return id_in(self.base.data)


def _flag(text: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(text or "")


def shown(own: Mapping[str, Any], version: int) -> dict[str, Any]:
    """What the form shows of what is said here."""
    nation = own.get("nation")
    return {
        **own,
        "nation": nation.value if nation else "",
        "weekdays": [str(day) for day in own.get("weekdays") or []],
        "same_organisation": yes_no(own.get("same_organisation")) or "",
        "earlier_lead": yes_no(own.get("earlier_lead")) or "",
        "base": str(version),
    }


class Holds(NamedTuple):
    """A setting that holds: what it is, and who says so."""

    label: str
    value: str
    source: str


def holds(
    held: HeldHow, own: Mapping[str, Any], above: Mapping[str, Any], of_portal: bool
) -> list[Holds]:
    """What holds, and from where: said here, by the portal's assurance team, or by nobody."""

    def source(name: str) -> str:
        if own.get(name) is not None:
            return _("Said here")
        if not of_portal and above.get(name) is not None:
            return _("Said for the whole portal")
        return _("What the portal assumes")

    return [
        Holds(str(LABELS[name]), _words(name, getattr(held, name)), source(name))
        for name in sorted(NAMES, key=list(LABELS).index)
    ]


def _words(name: str, value: Any) -> str:
    return _WORDS.get(name, commas)(value)


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "nation": lambda value: str(NATIONS[value]),
    "weekdays": lambda value: ", ".join(str(WEEKDAYS[day]) for day in value),
    "same_organisation": lambda value: _("Yes") if value else _("No"),
    "earlier_lead": lambda value: _("Yes") if value else _("No"),
}
