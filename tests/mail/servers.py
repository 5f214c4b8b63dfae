"""GOV.UK Notify and an SMTP server, as far as the portal speaks to them, on loopback."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.mail import certificates

SERVICE, SECRET, TEMPLATE = (f"{n * 8}-{n * 4}-{n * 4}-{n * 4}-{n * 12}" for n in "123")
KEY = f"tests-{SERVICE}-{SECRET}"
Answer = tuple[int, object]


@dataclass
class Notify:
    """What was asked, and what is answered: the answers in turn, then 201."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    bounced: list[str] = field(default_factory=list)
    seconds: float = 0
    #: Called with the number of the request, before it is answered and after.
    before: Callable[[int], None] = lambda number: None
    after: Callable[[int], None] = lambda number: None


def _refusal(status: int, kind: str, message: str) -> Answer:
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


BAD_ADDRESS = _refusal(400, "ValidationError", "email_address Not a valid email address")
BAD_TEMPLATE = _refusal(400, "BadRequestError", "Template not found")
BAD_KEY = _refusal(403, "AuthError", "Invalid token: API key not found")
TOO_MANY = _refusal(429, "RateLimitError", "Exceeded rate limit for key type LIVE")
BROKEN = _refusal(500, "Exception", "Internal server error")


class _NotifyHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        stub: Notify = self.server.stub  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v2/notifications/email"
        self._signed()
        stub.asked.append(body)
        number = len(stub.asked)
        stub.before(number)
        time.sleep(stub.seconds)
        created: Answer = (201, {"id": str(uuid.uuid4()), "reference": body["reference"]})
        self._answer(*(stub.answers.pop(0) if stub.answers else created))
        stub.after(number)

    def do_GET(self) -> None:
        stub: Notify = self.server.stub  # type: ignore[attr-defined]
        self._signed()
        asked = parse_qs(urlsplit(self.path).query)
        assert asked["status"] == ["permanent-failure"]
        rows = [] if "older_than" in asked else [{"reference": r} for r in stub.bounced]
        found = [{"id": str(uuid.uuid4()), **row} for row in rows]
        links = (
            {"next": f"{stub.url}/v2/notifications?older_than={found[-1]['id']}"} if rows else {}
        )
        self._answer(200, {"notifications": found, "links": links})

    def _signed(self) -> None:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        assert jwt.decode(token, SECRET, algorithms=["HS256"])["iss"] == SERVICE

    def _answer(self, status: int, body: object) -> None:
        said = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        except OSError:
            self.close_connection = True  # who asked is gone

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def notify() -> Iterator[Notify]:
    """A GOV.UK Notify that answers until the end of the block."""
    stub = Notify()
    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), _NotifyHandler), stub) as port:
        stub.url = f"http://127.0.0.1:{port}"
        yield stub


@contextmanager
def _serving(server: socketserver.BaseServer, stub: object) -> Iterator[int]:
    server.stub = stub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield cast("tuple[str, int]", server.server_address)[1]  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Smtp:
    """What arrived, who signed in, and what is said to RCPT (the answers in turn, then 250)."""

    port: int = 0
    tls: str = "starttls"
    arrived: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    in_clear: list[str] = field(default_factory=list)
    before: Callable[[int], None] = lambda number: None
    after: Callable[[int], None] = lambda number: None

    @property
    def url(self) -> str:
        """Its address for PORTAL_SMTP_URL."""
        return f"{'smtps' if self.tls == 'tls' else 'smtp'}://127.0.0.1:{self.port}"


class _SmtpHandler(socketserver.StreamRequestHandler):
    def setup(self) -> None:
        self.stub: Smtp = self.server.stub  # type: ignore[attr-defined]
        self.secure = False
        if self.stub.tls == "tls":
            self._secure()
        super().setup()

    def _secure(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.files().server)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.secure = True

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def handle(self) -> None:
        self._say("220 tests")
        sender = to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if not self.secure and word not in ("EHLO", "STARTTLS", "QUIT"):
                self.stub.in_clear.append(line)
            if word == "EHLO":
                offers = ["STARTTLS"] if self.stub.tls == "starttls" and not self.secure else []
                self._say("250-tests", *(f"250-{o}" for o in offers), "250 AUTH PLAIN")
            elif word == "STARTTLS" and self.stub.tls == "starttls":
                self._say("220 go on")
                self._secure()
                super().setup()
            elif word == "AUTH":
                self.stub.logins.append(base64.b64decode(line.split(" ")[2]).decode())
                self._say("235 welcome")
            elif word == "MAIL":
                sender = line
                self._say("250 ok")
            elif word == "RCPT":
                to = line
                self._say(self.stub.answers.pop(0) if self.stub.answers else "250 ok")
            elif word == "DATA":
                self._take(sender, to)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok" if word == "RSET" else "502 no")

    def _take(self, sender: str, to: str) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        parsed = message_from_bytes(b"".join(lines), policy=policy.default)
        self.stub.arrived.append(cast(EmailMessage, parsed))
        self.stub.envelopes.append((sender, to))
        number = len(self.stub.arrived)
        self.stub.before(number)
        self._say("250 taken")
        self.stub.after(number)


class _SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away, or did not like the certificate."""


@contextmanager
def smtp(tls: str = "starttls") -> Iterator[Smtp]:
    """An SMTP server until the end of the block; `tls` is `tls`, `starttls` or `none`."""
    stub = Smtp(tls=tls)
    with _serving(_SmtpServer(("127.0.0.1", 0), _SmtpHandler), stub) as port:
        stub.port = port
        yield stub
