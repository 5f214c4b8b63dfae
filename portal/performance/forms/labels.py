"""What the closed lists of data sets are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from portal.catalogue.forms import labels
from portal.catalogue.forms.history_words import teach as teach_history
from portal.performance.rules import kinds, kpis, periods
from portal.performance.rules.collected_words import FAULTS, TROUBLES
from portal.performance.words import Period, SetKind
from portal.web.filters import long_date, month, month_alone
from portal.web.i18n import _, html_lang, lazy

LABELS: dict[str, Mapping[str, str]] = {
    "set_kind": {
        **{kind.value: lazy(sort.title) for kind, sort in kinds.SORTS.items()},
        "own": lazy("Something else that your team defines"),
    },
    "set_period": {
        "day": lazy("Day"),
        "week": lazy("Week"),
        "month": lazy("Month"),
        "quarter": lazy("Quarter"),
        "year": lazy("12 months"),
    },
    "measure_unit": {
        "count": lazy("A number of things"),
        "pounds": lazy("Pounds"),
        "percent": lazy("Percentage"),
        "seconds": lazy("Seconds"),
        "score": lazy("Score"),
    },
    "value_state": {
        "number": lazy("Number"),
        "not_provided": lazy("Not provided"),
        "not_applicable": lazy("Does not apply"),
        "not_collected": lazy("Not collected"),
        "suppressed": lazy("Not shown, so that nobody can be recognised"),
    },
    "value_status": {
        "provisional": lazy("Provisional"),
        "published": lazy("Published"),
        "revised": lazy("Revised"),
    },
    "sent_by": {
        "api": lazy("A program of the team"),
        "form": lazy("The form"),
        "file": lazy("A file"),
        "link": lazy("A link by email"),
        "collected": lazy("Collected from a web address"),
        "import": lazy("An import"),
    },
    "due_state": {
        "overdue": lazy("Overdue"),
        "soon": lazy("Due within 14 days"),
        "on_time": lazy("Due later"),
        "undated": lazy("No date set"),
        "closed": lazy("Closed"),
    },
    "doubt": {
        "digital_above_total": lazy("More digital transactions than transactions"),
        "quarters_differ": lazy("Differs from what was published elsewhere"),
    },
    "collected_format": {"json": lazy("JSON"), "csv": lazy("CSV")},
    "collected_every": {
        "day": lazy("Every day"),
        "week": lazy("Every week"),
        "month": lazy("Every month"),
    },
    "collected_outcome": {
        "kept": lazy("Kept"),
        "unchanged": lazy("Nothing new"),
        "failed": lazy("Failed"),
    },
    "collected_trouble": {each.value: lazy(text) for each, text in TROUBLES.items()},
    "fault": {each.value: lazy(text) for each, text in FAULTS.items()},
    "host_state": {
        "waiting": lazy("Waiting"),
        "allowed": lazy("Allowed"),
        "refused": lazy("Not allowed"),
    },
    "figure_kpi": {kpi.value: lazy(each.title) for kpi, each in kpis.INDICATORS.items()},
}

#: GOV.UK tag colours; the status is always named as well.
COLOURS = {
    "provisional": "yellow", "published": "green", "revised": "blue",
    "overdue": "red", "soon": "yellow", "on_time": "green", "undated": "grey", "closed": "grey",
    "kept": "green", "unchanged": "grey", "failed": "red",
    "waiting": "yellow", "allowed": "green", "refused": "red",
}  # fmt: skip
_FIELDS = {
    "group": lazy("First part of its address"),
    "type": lazy("End of its address"),
    "title": lazy("Title"),
    "kind": lazy("Sort"),
    "period": lazy("Period"),
    "published": lazy("Published"),
    "max_age_days": lazy("Oldest the newest figures may be, in days"),
    "due_days": lazy("Due after the period ends, in days"),
    "threshold": lazy("Numbers below this are not shown"),
    "definition": lazy("Version of the definition"),
    "dimensions": lazy("Told apart by"),
    "measures": lazy("What is measured"),
    "closed_on": lazy("Closed"),
    "way": lazy("How the figures came"),
    "new": lazy("New figures"),
    "revised": lazy("Revised figures"),
    "same": lazy("Figures that stayed the same"),
    "records": lazy("Records"),
    "removed": lazy("Deleted records"),
    "withdrawn": lazy("Figures taken back"),
    "token": lazy("Token"),
    "ends_at": lazy("Works until"),
    "revoked_at": lazy("Revoked"),
    "link_for": lazy("Link by email for the period from"),
    "used_at": lazy("Used"),
    "collected_from": lazy("Collected from"),
    "collected_as": lazy("Collected as"),
    "collected_every": lazy("How often it is collected"),
    "collection_paused": lazy("Collection is paused"),
    "host": lazy("Host"),
    "allowed": lazy("The portal may collect from it"),
}
#: What the history keeps for programs, and pages leave out.
HIDDEN = frozenset(
    ("token_id", "link_id", "service_id", "component_id", "digest", "salted_digest", "open_schema",
     "raw_queries", "realtime", "queryable", "auto_ids", "address_digest")
)  # fmt: skip


def teach() -> None:
    """Give pages and histories these words."""
    labels.add(LABELS)
    texts = {
        "period": LABELS["set_period"], "way": LABELS["sent_by"],
        "collected_as": LABELS["collected_format"], "collected_every": LABELS["collected_every"],
    }  # fmt: skip
    teach_history(_FIELDS, texts)


def history_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the history keeps of a data set as its page tells it: in words, without what only
    programs read.
    """
    made = {name: value for name, value in document.items() if name not in HIDDEN}
    if made.get("kind"):
        made["kind"] = labels.label(made["kind"], "set_kind")
    for name in ("dimensions", "measures"):
        if made.get(name):
            made[name] = [_part(each) for each in made[name]]
    return made


def _part(each: Mapping[str, Any]) -> str:
    title = _(each["title"])
    if "values" in each:
        return f"{title}: {', '.join(_(value['title']) for value in each['values'])}"
    unit = labels.label(each["unit"], "measure_unit").lower()
    return f"{title}: {unit}" if each["summable"] else _("%(title)s: %(unit)s, never summed",
                                                         title=title, unit=unit)  # fmt: skip


def period_name(period: Period | None, start: date) -> str:
    """A period in words, such as `July 2026` or `July to September 2026`."""
    return _period_name(period, start, html_lang())


# A page names the same periods a hundred times.
@lru_cache(maxsize=2_000)
def _period_name(period: Period | None, start: date, _language: str) -> str:
    if period is None or period is Period.DAY:
        return long_date(start)
    if period is Period.MONTH:
        return month(start)
    end = periods.end_of(period, start)
    if period is Period.WEEK:
        return _("week from %(day)s", day=long_date(start))
    first = month_alone(start) if start.year == end.year else month(start)
    return _("%(first)s to %(last)s", first=first, last=month(end))


def kind_label(kind: SetKind) -> str:
    """What a sort of data set is called."""
    return labels.label(kind.value, "set_kind")
