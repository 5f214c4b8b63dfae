"""All calls of the DataSet of performanceplatform-client 0.11.5; run by scripts/client-check.

It runs in the client's own environment, which has nothing of the portal.
"""

from __future__ import annotations

import builtins
import sys
import time
import urllib.error
import urllib.request

builtins.basestring = str  # type: ignore[attr-defined]  # the client was written for Python 2

import requests  # noqa: E402
from performanceplatform.client import DataSet  # type: ignore[import-not-found]  # noqa: E402

FIRST = "2016-05-02T00:00:00+00:00"


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/_status", timeout=2).close()  # noqa: S310  # loopback
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    sys.exit("the portal did not start")


def _expect(what: str, given: object, wanted: object) -> None:
    if given != wanted:
        sys.exit(f"{what}: {given!r} and not {wanted!r}")
    print(f"{what}: as it should be")


def main(url: str) -> None:
    """Call everything, against a portal with the data sets check/client and check/many."""
    _wait(url)
    api = f"{url}/data"
    data_set = DataSet.from_group_and_type(api, "check", "client", token="a-token")  # noqa: S106
    records = [{"_id": "a", "_timestamp": FIRST, "count": 3, "channel": "phone"}]
    data_set.post(records)
    _expect("post and get", [row["count"] for row in data_set.get()["data"]], [3])
    grouped = data_set.get({"group_by": "channel", "collect": "count:sum"})["data"]
    _expect("get with a query", grouped, [{"channel": "phone", "_count": 1, "count:sum": 3}])

    many = DataSet.from_config({"url": f"{api}/check/many", "token": "a-token", "dry_run": False})
    many.post([{"_id": f"r{n}", "_timestamp": FIRST, "count": n} for n in range(5_000)])
    _expect("a large body, by gzip", len(many.get()["data"]), 5_000)
    many.post([{"_id": f"s{n}", "_timestamp": FIRST} for n in range(250)], chunk_size=100)
    _expect("in chunks", len(many.get()["data"]), 5_250)
    many.empty_data_set()
    _expect("empty_data_set", many.get(), {"data": []})

    named = DataSet.from_name(url, "check_client")
    _expect("from_name", len(named.get()["data"]), 1)
    named.set_token("a-token")
    named.post([{"_id": "b", "_timestamp": FIRST}])
    _expect("post by name", len(named.get()["data"]), 2)

    named.set_token("wrong")
    try:
        named.post(records)
    except requests.HTTPError as problem:
        _expect("a wrong token", problem.response.status_code, 401)
    else:
        sys.exit("a wrong token was taken")
    dry = DataSet.from_group_and_type(api, "check", "client", dry_run=True, token="a-token")  # noqa: S106
    dry.post([{"_id": "c", "_timestamp": FIRST}])
    _expect("a dry run", len(data_set.get()["data"]), 2)


if __name__ == "__main__":
    main(sys.argv[1])
