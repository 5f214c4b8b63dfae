"""The rows of a component's lists in words: steps, prices, allowances, mandates, figures, costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.catalogue.forms.figures import financial_year, measure, per_unit, price
from portal.catalogue.forms.labels import label
from portal.web.filters import long_date
from portal.web.i18n import _, ngettext

Row = Mapping[str, Any]
Names = Mapping[str, str]


def in_words(field: str, row: Row, names: Names) -> str | None:
    """A row of a list in words; None for a list that no words are kept for here.

    Args:
        field: the list's.
        row: as the document of a component has it.
        names: of what documents refer to.
    """
    known = _WORDS.get(field)
    if known is None or not known[0] <= set(row):
        return None
    return ". ".join(part.rstrip(".") for part in known[1](row, names) if part)


def _step(row: Row, _names: Names) -> list[str]:
    days = row["days"]
    if days is None:
        return [str(row["text"])]
    if days == 0:
        return [str(row["text"]), _("Typically the same day")]
    many = ngettext("Typically %(num)s day", "Typically %(num)s days", days)
    return [str(row["text"]), many]


def _price(row: Row, _names: Names) -> list[str]:
    return [f"{row['item']}: {price(row)} {per_unit(row)}".rstrip(), *_ends(row)]


def _ends(row: Row) -> list[str]:
    """The dates of a row, its note and its source: what it has of them."""
    return [_period(row), str(row.get("note") or ""), _source(row)]


def _period(row: Row) -> str:
    since, until = (long_date(row.get(name)) for name in ("since", "until"))
    if since and until:
        return _("From %(since)s until %(until)s", since=since, until=until)
    if since:
        return _("From %(since)s", since=since)
    return _("Until %(until)s", until=until) if until else ""


def _source(row: Row) -> str:
    return _("Source: %(source)s", source=row["source"]) if row.get("source") else ""


def _allowance(row: Row, _names: Names) -> list[str]:
    amount = f"{row['amount']:,}" if row["amount"] is not None else _("not known")
    period = f" ({row['period']})" if row["period"] else ""
    what = f"{row['what']}, {row['group']}" if row["group"] else str(row["what"])
    return [f"{what}: {amount}{period}", *_ends(row)]


def _mandate(row: Row, names: Names) -> list[str]:
    def listed(name: str, of: str) -> str:
        return ", ".join(label(each, of) for each in row.get(name) or ())

    needs = ", ".join(names.get(f"capability:{n}", n) for n in row.get("needs") or ())
    phase, new = row.get("from_phase"), row.get("new_since")
    return [
        str(row["scope"]),
        str(row.get("note") or ""),
        _period(row),
        _("Needs: %(needs)s", needs=needs) if needs else _("Not counted: it names no needs"),
        _("Services of: %(who)s", who=listed("sectors", "sector")) if row.get("sectors") else "",
        _("Used by: %(who)s", who=listed("audiences", "audience")) if row.get("audiences") else "",
        _("From this phase on: %(phase)s", phase=label(phase, "phase")) if phase else "",
        _("Only services that began on %(day)s or later", day=long_date(new)) if new else "",
        _("Policy: %(address)s", address=row["policy"]) if row.get("policy") else "",
    ]


def _volume(row: Row, _names: Names) -> list[str]:
    amount = f"{row['amount']:,}" if row["amount"] is not None else _("not known")
    said, until = f"{measure(row['measure'])}: {amount}", long_date(row["to"])
    since = long_date(row["since"])
    days = _("From %(since)s to %(until)s", since=since, until=until) if since else until
    return [said, str(days), str(row["note"] or ""), _source(row)]


def _cost(row: Row, _names: Names) -> list[str]:
    pounds = f"£{row['pounds']:,}" if row["pounds"] is not None else _("not known")
    return [f"{pounds} ({label(row['basis'], 'cost_basis')})", *_ends(row)]


def _stage(row: Row, _names: Names) -> list[str]:
    return [label(row["stage"], "stage"), _period(row), str(row["rationale"]), _source(row)]


def _measured(row: Row, _names: Names) -> list[str]:
    return [f"{financial_year(row['year'])}: {row['quantity']:,}", _source(row)]


def _dated(row: Row, _names: Names) -> list[str]:
    return [str(row["what"]), *_ends(row)]


#: The fields that a row needs to be said like this, and how it is said.
_WORDS: dict[str, tuple[frozenset[str], Callable[[Row, Names], list[str]]]] = {
    "steps": (frozenset({"text", "days"}), _step),
    "prices": (frozenset({"item", "unit", "pence", "per_cent"}), _price),
    "allowances": (frozenset({"what", "group", "amount", "period"}), _allowance),
    "mandates": (frozenset({"scope"}), _mandate),
    "volumes": (frozenset({"measure", "amount", "since", "to", "note"}), _volume),
    "yearly_volumes": (frozenset({"year", "quantity", "source"}), _measured),
    "costs": (frozenset({"pounds", "basis"}), _cost),
    "evolution": (frozenset({"stage", "rationale"}), _stage),
    "incidents": (frozenset({"what", "since"}), _dated),
    "unsupported": (frozenset({"what", "since"}), _dated),
}
