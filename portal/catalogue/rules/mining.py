"""Names of components in the sentences of documents: candidates for a person to confirm, no facts.

What a sentence seems to say is a guess that saves the person a click, and decides nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from portal.catalogue.component_words import MentionSense

#: Families of names of which people leave the first word out.
_FAMILY = "GOV.UK "
#: What follows the short name of a component that is also a word, where the word is meant.
_WORD = re.compile(
    r"\s+(with|that|whether|if|how|an?|the|your|you|their|its|this|these|all|any|and/or|by|for|to|on|"
    r"[A-Z][a-z]+)\b"
)
#: What follows it at the start of a sentence where the component is meant.
_THING = re.compile(r"\s+(team|service|platform|is|was|has|will|may|can|could|does|portion|API)\b")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(r"</?[a-z][^<>]{0,500}>", re.IGNORECASE)
_HEADING = re.compile(r"^\s*#{1,6}\s|^\s*\*\*[^*]+\*\*:?\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z])")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|No|Mr|Mrs|Ms|Dr|St)|\b[A-Z])\.[\"”’)]*$")
_DECLINED = (
    r"not (?:currently |yet )?(?:being |be )?(?:used|using|use)|(?:will|does|do|did) not use|"
    r"decided (?:not to|against)|out of scope|instead of|rather than|wasn.t appropriate|"
    r"not (?:be )?(?:appropriate|suitable|needed)|does not (?:yet )?(?:provide|meet)|"
    r"unable to use"
)
_ADVISED = (
    r"should|recommend(?:s|ed|ation)?|must|needs? to|consider|explore|ensure|advised?|"
    r"investigate|provide a plan"
)
_PLANS = (
    r"will|plan(?:s|ned|ning)?|intend(?:s|ed)?|going to|backlog|roadmap|in (?:the )?future|"
    r"looking to|expects? to|next phase|due to|may|could"
)
_USES = (
    r"us(?:es|ed|ing)|integrat(?:e|es|ed|ing)|built (?:on|with|using)|through|via|"
    r"powered by|hosted on|provided by|relies on"
)
#: The words that tell, the ones that weigh more first.
_SENSES = tuple(
    (sense, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for sense, words in (
        (MentionSense.DECLINED, _DECLINED),
        (MentionSense.ADVISED, _ADVISED),
        (MentionSense.PLANS, _PLANS),
        (MentionSense.USES, _USES),
    )
)
#: What a report's title says beside the name of the service.
_REPORT = re.compile(
    r"\s*[-–—:(]*\s*(?:\b(?:gds|digital|alpha|beta|live|self|service|standard)\b[\s-]*)*"
    r"\b(?:re)?(?:assessment|certification)s?\b.*$",
    re.IGNORECASE,
)
#: A sentence that is longer is cut around the name.
MOST = 600


@dataclass(frozen=True, slots=True)
class Text:
    """A document: its web address, and the text of its parts, Markdown or plain."""

    address: str
    title: str
    body: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence that names a component, and what it seems to say."""

    component: str
    sentence: str
    sense: MentionSense

    def mark(self, address: str) -> str:
        """What tells it from other mentions: of the document, the component and the sentence."""
        return sha256("\n".join((address, self.component, self.sentence)).encode()).hexdigest()


class Vocabulary:
    """The names that components go by, ready to be looked for.

    A name of a family that people leave out ("Verify" for "GOV.UK Verify") counts only where it is
    written as a name and not as the word that it also is.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """Take the names of each component, by its address."""
        self._whole: dict[str, str] = {}
        self._short: dict[str, str] = {}
        for slug, called in names.items():
            for name in called:
                self._whole.setdefault(name.casefold(), slug)
                short = name.removeprefix(_FAMILY)
                # "GOV.UK publishing" is not called "publishing" alone.
                if short != name and short[:1].isupper():
                    self._short.setdefault(short, slug)
        said = sorted({*self._whole, *map(str.casefold, self._short)}, key=len, reverse=True)
        body = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in said)
        self._pattern = re.compile(rf"(?<![\w.-])(?:{body})(?![\w-])", re.IGNORECASE)
        self.empty = not said

    def named(self, sentence: str) -> set[str]:
        """The components that a sentence names, by their addresses."""
        if self.empty:
            return set()
        found = set()
        for match in self._pattern.finditer(sentence):
            slug = self._meant(sentence, match)
            if slug:
                found.add(slug)
        return found

    def _meant(self, sentence: str, match: re.Match[str]) -> str | None:
        said = re.sub(r"\s+", " ", match[0])
        slug = self._whole.get(said.casefold())
        # A name of one word is a name only as it is written: "registers" is no "Registers".
        if slug and (" " in said or "." in said or not said.islower()):
            single = " " not in said and said.istitle()
            return slug if not single or self._is_name(sentence, match) else None
        slug = self._short.get(said)
        return slug if slug and self._is_name(sentence, match) else None

    def _is_name(self, sentence: str, match: re.Match[str]) -> bool:
        rest = sentence[match.end() :]
        starts = not sentence[: match.start()].strip(" \"“‘'(*_-–:")
        if starts:
            return bool(_THING.match(rest))
        return not _WORD.match(rest) or bool(_THING.match(rest))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, without headings, links and marks; an item of a list is its own."""
    paragraph: list[str] = []
    plain = html.unescape(_TAG.sub(" ", text)).replace("\xa0", " ")
    for line in [*plain.splitlines(), ""]:
        bare, heading = _BULLET.sub("", line), _HEADING.match(line)
        if paragraph and (not line.strip() or bare != line or heading):
            yield from _split(" ".join(paragraph))
            paragraph = []
        if line.strip() and not heading:
            paragraph.append(bare)


def _split(text: str) -> Iterator[str]:
    plain = re.sub(r"\s+", " ", re.sub(r"[*_`]{1,3}", "", _LINK.sub(r"\1", text))).strip()
    begun = 0
    for end in _END.finditer(plain):
        if not _ABBREVIATED.search(plain[: end.start()]):
            yield plain[begun : end.start()]
            begun = end.end()
    if plain[begun:]:
        yield plain[begun:]


def seems(sentence: str) -> MentionSense:
    """What a sentence seems to say of the component that it names."""
    return next((s for s, words in _SENSES if words.search(sentence)), MentionSense.UNCLEAR)


def service_named(title: str) -> str:
    """The service that a report is about, by its title: "Claim a grant - Alpha Assessment"."""
    return _REPORT.sub("", title).strip(" -–—:")


def mentions(text: Text, vocabulary: Vocabulary) -> list[Mention]:
    """The sentences of a document that name components, each once, in their order.

    Where the title names one, the document is about that component itself.
    """
    own = vocabulary.named(f"About {text.title}")
    found: dict[tuple[str, str], Mention] = {}
    for sentence in (*sentences(text.summary), *sentences(text.body)):
        for slug in sorted(vocabulary.named(sentence)):
            short = sentence if len(sentence) <= MOST else sentence[: MOST - 2] + " …"
            sense = MentionSense.IS_IT if slug in own else seems(sentence)
            found.setdefault((slug, short), Mention(slug, short, sense))
    return list(found.values())
