"""`python -m bench`: what `make bench` runs.

Settings: SIZE (services in the large catalogue, 100000), ROWS (names of rows, all without it), DB
(sqlite or postgresql).
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import databases, measure, works
from bench.report import Line, line_of, table
from bench.rows import PAGES
from bench.servers import serve

SMALL = 1_000
RESULTS = Path(__file__).resolve().parent / "results"


def main() -> int:
    """Measure the rows asked for; 1 where one misses its bar."""
    size = int(os.environ.get("SIZE") or 100_000)
    kind = os.environ.get("DB") or "sqlite"
    asked = (os.environ.get("ROWS") or "").replace(",", " ").split()
    known = [row.key for row in PAGES] + list(works.WORKS)
    if kind not in ("sqlite", "postgresql") or not set(asked) <= set(known):
        print(f"DB is sqlite or postgresql; ROWS are of {' '.join(known)}", file=sys.stderr)
        return 2
    lines: list[Line] = []
    with ExitStack() as stack:
        admin = stack.enter_context(databases.server(kind))
        sizes = sorted({min(SMALL, size), size})
        loaded = {each: databases.load(admin, each) for each in sizes}
        for row in PAGES:
            if asked and row.key not in asked:
                continue
            print(f"{row.key} ...", file=sys.stderr, flush=True)
            paths = {each: row.paths(database) for each, database in loaded.items()}
            with ExitStack() as running:
                servers = [
                    running.enter_context(serve(what, each, _url(database)))
                    for each, database in loaded.items()
                    for what in ("portal", "floor")
                ]
                if row.kept:
                    large = loaded[size]
                    servers.append(running.enter_context(serve("again", size, _url(large))))
                measure.compare(servers, paths, row.same)
                found = measure.result(measure.rounds(servers, paths, row.requests))
            lines.append(line_of(row, found))
        for key, work in works.WORKS.items():
            if not asked or key in asked:
                print(f"{key} ...", file=sys.stderr, flush=True)
                lines += work(admin, loaded)
    print(table(lines))
    _keep(kind, lines)
    return int(any(line.holds is False for line in lines))


def _url(database: Any) -> str:
    return str(database.url.render_as_string(hide_password=False))


def _keep(kind: str, lines: list[Line]) -> None:
    """Write what was measured; rows that were not asked for keep their last figures."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{kind}.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    before |= {line.key: asdict(line) for line in lines}
    path.write_text(json.dumps(before, indent=1), encoding="utf-8")


sys.exit(main())
