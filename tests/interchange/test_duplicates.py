"""`flask duplicates suggest`: what it answers and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.interchange.commands import run

ROWS: list[dict[str, object]] = [
    {"title": "Tax a boat - Alpha Assessment", "summary": "Pay tax on a boat."},
    {"title": "Beehive register", "summary": None, "body": "more"},
    {"title": "Tax a boat – Beta Assessment", "summary": "Pay tax on a boat."},
    {"title": "Boat tax refunds"},
]


def suggest(app: Flask, path: Path, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        run(app, "duplicates", "suggest", str(path), *options).stdout
    )
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "list.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROWS).encode())
    return file


def test_pairs_best_first(app: Flask, path: Path) -> None:
    first, *others = suggest(app, path, "--json", "--yes")
    assert first == {"a": 0, "b": 2, "score": 1.0, "why": "same name; same description"}
    assert {(pair["a"], pair["b"]) for pair in others} == {(0, 3), (2, 3)}
    assert all(isinstance(pair["score"], float) and pair["score"] < 1 for pair in others)


def test_options(app: Flask, path: Path) -> None:
    assert len(suggest(app, path, "--limit", "1")) == 1
    assert (0, 2) not in {(p["a"], p["b"]) for p in suggest(app, path, "--other-names")}
    assert "places in FILE" in run(app, "duplicates", "suggest", "--help").stdout


def test_no_pair_is_an_empty_list(app: Flask, tmp_path: Path) -> None:
    for rows in ([], ROWS[:2]):
        path = tmp_path / "list.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        assert suggest(app, path) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not JSON: Expecting value at line 1, column 1"),
        (b'[{"title": "A"},]', "is not JSON: "),
        (b'["\xff"]', "is not UTF-8 text"),
        (b"{}", "must be a JSON list of objects with a title and a summary"),
        (b"[1]", "entry 0: this must be an object with a title and a summary"),
        (b'[{"title": "A"}, {"summary": "B"}]', "entry 1 has no title"),
        (b'[{"title": " "}]', "entry 0 has no title"),
        (b'[{"title": "A", "summary": 5}]', "entry 0: the summary must be text"),
        (b"[" * 100_000, "is not a list of titles and summaries"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    app: Flask, tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(content)
    result = run(app, "duplicates", "suggest", str(path), "--json", code=1)
    assert result.stderr.startswith("Refused: list.json") and why in result.stderr
    assert why in json.loads(result.stdout)["refused"]


def test_wrong_use_ends_with_2(app: Flask, path: Path) -> None:
    run(app, "duplicates", "suggest", code=2)
    run(app, "duplicates", "suggest", str(path), "--limit", "0", code=2)
    run(app, "duplicates", "suggest", str(path), "--unheard", code=2)
    missing = run(app, "duplicates", "suggest", str(path.with_name("none.json")), code=1)
    assert "none.json cannot be read" in missing.stderr


def test_what_files_say_is_printed_safely(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    odd = {"title": "Boat\u202e tax \ud800 \x1b[31m", "summary": "\u0000"}
    path.write_text(json.dumps([odd, odd]), encoding="utf-8")
    assert suggest(app, path)[0]["score"] == 1.0
