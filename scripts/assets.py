"""Build static/dist: GOV.UK Frontend and assets/, each file named after its content.

GDS Transport and the crown are licensed for services on GOV.UK only, so both are left out unless
`--gov-uk` is given. manifest.json maps each plain name to the name that holds the hash.
"""

import argparse
import gzip
import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOVUK = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk"
DIST = ROOT / "static" / "dist"
LICENSED = re.compile(r"@font-face\{font-family:GDS Transport[^}]*\}|GDS Transport,")
ADDRESS = re.compile(r"""url\((["']?)/assets/(?:[\w.-]+/)*([\w.-]+)\1\)""")
SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=\S+( \*/)?\s*$")


def sources(gov_uk: bool) -> dict[str, Path]:
    """Every file to publish by its plain name; style sheets last, since they name the others."""
    files = [GOVUK / "govuk-frontend.min.js", GOVUK / "govuk-frontend.min.css"]
    if gov_uk:
        files += [path for path in (GOVUK / "assets").rglob("*.*") if path.name != "manifest.json"]
    own = [path for path in (ROOT / "assets").rglob("*") if not path.name.startswith(".")]
    files += [path for path in own if path.is_file()]
    named = {path.name: path for path in sorted(files, key=lambda path: path.suffix == ".css")}
    if len(named) < len(files):
        raise SystemExit("assets: two files have the same name; names must differ across folders")
    return named


def content(path: Path, manifest: dict[str, str], gov_uk: bool) -> bytes:
    """What to publish for a file: style sheets point at hashed names, next to themselves."""
    if path.suffix not in (".css", ".js"):
        return path.read_bytes()
    text = SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))
    if path.suffix == ".css":
        text = text if gov_uk else LICENSED.sub("", text)
        text = ADDRESS.sub(lambda found: _address(path, found[2], manifest), text)
    return text.encode()


def _address(path: Path, name: str, manifest: dict[str, str]) -> str:
    if name in manifest:
        return f"url({manifest[name]})"
    if GOVUK in path.parents:
        return "none"  # the crown, which we leave out
    raise SystemExit(f"assets: {path.relative_to(ROOT)} names {name}, which is not there")


def build(gov_uk: bool = False) -> dict[str, str]:
    """Write static/dist and return its manifest; files of an earlier build are removed."""
    DIST.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}
    written = {DIST / "manifest.json"}
    for name, path in sources(gov_uk).items():
        data = content(path, manifest, gov_uk)
        digest = hashlib.sha256(data).hexdigest()[:12]
        target = DIST / f"{path.stem}.{digest}{path.suffix}"
        target.write_bytes(data)
        written.add(target)
        if path.suffix in (".css", ".js", ".svg"):
            packed = target.with_name(target.name + ".gz")
            packed.write_bytes(gzip.compress(data, mtime=0))
            written.add(packed)
        manifest[name] = target.name
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (DIST / "manifest.json").write_text(text, encoding="utf-8")
    for stale in set(DIST.iterdir()) - written:
        stale.unlink()
    return manifest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build static/dist.")
    parser.add_argument("--gov-uk", action="store_true", help="with GDS Transport and the crown")
    print(f"static/dist: {len(build(parser.parse_args().gov_uk))} files")
