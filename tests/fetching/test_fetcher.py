"""An address is read once, from the machine that was checked, up to limits; each trick by itself.

`lead_to` is a name server of the test's own. Where it says so, 127.0.0.1 counts as public: the
address that a name was checked with.
"""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from portal.fetching import Fetched, Fetcher, NotFetched, Why, addresses
from tests.mail import certificates
from tests.support.publisher import Publisher, publisher

HOST = "figures.example.gov.uk"
SECRET = b"somebody@example.gov.uk"
JSON = "application/json"


@pytest.fixture
def there() -> Iterator[Publisher]:
    with publisher() as found:
        yield found


def fetcher(**more: Any) -> Fetcher:
    plain = {"seconds": 5.0, "quiet_seconds": 2.0, "largest": 10_000, "loopback": True}
    return Fetcher("tests", **{**plain, **more})


def why(some: Fetcher, url: str) -> tuple[Why, int | None]:
    with pytest.raises(NotFetched) as said:
        some.fetch(url, JSON)
    assert SECRET.decode() not in repr(said.value) + str(said.value.__context__)
    return said.value.why, said.value.status


class Names:
    """What each question for a name is answered with, in turn; the last again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> list[str]:
        assert host == HOST
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_a_body_comes_with_what_to_ask_with_next_time(there: Publisher) -> None:
    there.says(b"[]", ETag='"1"', Last_Modified="Sun, 22 Nov 2026 18:00:00 GMT", Set_Cookie="a=b")
    found = fetcher().fetch(there.url, JSON)
    assert found == Fetched(b"[]", '"1"', "Sun, 22 Nov 2026 18:00:00 GMT")
    there.status, there.parts = b"304 Not Modified", ()
    assert fetcher().fetch(there.url, JSON, found.etag, found.modified) == Fetched(None)
    first, again = there.asked
    assert first[""] == "GET /figures HTTP/1.1" and first["accept"] == JSON
    assert again["if-none-match"] == '"1"' and again["if-modified-since"] == found.modified
    sent = {*first, *again}
    assert not sent & {"cookie", "authorization", "referer", "if-match"}
    assert first["user-agent"] == "tests"


def test_a_304_that_was_not_asked_for_is_no_body(there: Publisher) -> None:
    there.status = b"304 Not Modified"
    assert why(fetcher(), there.url) == (Why.REDIRECT, 304)


def test_no_redirect_is_followed(there: Publisher) -> None:
    for status in (b"301 Moved", b"302 Found", b"303 See", b"307 Here", b"308 There"):
        there.status = status
        there.says(SECRET, Location=f"http://127.0.0.1:{there.port}/inside")
        assert why(fetcher(), there.url) == (Why.REDIRECT, int(status[:3]))
    assert {each[""] for each in there.asked} == {"GET /figures HTTP/1.1"}


def test_an_error_says_its_number_and_nothing_of_what_stood_there(there: Publisher) -> None:
    there.status = b"403 " + SECRET
    there.says(SECRET)
    assert why(fetcher(), there.url) == (Why.STATUS, 403)


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_that_leads_inside_is_never_connected_to(
    there: Publisher, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(addresses, "HTTPS", there.port)
    monkeypatch.setattr(socket, "create_connection", _never)
    for answer in ([inside], ["8.8.8.8", inside], [inside, "8.8.8.8"]):
        some = fetcher(resolve=Names(answer), loopback=False)
        assert why(some, f"https://{HOST}/") == (Why.NOT_PUBLIC, None)
    assert there.asked == []


def _never(*_args: object, **_more: object) -> None:
    raise AssertionError("it connected")


def _unknown(_host: str, _port: int) -> list[str]:
    raise socket.gaierror


def test_a_name_that_nobody_knows() -> None:
    for resolve in (_unknown, Names([])):
        assert why(fetcher(resolve=resolve), f"https://{HOST}/") == (Why.NO_NAME, None)


def test_loopback_is_read_only_where_it_is_set(there: Publisher) -> None:
    assert why(fetcher(loopback=False), there.url) == (Why.ADDRESS, None)


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publisher(certificates.files(HOST).server) as found:
        monkeypatch.setattr(addresses, "HTTPS", found.port)
        found.says(b"[]")
        yield found


def trusting(resolve: Names, host: str = HOST) -> Fetcher:
    context = ssl.create_default_context(cafile=certificates.files(host).ca)
    return fetcher(
        resolve=resolve, context=context, loopback=False, public=lambda a: a == "127.0.0.1"
    )


def test_a_name_is_asked_once_and_the_line_goes_where_it_was_checked(
    secure: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says something else the second time gains nothing by it."""
    names, looked_up = Names(["127.0.0.1"], ["10.0.0.1"]), []
    real = socket.getaddrinfo

    def recorded(host: Any, *args: Any, **more: Any) -> Any:
        looked_up.append(host)
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", recorded)
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.1:3128")
    monkeypatch.setenv("ALL_PROXY", "http://10.0.0.1:3128")
    assert trusting(names).fetch(f"https://{HOST}/", JSON).body == b"[]"
    assert names.asked == 1 and set(looked_up) == {"127.0.0.1"}
    assert secure.asked[0]["host"].partition(":")[0] == HOST


def test_a_certificate_must_be_good_for_the_name(secure: Publisher) -> None:
    other = "other.example.gov.uk"
    assert why(trusting(Names(["127.0.0.1"]), other), f"https://{HOST}/")[0] is Why.CERTIFICATE
    found = trusting(Names(["127.0.0.1"]))
    lying = fetcher(resolve=lambda _h, _p: ["127.0.0.1"], context=found.context,
                    loopback=False, public=found.public)  # fmt: skip
    assert why(lying, f"https://{other}/")[0] is Why.CERTIFICATE
    assert secure.asked == []


def test_a_line_that_is_cut_is_no_end(secure: Publisher) -> None:
    """Without a length, only the goodbye of TLS tells the end from a cut."""
    secure.raw = (b"HTTP/1.1 200 OK\r\n\r\n[]",)
    some = trusting(Names(["127.0.0.1"]))
    assert why(some, f"https://{HOST}/")[0] is Why.BROKEN


@pytest.mark.parametrize("length", [None, 10**9])
def test_what_is_too_large_is_not_read_to_its_end(there: Publisher, length: int | None) -> None:
    there.parts, there.length = (SECRET * 400,) * 3, length
    assert why(fetcher(), there.url)[0] is Why.TOO_LARGE


def test_what_is_too_large_without_a_length(there: Publisher) -> None:
    there.raw = (b"HTTP/1.1 200 OK\r\n\r\n", *(b"a" * 5_000,) * 3)
    assert why(fetcher(), there.url)[0] is Why.TOO_LARGE


def test_a_small_gzip_may_be_large_inside(there: Publisher) -> None:
    there.says(gzip.compress(b"[1]"), Content_Encoding="gzip")
    assert fetcher().fetch(there.url, JSON).body == b"[1]"
    there.says(gzip.compress(b" " * 10_001), Content_Encoding="gzip")
    assert why(fetcher(), there.url)[0] is Why.TOO_LARGE
    for body, coding in ((b"no gzip", "gzip"), (gzip.compress(b"[1]")[:-3], "gzip"), (b"a", "br")):
        there.says(body, Content_Encoding=coding)
        assert why(fetcher(), there.url)[0] is Why.BROKEN


def test_less_than_was_promised_is_not_a_body(there: Publisher) -> None:
    there.says(b"[1]")
    there.length = 100
    assert why(fetcher(), there.url)[0] is Why.BROKEN
    there.raw = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1]",)
    assert why(fetcher(), there.url)[0] is Why.BROKEN


@pytest.mark.parametrize(
    "raw",
    [(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n", *(b"[",) * 90),
     (b"HTTP/1.1 200 OK\r\n", *(b"a",) * 90),
     (b"HTTP/1.1 100 Continue\r\n\r\n",) * 90],
    ids=["body", "headers", "interim"],
)  # fmt: skip
def test_a_byte_now_and_then_does_not_hold_the_line(
    there: Publisher, raw: tuple[bytes, ...]
) -> None:
    there.raw, there.pause = raw, 0.05
    assert why(fetcher(seconds=0.3), there.url)[0] is Why.TOO_SLOW


def test_somebody_who_takes_the_line_and_says_nothing(there: Publisher) -> None:
    there.pause = 1.5
    assert why(fetcher(quiet_seconds=0.1), there.url)[0] is Why.TOO_SLOW


def test_nobody_there() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        assert why(fetcher(), url)[0] is Why.NO_CONNECTION


def test_nonsense_is_broken(there: Publisher) -> None:
    for raw in (b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"):
        there.raw = (raw,)
        assert why(fetcher(), there.url)[0] is Why.BROKEN


def test_marks_that_could_be_no_header_of_ours_are_dropped(there: Publisher) -> None:
    there.says(b"[]", ETag='"' + "a" * 300 + '"', Last_Modified="\x01")
    assert fetcher().fetch(there.url, JSON) == Fetched(b"[]")
