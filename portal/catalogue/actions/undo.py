"""Undo an import batch: every record goes back to what it said, and the history says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act, Document
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.store import (
    adoption,
    evidence,
    further_kinds,
    imports,
    matches,
    mentions,
    organisations,
    pointing,
    rosters,
    services,
    taken_back,
    usage,
)
from portal.catalogue.words import MatchState
from portal.db import Database, chunks, one_at_a_time
from portal.errors import Clash, Invalid

TAG = "import undone"
SHOWN = 20
Reference = tuple[str, int]


def undo(database: Database, batch_id: int, act: Act) -> dict[str, int]:
    """Take a batch back, whole or not at all, in one transaction.

    What it changed is put back first, so that nothing of it points at what the batch made; then
    what it made is removed.

    Returns:
        How many records were removed and how many restored; and how much of what is kept with them
        was taken back, and stays because somebody changed it since.

    Raises:
        Missing: no such batch.
        Clash: undone already; or records changed since, are needed by others, or cannot go back
            because another one now has what they had; each is named.
    """
    with database.writing() as session:
        one_at_a_time(session)
        batch = imports.batch(session, batch_id)
        if batch.undone_at is not None:
            raise Clash("batch", f"Import {batch_id} was undone already")
        since = imports.changed_since(session, batch_id)
        since = [each for each in since if each[0] not in taken_back.things()]
        _refuse(session, "These changed after the import", since)
        made, changed = _taken_apart(session, batch_id)
        beside = _take_back(session, batch_id, made, act)
        undoing = _Undoing(session, act.in_batch(batch_id), changed)
        undoing.restore()
        spoken = _ids(changed, evidence.THING)
        evidence.take_back(session, spoken, batch.actor, batch.applied_at, undoing.act, TAG)
        _refuse(session, "These use what it brought", pointing.pointing_at(session, made, made))
        undoing.remove(made)
        batch.undone_at = act.at
        for thing in (services.THING, organisations.THING):
            search.remove(session, thing, _ids(made, thing))
        for kind in further_kinds.kinds():
            search.remove(session, kind.thing, _ids(made, kind.thing))
        refresh(session, {t: _ids(changed, t) for t in (services.THING, organisations.THING)})
        return {"removed": _records(made), "restored": _records(changed), **beside}


def _take_back(session: Session, batch_id: int, made: list[Reference], act: Act) -> dict[str, int]:
    counts: dict[str, int] = {}
    gone, act = _ids(made, services.THING), act.in_batch(batch_id)
    for kind in taken_back.kinds():
        counts |= kind.take_back(session, batch_id, gone, act, TAG)
    return counts


def goes_along(database: Database, batch_id: int) -> list[str]:
    """What people made of the records that a batch brought, and that goes with them; and what they
    changed, and that stays. A line each.

    Raises:
        Missing: no such batch.
    """
    with database.reading(fresh=True) as session:
        imports.batch(session, batch_id)
        made, _changed = _taken_apart(session, batch_id)
        lines = [
            line
            for kind in further_kinds.kinds()
            for line in kind.along(session, _ids(made, kind.thing))
        ]
        return lines + [each for k in taken_back.kinds() for each in k.stays(session, batch_id)]


def _taken_apart(
    session: Session, batch_id: int
) -> tuple[list[Reference], dict[Reference, Document]]:
    """The records a batch made; and those it changed, with the fields they had before it. Both in
    the order of undoing, the last first.
    """
    made: list[Reference] = []
    changed: dict[Reference, Document] = {}
    for event in imports.events_of(session, batch_id):
        if event.thing in taken_back.things():
            continue
        reference = event.thing, event.thing_id
        if event.before:
            changed.setdefault(reference, {}).update(event.before)
        else:
            made.append(reference)
            changed.pop(reference, None)
    return made, changed


def _ids(references: Iterable[Reference], thing: str) -> list[int]:
    return [id_ for kind, id_ in references if kind == thing]


def _records(references: Iterable[Reference]) -> int:
    return sum(thing != matches.THING for thing, _ in references)


def _refuse(session: Session, why: str, references: list[Reference]) -> None:
    if references:
        names = "; ".join(pointing.called(session, references[:SHOWN]))
        more = f"; and {len(references) - SHOWN} more" if len(references) > SHOWN else ""
        raise Clash("batch", f"{why}: {names}{more}")


class _Undoing:
    """One undo under way, with what it needs looked up once."""

    def __init__(self, session: Session, act: Act, changed: dict[Reference, Document]) -> None:
        self.session = session
        self.act = act
        self.changed = changed
        self.slugs = services.ids_by_slug(session)
        self.refs = organisations.ids_by_reference(session)

    def restore(self) -> None:
        """Give records the fields back that they had.

        Raises:
            Clash: one of them cannot have them.
        """
        self._take_identifiers()
        for some in self._some(organisations.THING):
            loaded = {o.id: o for o in organisations.load(self.session, some)}
            for id_ in some:
                now = organisations.document_of(loaded[id_])
                after = {**now, **self.changed[organisations.THING, id_]}
                with self._named(now["name"]):
                    organisations.save(
                        self.session, loaded[id_], now, after, self.refs, self.act, TAG
                    )
        for some in self._some(services.THING):
            found = {s.id: s for s in services.load(self.session, some)}
            for id_ in some:
                now = services.document_of(found[id_])
                after = {**now, **self.changed[services.THING, id_]}
                with self._named(now["name"]):
                    services.save(self.session, found[id_], now, after, self.refs, self.act, TAG)
                    if after["relations"] != now["relations"]:
                        services.save_relations(self.session, id_, after["relations"], self.slugs)
        for days in self._some(adoption.THING):
            figures = {id_: self.changed[adoption.THING, id_] for id_ in days}
            adoption.restore(self.session, figures, self.act, TAG)
        for some in self._some(usage.THING):
            usage.restore(
                self.session, {id_: self.changed[usage.THING, id_] for id_ in some}, self.act, TAG
            )
        lists = {id_: self.changed[t, id_] for t, id_ in self.changed if t == rosters.THING}
        rosters.restore(self.session, lists, self.slugs, self.act, TAG)
        for kind in further_kinds.kinds():
            for some in self._some(kind.thing):
                fields = {id_: self.changed[kind.thing, id_] for id_ in some}
                kind.restore(self.session, fields, self.act, TAG)
        names = organisations.references(self.session)
        for some in self._some(matches.THING):
            for id_ in some:
                row = matches.by_id(self.session, id_)
                before = {**matches.document_of(row, names), **self.changed[matches.THING, id_]}
                reference, state = before["organisation"], MatchState(before["state"])
                with self._named(row.published_name):
                    if reference and reference not in self.refs:
                        raise Invalid("organisation", f"There is no organisation {reference}")
                    means = self.refs[reference] if reference else None
                    matches.settle(
                        self.session, row, means, before["reason"], names, self.act, TAG, state
                    )

    def _some(self, thing: str) -> Iterator[list[int]]:
        return chunks(_ids(self.changed, thing))

    def _take_identifiers(self) -> None:
        """Let what records say of others be found by the identifiers that those had."""
        thing = organisations.THING
        for (kind, id_), fields in self.changed.items():
            for identifier in fields.get("identifiers", []) if kind == thing else []:
                holder = self.refs.setdefault(identifier, id_)
                if holder != id_:
                    why = f"{identifier} belongs to another record now"
                    _refuse(self.session, why, [(thing, holder)])

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Say of which record it is that something stands in its way."""
        try:
            yield
        except Invalid as problem:
            raise Clash("batch", f"“{name}” cannot go back: {problem.message}") from problem
        except IntegrityError as problem:
            why = "another record now has what it had"
            raise Clash("batch", f"“{name}” cannot go back: {why}") from problem

    def remove(self, made: list[Reference]) -> None:
        """Delete what a batch made; what points at others first. A name that is also on a list
        which stays is needed there.
        """
        for first in (adoption, mentions, rosters):
            first.remove(self.session, _ids(made, first.THING), self.act, TAG)
        for kind in further_kinds.kinds():
            for some in chunks(_ids(made, kind.thing)):
                kind.remove(self.session, some, self.act, TAG)
        named = rosters.named_on(self.session, _ids(made, matches.THING))
        for kind in further_kinds.kinds():
            named |= kind.keeps(self.session, _ids(made, matches.THING))
        made = [each for each in made if each[0] != matches.THING or each[1] not in named]
        for store in (services, matches, organisations):
            store.remove(self.session, _ids(made, store.THING), self.act, TAG)
