"""The import contracts hold, and each is seen to fail when broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("lint-imports")
ONE_WAY = "Packages import one way"
IN_A_FEATURE = "Features import one way"
NO_SQL = "Views, forms and rules know no SQL"
NO_WEB = "Below the edge there is no web"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.json", "*.tsv")
    shutil.copytree(ROOT / "portal", folder / "portal", ignore=ignored)
    return folder


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("db.py", "import portal.web", ONE_WAY),
        ("search/planted.py", "import portal.catalogue.words", ONE_WAY),
        ("jobs/planted.py", "import portal.mail", ONE_WAY),
        ("mail/planted.py", "import flask", NO_WEB),
        ("utils.py", "", ONE_WAY),
        ("catalogue/rules/planted.py", "import portal.catalogue.actions", IN_A_FEATURE),
        ("catalogue/helpers.py", "", IN_A_FEATURE),
        ("catalogue/views/planted.py", "import sqlalchemy", NO_SQL),
        ("catalogue/rules/planted.py", "from sqlalchemy import text", NO_SQL),
        ("catalogue/store/planted.py", "import flask", NO_WEB),
        ("catalogue/actions/planted.py", "import wtforms", NO_WEB),
    ],
)
def test_a_broken_contract_is_seen(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "portal" / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        result = lint(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
    assert result.returncode != 0
    assert f"{contract} BROKEN" in result.stdout, result.stdout + result.stderr
