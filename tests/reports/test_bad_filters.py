"""What the lists of reports do not understand of an address is said on pages, and refused else."""

from __future__ import annotations

from tests.reports.test_savings_pages import DEMO
from tests.support.pages import PageClient

#: Lists and the filters with a closed set of values, or a place in the list.
LISTS = {
    "/savings/runs": ["after"],
    "/savings/runs/1/claims": ["service", "component", "kind", "year", "after"],
    "/savings/runs/1/uses": ["standing", "after"],
    "/savings/assumptions/1": ["class", "old"],
    "/savings/what-if": ["of"],
    "/reports/reuse": ["by", "sector", "after"],
    "/reports/reuse/services": ["way", "standing", "after"],
    "/reports/reuse/heat-map": ["phase", "after"],
    "/reports/duplication/services": ["which", "after"],
    "/reports/overdue-exemptions": ["after"],
    "/reports/snapshots": ["report", "monthly", "after"],
}


@DEMO
def test_no_filter_is_left_out_without_a_word(client: PageClient) -> None:
    silent = []
    for address, names in LISTS.items():
        for name in names:
            if client.get(f"{address}.json?{name}=nonsense").status_code != 400:
                silent.append(f"{address}.json {name}")
        every = "&".join(f"{name}=nonsense" for name in names)
        page = client.get(f"{address}?{every}").text
        told = page.partition("does not know these parts")[2].partition("</div>")[0]
        silent += [f"{address} {name}" for name in names if name not in told]
    assert silent == []
