"""Markdown of blogs as lines, and lines as plain words.

Whatever the text, nothing here raises, and no pattern takes longer than its text is long.
"""

from __future__ import annotations

import html
import re

#: What a web page has around a report, where a copy of it took that along.
_FURNITURE = ("script", "style", "aside", "nav", "footer", "form", "select", "iframe", "noscript")
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|p|div)\b[^<>]{0,200}>", re.IGNORECASE)
_BOLD = re.compile(r"<\s*/?\s*(?:strong|b)\s*>", re.IGNORECASE)
_ITALIC = re.compile(r"<\s*/?\s*(?:em|i)\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--[^<>]{0,2000}-->")
_LINK = re.compile(
    r"!?\[([^\]\[]{0,2000})\]\((?:[^()\n\[]|\([^()\n\[]{0,500}\)){0,2000}?\)", re.DOTALL
)
_REFERENCE = re.compile(r"\[([^\]\[]{1,500})\]\[[^\]\[]{0,100}\]")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~&-])")
_KEPT = re.compile("[\ue020-\ue07f]")
_SPACES = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})(?:\s|&nbsp;|\b|(?=\*))")
_RULE = re.compile(r"^\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_BULLET = re.compile(r"^\s*(?:[-+•]|\*(?!\*)|>)\s+")


def lines(text: str) -> list[str]:
    """The lines of a text: HTML breaks among them, HTML bold and italic as Markdown has them.

    Two spaces at the end of a line are a break in Markdown, and stay.
    """
    text = text.replace("\r\n", "\n")
    text = _ITALIC.sub("_", _BOLD.sub("**", _BREAK.sub("\n", text)))
    return text.splitlines()


def without_furniture(text: str) -> tuple[str, bool]:
    """A text without scripts, menus and footers, and whether there were any."""
    before = text
    for tag in _FURNITURE:
        text = _without(text, tag)
    return text, text != before


def _without(text: str, tag: str) -> str:
    low = text.casefold() if len(text.casefold()) == len(text) else text.lower()
    if len(low) != len(text):
        return text
    kept, at = [], 0
    while (start := low.find(f"<{tag}", at)) >= 0:
        after = low[start + len(tag) + 1 : start + len(tag) + 2]
        end = low.find(f"</{tag}", start)
        if after.isalnum() or end < 0:
            if end < 0:
                break
            kept.append(text[at : start + 1])
            at = start + 1
            continue
        close = low.find(">", end)
        close = len(text) - 1 if close < 0 else close
        kept.append(text[at:start])
        at = close + 1
    return "".join([*kept, text[at:]])


def plain(text: str) -> str:
    r"""The words of a line: no links, marks, tags and entities; `\*` stays a `*`."""
    text = _ESCAPE.sub(lambda match: chr(0xE000 + ord(match[1])), text)
    text = _REFERENCE.sub(r"\1", _LINK.sub(r"\1", text))
    text = html.unescape(html.unescape(_TAG.sub("", text)))
    text = text.replace("*", "").replace("`", "").replace("__", "")
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", "", text)
    text = _KEPT.sub(lambda match: chr(ord(match[0]) - 0xE000), text)
    return _SPACES.sub(" ", text).strip()


def heading(line: str) -> int:
    """The level of a heading with `#`, 0 where the line is none."""
    match = _HEADING.match(line)
    return len(match[1]) if match else 0


def is_rule(line: str) -> bool:
    """Whether a line is a rule between parts."""
    return bool(_RULE.match(line))


def is_blank(line: str) -> bool:
    """Whether nothing can be seen of a line."""
    return not _INVISIBLE.sub("", line.replace("&nbsp;", " ")).strip(" \t*_\xa0")


def bare(line: str) -> str:
    """A line without the marks that begin a heading, an item of a list or a quote."""
    line = line.replace("&nbsp;", " ").replace("\xa0", " ").strip()
    level = heading(line)
    return _BULLET.sub("", line[level:].strip() if level else line)


def whole(line: str, *marks: str) -> str:
    """The words of a line that stands between marks as a whole (`**` for bold), or nothing."""
    text = line.replace("&nbsp;", " ").replace("\xa0", " ").strip()
    text = text.replace("****", "")
    for mark in marks:
        inner = text[len(mark) : -len(mark)]
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            rest = re.sub(r"\*\*\s*\*\*", " ", inner) if mark == "**" else inner
            if mark not in rest:
                return plain(rest)
    return ""
