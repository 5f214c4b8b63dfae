"""Check what a program read in a report: right, or corrected."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from portal.assessments.rules.report_documents import clean, placed, positions
from portal.assessments.store import report_record, report_standards
from portal.assessments.store.report_documents import Change, Reports
from portal.assessments.words import CheckState
from portal.audit import Act, Document
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Stale

CHECKED = "report.checked"
#: What a person can correct of an assessment.
FIELDS = ("held_on", "stage", "kind", "result", "standard")
OVERRIDE = "override"


def check(
    database: Database, slug: str, version: int, fields: Mapping[str, str | None],
    checks: Collection[int], note: str | None, act: Act,
    moved: tuple[int, int] | None = None,
) -> bool:  # fmt: skip
    """Keep what a person says of a report: what of it is right, and of what these checks asked.

    Args:
        slug: of the report.
        version: the one that the person read.
        fields: fields of its document, as `2.stage`, with what is right.
        checks: the ids of those that the person has looked at.
        note: what else is to be said.
        moved: from which assessment to which the table of points goes, with its standard.

    Returns:
        Whether anything was corrected.

    Raises:
        Missing: there is no such report.
        Stale: it changed since.
        Invalid: a value cannot be, or nothing was looked at.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = report_record.by_slug(session, slug)
        if found.version != version:
            raise Stale(N_("The report changed since you opened it"))
        looked = {(c.field, c.reason) for c in found.checks if c.id in checks}
        reports = Reports(session)
        id_ = found.own.id
        now = reports.documents([id_])[id_]
        corrected: Document = {n: v for n, v in fields.items() if n in now and now[n] != v}
        table = _moved(now, *moved) if moved else {}
        if not looked and not corrected and not table:
            raise Invalid("checks", N_("Select what you have looked at"))
        decided = _decided(now, looked, {**corrected, **table}, note)
        after = clean({**now, **_pinned(corrected, note), **table, "checks": decided})
        known = report_standards.values(session)
        for name, value in corrected.items():
            if name.endswith(".standard") and value and value not in known:
                raise Invalid(name, N_("Select a published version of the standard"))
        reports.write([Change(id_, now, after)], act, CHECKED)
        return bool(corrected or table)


def _moved(now: Document, old: int, new: int) -> Document:
    """The table of points at another assessment, with what follows from it. Raises Invalid."""
    if not {old, new} <= set(positions(now)) or old == new:
        raise Invalid("points_of", N_("Select one of the assessments"))
    names = ("points", "standard", "pinned_because", "scheme")
    return {
        placed(to, name): now[placed(of, name)] for of, to in ((old, new), (new, old))
        for name in names
    }  # fmt: skip


def _pinned(corrected: Mapping[str, str | None], note: str | None) -> Document:
    """With why, where a person says which version of a standard it was. Raises Invalid without."""
    found: Document = dict(corrected)
    for name, value in corrected.items():
        place, _dot, field = name.partition(".")
        if field == "standard":
            if not note:
                raise Invalid("note", N_("Say why the assessment is against another version"))
            found[f"{place}.pinned_because"] = f"{OVERRIDE}: {note}" if value else None
    return found


def _decided(
    now: Document, looked: Collection[tuple[str, str]], corrected: Mapping[str, object],
    note: str | None,
) -> list[Document]:  # fmt: skip
    state = (CheckState.CORRECTED if corrected else CheckState.RIGHT).value
    return [
        {**row, "state": state, "note": note} if (row["field"], row["reason"]) in looked else row
        for row in now["checks"]
    ]
