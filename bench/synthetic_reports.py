"""Made-up reports of assessments, six assessments for each ten services: three against the Service
Standard as it is shipped, by the day, with points, owners, reassessments and text.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bench.synthetic_words import (
    ADJECTIVES,
    COMPONENTS,
    LAST_DAY,
    NOUNS,
    STAMP,
    Rows,
    owner_of,
    slug_of,
)
from portal.assessments.rules.shipped import Shipped, service_standard

HELD_FROM = date(2014, 6, 1)
#: The first day of assessments against each version, and how many points it has.
VERSIONS = ((date(2014, 1, 1), 26), (date(2016, 6, 1), 18), (date(2019, 11, 1), 14))
HEADINGS = ("The team", "Users and research", "Technology and security", "Design and support")
SAYINGS = (
    "The panel was told how the team works and what it has learned from its users.",
    "The team has shown that it knows who needs the service, and what for.",
    "There was not enough research with people who have access needs.",
    "The panel was pleased to see that the team has tried more than one design.",
    "The team could not say how it will measure whether the service does well.",
    "The plan for the next phase has people with the right skills in it.",
)
ADVICE = (
    "test the whole journey with people who need help to use it",
    "say how it will go on when a part of it **fails**",
    "publish its code, and what it costs for each transaction",
)
#: The words of a result and of a point, in the older versions and in the newest.
RESULTS = {"met": ("Pass", "Green"), "met_with_conditions": ("Pass", "Amber"),
           "not_met": ("Not pass", "Red"), "not_rated": ("", "")}  # fmt: skip
POINTS = {"met": ("Yes", "Green"), "met_with_conditions": ("Yes", "Amber"),
          "not_met": ("No", "Red"), "not_rated": ("N/A", "N/A")}  # fmt: skip
#: The components that the benchmark asks for are the same with and without reports.
ASKED_FOR = 40
REPORT = ("id", "slug", "key", "title", "summary", "body", "source", "verbatim", "names_dropped",
          "published_on", "later_id", "same_as_id", "version", "edited_at")  # fmt: skip
ASSESSMENT = ("id", "report_id", "position", "name", "sort_name", "service_id", "component_id",
              "service_match", "stage", "kind", "held_on", "again_of_id", "scheme", "result",
              "result_verbatim", "standard_version_id", "pinned_because", "discovery_on",
              "lead_present")  # fmt: skip
POINT = ("assessment_id", "number", "point_id", "verbatim", "rating", "reason", "carried")
MENTION = ("id", "mark", "component_id", "service_id", "kind", "address", "title", "sentence",
           "guess", "state", "sense", "written_on", "decided_by", "decided_at",
           "found_at")  # fmt: skip
Row = tuple[object, ...]


class Held(NamedTuple):
    """One assessment that a report tells of."""

    stage: str
    kind: str
    held_on: date | None
    result: str
    version: int | None
    again_of: int | None = None


def standards() -> Iterator[Rows]:
    """The standard that the portal ships. Its versions are drafts until `PUBLISH` is run."""
    shipped: Shipped = service_standard()
    own = shipped.standard
    names = ("slug", "name", "owner", "summary", "address")
    yield Rows("standard", ("id", *names, "version", "edited_at"),
               [(1, *(own[name] for name in names), 1, STAMP)])  # fmt: skip
    versions, points, ids = list[Row](), list[Row](), dict[tuple[int, int], int]()
    for number, version in sorted(shipped.versions.items()):
        told = (version[name] for name in ("title", "discovery_from", "scheme", "source"))
        versions.append((number, 1, number, *told, "draft", 1, STAMP))
        for point in version["points"]:
            ids[number, point["number"]] = len(ids) + 1
            said = (point[n] for n in ("number", "title", "asks", "profession", "address"))
            points.append((len(ids), number, *said))
    yield Rows("standard_version", ("id", "standard_id", "number", "title", "discovery_from",
               "scheme", "source", "state", "version", "edited_at"), versions)  # fmt: skip
    columns = ("id", "version_id", "number", "title", "asks", "profession", "address")
    yield Rows("standard_point", columns, points)
    pairs = [(ids[one], ids[other], "command:bench", STAMP) for one, other in shipped.counterparts]
    yield Rows("point_relation", ("older_id", "newer_id", "mapped_by", "mapped_at"), pairs)


#: Publishes the versions, whose points may not be added afterwards.
PUBLISH = f"UPDATE standard_version SET state = 'published', published_at = '{STAMP}'"


class Reports:
    """Makes the reports of services, some services at a time.

    Args:
        bodies: the names of organisations by their ids.
        seed: of the chances.
    """

    def __init__(self, bodies: Mapping[int, str], seed: int) -> None:
        self._bodies = bodies
        self._rng = random.Random(seed + 1)  # noqa: S311 - made-up data, not a secret
        self._tables: dict[str, list[Row]] = {}
        self._next = {"report": 1, "assessment": 1, "report_check": 1, "mention": 1}

    def of(self, services: Sequence[tuple[int, str]]) -> Iterator[Rows]:
        """The rows of the reports of services, given as (id, name)."""
        tables = {"report": REPORT, "assessment": ASSESSMENT, "assessment_point": POINT,
                  "assessment_owner": ("assessment_id", "position", "published_name",
                                       "organisation_id"),
                  "report_check": ("id", "report_id", "field", "reason", "state"),
                  "mention": MENTION}  # fmt: skip
        self._tables = {table: [] for table in tables}
        for id_, name in services:
            self._service(id_, name)
        # A report may point at a later one.
        self._tables["report"].reverse()
        for table, columns in tables.items():
            yield Rows(table, columns, self._tables[table])

    def _service(self, n: int, name: str) -> None:
        """Of ten services one has three assessments, three have one."""
        turn = (n + n // 100 + n // 10_000) % 10
        if turn == 1:
            self._history(n, name)
        elif turn in (0, 4, 7):
            component = n // 1_000 % 50 * 4 + 2 if turn == 7 and n // 10 % 100 == 0 else None
            stage = self._rng.choices(("alpha", "beta", "live", "discovery", "unknown"),
                                      (42, 38, 15, 3, 2))[0]  # fmt: skip
            self._report(n, name, [self._held(stage, self._day(), "assessment")], component)

    def _history(self, n: int, name: str) -> None:
        """An alpha that did not pass, its reassessment, on the same page or another, and beta."""
        day = self._day() or HELD_FROM
        first = self._held("alpha", day, "assessment")._replace(result="not_met")
        again_of = self._next["assessment"]
        later = min(day + timedelta(days=self._rng.randrange(60, 200)), LAST_DAY)
        again = self._held("alpha", later, "reassessment")._replace(
            version=first.version, again_of=again_of
        )
        if n % 3:
            self._report(n, name, [first, again])
        else:
            self._report(n, name, [first], later_id=self._next["report"] + 1)
            self._report(n, name, [again])
        end = min(later + timedelta(days=self._rng.randrange(200, 700)), LAST_DAY)
        self._report(n, name, [self._held("beta", end, "assessment")])

    def _day(self) -> date | None:
        days = (LAST_DAY - HELD_FROM).days
        return HELD_FROM + timedelta(days=self._rng.randrange(days))

    def _held(self, stage: str, day: date | None, kind: str) -> Held:
        rng = self._rng
        version = 1 + sum(day >= began for began, _ in VERSIONS[1:]) if day else None
        weights = (50, 25, 20, 5) if version == 3 else (72, 0, 23, 5)
        result = rng.choices(tuple(RESULTS), weights)[0]
        if result == "not_rated" and kind == "assessment":
            kind = rng.choice(("self_certification", "peer_review", "mock", "assessment"))
        chance = rng.random()
        return Held(stage, kind, None if chance < 0.01 and kind != "reassessment" else day, result,
                    None if 0.01 < chance < 0.03 else version)  # fmt: skip

    def _id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _report(
        self, n: int, name: str, told: list[Held], component: int | None = None,
        later_id: int | None = None,
    ) -> None:  # fmt: skip
        rng, id_ = self._rng, self._id("report")
        stage = told[0].stage if told[0].stage != "unknown" else "service"
        title = f"{name}: {stage} {told[-1].kind.replace('_', ' ')}"
        slug = slug_of(id_, name)
        owner, other = owner_of(rng)
        named = self._bodies[owner]
        source = f"https://report.example/{slug}"
        days = [each.held_on.isoformat() if each.held_on else "" for each in told]
        words = [RESULTS[each.result][each.version == 3] for each in told]
        advice = "\n\nThe team should:\n\n" + "\n".join(f"* {each}" for each in ADVICE)
        sections = [(1, "Summary", self._text(3)), *(
            (2, heading, self._text(4) + (advice if at % 2 else ""))
            for at, heading in enumerate(HEADINGS)
        )]  # fmt: skip
        verbatim = {
            "department": named, "stage": stage.capitalize(), "dates": days, "results": words,
            "labels": [["Department", named], ["Assessment date", days[0]], ["Result", words[0]]],
            "notes": [],
            "sections": [{"level": level, "heading": heading, "text": text, "which": "only"}
                         for level, heading, text in sections],
        }  # fmt: skip
        body = "\n\n".join(f"{'#' * level} {head}\n\n{text}" for level, head, text in sections)
        out = next((each.held_on for each in reversed(told) if each.held_on), None)
        self._tables["report"].append((
            id_, slug, source, title, f"{name} was looked at by a panel. {rng.choice(SAYINGS)}",
            body, source, json.dumps(verbatim), rng.randrange(4),
            (out + timedelta(days=30)).isoformat() if out else None, later_id,
            id_ - 1 if id_ % 500 == 0 and id_ > 1 else None, 1, STAMP,
        ))  # fmt: skip
        for position, each in enumerate(told, start=1):
            self._assessment(id_, position, n, name, each, component)
            self._owners(self._next["assessment"] - 1, owner, other)
        if rng.random() < 0.1:
            self._tables["report_check"].append(
                (self._id("report_check"), id_, "date", "two days are stated", "open")
            )
        if id_ % 4 == 0:
            self._mention(n, name, title, source, out)

    def _text(self, names: int) -> str:
        """Sentences as any report has them, with some words of its own."""
        rng = self._rng
        own = [*rng.choices(NOUNS, k=names), *rng.choices(ADJECTIVES, k=names // 3)]
        return f"{rng.choice(SAYINGS)} It spoke of {', '.join(own)}. {rng.choice(SAYINGS)}"

    def _assessment(
        self, report: int, position: int, n: int, name: str, held: Held, component: int | None
    ) -> None:
        rng, id_, version = self._rng, self._id("assessment"), held.version
        told = version is not None and held.result != "not_rated" and rng.random() < 0.95
        known = component is None and rng.random() < 0.95
        self._tables["assessment"].append((
            id_, report, position, name, name.lower(), n if known else None, component,
            "sure" if known else "decided" if component else "waiting", held.stage, held.kind,
            held.held_on.isoformat() if held.held_on else None, held.again_of,
            None if version is None else "rag" if version == 3 else "pass_fail", held.result,
            RESULTS[held.result][version == 3] or None, version,
            None if version is None else "table" if told else "discovery", None,
            rng.random() < 0.9,
        ))  # fmt: skip
        if told and version:
            self._points(id_, version, held)

    def _points(self, id_: int, version: int, held: Held) -> None:
        rng, rag = self._rng, version == 3
        first = 1 + sum(many for _, many in VERSIONS[: version - 1])
        many = VERSIONS[version - 1][1]
        failed: set[int] = set()
        if held.result == "not_met" or rng.random() < 0.12:
            failed = set(rng.sample(range(many), rng.randrange(1, 6)))
        for at in range(many):
            rating = "not_met" if at in failed else "met"
            if rating == "met" and rng.random() < 0.06:
                rating = "met_with_conditions" if rag else "not_rated"
            self._tables["assessment_point"].append((
                id_, at + 1, first + at, POINTS[rating][rag], rating,
                "It has none." if rating == "not_rated" and at % 2 else None,
                held.kind == "reassessment" and at not in failed,
            ))  # fmt: skip

    def _owners(self, id_: int, owner: int, other: int | None) -> None:
        """Most names are matched; one of twenty assessments has two owners."""
        rng, found = self._rng, list[tuple[str, int | None]]()
        if rng.random() < 0.08:
            found.append((f"Office for {rng.choice(NOUNS[:60])}", None))
        else:
            found.append((self._bodies[owner], owner))
        if other and rng.random() < 0.1:
            found.append((self._bodies[other], other))
        self._tables["assessment_owner"] += [(id_, at, *each) for at, each in enumerate(found)]

    def _mention(self, n: int, name: str, title: str, source: str, day: date | None) -> None:
        """A sentence that names a component, which somebody has read in one of three."""
        id_, component = self._id("mention"), 1 + self._rng.randrange(COMPONENTS)
        component += component % ASKED_FOR == 1
        read = id_ % 3 == 0
        self._tables["mention"].append((
            id_, f"{id_:064x}", component, n, "assessment_report", source, title,
            f"{name} uses component {component}.", "uses", "confirmed" if read else "open",
            "uses" if read else None, day.isoformat() if day else None,
            "person:1" if read else None, STAMP if read else None, STAMP,
        ))  # fmt: skip
