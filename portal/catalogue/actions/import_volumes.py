"""Take in how much of shared components services used, as their providers measured it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.rules import measuring
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.importing import Aside, Desired, Outcome, Parsed, Progress
from portal.catalogue.rules.rosters import Services
from portal.catalogue.store import components, measured, merging_services, roster_services, usage
from portal.catalogue.store.measured import Used
from portal.db import chunks
from portal.errors import Invalid

IMPORTED = "imported"
_SERVICE = "No service, or more than one, is surely meant by this"
_COMPONENT = "There is no component with this address"
_USAGE = "The service does not say that it uses this component: that has to be declared first"
_NEED = "The service does not say that it meets this need with the component"
_WHICH = "The service meets several needs with this component: name one in a column `need`"
_SPOKEN = ("quantity", "source")


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Take the volumes over into uses that are declared. A figure that a team recorded itself, or
    changed since the last import, stays, and is reported.
    """
    batch, done = begin(session, parsed, act), 0
    found = _sorted_out(batch, parsed)
    ids = merging_services.known_ids(session)
    for some in chunks(sorted(found), BATCH):
        rows = {row.id: row for row in usage.load(session, some)}
        batch.recall(each for id_ in some for each in found[id_])
        for id_ in some:
            before = usage.document_of(rows[id_])
            after = _with(batch, id_, before, found[id_])
            if usage.save(session, rows[id_], before, after, ids, batch.act, IMPORTED):
                batch.outcome.updated += 1
            else:
                batch.outcome.unchanged += 1
            done += len(found[id_])
            if progress:
                progress(done, len(parsed.desired))
        batch.keep()
    return batch.finish()


@dataclass(slots=True)
class _Uses:
    """What names and addresses in a file mean, looked up once."""

    session: Session
    offered: dict[str, int] = field(init=False)
    known: Services = field(init=False)
    ids: dict[str, int] = field(init=False)
    of: dict[int, dict[int, dict[str, list[Used]]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.offered = components.ids_by_slug(self.session)
        self.known = roster_services.known(self.session)
        self.ids = merging_services.known_ids(self.session).services

    def meant(self, said: Document) -> int:
        """The id of the use that a row is about. Raises Invalid where that is not sure."""
        service = self.known.meant(said["service"], False, None)
        if service is None:
            raise Invalid("service", _SERVICE)
        if said["component"] not in self.offered:
            raise Invalid("component", _COMPONENT)
        component = self.offered[said["component"]]
        if component not in self.of:
            self.of[component] = measured.uses_of(self.session, component)
        needs = self.of[component].get(self.ids[service])
        if not needs:
            raise Invalid("component", _USAGE)
        if said["need"] is None and len(needs) > 1:
            raise Invalid("service", _WHICH)
        uses = needs.get(said["need"]) if said["need"] else next(iter(needs.values()))
        if not uses:
            raise Invalid("need", _NEED)
        in_use = (each.id for each in uses if _live_in(each, said["year"]))
        return next(in_use, uses[0].id)


def _live_in(use: Used, year: int) -> bool:
    after = use.since and measuring.financial_year(use.since) > year
    before = use.until and measuring.financial_year(use.until) < year
    return not after and not before


def _sorted_out(batch: Batch, parsed: Parsed) -> dict[int, list[Desired]]:
    """The rows by the use that they are about; those of which that is not sure are set aside."""
    uses, found = _Uses(batch.session), dict[int, list[Desired]]()
    keys: set[str] = set()
    for desired in parsed.desired:
        try:
            id_ = uses.meant(desired.fields)
            key = f"{id_}/{desired.fields['year']}"
            if key in keys:
                raise Invalid("service", "The file says this of the same use twice")
        except Invalid as problem:
            _aside(batch, desired, problem)
            continue
        keys.add(key)
        found.setdefault(id_, []).append(replace(desired, key=key))
    return found


def _aside(batch: Batch, desired: Desired, problem: Invalid) -> None:
    value = desired.fields.get(problem.field)
    said = None if value is None else str(value)
    aside = Aside(desired.file, desired.row, problem.field, said, problem.message)
    batch.outcome.aside.append(aside)


def _with(batch: Batch, id_: int, before: Document, said: Iterable[Desired]) -> Document:
    """The document of a use with the volumes that a file has of it."""
    volumes = {row["year"]: row for row in before["yearly_volumes"]}
    for desired in said:
        year = desired.fields["year"]
        now = volumes.get(year, dict.fromkeys(_SPOKEN))
        wanted = {name: desired.fields[name] for name in _SPOKEN if name in desired.fields}
        row = {"year": year, "source": None, **wanted}
        try:
            measuring.measured(before, [row], None, None, batch.act.day)
        except Invalid as problem:
            _aside(batch, desired, Invalid("year", problem.message))
            continue
        taken, told = batch.take(replace(desired, fields=wanted), now, usage.THING, id_)
        batch.remember(desired.key, usage.THING, id_, told)
        if taken["quantity"] == wanted["quantity"]:
            volumes[year] = {**row, **taken}
    return clean_usage({**before, "yearly_volumes": list(volumes.values())})
