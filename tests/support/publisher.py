"""Somebody who publishes figures on the web, on loopback, honest or not."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"200 OK"


@dataclass
class Publisher:
    """What was asked, header names in small letters; and what is answered.

    `parts` are sent one after the other with `pause` seconds before each; `raw` in place of all.
    """

    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    status: bytes = OK
    headers: dict[str, str] = field(default_factory=dict)
    parts: tuple[bytes, ...] = ()
    pause: float = 0
    length: int | None = None
    raw: tuple[bytes, ...] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/figures"

    def says(self, body: bytes, **headers: str) -> None:
        self.parts, self.headers = (body,), {n.replace("_", "-"): v for n, v in headers.items()}

    def answer(self) -> tuple[bytes, ...]:
        if self.raw is not None:
            return self.raw
        length = sum(map(len, self.parts)) if self.length is None else self.length
        said = {"Content-Length": str(length), "Connection": "close", **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items()).encode()
        return (b"HTTP/1.1 " + self.status + b"\r\n" + lines + b"\r\n", *self.parts)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        stub: Publisher = self.server.stub  # type: ignore[attr-defined]
        first = self.rfile.readline().decode()
        if not first:
            return
        found = {"": first.strip()}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            found[name.lower()] = value.strip()
        stub.asked.append(found)
        with suppress(OSError):  # whoever asked may have had enough
            for part in stub.answer():
                time.sleep(stub.pause)
                self.wfile.write(part)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    secret: ssl.SSLContext | None = None

    def finish_request(self, request: object, client_address: object) -> None:
        if self.secret is None:
            super().finish_request(request, client_address)  # type: ignore[arg-type]
            return
        with suppress(OSError), self.secret.wrap_socket(request, server_side=True) as line:  # type: ignore[arg-type]
            super().finish_request(line, client_address)  # type: ignore[arg-type]


@contextmanager
def publisher(certificate: str | None = None) -> Iterator[Publisher]:
    """One that answers until the end; by TLS with the certificate and key in a file."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        stub = Publisher(server.server_address[1])
        server.stub = stub  # type: ignore[attr-defined]
        if certificate:
            server.secret = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.secret.load_cert_chain(certificate)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
