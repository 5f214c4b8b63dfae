"""Reports as documents, many at a time: read, written with their history, taken out again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from portal.assessments import words
from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
    ReportCheck,
)
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.rules.report_documents import (
    ASSESSMENT,
    LONG,
    assessment,
    placed,
    positions,
)
from portal.assessments.store import counts
from portal.assessments.store.standards import point_ids
from portal.audit import Act, Document, record_all
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.store import organisations
from portal.db import chunks, insert_rows, new_ids, table_of

THING = "report"
Shown = Callable[[Document], Document]
_PLAIN = ("title", "summary", "body", "source", "verbatim", "names_dropped", "published_on")


class Change(NamedTuple):
    """A report that is to say something else: its id (None for a new one), what it says now and
    from now on.
    """

    id: int | None
    before: Document | None
    after: Document


class Reports:
    """Reads and writes documents in one session; what they refer to is looked up once."""

    def __init__(self, session: Session) -> None:
        """Nothing is read before it is needed."""
        self._session = session
        self._places: dict[int, dict[int, int]] = {}
        self._points: dict[int, dict[int, int]] = {}

    @cached_property
    def refs(self) -> dict[str, int]:
        """Organisations' ids by how documents name them."""
        return organisations.ids_by_reference(self._session)

    @cached_property
    def names(self) -> dict[int, str]:
        """How documents name organisations, by id."""
        return organisations.references(self._session)

    @cached_property
    def versions(self) -> dict[str, int]:
        """The ids of versions of standards by how documents name them."""
        v = StandardVersion
        query = select(Standard.slug, v.number, v.id).join(Standard, Standard.id == v.standard_id)
        return {f"{slug}.{number}": id_ for slug, number, id_ in self._session.execute(query)}

    def points(self, version: int | None) -> dict[int, int]:
        """The ids of the points of a version by their numbers."""
        if version is None:
            return {}
        if version not in self._points:
            self._points[version] = point_ids(self._session, version)
        return self._points[version]

    def documents(self, ids: Collection[int]) -> dict[int, Document]:
        """What these reports say."""
        found: dict[int, Document] = {}
        for some in chunks(ids):
            found |= self._documents(some)
        return found

    def _documents(self, ids: list[int]) -> dict[int, Document]:
        session, r, c = self._session, Report, ReportCheck
        slugs = dict[int | None, str]()
        own = select(r).where(r.id.in_(ids)).execution_options(populate_existing=True)
        found = {row.id: _own(row) for row in session.scalars(own)}
        linked = {d[name] for d in found.values() for name in ("later", "same_as")} - {None}
        for id_, slug in session.execute(select(r.id, r.slug).where(r.id.in_(linked))):
            slugs[id_] = slug
        for document in found.values():
            for name in ("later", "same_as"):
                document[name] = slugs.get(document[name])
        asked = select(c).where(c.report_id.in_(ids)).order_by(c.id)
        for row in session.scalars(asked.execution_options(populate_existing=True)):
            found[row.report_id]["checks"].append(
                {"field": row.field, "reason": row.reason, "state": row.state.value,
                 "note": row.note}
            )  # fmt: skip
        self._assessments(ids, found)
        return found

    def _assessments(self, ids: list[int], found: dict[int, Document]) -> None:
        session, a, o, p = self._session, Assessment, AssessmentOwner, AssessmentPoint
        rows = session.execute(
            select(a, Service.slug, Component.slug)
            .outerjoin(Service, Service.id == a.service_id)
            .outerjoin(Component, Component.id == a.component_id)
            .where(a.report_id.in_(ids))
            .order_by(a.report_id, a.position)
            .execution_options(populate_existing=True)
        ).all()
        mine = [row.id for row, *_ in rows]
        owners, rated = dict[int, list[Any]](), dict[int, list[Any]]()
        for some in chunks(mine):
            query: Any = select(o.assessment_id, o.published_name, o.organisation_id)
            query = query.where(o.assessment_id.in_(some)).order_by(o.assessment_id, o.position)
            for id_, name, body in session.execute(query):
                owners.setdefault(id_, []).append((name, self.names[body] if body else None))
            query = select(p.assessment_id, p.number, p.verbatim, p.rating, p.reason, p.carried)
            query = query.where(p.assessment_id.in_(some)).order_by(p.assessment_id, p.number)
            for id_, number, verbatim, rating, reason, carried in session.execute(query):
                rated.setdefault(id_, []).append(
                    {"number": number, "verbatim": verbatim, "rating": rating.value,
                     "reason": reason, "carried": carried}
                )  # fmt: skip
        again = self._again({row.again_of_id for row, *_ in rows})
        known = {id_: name for name, id_ in self.versions.items()} if mine else {}
        for row, service, component in rows:
            values = {
                "owners": [name for name, _ in owners.get(row.id, [])],
                "organisations": [body for _, body in owners.get(row.id, [])],
                "points": rated.get(row.id, []),
                "service": service,
                "component": component,
                "standard": known.get(row.standard_version_id or 0),
                "again_of": again.get(row.again_of_id),
            }
            for field in ASSESSMENT:
                value = values[field] if field in values else _said(getattr(row, field))
                found[row.report_id][placed(row.position, field)] = value
            self._places.setdefault(row.report_id, {})[row.position] = row.id
            session.expunge(row)

    def _again(self, ids: Collection[int | None]) -> dict[int | None, str]:
        a = Assessment
        query = select(a.id, Report.slug, a.position).join(Report, Report.id == a.report_id)
        rows = self._session.execute(query.where(a.id.in_([i for i in ids if i])))
        return {id_: f"{slug}.{position}" for id_, slug, position in rows}

    def write(
        self, changes: Sequence[Change], act: Act, tag: str, told: Shown | None = None
    ) -> list[int]:
        """Write changes, each to another report, with their history; the reports' ids.

        Args:
            changes: what is to be written.
            act: who does it.
            tag: what the history calls it.
            told: what the history says of a document, where not all of it.
        """
        session = self._session
        changes = [each for each in changes if each.before != each.after]
        counts.touch(session, [each.id for each in changes if each.id is not None])
        added = iter(new_ids(session, Report, sum(each.id is None for each in changes)))
        ids = [next(added) if each.id is None else each.id for each in changes]
        done = list(zip(ids, changes, strict=True))
        columns = [(id_, each, _columns(each.after)) for id_, each in done]
        new = [
            {"id": id_, "slug": each.after["slug"], "key": each.after["key"], "version": 1,
             "edited_at": act.at, **own}
            for id_, each, own in columns if each.before is None
        ]  # fmt: skip
        insert_rows(session, Report, new)
        old = [{"id_": id_, **own} for id_, each, own in columns if each.before is not None]
        if old:
            table = table_of(Report)
            values = {"version": table.c.version + 1, "edited_at": act.at}
            query = update(table).where(table.c.id == bindparam("id_")).values(values)
            session.execute(query.values({name: bindparam(f"{name}") for name in _PLAIN}), old)
        self._write_assessments(done)
        self._write_links(done)
        self._write_checks(done, act)
        said = told or (lambda document: document)
        events = [
            (id_, each.before and said(each.before),
             said(each.after) if each.before or told else _short(each.after))
            for id_, each in done
        ]  # fmt: skip
        record_all(session, act, tag, THING, events)
        counts.touch(session, ids)
        return ids

    def _write_assessments(self, done: Iterable[tuple[int, Change]]) -> None:
        session, todo = self._session, list[tuple[int, int, Document | None, Document]]()
        gone: list[int] = []
        for id_, each in done:
            known = self._places.get(id_, {})
            places = positions(each.after)
            gone += [row for place, row in known.items() if place not in places]
            for place in places:
                before = assessment(each.before, place) if each.before and place in known else None
                after = assessment(each.after, place)
                if before != after:
                    todo.append((id_, place, before, after))
        session.execute(delete(Assessment).where(Assessment.id.in_(gone))) if gone else None
        slugs = {of: self._slugs(of, (after for *_, after in todo)) for of in (Service, Component)}
        added = iter(new_ids(session, Assessment, sum(row[2] is None for row in todo)))
        new, old, ids = [], [], []
        for report_id, place, before, after in todo:
            id_ = next(added) if before is None else self._places[report_id][place]
            self._places.setdefault(report_id, {})[place] = id_
            ids.append(id_)
            own = self._assessed(after, slugs)
            if before is None:
                new.append({"id": id_, "report_id": report_id, "position": place, **own})
            else:
                old.append({"id_": id_, **own})
        insert_rows(session, Assessment, new)
        if old:
            table = table_of(Assessment)
            names: Document = {name: bindparam(name) for name in old[0] if name != "id_"}
            session.execute(update(table).where(table.c.id == bindparam("id_")).values(names), old)
        self._write_lists(list(zip(ids, todo, strict=True)))

    def _write_lists(self, todo: list[tuple[int, Any]]) -> None:
        """Owners and points, of those whose change."""
        owners, points = list[Document](), list[Document]()
        stale: dict[Any, list[int]] = {AssessmentOwner: [], AssessmentPoint: []}
        for id_, (_report, _place, before, after) in todo:
            if before is None or any(
                before[name] != after[name] for name in ("owners", "organisations")
            ):
                owners += _owner_rows(id_, after, self.refs)
                stale[AssessmentOwner] += [] if before is None else [id_]
            if before is None or any(
                before[name] != after[name] for name in ("points", "standard")
            ):
                version = self.versions.get(after["standard"] or "")
                points += _point_rows(id_, after, self.points(version))
                stale[AssessmentPoint] += [] if before is None else [id_]
        for table, ids in stale.items():
            for some in chunks(ids):
                self._session.execute(delete(table).where(table.assessment_id.in_(some)))
        insert_rows(self._session, AssessmentOwner, owners)
        insert_rows(self._session, AssessmentPoint, points)

    def _assessed(self, after: Document, slugs: Mapping[Any, Mapping[str, int]]) -> Document:
        held, began = after["held_on"], after["discovery_on"]
        return {
            "name": after["name"],
            "sort_name": sort_key(after["name"]) or after["name"][:1],
            "service_id": slugs[Service].get(after["service"]),
            "component_id": slugs[Component].get(after["component"]),
            "service_match": words.ServiceMatch(after["service_match"]),
            "stage": words.Stage(after["stage"]),
            "kind": words.AssessmentKind(after["kind"]),
            "held_on": date.fromisoformat(held) if held else None,
            "scheme": words.RatingScheme(after["scheme"]) if after["scheme"] else None,
            "result": words.Rating(after["result"]),
            "result_verbatim": after["result_verbatim"],
            "standard_version_id": self.versions.get(after["standard"] or ""),
            "pinned_because": after["pinned_because"],
            "discovery_on": date.fromisoformat(began) if began else None,
            "lead_present": after["lead_present"],
        }

    def _slugs(self, of: Any, rows: Iterable[Document]) -> dict[str, int]:
        name = of.__tablename__
        wanted = {row[name] for row in rows} - {None}
        found: dict[str, int] = {}
        for some in chunks(sorted(wanted)):
            query = select(of.slug, of.id).where(of.slug.in_(some))
            found |= {slug: id_ for slug, id_ in self._session.execute(query)}  # noqa: C416
        return found

    def _write_links(self, done: Iterable[tuple[int, Change]]) -> None:
        """What reports and assessments say of others, once all are there."""
        session, wanted, again = self._session, list[Document](), list[tuple[int, str | None]]()
        for id_, each in done:
            before: Document = each.before or {}
            links = {name: each.after[name] for name in ("later", "same_as")}
            if any(before.get(name) != slug for name, slug in links.items()):
                wanted.append({"id_": id_, **links})
            for place in positions(each.after):
                name = placed(place, "again_of")
                if before.get(name) != each.after[name]:
                    again.append((self._places[id_][place], each.after[name]))
        slugs = {row[name] for row in wanted for name in ("later", "same_as")} - {None}
        slugs |= {ref.rpartition(".")[0] for _, ref in again if ref}
        if not wanted and not again:
            return
        ids, places = dict[str | None, int](), dict[str, int]()
        for some in chunks(sorted(slugs)):
            a = Assessment
            query = select(Report.slug, Report.id, a.position, a.id)
            query = query.outerjoin(a, a.report_id == Report.id).where(Report.slug.in_(some))
            for slug, id_, place, assessed in session.execute(query):
                ids[slug] = id_
                places[f"{slug}.{place}"] = assessed
        for row in wanted:
            moving: Any = update(Report).where(Report.id == row["id_"])
            values = {"later_id": ids.get(row["later"]), "same_as_id": ids.get(row["same_as"])}
            session.execute(moving.values(values).execution_options(synchronize_session=False))
        for assessed, ref in again:
            values = {"again_of_id": places.get(ref or "")}
            moving = update(Assessment).where(Assessment.id == assessed).values(values)
            session.execute(moving.execution_options(synchronize_session=False))

    def _write_checks(self, done: Iterable[tuple[int, Change]], act: Act) -> None:
        session, c, new = self._session, ReportCheck, list[Document]()
        for id_, each in done:
            before = {_check_key(row): row for row in (each.before or {}).get("checks", [])}
            after = {_check_key(row): row for row in each.after["checks"]}
            new += [{"report_id": id_, **_check(row, act)} for key, row in after.items()
                    if key not in before]  # fmt: skip
            for key in [*before]:
                mine = (c.report_id == id_, c.field == key[0], c.reason == key[1])
                if key not in after:
                    session.execute(delete(c).where(*mine))
                elif before[key] != after[key]:
                    session.execute(update(c).where(*mine).values(_check(after[key], act)))
        insert_rows(session, ReportCheck, new)


def _own(row: Report) -> Document:
    return {
        "slug": row.slug, "key": row.key, **{name: _said(getattr(row, name)) for name in _PLAIN},
        "later": row.later_id, "same_as": row.same_as_id, "checks": [],
    }  # fmt: skip


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else getattr(value, "value", value)


def _columns(after: Document) -> Document:
    found = {name: after[name] for name in _PLAIN}
    day = found["published_on"]
    return {**found, "published_on": date.fromisoformat(day) if day else None}


def _short(after: Document) -> Document:
    """A new report as its history tells of it: without what is long, and what says nothing."""
    return {name: v for name, v in after.items() if name not in LONG and v not in (None, [])}


def _owner_rows(id_: int, after: Document, refs: Mapping[str, int]) -> list[Document]:
    pairs = zip(after["owners"], after["organisations"], strict=True)
    return [
        {"assessment_id": id_, "position": at, "published_name": name,
         "organisation_id": refs[body] if body else None}
        for at, (name, body) in enumerate(pairs)
    ]  # fmt: skip


def _point_rows(id_: int, after: Document, points: Mapping[int, int]) -> list[Document]:
    return [
        {**point, "assessment_id": id_, "rating": words.Rating(point["rating"]),
         "point_id": points.get(point["number"])}
        for point in after["points"]
    ]  # fmt: skip


def _check_key(row: Document) -> tuple[str, str]:
    return row["field"], row["reason"]


def _check(row: Document, act: Act) -> Document:
    state = words.CheckState(row["state"])
    decided = state is not words.CheckState.OPEN
    return {
        "field": row["field"], "reason": row["reason"], "state": state, "note": row["note"],
        "decided_by": act.actor if decided else None, "decided_at": act.at if decided else None,
    }  # fmt: skip
