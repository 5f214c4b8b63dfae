"""Documents as published: a JSON list of {"original_url", "title", "summary", "body"}, Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.addresses import is_web_address
from portal.catalogue.component_words import DocumentKind
from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.errors import Invalid
from portal.interchange.tables import json_list

KIND = "documents"
TITLE, LONGEST = 300, 1_000_000


def parse(path: Path, kind: DocumentKind) -> Parsed:
    """Read a file of documents.

    Args:
        path: the file.
        kind: what they are: assessment reports, or documents of any other sort.

    Raises:
        Invalid: the file cannot be read, or is no JSON list of objects.
    """
    name, rows = json_list(path, "documents", ", a document each")
    parsed = Parsed(KIND, [name], read=len(rows))
    seen: dict[str, int] = {}
    for entry, row in enumerate(rows, start=1):
        try:
            fields = {**_fields(row), "kind": kind.value}
            first = seen.setdefault(f"{fields['address']} {fields['title']}", entry)
            if first != entry:
                raise Invalid("original_url", f"The file has this document twice: see {first}")
            parsed.desired.append(Desired(fields["address"], name, entry, fields, ""))
        except Invalid as problem:
            parsed.aside.append(Aside(name, entry, problem.field, None, problem.message))
    return parsed


def _fields(row: Any) -> dict[str, str]:
    if not isinstance(row, dict):
        raise Invalid("document", "This must be an object")
    said = {key: _text(row, key) for key in ("original_url", "title", "summary", "body")}
    if not is_web_address(said["original_url"]) or len(said["original_url"]) > 2000:
        raise Invalid("original_url", "This must be a web address")
    if not said["title"]:
        raise Invalid("title", "This is needed")
    return {"address": said["original_url"], "title": said["title"][:TITLE],
            "summary": said["summary"], "body": said["body"]}  # fmt: skip


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(key, "This must be text")
    if len(value) > LONGEST:
        raise Invalid(key, f"This must be {LONGEST:,} characters or fewer")
    return value.strip()
