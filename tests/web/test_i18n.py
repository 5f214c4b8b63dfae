from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask.testing import FlaskClient

from portal.errors import N_, Invalid, Missing
from portal.web import i18n
from tests.web.site import RAISED

ROOT = Path(__file__).resolve().parents[2]
WELSH = {"This must be %(limit)s characters or fewer": "Dim mwy na %(limit)s nod"}
TOO_LONG = Invalid("name", N_("This must be %(limit)s characters or fewer"), limit="1,000")


def test_a_problem_is_readable_without_a_reader() -> None:
    assert str(TOO_LONG) == TOO_LONG.message == "This must be 1,000 characters or fewer"
    assert str(Invalid("name", "100% wrong")) == "100% wrong"
    assert not str(Missing())


def test_a_problem_from_below_is_translated_where_it_is_shown(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Texts(NullTranslations):
        def ugettext(self, message: str) -> str:
            return WELSH.get(message, message)

    monkeypatch.setattr(i18n, "get_translations", Texts)
    monkeypatch.setitem(RAISED, "invalid", TOO_LONG)
    assert client.get("/raise/invalid.json").get_json()["detail"] == "Dim mwy na 1,000 nod"
    monkeypatch.setitem(RAISED, "invalid", Invalid("name", ""))
    assert "Check what you entered" in client.get("/raise/invalid.json").get_json()["detail"]


def test_marked_messages_are_collected(tmp_path: Path) -> None:
    recipe = re.search(r"pybabel (.+) -o messages\.pot \.", (ROOT / "Makefile").read_text())
    assert recipe
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "a.py").write_text(
        'raise Invalid("name", N_("From below"))\nlazy("Later")\n_("Now")\n'
    )
    output = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", *recipe[1].split()]
    command[command.index("babel.cfg")] = str(ROOT / "babel.cfg")
    subprocess.run([*command, "-o", str(output), "."], cwd=tmp_path, check=True)
    found = re.findall(r'^msgid "(.+)"$', output.read_text(), re.M)
    assert found == ["From below", "Later", "Now"]
