"""Words for what components did since their first use."""

from __future__ import annotations

from portal.catalogue.forms.published import measure_name
from portal.charts.data import Scale
from portal.performance.rules import histories as rules
from portal.performance.rules.histories import Bound, History, Known, Milestone, Published
from portal.web.chart_texts import amount
from portal.web.filters import long_date
from portal.web.i18n import _, lazy, ngettext

#: What a row of a file is: (whether it is a number of users, whether it is told alone).
KINDS = {
    (False, False): "total", (False, True): "total, told alone",
    (True, False): "users", (True, True): "users, told alone",
}  # fmt: skip
#: The kind of the only row of a component of which no total is published.
UNPUBLISHED = "not published"
_NAMES = {rules.POUNDS: lazy("Pounds"), "volume": lazy("Volume")}
_BOUNDS = {
    Bound.MORE_THAN: lazy("more than %(total)s"),
    Bound.ABOUT: lazy("about %(total)s"),
    Bound.NEARLY: lazy("nearly %(total)s"),
}
_SIZES = ((10**9, lazy("%(num)s billion")), (10**6, lazy("%(num)s million")))


def name_of(measure: str) -> str:
    """What is counted."""
    return str(_NAMES[measure]) if measure in _NAMES else measure_name(measure)


def scale_of(measure: str) -> Scale:
    """What an axis counts in."""
    return Scale.POUNDS if measure == rules.POUNDS else Scale.COUNT


def size(number: int, measure: str) -> str:
    """A milestone: `10 million`, `£1 billion`."""
    unit, text = next(each for each in _SIZES if number >= each[0])
    said = str(text) % {"num": f"{number // unit:,}"}
    return f"£{said}" if measure == rules.POUNDS else said


def total(known: Known, measure: str) -> str:
    """A total: what is not known is not published, and never 0."""
    if known.total is None:
        return _("Not published")
    said = amount(known.total, scale_of(measure))
    return str(_BOUNDS[known.bound]) % {"total": said} if known.bound else said


def reached(milestone: Milestone) -> str:
    """When a milestone was first reached."""
    by = long_date(milestone.by)
    if milestone.on:
        return _("on %(day)s", day=by)
    if milestone.lacks:
        return _("by %(day)s at the latest: periods before it are not known", day=by)
    if milestone.after is None:
        return _("by %(day)s, when the history begins", day=by)
    return _("after %(start)s and by %(end)s", start=long_date(milestone.after), end=by)


def remark(point: Known, measure: str) -> str:
    """What is special about a total."""
    said = []
    if not point.fits:
        said.append(_("%(total)s is published, which does not fit the totals before and after it",
                      total=total(point, measure)))  # fmt: skip
    elif point.bound:
        said.append(str(_BOUNDS[point.bound]) % {"total": _("this")})
    if point.fact:
        said.append(_("told alone"))
    return ", ".join(filter(None, (*said, still(point))))


def still(point: Known) -> str:
    """Why a total is not what it will be: periods that are missing, figures that may change."""
    said = []
    if point.lacks:
        said.append(ngettext("incomplete for %(num)s period", "incomplete for %(num)s periods",
                             point.lacks))  # fmt: skip
    if point.provisional and point.drawn is not None:
        said.append(_("provisional"))
    return ", ".join(said)


def apart(history: History) -> list[dict[str, str]]:
    """The published totals that do not fit a history, as rows of a table."""
    measure, rows = history.measure, []
    for each in history.apart:
        beside, differs = _("Not published"), ""
        if each.beside is not None and each.known.total is not None:
            beside = _("%(total)s on %(day)s", total=total(each.beside, measure),
                       day=long_date(each.beside.day))  # fmt: skip
            much = each.known.total - (each.beside.total or 0)
            size = amount(abs(much), scale_of(measure))
            differs = _("%(much)s more", much=size) if much > 0 else _("%(much)s less", much=size)
        rows.append({
            "measure": name_of(measure), "day": long_date(each.known.day),
            "total": total(each.known, measure), "beside": beside, "differs": differs,
            "note": each.known.note or "", "source": each.known.source or "",
        })  # fmt: skip
    return rows


def beginning(history: History) -> str:
    """What the history begins with."""
    opening = history.opening
    if opening is not None:
        return _("The history begins with a total of %(total)s on %(day)s, and not with the first "
                 "use.", total=total(opening, history.measure),
                 day=long_date(opening.day))  # fmt: skip
    if history.since is not None:
        return _("Counted from %(day)s on.", day=long_date(history.since))
    return ""


def notes(history: History) -> list[str]:
    """What is to be said of a history, a sentence each."""
    said = [beginning(history)]
    facts = sum(point.fact for point in history.points)
    if facts:
        said.append(
            ngettext(
                "%(num)s total is told alone, with a source of its own, where no series is "
                "published.",
                "%(num)s totals are told alone, each with a source of its own, where no series is "
                "published.",
                facts,
            )
        )
    many = len(history.apart)
    if many:
        said.append(
            ngettext(
                "%(num)s published total does not fit the others: it is not drawn, and stands in "
                "the files and on the component's page with what differs.",
                "%(num)s published totals do not fit the others: they are not drawn, and stand in "
                "the files and on the component's page with what differs.",
                many,
            )
        )
    bounds = sum(point.bound is not None for point in history.points)
    if bounds:
        said.append(
            ngettext(
                "%(num)s total is no exact number: its publisher says more than, about or nearly.",
                "%(num)s totals are no exact numbers: their publisher says more than, about or "
                "nearly.",
                bounds,
            )
        )
    newest = history.newest
    if newest is not None and newest.provisional:
        said.append(_("The newest total is provisional: figures in it may change."))
    if newest is not None and newest.lacks:
        said.append(
            ngettext(
                "%(num)s period is not published, or not all of it, so that totals are too low.",
                "%(num)s periods are not published, or not all of them, so that totals are too "
                "low.",
                newest.lacks,
            )
        )
    return [each for each in said if each]


def adoption_notes(known: Published) -> list[str]:
    """What is to be said of the numbers of users."""
    names = {name for _, _, figures in known.days for name in figures}
    found = rules.sectors([figures for _, _, figures in known.days], names)
    said = []
    if found is not None and found.differ:
        said.append(
            _("On %(differ)s of %(days)s days the services by sector do not add up to all live "
              "services, by %(most)s at most. Both stand as published.", differ=found.differ,
              days=found.days, most=f"{found.most:,.0f}")
        )  # fmt: skip
    if "organisations" not in rules.adoption(known):
        said.append(_("How many organisations use it is not published."))
    return said
