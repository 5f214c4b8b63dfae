"""The words of duplicates, merges, splits and transfers, as labels.py has those of records."""

from __future__ import annotations

from collections.abc import Mapping

from portal.web.i18n import lazy

LABELS: Mapping[str, Mapping[str, str]] = {
    "pair_decision": {
        "waiting": lazy("Waiting for a decision"),
        "same": lazy("The same"),
        "related": lazy("Related, not the same"),
        "different": lazy("Different"),
    },
    "record_kind": {"service": lazy("Services"), "organisation": lazy("Organisations")},
}
#: What an event tells of the act itself, see rules/as_at.py.
FIELDS: Mapping[str, str] = {
    "duplicates": lazy("Possible duplicate decided"),
    "merged_from": lazy("Merged with it"),
    "merged_into": lazy("Merged into"),
    "split_from": lazy("Split from"),
    "split_into": lazy("Split off"),
    "transfer": lazy("Transfer of functions"),
}
