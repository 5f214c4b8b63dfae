"""The tables of the page for leadership, each figure with the address of what is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from portal.catalogue.component_words import Lifecycle
from portal.catalogue.forms.labels import label
from portal.catalogue.words import Phase
from portal.reports.forms.leadership_words import WHY
from portal.reports.rules.leadership import Facts, Offered
from portal.reports.words import By, Counted
from portal.spreadsheets.book import Cell, Column, Kind, Table
from portal.web.i18n import _
from portal.web.links import with_query

SERVICES = "/reports/reuse/services"


def behind(**narrowing: str) -> str:
    """The services behind a figure of the reuse report."""
    return with_query(SERVICES, list(narrowing.items()))


def running(facts: Facts) -> Iterator[Table]:
    """What government runs."""
    phases = [
        [Cell(str(label(phase.value, "phase"))), Cell(many, f"/services?phase={phase.value}")]
        for phase in Phase
        if (many := facts.phases.get(phase.value))
    ]
    whole = [Cell(_("All services")), Cell(sum(facts.phases.values()), "/services")]
    yield Table(
        "services", _("Services by phase"),
        (Column("phase", _("Phase")), Column("services", _("Services"), Kind.COUNT)),
        [*phases, whole] if phases else [], empty=_("No service is recorded."),
    )  # fmt: skip
    states = [
        [Cell(str(label(state.value, "lifecycle"))),
         Cell(many, f"/components?lifecycle={state.value}")]
        for state in Lifecycle
        if (many := facts.lifecycles.get(state.value))
    ]  # fmt: skip
    whole = [Cell(_("All components")), Cell(sum(facts.lifecycles.values()), "/components")]
    yield Table(
        "components", _("Shared components"),
        (Column("lifecycle", _("How far it is")),
         Column("components", _("Components"), Kind.COUNT)),
        [*states, whole] if states else [], empty=_("No shared component is recorded."),
    )  # fmt: skip


def reuse(facts: Facts) -> Iterator[Table]:
    """How needs are met, and by which components most."""
    n = facts.numbers
    shared = {"way": Counted.SHARED.value}
    rows: list[tuple[str, int, float | None, str]] = [
        (_("Shared component, confirmed"), n.confirmed, n.rate,
         behind(**shared, standing="confirmed")),
        (_("Shared component, with declared"), n.in_use(Counted.SHARED), n.rate_declared,
         behind(**shared, standing="in_use")),
        (_("Own build"), n.in_use(Counted.OWN), None,
         behind(way=Counted.OWN.value, standing="in_use")),
        (_("Bought product"), n.in_use(Counted.BOUGHT), None,
         behind(way=Counted.BOUGHT.value, standing="in_use")),
        (_("Shared use that is planned: in no sum"), n.planned, None,
         behind(**shared, standing="planned")),
        (_("Not answered, of all that services are asked"), n.unanswered, n.unanswered_share,
         behind(way="unanswered")),
    ]  # fmt: skip
    yield Table(
        "reuse", _("How services meet their needs"),
        (Column("way", _("How")), Column("needs", _("Needs of services"), Kind.COUNT),
         Column("share", _("Share"), Kind.SHARE)),
        [[Cell(name), Cell(many, href), Cell(share, href)] for name, many, share, href in rows],
        note=_("The reuse rate is over what is shared, built for one service or bought. Declared "
               "use counts below the line in both rates."),
    )  # fmt: skip
    yield Table(
        "most-used", _("Components that most services use"), _offered_columns(),
        list(map(_offered, facts.offered)),
        empty=_("No service says that it uses a shared component."),
    )  # fmt: skip


def _offered_columns() -> tuple[Column, ...]:
    return (
        Column("component", _("Component")),
        Column("confirmed", _("Confirmed"), Kind.COUNT),
        Column("declared", _("Only declared"), Kind.COUNT),
        Column("provider", _("Provider")),
    )


def _offered(of: Offered) -> list[Cell]:
    # By component, so that the list has each service once, as the figure does.
    shared = {"by": By.COMPONENT.value, "component": of.slug, "way": Counted.SHARED.value}
    return [
        Cell(of.name, f"/components/{of.slug}"),
        Cell(of.confirmed, behind(**shared, standing="confirmed")),
        Cell(of.declared, behind(**shared, standing="declared")),
        Cell(of.provider, f"/organisations/{of.provider_slug}"),
    ]


def to_do(facts: Facts) -> Iterator[Table]:
    """What to do next."""
    yield _duplicates(facts)
    yield _overdue(facts)
    yield _endings(facts)
    yield _unanswered(facts)
    yield Table(
        "to-confirm", _("Use that its provider could confirm: whom to ask"),
        (Column("component", _("Component")),
         Column("declared", _("Services, only declared"), Kind.COUNT),
         Column("provider", _("Provider")), Column("team", _("Team"))),
        [[*(_offered(of)[at] for at in (0, 2, 3)), Cell(of.team or _("Not named"))]
         for of in facts.ask],
        empty=_("All use that services declare is confirmed."),
    )  # fmt: skip


def _duplicates(facts: Facts) -> Table:
    def cells(each: Any) -> list[Cell]:
        here = "/reports/duplication/services"
        query = [("capability", each.slug), ("which", "addressable")]
        reasons = [query[0], ("which", "with_reason")]
        return [
            Cell(each.name, f"/reports/duplication?capability={each.slug}"),
            Cell(each.addressable, with_query(here, query)),
            Cell(each.reasoned, with_query(here, reasons)),
            Cell(each.next_end, with_query(here, query)),
        ]

    return Table(
        "duplicates", _("Built or bought although a shared component is there"),
        (Column("need", _("Need")), Column("addressable", _("Could be shared"), Kind.COUNT),
         Column("with_reason", _("of these, with a reason"), Kind.COUNT),
         Column("next_contract_end", _("Next contract to end"), Kind.DAY)),
        [cells(each) for each in facts.addressable],
        note=_("Not all of it is waste: a team may have its reasons. What is exempt is not here."),
        empty=_("Nothing that services build or buy could be shared, as far as is recorded."),
    )  # fmt: skip


def _overdue(facts: Facts) -> Table:
    rows = [
        [Cell(each.service, f"/services/{each.service_slug}"),
         Cell(each.component, f"/mandates/{each.component_slug}"), Cell(str(WHY[each.why])),
         Cell(each.due, f"/exemptions/{each.request}" if each.request else "")]
        for each in facts.late
    ]  # fmt: skip
    if facts.overdue > len(rows):
        every = Cell(
            _("%(many)s overdue", many=f"{facts.overdue:,}"), "/reports/overdue-exemptions"
        )
        rows.append([Cell(_("All of them")), Cell(""), every, Cell(None)])
    return Table(
        "overdue-exemptions", _("Exemptions that are overdue"),
        (Column("service", _("Service")), Column("component", _("Need not use")),
         Column("why", _("What is overdue")), Column("due", _("Since"), Kind.DAY)),
        rows, empty=_("No exemption is overdue."),
    )  # fmt: skip


def _endings(facts: Facts) -> Table:
    return Table(
        "ending", _("Components that end or have ended"),
        (Column("component", _("Component")), Column("lifecycle", _("State")),
         Column("ends_on", _("On"), Kind.DAY),
         Column("left", _("Uses still on it"), Kind.COUNT),
         Column("stopped", _("Uses that left"), Kind.COUNT)),
        [[Cell(each.name, f"/components/{each.slug}"),
          Cell(str(label(each.lifecycle, "lifecycle"))),
          *(Cell(value, f"/components/{each.slug}/closing")
            for value in (each.ends_on, each.left, each.stopped))]
         for each in facts.endings],
        empty=_("No component that ends has ever been recorded as used."),
    )  # fmt: skip


def _unanswered(facts: Facts) -> Table:
    return Table(
        "unanswered", _("Organisations with most needs that nobody has answered"),
        (Column("organisation", _("Organisation")),
         Column("services", _("Services"), Kind.COUNT),
         Column("unanswered", _("Not answered"), Kind.COUNT)),
        [[Cell(each.name, f"/organisations/{each.slug}"),
          Cell(each.services, behind(organisation=each.slug, way=Counted.SERVICES.value)),
          Cell(each.unanswered, behind(organisation=each.slug, way="unanswered"))]
         for each in facts.unanswered],
        note=_("With everything below each organisation."),
        empty=_("Every service has answered what it needs."),
    )  # fmt: skip


def figures(tables: Iterable[Table]) -> Iterator[dict[str, Any]]:
    """Every figure of tables on a line of its own, with its address."""
    for table in tables:
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                if column.kind is not Kind.TEXT and cell.value is not None:
                    yield {
                        "part": table.key, "row": row[0].value, "figure": column.key,
                        "value": cell.value, "unit": column.kind.value, "address": cell.href,
                    }  # fmt: skip
