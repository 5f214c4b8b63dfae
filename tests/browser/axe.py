"""Axe in a page, and a look at pages with it: wide with every rule, and then narrow.

How much words stand out takes a third of all rules' time, and follows from colours, sizes and what
is behind: it is asked where one of these is as on no page before.

Narrow, most rules would ask again what they know. They do so where something shows, is coloured or
behaves as on no page before; elsewhere only the rules ask that are about places and sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.support.summary import note

ROOT = Path(__file__).resolve().parents[2]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules that ask for places and sizes, and for nothing else that a width changes.
PLACES = ["scrollable-region-focusable", "target-size"]
CONTRAST = ["color-contrast"]
WIDTHS, HEIGHT = (1280, 320), 900
STYLES = [
    "display", "visibility", "opacity", "color", "backgroundColor", "backgroundImage", "position",
    "overflowX", "overflowY", "clipPath", "textDecorationLine",
]  # fmt: skip
#: `paints()` says how words stand out from what is behind them, in the sorts that there are.
PAINTS = """(() => {
  const clear = 'rgba(0, 0, 0, 0)';
  const behind = e => {
    if (e === null) return '';
    const {backgroundColor, backgroundImage, opacity, position, filter, mixBlendMode} =
      getComputedStyle(e);
    const own = [backgroundColor, backgroundImage, opacity, position, filter, mixBlendMode];
    const plain = [clear, 'none', '1', 'static', 'none', 'normal'].join(' ');
    return (own.join(' ') === plain ? '' : own.join(' ') + ' in ') + behind(e.parentElement);
  };
  const written = e => e.matches('input, select, textarea') ||
    [...e.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  window.paints = () => {
    const found = new Set();
    for (const e of document.body.querySelectorAll('*')) {
      if (!written(e) || e.getClientRects().length === 0) continue;
      const {color, fontSize, fontWeight, textShadow, textIndent} = getComputedStyle(e);
      const off = e.closest('[disabled], [aria-disabled]') !== null;
      found.add([color, fontSize, fontWeight, textShadow, textIndent, off, behind(e)].join(' '));
    }
    return [...found];
  };
})();"""
#: `remember()` keeps how every element looks; `changes()` says in what sorts they look different
#: since. What has come into sight is a sort of its own, by its words and by what it stands in.
CHANGES = f"""(() => {{
  const styles = {STYLES};
  const every = () => [...document.body.querySelectorAll('*')];
  const named = e => e.localName + '.' + e.getAttribute('class');
  const look = e => {{
    const style = getComputedStyle(e);
    return {{
      shows: e.getClientRects().length > 0,
      style: styles.map(name => style[name]).join(' '),
      says: [...e.attributes].map(each => each.name + '=' + each.value).join(' '),
    }};
  }};
  const above = e => e === document.body ? [] : [named(e), ...above(e.parentElement)];
  let before = [];
  window.remember = () => {{ before = every().map(look); }};
  window.changes = () => {{
    const found = new Set();
    if (every().length !== before.length) return [location.href];
    every().forEach((e, i) => {{
      const was = before[i], is = look(e);
      if (is.shows && !was.shows) found.add([e.textContent, is.style, ...above(e)].join(' '));
      if (is.shows !== was.shows || is.style !== was.style)
        found.add([named(e), was.shows, is.shows, was.style, is.style].join(' '));
      if (is.says !== was.says) found.add([was.says, is.says].join(' '));
    }});
    return [...found];
  }};
}})();"""


@cache
def axe_source() -> str:
    """Axe, to be evaluated in the page (the policy lets no foreign script in)."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it is."""
    page.evaluate(axe_source())
    return violations(page)


def violations(page: Page, rules: Iterable[str] = (), without: Iterable[str] = ()) -> list[str]:
    """The same, where axe is in the page already; by all rules, or by these, or without some."""
    asked = {
        "runOnly": {"type": "rule", "values": list(rules)} if rules else TAGS,
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    # What passed is long, and stays in the page.
    result: list[dict[str, Any]] = page.evaluate(
        "asked => axe.run(document, asked).then(found => found.violations)", asked
    )
    return [
        f"{v['id']}: {v['help']} ({'; '.join(str(n['target']) for n in v['nodes'][:3])})"
        for v in result
    ]


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways, outside regions made to scroll."""
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{width[0]} px wide in {width[1]}"] if width[0] > width[1] else []


class Looking:
    """One page of a browser that goes from address to address with axe in it."""

    def __init__(self, visit: Callable[..., Page], site: str) -> None:
        """Begin at an address that costs nothing."""
        self.page = visit(f"{site}/health")
        # In it from the start, so that it is not sent again and again.
        self.page.add_init_script(script="\n".join((axe_source(), PAINTS, CHANGES)))
        self._known: set[str] = set()
        self._painted: set[str] = set()

    def become(self, headers: Mapping[str, str]) -> None:
        """Be somebody, by what the browser sends."""
        self.page.context.clear_cookies()
        self.page.set_extra_http_headers(dict(headers))

    def go(self, address: str, status: int = 200) -> None:
        """Open a page, wide."""
        self._resize(WIDTHS[0])
        answer = self.page.goto(address)
        assert answer is not None and answer.status == status, address
        assert answer.headers["content-type"].startswith("text/html"), address

    def wrong(self) -> list[str]:
        """What is wrong with the page that was opened, and note it as seen."""
        paints = set(self.page.evaluate("paints()"))
        found = self._found(WIDTHS[0], (), () if paints - self._painted else CONTRAST)
        self._painted |= paints
        self.page.evaluate("remember()")
        self._resize(WIDTHS[1])
        sorts = set(self.page.evaluate("changes()"))
        found += self._found(WIDTHS[1], () if sorts - self._known else PLACES)
        self._known |= sorts
        return found

    def _resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def _found(self, width: int, rules: Iterable[str], without: Iterable[str] = ()) -> list[str]:
        found = violations(self.page, rules, without) + sideways(self.page)
        path = "/" + self.page.url.split("/", 3)[3]
        note("seen by axe", f"{path} {self.page.title()} {width}")
        return [f"{self.page.url} at {width} px: {what}" for what in found]
