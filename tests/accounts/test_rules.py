from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access import Role
from portal.accounts.rules.addresses import clean_email, domain_of, local_path
from portal.accounts.rules.names import clean_name
from portal.accounts.rules.sign_in import LINK_LIFE, digest, new_token, session_end, state_of
from portal.accounts.words import LinkState
from portal.errors import Invalid
from portal.mail.store import ADDRESS

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Sian.OBrien@DVLA.Gov.UK ", "sian.obrien@dvla.gov.uk"),
        ("o'brien+test@a-b.example", "o'brien+test@a-b.example"),
        ("siân@sir-fôn.cymru", "siân@sir-fôn.cymru"),
        ("sia\u0302n@a.cymru", "siân@a.cymru"),
    ],
)
def test_an_address_is_kept_one_way(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept
    assert ADDRESS.fullmatch(kept), "a mail can go there"
    assert clean_email(kept) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "a", "a@", "@a.uk", "a@b", "a b@c.uk", "a@b.uk, c@d.uk", "a@b..uk", ".a@b.uk", "a.@b.uk",
     "a@-b.uk", "a@b.uk\nBcc: c@d.uk", "a\x00@b.uk", "<a@b.uk>", "a@b.u", "a@b.uk.", "a@@b.uk",
     "x" * 65 + "@b.uk", "a@" + "b" * 250 + ".uk"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_email(typed)
    assert caught.value.field == "email"


@given(st.text(max_size=60))
def test_whatever_is_accepted_can_be_mailed(text: str) -> None:
    try:
        email = clean_email(f"{text}@example.gov.uk")
    except Invalid:
        return
    assert ADDRESS.fullmatch(email) and domain_of(email) == "example.gov.uk"


@pytest.mark.parametrize("path", ["/", "/services?q=tax+%26&page=2", "/a/b#c", "/sign-insurance"])
def test_a_path_of_ours_is_local(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [None, "", "services", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil",
     "https://evil.example", "javascript:alert(1)", "/a//b", "/\t/evil.example", "/\n/evil.example",
     " //evil.example", "/" + "x" * 500, "/sign-in", "/sign-in/link/x", "/sign-out", "/[",
     "/\u2028x", "http:evil.example", "/a\\b", "@evil.example", "/\x00"],
)  # fmt: skip
def test_what_could_lead_elsewhere_is_not(path: str | None) -> None:
    found = local_path(path)
    assert found is None or found == "/[", "no host can be read into it"


def test_names() -> None:
    assert clean_name("  Siân   O’Brien ") == "Siân O’Brien"
    assert clean_name("李小龍") == "李小龍"
    for wrong in ("", "  ", None, "x" * 201, "a\x07b", "a\u202eb"):
        with pytest.raises(Invalid):
            clean_name(wrong)


@dataclass
class Link:
    expires_at: datetime = AT + LINK_LIFE
    used_at: datetime | None = None


def test_what_a_link_is_good_for() -> None:
    late = AT + LINK_LIFE
    assert state_of(Link(), True, AT) is LinkState.READY
    assert state_of(Link(), True, late - timedelta(seconds=1)) is LinkState.READY
    assert state_of(Link(), True, late) is LinkState.EXPIRED
    assert state_of(Link(used_at=AT), True, late) is LinkState.USED
    assert state_of(Link(), False, AT) is LinkState.CLOSED
    assert state_of(None, False, AT) is LinkState.UNKNOWN
    assert timedelta(minutes=15) == LINK_LIFE


def test_tokens_are_long_and_kept_as_digests() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100 and min(map(len, tokens)) >= 43
    assert len(digest("x")) == 64 and digest("x") != digest("y")
    digest("\ud800")  # whatever stands in an address


def test_sessions_of_administrators_are_shorter() -> None:
    usual, short = timedelta(hours=12), timedelta(hours=1)
    others = set(Role) - {Role.PORTAL_ADMINISTRATOR}
    assert session_end(AT, others, usual, short) == AT + usual
    assert session_end(AT, Role, usual, short) == AT + short
    assert session_end(AT, Role, short, usual) == AT + short
