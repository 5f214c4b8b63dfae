"""Style sheets and scripts: names with their hash, served by WhiteNoise for ever."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import cast

from flask import Flask, current_app
from whitenoise import WhiteNoise

ADDRESS = "/assets/"
EXTENSION = "portal_assets"
#: A name that changes with the content can be kept for ever.
HASHED = r"^.+\.[0-9a-f]{12}\.[a-z0-9]+$"


class AssetsMissing(RuntimeError):
    """The style sheets have not been built, or lack a file; the message says what to run."""


class Assets:
    """What static/dist holds.

    Attributes:
        digest: changes with any file; part of each page's ETag.
    """

    def __init__(self, folder: Path) -> None:
        """Read the manifest, or raise AssetsMissing."""
        path = folder / "manifest.json"
        if not path.is_file():
            raise AssetsMissing(
                "static/dist/manifest.json is missing: run python scripts/assets.py"
            )
        text = path.read_text(encoding="utf-8")
        self.names = cast(dict[str, str], json.loads(text))
        self.digest = hashlib.sha256(text.encode()).hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where a file is served, by its plain name."""
        try:
            return ADDRESS + self.names[name]
        except KeyError:
            message = f"{name} is not in static/dist: run python scripts/assets.py"
            raise AssetsMissing(message) from None


def install(app: Flask, folder: Path) -> None:
    """Serve `folder` under /assets/ before Flask sees the request."""
    assets = Assets(folder)
    app.extensions[EXTENSION] = assets
    app.jinja_env.globals["asset"] = assets.address
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix=ADDRESS,
        allow_all_origins=False,
        max_age=60,
        immutable_file_test=HASHED,
        add_headers_function=_headers,
    )


def digest() -> str:
    """The digest of everything in static/dist."""
    return _assets().digest


def address(name: str) -> str:
    """Where a file is served, by its plain name."""
    return _assets().address(name)


def _assets() -> Assets:
    return cast(Assets, current_app.extensions[EXTENSION])


def _headers(headers: dict[str, str], path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
