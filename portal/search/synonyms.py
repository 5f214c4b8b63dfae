"""Our own list of words that mean the same: read once from synonyms.txt."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from portal.search.words import meaningful, spelling, stem, words

Phrase = tuple[str, ...]

FORM = 0.95  # worth of another form of the same word
TRANSLATION = 0.84  # of the English for a Welsh word
_SYNONYM = 0.8
_WORTH = {"forms": FORM, "cy": TRANSLATION}

# The first letter of a Welsh word changes with the word before it (pasbort, basbort, mhasbort).
_MUTATIONS = {
    "p": ("b", "mh", "ph"),
    "t": ("d", "nh", "th"),
    "c": ("g", "ngh", "ch"),
    "b": ("f", "m"),
    "d": ("dd", "n"),
    "g": ("", "ng"),
    "m": ("f",),
    "ll": ("l",),
    "rh": ("r",),
}
_UNCHANGED = ("ch", "dd", "ff", "ng", "ph", "th")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Another way to say a phrase, and how much it is worth (nearly 1 for a form of the word).

    `spellings` tells the word that is meant from others of the same stem.
    """

    phrase: Phrase
    worth: float
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Looked up by the stems of a phrase; `longest` says how many words to try."""

    meanings: dict[Phrase, tuple[Meaning, ...]]
    spellings: frozenset[str]
    longest: int


def mutations(word: str) -> list[str]:
    """The forms a Welsh word takes when its first letter changes."""
    if word.startswith(_UNCHANGED):
        return []
    first = word[:2] if word[:2] in _MUTATIONS else word[:1]
    return [new + word[len(first) :] for new in _MUTATIONS.get(first, ())]


def _phrases(line: str) -> list[list[str]]:
    return [found for part in line.split(",") if (found := words(part))]


def _welsh(phrases: list[list[str]]) -> list[list[str]]:
    return [[new, *p[1:]] for p in phrases for new in mutations(p[0])]


def parse(text: str) -> Synonyms:
    """Read the list; the file itself says how it is written."""
    table: dict[Phrase, dict[Phrase, tuple[float, set[str]]]] = {}
    spellings: set[str] = set()

    def means(one: list[str], other: list[str], worth: float) -> None:
        # Queries come without stop words; "signing on" is nothing without its own.
        asked = meaningful(one)
        left = tuple(map(stem, asked if len(asked) > 1 else one))
        right = tuple(map(stem, other))
        if left != right:
            known = table.setdefault(left, {})
            before, spelt = known.get(right, (0.0, set()))
            known[right] = max(worth, before), spelt | set(map(spelling, other))

    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        kind, _, rest = line.partition(":")
        said, arrow, meant = rest.partition("=>")
        left = _phrases(said)
        if kind == "cy":
            left += _welsh(left)
        right = _phrases(meant) if arrow else left
        worth = _WORTH.get(kind, _SYNONYM)
        for one in left:
            spellings.update(word for word in one if len(word) > 3)
            for other in right:
                means(one, other, worth)
    meanings = {
        said: tuple(
            Meaning(phrase, worth, tuple(sorted(spelt)))
            for phrase, (worth, spelt) in sorted(found.items())
        )
        for said, found in table.items()
    }
    longest = max((len(phrase) for phrase in meanings), default=1)
    return Synonyms(meanings, frozenset(spellings), longest)


@cache
def synonyms() -> Synonyms:
    """The list, read on first use."""
    return parse(files(__package__).joinpath("synonyms.txt").read_text(encoding="utf-8"))
