"""From any text to the words that are indexed and searched for.

Both databases are given the same plain ASCII tokens, so neither one's own parser or stemmer can
make a search differ between them.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

LONGEST_WORD = 40

_WORD = re.compile(r"[^\W_]+")
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # H.M.R.C.
_HYPHENATED = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)+")  # e-petition, off-road
_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018\u02bc`\u00b4")
_IZE = re.compile(r"iz(e|es|ed|er|ers|ing|ation|ations)$")

STOP_WORDS = frozenset(
    """a about am an and any are as at be been by can could did do does for from had has have he
    her his how i if in into is it its me my of on or our she should so some that the
    their them there they this to up us was we were what when where which who why will with would
    you your need want wish like get please
    y yr yn ar fy fi sut eisiau gyda gan mae dw rwy rydw ydw gyfer oes""".split()
)

# Words people add that say nothing about which service they are after: used for the order of the
# results, not required of them.
SOFT_WORDS = frozenset(
    """apply applying applied application applications online service services form forms new
    website page digital uk go govuk gov help find out make using use lost old become becoming
    someone somebody anyone anything something everyone nothing against after before during between
    through over under because while since until still already again also too very much many more
    other another same said know going gone went getting got give given take taken put let just
    only even now today yet ago than then but not no dont cant hasnt havent isnt wasnt wont didnt
    doesnt says newydd rhywun rywun""".split()
)

#: They would be "pay", one word with "identity", and "on".
_UNSTEMMED = frozenset({"paye", "identical", "ons"})
_STEMMED = {"identity": "identity", "identities": "identity"}

_stemmer = Stemmer.Stemmer("english", 0)
_stemmer_lock = threading.Lock()  # one Snowball stemmer is not safe in two threads at once


def fold(text: str) -> str:
    """Lower case without accents or apostrophes: "Gŵyl" is "gwyl", "Carer's" is "carers"."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c)).translate(_APOSTROPHES)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    folded = fold(text)
    if "." in folded:
        folded = _ACRONYM.sub(lambda found: found[0].replace(".", "") + " ", folded)
    return [word[:LONGEST_WORD] for word in _WORD.findall(folded)]


def joined_words(text: str) -> list[str]:
    """Hyphenated words as one word ("e-petition" is also "epetition")."""
    if "-" not in text and "\u2010" not in text and "\u2011" not in text:
        return []
    found = _HYPHENATED.findall(fold(text))
    return [re.sub(r"[-\u2010\u2011]", "", word)[:LONGEST_WORD] for word in found]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The token that stands for a folded word in the index."""
    if not word.isascii():
        # FTS5 and Python do not agree on which characters are letters; hexadecimal ends the debate.
        return "0x" + word.encode().hex()
    if word in _UNSTEMMED:
        return word
    if word in _STEMMED:
        return _STEMMED[word]
    with _stemmer_lock:
        return str(_stemmer.stemWord(_IZE.sub(r"is\1", word)))


def spelling(word: str) -> str:
    """The word without its plural: "plan" is spelt like "plans", but not like "planning"."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" else word


def meaningful(found: list[str]) -> list[str]:
    """The words without stop words, unless all of them are."""
    return [word for word in found if word not in STOP_WORDS] or found


def name_key(text: str) -> str:
    """A name as the tokens that matter: what "is exactly" and "starts with" compare."""
    return " ".join(stem(word) for word in meaningful(words(text)))


def name_spelling(text: str) -> str:
    """A name as the words that matter, as they are spelt: tells "plan" from "planning"."""
    return " ".join(spelling(word) for word in meaningful(words(text)))
