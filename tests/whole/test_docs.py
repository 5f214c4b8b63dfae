"""What the documentation says is so."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.whole.test_repo import ROOT, tracked

README = ROOT / "README.md"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
TREE_LINE = re.compile(r"^(?P<indent> *)(?P<names>[\w.{},/ -]+?)(?:\s{2,}.*)?$")
PAGES = [path for path in tracked() if path.suffix == ".md"]


def anchors(text: str) -> set[str]:
    """The anchors that headings make."""
    found = set()
    for heading in re.findall(r"^#+\s+(.+?)\s*$", text, re.M):
        bare = re.sub(r"[^\w\- ]", "", re.sub(r"[*`]", "", heading).lower())
        found.add(bare.replace(" ", "-"))
    return found


def outside_code(text: str) -> str:
    """The text without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(outside_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / unquote(path)).resolve() if path else page
        readable = file.is_file() and file.suffix == ".md"
        known = anchors(file.read_text(encoding="utf-8")) if readable else set()
        if not file.exists() or (anchor and anchor not in known):
            broken.append(target)
    assert not broken


def test_the_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))
    named: set[str] = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:`|^[ $]*)make ([a-z][a-z-]*)", text, re.M))
    assert {"run", "test"} <= named
    assert named <= targets


def test_the_flask_commands_exist() -> None:
    from flask import Flask

    from portal import cli

    app = Flask("commands")
    cli.install(app)
    known = set()
    for name, group in app.cli.commands.items():
        commands = getattr(group, "commands", None)
        known |= {f"{name} {sub}" for sub in commands} if commands else {name}
    named = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named |= set(re.findall(r"flask(?: --app wsgi)? ([a-z]+ [a-z][a-z-]+)", text))
    assert named <= known


def tree_of(text: str) -> list[str]:
    """The paths of the first code block that draws a tree (folders end with a slash)."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S):
        lines = [line for line in block.splitlines() if line.strip()]
        if not any(re.match(r"portal/\s", line + " ") for line in lines):
            continue
        paths, above = [], [(-1, "")]
        for line in lines:
            found = TREE_LINE.match(line.rstrip())
            assert found, f"not a line of the tree: {line!r}"
            indent = len(found["indent"])
            while above[-1][0] >= indent:
                above.pop()
            for name in found["names"].split():
                paths.append(above[-1][1] + name.rstrip(","))
            if found["names"].strip().endswith("/"):
                above.append((indent, paths[-1]))
        return paths
    return []


def test_the_tree_is_the_tree() -> None:
    paths = tree_of(README.read_text(encoding="utf-8"))
    assert len(paths) > 15, "the README draws the tree in a code block"
    assert [path for path in paths if not (ROOT / path).exists()] == []
    drawn = {path.split("/")[0] for path in paths}
    folders = {
        p.relative_to(ROOT).parts[0] for p in tracked() if len(p.relative_to(ROOT).parts) > 1
    }
    assert folders - drawn - {".ci"} == set(), "top folders that the tree leaves out"
    packages = {f"portal/{p.parent.name}/" for p in (ROOT / "portal").glob("*/__init__.py")}
    assert packages - set(paths) == set(), "packages that the tree leaves out"
