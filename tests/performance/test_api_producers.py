"""What known producers send, as they send it: over the wire nothing else is known of them."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.performance.actions import moving_in
from portal.performance.actions.moving_in import Flags
from tests.support.data import ACT
from tests.support.pages import PageClient

NOTIFY = {
    "_id": "MjAxNi0xMC0xNlQwMDowMDowMGdvdnVrLW5vdGlmeXNtc25vdGlmaWNhdGlvbnNkYXk=",
    "_timestamp": "2016-10-16T00:00:00", "service": "govuk-notify", "dataType": "notifications",
    "period": "day", "count": 142, "channel": "sms",
}  # fmt: skip
PAY = [
    {"_id": f"pay.{name}", "_timestamp": "2016-11-13T00:00:00+00:00", "service": "govuk-pay",
     "period": "day", "type": name, "count": count}
    for name, count in (("transaction", 12), ("value", 1234), ("average-value", 102.83))
]  # fmt: skip
MANY = [{"_id": f"r{n}", "_timestamp": "2016-05-02T00:00:00+00:00", "count": n} for n in range(500)]


@pytest.mark.parametrize("open_schema", [True, False])
@pytest.mark.parametrize("body", [NOTIFY, PAY, MANY], ids=["notify", "pay", "client"])
def test_producers(client: PageClient, session: Session, body: Any, open_schema: bool) -> None:
    flags = Flags(open_schema=open_schema)
    moving_in.create(session, "svc", "counts", ["a-token"], flags, ACT)
    session.commit()
    data = json.dumps(body).encode()
    # As performanceplatform-client 0.11.5 asks.
    headers = {
        "Accept": "application/json", "User-Agent": "Performance Platform Client 0.11.5",
        "Govuk-Request-Id": "Not-Set", "Authorization": "Bearer a-token",
        "Content-Type": "application/json",
    }  # fmt: skip
    if len(data) > 2048:
        data, headers["Content-Encoding"] = gzip.compress(data), "gzip"
    answer = client.post("/data/svc/counts", data=data, headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    sent = body if isinstance(body, list) else [body]
    read = client.get("/data/svc/counts", headers={"Accept": "application/json"}).get_json()
    assert [each["_id"] for each in read["data"]] == [each["_id"] for each in sent]
    assert [each["count"] for each in read["data"]] == [each["count"] for each in sent]
    emptied = client.put(
        "/data/svc/counts", data=b"[]", headers={**headers, "Content-Encoding": ""}
    )
    assert emptied.get_json()["message"] == "svc_counts now contains 0 records"
