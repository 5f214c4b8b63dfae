"""Take the README's screenshots: start the portal with the demo set, look at it, stop it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "docs" / "screenshots"
START_SECONDS = 30
DESKTOP, NARROW = 1280, 320
#: File name, address, width and height of the window.
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
)


def chromium() -> str:
    """The browser, as scripts/chromium looks for it."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    sys.exit("Screenshots need Chromium: make browser")


@contextmanager
def portal(folder: Path) -> Iterator[str]:
    """Serve a portal with the demo set from `folder`; yield its address."""
    environment = os.environ | {
        "PORTAL_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite'}",
        "PORTAL_LOG_LEVEL": "ERROR",
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run([*flask, *command], cwd=ROOT, env=environment, check=True)
    log = folder / "log"
    command = [
        sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket",
        "--log-level", "info", "wsgi:app",
    ]  # fmt: skip
    with log.open("wb") as lines:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=lines, stderr=lines)
    try:
        yield wait_for(server, log)
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


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with (
        tempfile.TemporaryDirectory(prefix="portal-") as folder,
        portal(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        for name, path, width, height in SHOTS:
            page = browser.new_page(viewport={"width": width, "height": height})
            answer = page.goto(address + path)
            if answer is None or not answer.ok:
                sys.exit(f"{path} is not there")
            file = OUTPUT / f"{name}.png"
            page.screenshot(path=file)
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
