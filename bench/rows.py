"""What is measured: the addresses of each row, how its answers are compared, and its bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from bench import bodies
from portal.catalogue.rules.filters import encode_key
from portal.db import Database

Compare = Callable[[bytes, bytes], None]
#: Words of names that synonyms and endings leave alone; the last two are in more records than are
#: ranked.
SEARCHES = (
    "civil port", "commercial contract", "criminal warranty", "freight guarantee",
    "historic trust", "local tournament", "military officer", "offshore sample", "rural urban",
    "coastal maritime",
)  # fmt: skip
#: The same for reports, which have both words in a title or a text.
REPORT_SEARCHES = (
    "urban sheep", "visitor archive", "railway dam", "maritime safety", "rural clinic",
    "family injury", "municipal pilot", "local consent", "senior quarry", "maritime park",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        ratio: the most that the portal may take of the floor's time.
        growth: the most that its time may grow from the small to the large catalogue.
        requests: in a burst.
        kept: whether the portal keeps such an answer for the next reader.
    """

    key: str
    name: str
    paths: Callable[[Database], list[str]]
    same: Compare
    ratio: float
    growth: float
    requests: int = 30
    kept: bool = True


def _lists(database: Database) -> list[str]:
    return ["/services?phase=live", "/services?phase=public_beta", "/services?apis=offers",
            "/services?phase=alpha", "/services"]  # fmt: skip


def _searches(database: Database) -> list[str]:
    return [f"/services?q={words.replace(' ', '+')}" for words in SEARCHES]


def _records(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        many = connection.execute(text("SELECT max(id) FROM service")).scalar_one()
        ids = ", ".join(str(1 + many * n // 10) for n in range(10))
        found = connection.execute(text(f"SELECT slug FROM service WHERE id IN ({ids})"))
        return [f"/services/{slug}" for (slug,) in found]


def _hundred(database: Database) -> list[str]:
    """The filters that leave nearest to a hundred services."""
    sql = text(
        "SELECT phase, category FROM service WHERE category IS NOT NULL GROUP BY phase, category "
        "ORDER BY abs(count(*) - 100), phase, category LIMIT 5"
    )
    alone = text("SELECT phase FROM service GROUP BY phase ORDER BY abs(count(*) - 100) LIMIT 1")
    with database.engine.connect() as connection:
        if connection.execute(text("SELECT count(*) FROM service")).scalar_one() < 10_000:
            return [f"/services.json?phase={connection.execute(alone).scalar_one()}"]
        return [
            f"/services.json?phase={phase}&category={category.replace(' ', '+')}"
            for phase, category in connection.execute(sql)
        ]


def position(database: Database, share: float = 0.4) -> list[str]:
    """The page that starts at a share of the list (40,000 of 100,000) and the four after it."""
    sql = text("SELECT sort_name, id FROM service ORDER BY sort_name, id LIMIT 1 OFFSET :at")
    with database.engine.connect() as connection:
        many = connection.execute(text("SELECT count(*) FROM service")).scalar_one()
        keys = [
            tuple(connection.execute(sql, {"at": int(many * share) + 50 * n}).one())
            for n in range(5)
        ]
    return [f"/services?after={encode_key(key)}" for key in keys]


def _reuse(database: Database) -> list[str]:
    return ["/reports/reuse", "/reports/reuse?phase=live", "/reports/reuse?phase=alpha"]


def _adoption(database: Database) -> list[str]:
    return [path.replace("reuse", "reuse/adoption") for path in _reuse(database)]


def _duplication(database: Database) -> list[str]:
    return [path.replace("reuse", "duplication") for path in _reuse(database)]


def _pipeline(database: Database) -> list[str]:
    return ["/reports/pipeline", "/reports/pipeline?stage=alpha", "/reports/pipeline?period=2023"]


def _components(database: Database) -> list[str]:
    """Components that many use, and some that few do."""
    sql = text("SELECT slug FROM component WHERE id % 40 = 1 ORDER BY id")
    with database.engine.connect() as connection:
        return [f"/components/{slug}" for (slug,) in connection.execute(sql)]


def _reconciliations(database: Database) -> list[str]:
    """Components whose provider published a list."""
    return [f"{path}/reconciliation" for path in _components(database)]


def _reports(database: Database) -> list[str]:
    return ["/reports?stage=alpha", "/reports?result=not_met", "/reports?year=2023",
            "/reports?standard=service-standard-3", "/reports"]  # fmt: skip


def _report_searches(database: Database) -> list[str]:
    return [f"/reports?q={words.replace(' ', '+')}" for words in REPORT_SEARCHES]


def _report_pages(database: Database) -> list[str]:
    """Reports of all years, some of two assessments."""
    with database.engine.connect() as connection:
        many = connection.execute(text("SELECT max(id) FROM report")).scalar_one()
        ids = ", ".join(str(1 + many * n // 10) for n in range(10))
        found = connection.execute(text(f"SELECT slug FROM report WHERE id IN ({ids})"))
        return [f"/reports/{slug}" for (slug,) in found]


def _figures(database: Database) -> list[str]:
    return ["/reports/statistics", "/reports/statistics?standard=service-standard-1",
            "/reports/statistics?standard=service-standard-2"]  # fmt: skip


PAGES = (
    Row("list", "list, one filter, facets with counts", _lists, bodies.same_list, 1.5, 1.3),
    Row("search", "search, two words, ranked", _searches, bodies.same_search, 1.5, 5.0),
    Row("record", "record page, all sections", _records, bodies.same_record, 1.8, 1.2),
    Row("json", "100 records as JSON", _hundred, bodies.same_json, 2.0, 1.2, kept=False),
    Row("matrix", "400 organisations by 200 components", lambda database: ["/matrix"],
        bodies.same_matrix, 1.5, 3.5),
    Row("reuse", "reuse report by need", _reuse, bodies.same_numbers, 1.5, 3.5),
    Row("adoption", "adoption of components over time", _adoption, bodies.same_numbers, 1.5, 3.5),
    Row("duplication", "duplication report by need", _duplication, bodies.same_numbers, 1.5, 3.5),
    Row("pipeline", "pipeline of assessments", _pipeline, bodies.same_tables, 1.5, 3.5),
    Row("component", "page of a component, its users", _components, bodies.same_users, 1.8, 1.2),
    Row("reconciliation", "both sides of who uses it", _reconciliations, bodies.same_sides, 1.8,
        1.2),
    Row("reports", "reports, one filter, facets with counts", _reports, bodies.same_words, 1.5,
        1.3),
    Row("report-search", "reports, two words, ranked", _report_searches, bodies.same_search, 1.5,
        5.0),
    Row("report", "report of an assessment", _report_pages, bodies.same_words, 1.8, 1.2),
    Row("statistics", "figures of assessments by stage", _figures, bodies.same_words, 1.5, 3.5),
)  # fmt: skip
