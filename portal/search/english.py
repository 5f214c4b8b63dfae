"""Which words are English: such a word was meant as it was typed, and is never put right."""

from functools import cache
from importlib.resources import files

_PACKAGE = "symspellpy"
_LIST = "frequency_dictionary_en_82_765.txt"  # British and American, each word with a count


def is_english(word: str) -> bool:
    """Whether a folded word stands in a general list of English words."""
    return word in _words()


@cache
def _words() -> frozenset[str]:
    """The list, read on first use: a few hundredths of a second, and only for unknown words."""
    lines = files(_PACKAGE).joinpath(_LIST).read_text(encoding="utf-8-sig").splitlines()
    return frozenset(line.split(" ", 1)[0].replace("'", "") for line in lines)
