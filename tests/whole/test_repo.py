"""What holds for the files of the project as a whole."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
LONGEST_VIEW = 15
#: Written in pieces, so that this file passes its own test.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "npmjs" + ".com"]
MACHINE = r"(?<![\w./~-])/(?:work|root|home|Users|tmp|var/tmp)/[\w.-]"
URLS_OF_REGISTRIES = re.compile(r"(index|registry|proxy)(_url)?$", re.I)


def tracked() -> list[Path]:
    """The files of the project: what git has, or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of each file that is text."""
    for path in tracked():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Each line that matches, as file:number."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_a_link() -> None:
    """A link leads to a place of one machine, and a merge puts it in place of a folder."""
    command = ["git", "ls-files", "--stage"]
    rows = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [row for row in rows.splitlines() if row.startswith("120000")] == []


def test_no_package_registry_is_named() -> None:
    hosts = list(REGISTRIES)
    for name, value in os.environ.items():
        host = urlsplit(value).hostname if URLS_OF_REGISTRIES.search(name) else None
        if host and host not in ("localhost", "127.0.0.1"):
            hosts.append(host)
    assert lines_with(re.compile("|".join(map(re.escape, hosts)))) == []


def test_no_path_of_a_machine_is_named() -> None:
    found = lines_with(re.compile(MACHINE))
    assert [line for line in found if not line.startswith("tests/whole/test_repo.py:")] == []


@pytest.mark.parametrize("line", ["cd /work/" + "main", "'/root/" + ".cache'", "x=/tmp/" + "c"])
def test_a_path_of_a_machine_would_be_seen(line: str) -> None:
    assert re.search(MACHINE, line)


def test_modules_are_short() -> None:
    long = {
        name: len(text.splitlines())
        for name, text in texts()
        if name.endswith((".py", ".js")) and not name.startswith("migrations/versions/")
    }
    assert {name: lines for name, lines in long.items() if lines >= LONGEST_MODULE} == {}


def _body_lines(function: object) -> int:
    source = inspect.getsource(inspect.unwrap(function))  # type: ignore[arg-type]
    node = ast.parse(inspect.cleandoc(source)).body[0]
    assert isinstance(node, ast.FunctionDef)
    first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
    return (node.end_lineno or 0) - first.lineno + 1


@pytest.mark.parametrize("kind", ["sqlite"])
def test_views_are_short(app: Flask) -> None:
    lengths = {name: _body_lines(view) for name, view in app.view_functions.items()}
    assert len(lengths) > 15
    assert {name: lines for name, lines in lengths.items() if lines >= LONGEST_VIEW} == {}


def test_govuk_frontend_and_its_macros_are_the_tried_pair() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    everything = package.get("dependencies", {}) | package.get("devDependencies", {})
    assert everything["govuk-frontend"] == "6.3.0"
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]["node_modules/govuk-frontend"]["version"] == "6.3.0"
    installed = ROOT / "node_modules" / "govuk-frontend" / "package.json"
    assert json.loads(installed.read_text(encoding="utf-8"))["version"] == "6.3.0"
    assert version("govuk-frontend-jinja") == "4.1.0"
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"^govuk-frontend-jinja==4\.1\.0\b", requirements, re.M)


def test_every_requirement_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                assert "==" in line and "--hash=sha256:" in line, f"{name}: {line[:80]}"
