"""How organisations' names are spelled: one form for names that lists write differently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

MOST_LETTERS = 300
MOST_WORDS = 40

# One spelling for words that lists write in several ways.
_WORDS = {
    "boro": "borough",
    "cncl": "council",
    "csu": "commissioning support unit",
    "dept": "department",
    "dpt": "department",
    "ft": "foundation trust",
    "govt": "government",
    "icb": "integrated care board",
    "ltd": "limited",
    "met": "metropolitan",
    "ni": "northern ireland",
    "nhsft": "nhs foundation trust",
    "pcc": "police and crime commissioner",
    "saint": "st",
}
# The usual postal abbreviations; only used where a place is expected.
_COUNTIES = {
    "beds": "bedfordshire",
    "berks": "berkshire",
    "bucks": "buckinghamshire",
    "cambs": "cambridgeshire",
    "derbys": "derbyshire",
    "glos": "gloucestershire",
    "gloucs": "gloucestershire",
    "hants": "hampshire",
    "herts": "hertfordshire",
    "lancs": "lancashire",
    "leics": "leicestershire",
    "lincs": "lincolnshire",
    "northants": "northamptonshire",
    "notts": "nottinghamshire",
    "oxon": "oxfordshire",
    "staffs": "staffordshire",
    "warks": "warwickshire",
    "wilts": "wiltshire",
    "worcs": "worcestershire",
    "yorks": "yorkshire",
}
_POINTS = {
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "ne": "north east",
    "nw": "north west",
    "se": "south east",
    "sw": "south west",
}
# The words that say what sort of council it is, in the order the normalised name gives them.
_FORMS = (
    "royal",
    "london borough",
    "metropolitan",
    "city",
    "county borough",
    "county",
    "borough",
    "district",
    "unitary authority",
    "unitary",
    "corporation",
    "council",
)
_SHORT_FORMS = {
    "bc": ("borough", "council"),
    "cbc": ("county borough", "council"),
    "cc": ("council",),
    "dc": ("district", "council"),
    "mbc": ("metropolitan", "borough", "council"),
    "mdc": ("metropolitan", "district", "council"),
    "ua": ("unitary authority",),
}
_SPELLED_FORMS = ("council", "borough", "district", "county", "city")
LOWER_TIER = frozenset({"city", "county borough", "london borough", "borough", "district"})
TIERS = LOWER_TIER | {"county"}
JOINERS = ("upon", "under", "on", "in", "by", "le")
_LOOSE = frozenset({"and", "of", "city", "isle", "isles", "island", "islands", "in", "on", "upon"})
_WHOLE = frozenset({"hm", "nhs", "uk"})  # these stand whole in an abbreviation
SMALL = frozenset({"and", "of", "for", "in", "on", "to"})

_form = "(?:" + "|".join(_FORMS) + ")"
_HEAD = re.compile(
    r"^((?:(?:london|royal|metropolitan|county) )*(?:borough|city|county|district)"
    r"(?: and (?:borough|city|county borough|county|district))?(?: council)?|council) of (.+)$"
)
_TAIL = re.compile(rf"^(.*?)(?:^| )({_form}(?:(?: and)? {_form})*)(?: of)?$")
_WELSH_HEAD = re.compile(
    r"^(?:cyngor(?: (?:bwrdeistref sirol|dinas a sir|dinas|sir))?|dinas a sir|dinas|sir) (.+)$"
)
_OFFICE = re.compile(r"\b(department|office)(?: (?:of|for))+\b(?= )")
_MAJESTY = re.compile(r"\b(?:his|her) majestys\b")
_WORD = re.compile(r"\w+")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_QUOTES = re.compile(r"['\u2018\u2019\u02bc`\u00b4]")
_LONE = re.compile(r"\b\w(?: \w\b)+")


def _fold(name: str) -> str:
    """Drop what never distinguishes two names: case, width, accents, invisible marks."""
    if name.isascii():
        return name[:MOST_LETTERS].casefold()
    text = unicodedata.normalize("NFKC", name[:MOST_LETTERS]).casefold()
    text = unicodedata.normalize("NFKD", text)
    kept = (c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", "".join(kept))[:MOST_LETTERS]


def _initials(words: Iterable[str]) -> str:
    return "".join(word[0] for word in words)


def abbreviations(name: str) -> set[str]:
    """The ways a name's initials are written: HMRC, DWP, DfE, MoD."""
    words = [w for w in _WORD.findall(_QUOTES.sub("", _fold(name))) if w != "the"]
    ways = [words, [w for w in words if w != "and"], [w for w in words if w not in SMALL]]
    return {"".join(w if w in _WHOLE else w[0] for w in way) for way in ways if len(way) > 2}


def _drop_own_initials(words: list[str]) -> list[str]:
    """Natural Resources Wales (NRW) is Natural Resources Wales."""
    while len(words) > 2 and len(words[-1]) > 1:
        rest = words[:-1]
        spelled = {_initials(rest), _initials(w for w in rest if w not in SMALL)}
        if words[-1] not in spelled:
            break
        words = rest
    return words


def _forms_last(text: str) -> str:
    """City of Lincoln Council -> lincoln city council; Bristol, City of -> bristol city."""
    while head := _HEAD.match(text):
        text = f"{head[2]} {head[1]}"
    if tail := _TAIL.match(text):
        found = sorted(set(re.findall(_form, tail[2])), key=_FORMS.index)
        text = f"{tail[1]} {' '.join(found)}".strip()
    return text


def _once(text: str) -> str:
    text = _QUOTES.sub("", _fold(text)).replace("&", " and ").replace("+", " and ")
    text = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", text)
    text = " ".join(_NOT_WORD.sub(" ", text).split())
    text = _LONE.sub(lambda run: run[0].replace(" ", ""), text)
    words = [_WORDS.get(word, word) for word in text.split() if word != "the"]
    text = _MAJESTY.sub("hm", " ".join(words)).replace("united kingdom", "uk")
    text = _forms_last(_OFFICE.sub(r"\1", text.replace("national health service", "nhs")))
    return " ".join(_drop_own_initials(text.split())[:MOST_WORDS])


def normalise(name: str) -> str:
    """The name with everything gone that lists write in different ways.

    What kind of council it is stays (Durham County Council and the City of Durham are two
    bodies), but always comes last: `durham county council`, `durham city`.
    """
    text = _once(name)
    for _ in range(MOST_WORDS):  # each rule shortens or orders, so this settles in a few rounds
        if (again := _once(text)) == text:
            break
        text = again
    return text


@dataclass(frozen=True)
class Place:
    """A local authority's name taken apart: the place, and what sort of council it says."""

    core: str
    forms: frozenset[str]

    @property
    def bare(self) -> bool:
        """Whether the name says nothing but the place."""
        return not self.forms

    @property
    def loose(self) -> str:
        """The telling words in one order: Orkney for Orkney Islands."""
        return " ".join(sorted(word for word in self.core.split() if word not in _LOOSE))


def _spelled_form(word: str) -> str | None:
    """A form word with one slip in it (coucil); not a plural, which means several councils."""
    for form in _SPELLED_FORMS:
        if word[0] == form[0] and word != form + "s" and OSA.distance(word, form) == 1:
            return form
    return None


def place_of(normalised: str) -> Place:
    """A normalised name read as a local authority's."""
    words = normalised.split()
    forms: set[str] = set()
    if len(words) > 1:
        if words[-1] in _SHORT_FORMS:
            forms.update(_SHORT_FORMS[words.pop()])
        elif len(words[-1]) > 3 and (form := _spelled_form(words[-1])):
            words[-1] = form
        if words[0] in ("county", "lb") and len(words) > 1:
            forms.add("county" if words.pop(0) == "county" else "london borough")
    text = _forms_last(" ".join(words))
    if (tail := _TAIL.match(text)) and tail[1]:
        text = tail[1]
        forms.update(re.findall(_form, tail[2]))
    if (welsh := _WELSH_HEAD.match(text)) and welsh[1]:
        text = welsh[1]
        forms.add("council")
    words = [_COUNTIES.get(word, word) for word in text.split()]
    if len(words) > 1:
        words[0] = _POINTS.get(words[0], words[0])
    return Place(" ".join(words), frozenset(forms))
