"""One rule says what a web address is: for records, forms and links."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from portal import addresses
from portal.addresses import is_web_address
from portal.catalogue.rules.cleaners import web_address
from portal.errors import Invalid
from portal.web import filters
from portal.web.forms import Form, WebAddress

GOOD = [
    "https://www.gov.uk/",
    "http://a.example",
    "HTTPS://A.EXAMPLE/x?y=z&a@b#c",
    "https://a.example:8443/",
    "https://[2001:db8::1]/",
    "https://ŵyn.example/trwydded bysgota".replace(" ", "%20"),
]
BAD = [
    "javascript:alert(1)",
    "//a.example/",
    "a.example",
    "ftp://a.example/",
    "https://",
    "https:///path",
    "https://gov.uk@evil.example/",
    "https://a:b@evil.example/",
    "https://a.example:0/",
    "https://a.example:99999/",
    "https://a.example:x/",
    "https://[::1/",
    "https://a.example/b c",
    "https://a.example/b\tc",
    "https://a.example/\x00",
    "https://a.example/\x85b",
    "https://evil.example\\@gov.uk/",
    "https://a.example/\ud800",
]


class Ask(Form):
    """A form with an address."""

    address = StringField("Address", [WebAddress()])


def accepted_by_form(site: Flask, text: str) -> bool:
    with site.test_request_context("/edit", method="POST"):
        return bool(Ask(MultiDict({"address": text}), meta={"csrf": False}).validate())


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_taken_everywhere(site: Flask, text: str) -> None:
    assert is_web_address(text)
    assert web_address("address", text) == text
    assert accepted_by_form(site, text)
    assert filters.web_address(text) == text


@pytest.mark.parametrize("text", BAD)
def test_what_is_none_is_taken_nowhere(site: Flask, text: str) -> None:
    assert not is_web_address(text)
    assert not accepted_by_form(site, text)
    assert filters.web_address(text) is None
    with pytest.raises(Invalid):
        web_address("address", text)


@given(st.from_regex(r"https?://[a-z0-9.:@\[\]\\-]{0,6}[!-~]{0,6}", fullmatch=True))
def test_what_is_plainly_an_address_is_one_by_the_whole_rule(text: str) -> None:
    plain = addresses._PLAIN
    quick = is_web_address(text)
    addresses._PLAIN = re.compile("(?!)")
    try:
        assert is_web_address(text) == quick
    finally:
        addresses._PLAIN = plain
