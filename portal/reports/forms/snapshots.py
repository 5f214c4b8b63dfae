"""The form that freezes a report, and what snapshots are called."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from wtforms import SelectField, StringField, SubmitField, TextAreaField

from portal.reports.rules.snapshots import Difference
from portal.web.forms import Enter, Form, MaxLength, Select
from portal.web.i18n import lazy

DIFFERENCES = {
    Difference.APPEARED: lazy("Appeared"),
    Difference.VANISHED: lazy("Vanished"),
    Difference.CHANGED: lazy("Changed"),
}
DAY = ("on-day", "on-month", "on-year")
MONTHLY = {"yes": lazy("By schedule"), "no": lazy("By hand")}


class FreezeForm(Form):
    """Which report to freeze, with which filters, and why."""

    report = SelectField(lazy("Report"), [Select(lazy("a report"))])
    query = StringField(
        lazy("Filters (optional)"),
        [MaxLength(1000)],
        description=lazy(
            "As they stand in the address of the report, after the question mark: for example, "
            "by=phase. You can paste the whole address."
        ),
        render_kw={"params": {"spellcheck": False}},
    )
    reason = TextAreaField(
        lazy("Why do you freeze it?"),
        [Enter(lazy("why you freeze the report")), MaxLength(500)],
        description=lazy("Everybody can read it beside the snapshot. Name no people."),
    )
    go = SubmitField(lazy("Freeze this report"))

    def offer(self, reports: Iterable[tuple[str, str]]) -> None:
        """Say which reports there are to choose from."""
        self.report.choices = [("", ""), *reports]


def filters_in_words(query: str) -> str:
    """The filters of a snapshot as a person reads them: "by: phase, sector: health".

    Args:
        query: as it stands in an address, after the question mark. Its day is left out, since
            every snapshot says of which day it is.
    """
    found = [(name, value) for name, value in parse_qsl(query) if name not in DAY]
    return ", ".join(f"{name.replace('-', ' ')}: {value}" for name, value in found)
