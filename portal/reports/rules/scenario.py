"""A scenario that somebody brings: parameters and uses, in the letters of docs/savings.md."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.errors import N_, Invalid
from portal.reports.rules.appraisal import STANDARD_RATE, Appraisal
from portal.reports.rules.model import Use, add_up, platform, quantities
from portal.reports.rules.ranges import Assumption, Case, Group
from portal.reports.rules.years import ONE, ZERO
from portal.reports.words import View

#: Each letter, and the field of model.Values that it fills.
LETTERS = {
    "B": "build", "RCR": "relative_cost", "M": "run", "m": "own_run", "a": "additionality",
    "X": "exit_cost", "K": "platform",
}  # fmt: skip
LONGEST = 100
_KNOWN = {"params", "discount_rate", "horizon", "uses"}


def case(scenario: Any) -> Case:
    """The case of a scenario.

    Args:
        scenario: an object with `params` (every letter of LETTERS), `uses` (a list of [start, end]
            in years; end null: goes on) and, if need be, `discount_rate` and `horizon`.

    Raises:
        Invalid: what is wrong, and where.
    """
    if not isinstance(scenario, dict):
        raise Invalid("", N_("The scenario must be an object"))
    for name in scenario.keys() - _KNOWN:
        raise Invalid(name, N_("“%(name)s” is not part of a scenario"), name=name)
    params, horizon = _params(scenario.get("params")), _horizon(scenario.get("horizon", 5))
    rate = _number(scenario.get("discount_rate", STANDARD_RATE), "discount_rate")
    if rate <= -1:
        raise Invalid("discount_rate", N_("The discount rate must be above -1"))
    uses = _uses(scenario.get("uses"))
    sums = add_up(q for use in uses for q in quantities(use, horizon, View.WHOLE))
    sums |= add_up(platform([ONE] * horizon))
    assumptions = {k: Assumption(LETTERS[k], v, v, v) for k, v in params.items()}
    keys = {LETTERS[letter]: letter for letter in params}
    return Case([Group(sums, keys)], assumptions, rate, horizon)


def evaluate(scenario: Any) -> dict[str, Any]:
    """What a scenario comes to, in pounds that are not rounded. Raises Invalid as `case` does."""
    made = case(scenario)
    found: Appraisal = made.appraisal()
    years = {"net": found.net, "gross": found.gross, "cost": found.cost}
    plain = {name: [float(each) for each in every] for name, every in years.items()}
    return {"npv": float(made.npv()), **plain}


def _params(given: Any) -> dict[str, Decimal]:
    if not isinstance(given, dict):
        raise Invalid("params", N_("“params” must be an object"))
    for letter in given.keys() - LETTERS.keys():
        raise Invalid(f"params.{letter}", N_("“%(name)s” is not a parameter"), name=letter)
    found: dict[str, Decimal] = {}
    for letter in LETTERS:
        if letter not in given:
            raise Invalid(f"params.{letter}", N_("“%(name)s” is missing"), name=letter)
        value = _number(given[letter], f"params.{letter}")
        if value < 0:
            raise Invalid(f"params.{letter}", N_("“%(name)s” must be 0 or more"), name=letter)
        found[letter] = value
    if found["a"] > 1:
        raise Invalid("params.a", N_("“a” must be between 0 and 1"))
    return found


def _horizon(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= LONGEST:
        raise Invalid("horizon", N_("“horizon” must be a whole number from 1 to 100"))
    return given


def _uses(given: Any) -> list[Use]:
    if not isinstance(given, list):
        raise Invalid("uses", N_("“uses” must be a list"))
    return [_use(each, f"uses.{place}") for place, each in enumerate(given)]


def _use(given: Any, where: str) -> Use:
    if not isinstance(given, list) or len(given) != 2:
        raise Invalid(where, N_("A use must be [start, end]"))
    start = _number(given[0], where)
    end = None if given[1] is None else _number(given[1], where)
    if end is not None and end < start:
        raise Invalid(where, N_("A use must not end before it starts"))
    return Use(start, end)


def _number(given: Any, where: str) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        raise Invalid(where, N_("“%(name)s” must be a number"), name=where)
    number = Decimal(str(given))
    if not number.is_finite():
        raise Invalid(where, N_("“%(name)s” must be a number"), name=where)
    return number


def worked_example() -> Mapping[str, Any]:
    """The example of docs/savings.md, with the uses that are confirmed."""
    return {
        "params": {
            "B": 250_000, "RCR": 0.2, "M": 60_000, "m": 8_000, "a": 0.8, "X": 40_000,
            "K": 250_000,
        },
        "discount_rate": 0.035,
        "horizon": 5,
        "uses": [[0, 5], [0, 5], [0.5, 5], [1, 5], [1, 3], [2, 5]],
    }  # fmt: skip


#: Uses of the worked example that are declared and not confirmed.
DECLARED = ((ZERO, Decimal(5)), (ONE, Decimal(5)))
