"""Advice on a way of meeting a need, in words."""

from __future__ import annotations

from typing import Any

from portal.catalogue.forms.labels import label
from portal.catalogue.rules.advice import Advice, Reason
from portal.web.filters import long_date
from portal.web.i18n import _, lazy

#: Each reason; `about` is a component, a day, or the words of a closed list.
REASONS: dict[str, str] = {
    "shared_already": lazy("It uses a shared component already."),
    "ends": lazy("The shared component that it rests on is coming to its end."),
    "shared": lazy("%(about)s meets the need, and the service may use it."),
    "shared_is_new": lazy("%(about)s would meet the need, but is still being tried out."),
    "exempt": lazy(
        "The service has leave not to use %(about)s until its exemption ends: plan the move."
    ),
    "mandated": lazy("A policy asks for %(about)s, which the service may use."),
    #: The sentence that stands beside the component on the map of components.
    "as_mapped": lazy("%(about)s"),
    "none_shared": lazy("No shared component that the service may use is ready for this need."),
    "said_against": lazy("The team says why it does not use a shared component: %(about)s."),
    "stage": lazy("What meets this need has become: %(about)s."),
    "framework": lazy("It can be bought under %(about)s."),
    "no_stage": lazy("Nobody has recorded how far what meets this need has evolved."),
    "contract_ended": lazy("The contract ended on %(about)s, and it is in use still."),
    "contract_soon": lazy("The contract ends on %(about)s: time to decide what comes next."),
    "contract_runs": lazy("The contract runs until %(about)s: prepare the change for that day."),
    "code_with_supplier": lazy("Only the supplier holds the code: agree how it comes out."),
    "data_with_supplier": lazy("Only the supplier holds the data: agree how it comes out."),
    "no_exit_plan": lazy("There is no exit plan: write one before anything is signed."),
}
_CLOSED_LISTS = {"said_against": "not_shared_reason", "stage": "stage", "as_mapped": "advice"}
_DATED = ("contract_ended", "contract_soon", "contract_runs")


def in_words(reason: Reason) -> str:
    """A reason as a sentence."""
    about = reason.about or ""
    if reason.code in _CLOSED_LISTS:
        about = label(about, _CLOSED_LISTS[reason.code])
        about = about if reason.code == "as_mapped" else about[:1].lower() + about[1:]
    elif reason.code in _DATED:
        about = long_date(about)
    return str(REASONS[reason.code]) % {"about": about}


def advised(advice: Advice) -> str:
    """The advice in few words, with the day by which it should be done."""
    said = label(advice.what, "advised")
    if advice.by is None:
        return said
    return _("%(what)s, by %(day)s", what=said, day=long_date(advice.by))


def document(advice: Advice | None) -> dict[str, Any]:
    """The advice as downloads have it; no arrangement that has stopped has one."""
    if advice is None:
        return {"advice": None, "advice_by": None, "advice_reasons": [], "shared_options": []}
    return {
        "advice": advice.what.value,
        "advice_by": advice.by,
        "advice_reasons": [in_words(reason) for reason in advice.reasons],
        "shared_options": [option.slug for option in advice.options],
    }
