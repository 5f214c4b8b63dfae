"""Check what a program read in a report: right, or corrected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import search
from portal.assessments.actions.suggesting import suggest
from portal.assessments.rules.report_documents import (
    clean,
    parted,
    placed,
    positions,
    without_texts,
)
from portal.assessments.rules.report_texts import sections
from portal.assessments.store import (
    report_links,
    report_record,
    report_search,
    report_standards,
)
from portal.assessments.store.report_documents import Change, Reports
from portal.assessments.words import CheckState, ServiceMatch
from portal.audit import Act, Document
from portal.catalogue.actions.matching import Resolver
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Refused, Stale

CHECKED = "report.checked"
OVERRIDE = "override"
#: How the keys begin of reports that came of a booking: their sections say what they say.
BOOKED = "booking:"
#: The fields that a doubt is about, by what it is called.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "department": ("owners",),
    "date": ("held_on",),
    "stage": ("stage", "kind"),
    "result": ("result",),
    "points": ("points", "standard"),
    "lead": ("lead_present",),
    "links": ("again_of", "same_as"),
    "duplicate": ("same_as",),
    "names": ("title", "summary", "body"),
    "body": ("title", "summary", "body"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a report.

    Attributes:
        fields: fields of its document, as `2.stage`, with what is right.
        checks: the ids of the doubts that the person has looked at.
        note: what else is to be said.
        moved: from which assessment to which the table of points goes, with its standard.
    """

    fields: Mapping[str, object]
    checks: Collection[int] = ()
    note: str | None = None
    moved: tuple[int, int] | None = None


def check(database: Database, slug: str, version: int, said: Said, act: Act) -> bool:
    """Keep what a person says of a report: what of it is right, and of what these checks asked.

    Args:
        database: the portal's.
        slug: of the report.
        version: the one that the person read.
        said: what the person says.
        act: who, and when.

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
        if found.key.startswith(BOOKED):
            raise Refused(N_("The portal published this report: correct it from its assessment"))
        if found.version != version:
            raise Stale(N_("The report changed since you opened it"))
        looked = {(c.field, c.reason) for c in found.checks if c.id in said.checks}
        reports = Reports(session)
        id_ = found.own.id
        now = reports.documents([id_])[id_]
        corrected = _corrected(session, now, said)
        if not looked and not corrected:
            raise Invalid("checks", N_("Select what you have looked at"))
        follows = _followed(session, now, corrected, act)
        decided = _decided(now, looked, set(corrected), said.note)
        after = clean({**now, **corrected, **follows, "checks": decided})
        _check_links(session, id_, now, after)
        reports.write([Change(id_, now, after)], act, CHECKED, told=without_texts)
        if corrected:
            search.put(session, report_search.documents(session, [id_]))
            suggest(session, [id_])
        return bool(corrected)


def _corrected(session: Session, now: Document, said: Said) -> Document:
    """The fields that are to say something else. Raises Invalid."""
    found: Document = {n: v for n, v in said.fields.items() if n in now and now[n] != v}
    known = report_standards.values(session)
    for name, value in list(found.items()):
        place, _dot, field = name.partition(".")
        if field == "standard":
            if not said.note:
                raise Invalid("note", N_("Say why the assessment is against another version"))
            if value and value not in known:
                raise Invalid(name, N_("Select a published version of the standard"))
            found[f"{place}.pinned_because"] = f"{OVERRIDE}: {said.note}" if value else None
        if field == "name" and not value:
            raise Invalid(name, N_("Enter the name that the report gives"))
        if name == "title" and not value:
            raise Invalid(name, N_("Enter the title of the report"))
    return found | (_moved(now, *said.moved) if said.moved else {})


def _moved(now: Document, old: int, new: int) -> Document:
    """The table of points at another assessment, with what follows from it. Raises Invalid."""
    if not {old, new} <= set(positions(now)) or old == new:
        raise Invalid("points_of", N_("Select one of the assessments"))
    names = ("points", "standard", "pinned_because", "scheme")
    return {
        placed(to, name): now[placed(of, name)] for of, to in ((old, new), (new, old))
        for name in names
    }  # fmt: skip


def _followed(session: Session, now: Document, corrected: Document, act: Act) -> Document:
    """What follows from corrections: which organisations other names mean, the parts of another
    text, and that a match by the name and the organisation is not sure any more.
    """
    found: Document = {}
    owners = {name: value for name, value in corrected.items() if name.endswith(".owners")}
    if owners:
        resolver = Resolver(session, act)
        for name, names in owners.items():
            bodies = [resolver.resolve(each) for each in names]
            found[name.replace("owners", "organisations")] = bodies
        resolver.keep()
    for place in positions(now):
        touched = {placed(place, "name"), placed(place, "owners")} & set(corrected)
        if touched and now[placed(place, "service_match")] == ServiceMatch.SURE:
            found |= {placed(place, "service"): None, placed(place, "component"): None,
                      placed(place, "service_match"): ServiceMatch.WAITING.value}  # fmt: skip
    if "body" in corrected:
        found["verbatim"] = {**now["verbatim"], "sections": sections(corrected["body"] or "")}
    return found


def _check_links(session: Session, id_: int, now: Document, after: Document) -> None:
    """Raises Invalid where a report would repeat, or follow, one that it cannot."""
    if after["same_as"] and after["same_as"] != now["same_as"]:
        if report_links.is_repeated(session, id_):
            raise Invalid("same_as", N_("Another report repeats this one: correct that first"))
        if not report_links.can_be_repeated(session, after["same_as"], id_):
            raise Invalid("same_as", N_("Select a report that repeats no other one itself"))
    for place in positions(after):
        name = placed(place, "again_of")
        differs = after[name] and after[name] != now.get(name)
        if differs and report_links.follows(session, after[name], id_, place):
            raise Invalid(name, N_("An assessment cannot follow itself"))


def _decided(
    now: Document, looked: Collection[tuple[str, str]], corrected: Collection[str],
    note: str | None,
) -> list[Document]:  # fmt: skip
    """The doubts: those that were looked at are decided, and the only one about a field that was
    corrected as well.
    """
    fields = {(parted(name) or (0, name))[1] for name in corrected}
    open_ = [row["field"] for row in now["checks"] if row["state"] == CheckState.OPEN.value]

    def said_of(row: Document) -> str | None:
        about = _ABOUT.get(row["field"])
        touched = bool(fields & set(about)) if about else bool(fields)
        alone = about and open_.count(row["field"]) == 1 and row["state"] == CheckState.OPEN.value
        if (row["field"], row["reason"]) in looked or (alone and touched):
            return (CheckState.CORRECTED if touched else CheckState.RIGHT).value
        return None

    return [
        {**row, "state": state, "note": note} if (state := said_of(row)) else row
        for row in now["checks"]
    ]
