"""One GET of a public address. Nobody decides by what they publish where the portal asks next.

The name is resolved once; every address it has must be public, and the connection is made to one
that was checked, so that a name cannot mean something else a moment later. Redirects are not
followed. There are no cookies, no credentials and no proxy. Nothing that was sent to us is in an
error.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from portal.errors import Invalid
from portal.fetching.addresses import LOOPBACK, Target, is_public, read
from portal.fetching.gzipped import NotGzip, TooLarge, unpacked

#: How many addresses of a host are tried.
TRIED = 4
CHUNK = 65_536
_LONGEST_MARK = 200


class Why(StrEnum):
    """Why nothing was read."""

    ADDRESS = "address"
    NO_NAME = "no_name"
    NOT_PUBLIC = "not_public"
    NO_CONNECTION = "no_connection"
    CERTIFICATE = "certificate"
    TOO_SLOW = "too_slow"
    REDIRECT = "redirect"
    STATUS = "status"
    TOO_LARGE = "too_large"
    BROKEN = "broken"


class NotFetched(Exception):
    """Nothing was read. `status` is that of the answer, where there was one."""

    def __init__(self, why: Why, status: int | None = None) -> None:
        """Keep both."""
        super().__init__(why.value)
        self.why, self.status = why, status


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was read: None for a body that is the same as before; and what to ask with next time."""

    body: bytes | None
    etag: str | None = None
    modified: str | None = None


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_rest, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Reads addresses, each within the same limits.

    Attributes:
        agent: who asks, for the log of whoever is asked.
        seconds: how long one may take from the connection to the last byte.
        quiet_seconds: how long a connection may take, and the other side say nothing.
        largest: how many bytes a body may have, also once it is unpacked.
        loopback: whether `http://127.0.0.1` may be read: for tests.
        context: which certificates are good; those that the system trusts without it.
        resolve: gives the addresses of a name.
        public: says which of them may be asked.
    """

    agent: str
    seconds: float = 60
    quiet_seconds: float = 15
    largest: int = 10 * 1024 * 1024
    loopback: bool = False
    context: ssl.SSLContext | None = None
    resolve: Resolve = resolve
    public: Callable[[str], bool] = is_public

    def fetch(
        self, url: str, accept: str, etag: str | None = None, modified: str | None = None
    ) -> Fetched:
        """Read an address.

        Args:
            url: the address.
            accept: the media type that is wanted.
            etag: as the last answer gave it, not to read the same again.
            modified: the same of its `Last-Modified`.

        Raises:
            NotFetched: with the reason.
        """
        try:
            to = read(url, self.loopback)
        except Invalid:
            raise NotFetched(Why.ADDRESS) from None
        headers = {"User-Agent": self.agent, "Accept": accept, "Accept-Encoding": "gzip"}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": modified} if modified else {}
        with closing(self._connected(to, self._checked(to))) as plain:
            return self._asked(to, plain, headers, bool(etag or modified))

    def _checked(self, to: Target) -> list[str]:
        """The addresses of a host. One that is not public spoils all of them."""
        try:
            found = self.resolve(to.host, to.port)
        except (OSError, UnicodeError):
            raise NotFetched(Why.NO_NAME) from None
        if not found:
            raise NotFetched(Why.NO_NAME)
        own = self.loopback and to.host == LOOPBACK
        if not own and not all(map(self.public, found)):
            raise NotFetched(Why.NOT_PUBLIC)
        return found[:TRIED]

    def _connected(self, to: Target, addresses: list[str]) -> socket.socket:
        why = Why.NO_CONNECTION
        for address in addresses:
            try:
                return socket.create_connection((address, to.port), self.quiet_seconds)
            except TimeoutError:
                why = Why.TOO_SLOW
            except OSError:
                continue
        raise NotFetched(why)

    def _asked(
        self, to: Target, plain: socket.socket, headers: Mapping[str, str], again: bool
    ) -> Fetched:
        with _Deadline(plain, self.seconds) as deadline:
            try:
                return self._said(to, plain, headers, again)
            finally:
                if deadline.over:  # whatever it seemed to be: the line was cut under it
                    raise NotFetched(Why.TOO_SLOW) from None

    def _said(
        self, to: Target, plain: socket.socket, headers: Mapping[str, str], again: bool
    ) -> Fetched:
        try:
            with closing(self._secured(to, plain)) as line:
                return self._answer(_get(to, line, headers), again)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise NotFetched(_why(problem)) from None

    def _secured(self, to: Target, plain: socket.socket) -> socket.socket:
        if not to.secure:
            return plain
        context = self.context or ssl.create_default_context()
        # An end without a goodbye may be somebody who cut the line.
        return context.wrap_socket(plain, server_hostname=to.host, suppress_ragged_eofs=False)

    def _answer(self, answer: http.client.HTTPResponse, again: bool) -> Fetched:
        if answer.status == http.client.NOT_MODIFIED and again:
            return Fetched(None)
        if 300 <= answer.status < 400:
            raise NotFetched(Why.REDIRECT, answer.status)
        if answer.status != http.client.OK:
            raise NotFetched(Why.STATUS, answer.status)
        etag, modified = (_mark(answer.getheader(name)) for name in ("ETag", "Last-Modified"))
        return Fetched(self._body(answer), etag, modified)

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        awaited, parts, size = answer.length, [], 0
        while part := answer.read(CHUNK):
            parts.append(part)
            size += len(part)
            if size > self.largest:
                raise NotFetched(Why.TOO_LARGE)
        if awaited is not None and size != awaited:
            raise NotFetched(Why.BROKEN)
        return self._plain(b"".join(parts), answer.getheader("Content-Encoding") or "")

    def _plain(self, data: bytes, coding: str) -> bytes:
        coding = coding.strip().lower()
        if coding in ("", "identity"):
            return data
        if coding not in ("gzip", "x-gzip"):
            raise NotFetched(Why.BROKEN)
        try:
            return unpacked(data, self.largest)
        except NotGzip:
            raise NotFetched(Why.BROKEN) from None
        except TooLarge:
            raise NotFetched(Why.TOO_LARGE) from None


def _get(to: Target, line: socket.socket, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    kind = http.client.HTTPSConnection if to.secure else http.client.HTTPConnection
    asking = kind(to.host, to.port)
    asking.auto_open = 0  # it would resolve the name by itself
    asking.sock = line
    asking.request("GET", to.path, headers=dict(headers))
    return asking.getresponse()


def _why(problem: Exception) -> Why:
    if isinstance(problem, TimeoutError):
        return Why.TOO_SLOW
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Why.CERTIFICATE
    return Why.BROKEN


def _mark(text: str | None) -> str | None:
    """What a server gave to ask with again, where it could stand in a header of ours."""
    fine = text and len(text) <= _LONGEST_MARK and text.isascii() and text.isprintable()
    return text if fine else None


class _Deadline:
    """Cuts a connection after some time, whatever it is doing: each byte would start a time-out
    afresh.
    """

    def __init__(self, line: socket.socket, seconds: float) -> None:
        self.over = False
        self._twin = line.dup()  # the line itself may be wrapped meanwhile
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def _cut(self) -> None:
        self.over = True
        with suppress(OSError):
            self._twin.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._timer.cancel()
        self._timer.join()
        self._twin.close()
