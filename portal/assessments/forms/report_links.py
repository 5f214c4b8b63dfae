"""Fields in which another report is named, or one of its assessments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from portal.assessments.store.report_naming import Held
from portal.catalogue.actions.finding_organisations import Meant
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.picking import Find, picked, without_which
from portal.web.filters import long_date
from portal.web.forms import Form
from portal.web.i18n import _

#: Finds what a text may mean, and whether it is surely one report.
Search = Callable[[str, str | None], tuple[Sequence[Held], bool]]
_PLACE = re.compile(r"#assessment-([1-9])$")


def address(slug: str, position: int | None = None) -> str:
    """How a form shows what it names: where that is."""
    return f"/reports/{slug}" + (f"#assessment-{position}" if position else "")


def linked(
    form: Form, field: str, which: str, now: tuple[str | None, str], find: Find
) -> str | None:
    """What a field names, None for nothing. The form has errors where that is not sure.

    Args:
        form: as sent, and validated.
        field: where the report is named.
        which: the field of the choice.
        now: what it names until now, and as what the form shows that.
        find: says what it may mean.
    """
    typed, found = (form[field].data or "").strip(), now[0]
    if typed != now[1]:
        found = picked(form, field, find, "", which, folder="reports") if typed else None
    without_which(form, which)
    return found


def finds_reports(search: Search) -> Find:
    """Finds whole reports, by the last part of their address."""

    def find(text: str, slug: str | None) -> Meant:
        rows, sure = search(text, slug)
        found = {row.slug: _whole(row) for row in reversed(rows)}
        return _meant(dict(reversed(found.items())), sure)

    return find


def finds_assessments(search: Search) -> Find:
    """Finds assessments, as `hire-a-boat.2`; an address may say which of its report's."""

    def find(text: str, slug: str | None) -> Meant:
        rows, sure = search(text, slug)
        place = _PLACE.search(text)
        if place:
            rows = [row for row in rows if row.position == int(place[1])]
        return _meant({f"{row.slug}.{row.position}": _one(row) for row in rows}, sure)

    return find


def _meant(found: dict[str, str], sure: bool) -> Meant:
    return (
        Meant(next(iter(found))) if sure and len(found) == 1 else Meant(None, tuple(found.items()))
    )


def _whole(row: Held) -> str:
    day = long_date(row.held_on) if row.held_on else _("no date")
    return f"{row.title} ({label(row.stage, 'assessment_stage')}, {day})"


def _one(row: Held) -> str:
    return f"{_whole(row)}, {label(row.kind, 'assessment_kind')}"
