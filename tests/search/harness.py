"""The real services as search documents, and labelled queries over them."""

import csv
from collections.abc import Iterator
from pathlib import Path

from portal.search import Document

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT.parent / "shared" / "data" / "performance-platform" / "services.csv"


def real_services() -> tuple[list[str], list[Document]]:
    """Slugs and documents; the id of a document is the place of its slug."""
    with SERVICES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    documents = [
        Document(
            "service",
            place,
            names=row["Name of service"],
            other_names=row["Keywords"].replace(",", "\n"),
            organisations=" ".join(
                row[column] for column in ("Department", "Abbr", "Agency/body", "Agency abbr")
            ),
            body=row["Description of service"],
        )
        for place, row in enumerate(rows)
    ]
    return [row["Slug"] for row in rows], documents


def labelled(name: str) -> Iterator[tuple[str, str, set[str]]]:
    """Query, kind and the acceptable slugs of each line."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield row["query"], row["kind"], set(row["slugs"].split("|"))
