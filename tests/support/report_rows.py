"""Whom the endpoints of reports are for: a part of access_rows.py."""

from __future__ import annotations

from portal.access import Permission

PUBLIC = "public"
#: The kind of thing that the first part of the address names.
ADDRESS = "address"
EXPECTED: dict[str, str | Permission | tuple[Permission, str]] = {
    "pipeline_ahead.index": Permission.RUN_ASSESSMENTS,
    "snapshots.freeze": Permission.FREEZE_REPORT,
    **dict.fromkeys(
        (
            *(
                f"keeping.{n}"
                for n in ("index", "draft", "show", "publish", "delete", "run", "history")
            ),
            *(f"keeping_rows.{name}" for name in ("frame", "add", "change", "remove")),
        ),
        (Permission.KEEP_ASSUMPTIONS, ADDRESS),
    ),
} | dict.fromkeys(
    (
        "duplication.index",
        "duplication.services",
        "books.claims",
        "books.leadership",
        "leadership.index",
        "overdue.index",
        "overview.index",
        "pipeline.index",
        "pipeline_lists.index",
        "reuse.index",
        "reuse_changes.changes",
        "reuse_changes.closing",
        "reuse_charts.adoption",
        "reuse_charts.adoption_chart",
        "reuse_charts.heat_chart",
        "reuse_charts.heat_map",
        "reuse_services.index",
        "savings.chart",
        "savings.index",
        "savings.method",
        "savings.show",
        "savings_lists.assumptions",
        "savings_lists.history",
        "savings_lists.index",
        "savings_lists.lines",
        "savings_bridge.show",
        "savings_sure.chart",
        "savings_uses.index",
        "snapshots.differences",
        "snapshots.index",
        "snapshots.show",
        "statistics.index",
        "statistics.organisations",
        "statistics.points",
        "statistics.reassessments",
        "statistics.years",
        "what_if.chart",
        "what_if.index",
    ),
    PUBLIC,
)
