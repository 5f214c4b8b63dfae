"""Take the README's screenshots: start the portal with the demo set, look at it, stop it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "docs" / "screenshots"
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
START_SECONDS = 30
DESKTOP, NARROW = 1280, 320
ASSURANCE, LEAD, PERFORMANCE = (
    f"{name}@gds.demo.example" for name in ("assurance.team", "assessor", "performance.assessor")
)
OWNER = "service.owner@dvla.demo.example"
#: The demo's figures end with the month before the last; this one is due.
DUE = (datetime.now(UTC).date().replace(day=1) - timedelta(days=1)).replace(day=1)
FOUR = "&".join(
    ("service=tax-your-vehicle", "service=apply-for-a-passport", "service=book-theory-test",
     "service=book-driving-test", "period=quarter", "scale=log")
)  # fmt: skip
#: File name, address, width and height of the window, for everybody.
SHOTS = (
    ("home", "/", DESKTOP, 960),
    ("services", "/services?q=driving+license", DESKTOP, 1200),
    ("service", "/services/tax-your-vehicle", DESKTOP, 1500),
    ("organisation", "/organisations/driver-and-vehicle-licensing-agency", DESKTOP, 1200),
    ("journey", "/journeys/learn-to-drive-a-car", DESKTOP, 1200),
    ("find-a-component", "/find-a-component?q=take+a+payment", DESKTOP, 1400),
    ("component", "/components/govuk-notify", DESKTOP, 1500),
    ("component-map", "/component-map", DESKTOP, 900),
    ("stack", "/services/make-a-lasting-power-of-attorney/stack", DESKTOP, 1500),
    ("services-320", "/services", NARROW, 700),
    ("assessment-needed", "/services/tax-your-vehicle/assessment-needed", DESKTOP, 1400),
    ("points", "/services/make-a-sorn/points", DESKTOP, 1200),
    ("government", "/performance", DESKTOP, 1500),
    ("service-performance", "/services/tax-your-vehicle/performance", DESKTOP, 1700),
    ("compare", f"/performance/compare?{FOUR}", DESKTOP, 1500),
    ("volume", "/components/govuk-pay/performance/volume", DESKTOP, 1500),
    ("leadership", "/leadership", DESKTOP, 1900),
)
#: The same for whoever has signed in with an address.
SHOTS_OF = {
    ASSURANCE: (("panel", "/assessments/VBX-5836/panel", DESKTOP, 1500),),
    PERFORMANCE: (("section", "/assessments/LRW-5938/sections/10", DESKTOP, 1500),),
    OWNER: (("figures", f"/data-sets/tax-your-vehicle/calls/figures/{DUE}/1", DESKTOP, 900),),
    LEAD: (("wash-up", "/assessments/LRW-5938/sections", DESKTOP, 1400),),
}


@dataclass(frozen=True)
class Portal:
    """A portal that runs: where, and with which settings."""

    address: str
    environment: dict[str, str]

    def sign_in_at(self, email: str) -> str:
        """Where somebody signs in, once."""
        command = [*FLASK, "sign-in-link", email, "--json"]
        told = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True
        )  # fmt: skip
        return self.address + urlsplit(json.loads(told.stdout)["link"]).path


def chromium() -> str:
    """The browser, as scripts/chromium looks for it."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    for name in (os.environ.get("CHROMIUM", ""), *names):
        if name and (path := shutil.which(name)):
            return path
    sys.exit("Screenshots need Chromium: make browser")


@contextmanager
def portal(folder: Path) -> Iterator[Portal]:
    """Serve a portal with the demo set from `folder`."""
    environment = os.environ | {
        "PORTAL_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite'}",
        "PORTAL_LOG_LEVEL": "ERROR",
    }
    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run([*FLASK, *command], cwd=ROOT, env=environment, check=True)
    log = folder / "log"
    command = [
        sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket",
        "--log-level", "info", "wsgi:app",
    ]  # fmt: skip
    with log.open("wb") as lines:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=lines, stderr=lines)
    try:
        yield Portal(wait_for(server, log), environment)
    finally:
        server.terminate()
        server.wait(timeout=10)


def wait_for(server: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the server names, once it answers there."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        words = log.read_text(errors="replace").split()
        for address in (word for word in words if word.startswith("http://127.0.0.1:")):
            try:
                with urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310
                    return address
            except OSError:  # refused, or busy with its start
                break
        time.sleep(0.05)
    sys.exit("The portal did not start:\n" + log.read_text(errors="replace"))


def take(context: BrowserContext, name: str, path: str, width: int, height: int) -> None:
    """Take a screenshot of a page."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    answer = page.goto(path)
    if answer is None or not answer.ok:
        sys.exit(f"{path} is not there")
    file = OUTPUT / f"{name}.png"
    page.screenshot(path=file)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB")
    page.close()


def sign_in(context: BrowserContext, link: str) -> None:
    """Let a browser be somebody's."""
    page = context.new_page()
    page.goto(link)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    page.close()


def main() -> None:
    """Take all of them, or those that the command names."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    only = set(sys.argv[1:])
    with (
        tempfile.TemporaryDirectory(prefix="portal-") as folder,
        portal(Path(folder)) as there,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        for email, shots in {"": SHOTS, **SHOTS_OF}.items():
            context = browser.new_context(base_url=there.address)
            if email:
                sign_in(context, there.sign_in_at(email))
            for shot in shots:
                if not only or shot[0] in only:
                    take(context, *shot)
        browser.close()


if __name__ == "__main__":
    main()
