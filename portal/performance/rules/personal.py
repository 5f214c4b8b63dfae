"""What looks like somebody's: no data set holds it, and no answer or log repeats it.

Sources: the National Insurance number and NHS number (Modulus 11) in the NHS Data Dictionary and
HMRC's manual NIM39110; postcode areas as Royal Mail gives them.
"""

from __future__ import annotations

import re
import string
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Iterable

_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]{2,}")
_BEFORE, _AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
# More letters than are given out begin it: examples and slips are refused too.
_INSURANCE = re.compile(
    _BEFORE + r"[A-Z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]" + _AFTER, re.IGNORECASE
)
_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT"
    " DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD"
    " LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK"
    " SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_POSTCODE = re.compile(
    rf"{_BEFORE}(?:{'|'.join(sorted(_AREAS.split(), key=len, reverse=True))})"
    rf"[0-9][0-9A-Z]? ?[0-9][ABD-HJLNP-UW-Z]{{2}}{_AFTER}",
    re.IGNORECASE,
)
# Not within a word, a moment with its offset, or a number with a sign in it.
_START, _END = r"(?<!\w)(?<![0-9][.:+-])", r"(?!\w|[.:][0-9])"
_PHONES = (
    # With 10 or 11 digits from a 0, or with the code of a country.
    re.compile(rf"{_START}\(?0[1-9](?:[ ().-]{{0,2}}[0-9]){{8,9}}(?![0-9]){_END}"),
    re.compile(rf"{_START}(?:\+|00)[1-9](?:[ ().-]{{0,2}}[0-9]){{8,13}}(?![0-9]){_END}"),
)
#: No number is said two digits at a time: days, weeks and times are.
_GROUP = re.compile(r"[0-9]{3}")
_DATE = re.compile(
    r"(?<![0-9])(?:[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
)
_NHS = re.compile(rf"{_START}([0-9]{{3}})([ -]?)([0-9]{{3}})\2([0-9]{{4}}){_END}")
#: A round number is somebody's figure, such as pounds.
_ROUND = "00000"
_SOMETHING = re.compile(r"@|[0-9]")
_BASE_64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
#: Dashes are hyphens, and what has no width is nothing.
_SIGNS = {
    **dict.fromkeys(range(0x2010, 0x2016), "-"), 0x2212: "-",
    **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)),
}  # fmt: skip

#: Fields whose whole numbers are looked at: a count of as many digits is nobody's number.
_NUMBERS = re.compile(r"phone|mobile|(?:^|_)tel(?:_|$)|nhs|patient", re.IGNORECASE)


def looks_like(text: str) -> str | None:
    """What a text looks like that belongs to a person: `an email address` and so on."""
    if not text.isascii():
        text = _plain(text)
    if not _SOMETHING.search(text):
        return None
    return next((name for name, found in _SORTS if found(text)), None)


def any_looks_like(texts: Iterable[str]) -> bool:
    """Whether any of many texts does. Thousands of values have few shapes, and nobody's things have
    most of those: only texts of the others are looked at.
    """
    together = "\n".join(texts)
    lines = together.split("\n")  # nothing that is looked for goes on in the next line
    plain = lines if together.isascii() else [line for line in lines if line.isascii()]
    shapes = "\n".join(plain).translate(_SHAPES).split("\n")
    told = {shape for shape in set(shapes) if _may_be(shape)}
    pairs = zip(plain, shapes, strict=True) if told else ()
    some = [line for line, shape in pairs if shape in told]
    if len(plain) < len(lines):
        some += [line for line in lines if not line.isascii()]
    return looks_like("\n".join(some)) is not None


def _may_be(shape: str) -> bool:
    found = _SHAPE.search(shape) or _PHONE_SHAPE.search(_DATE.sub("day", shape))
    return found is not None


def name_looks_like(key: str) -> str | None:
    """The same for the name of a field, whose words have underscores between them."""
    return looks_like(key) or looks_like(key.replace("_", " "))


def id_looks_like(text: str) -> str | None:
    """The same for an id, which programs make from fields and write in base 64."""
    return looks_like(text) or looks_like(inside(text))


def inside(text: str) -> str:
    """What an id was made from, where it is written in base 64; else nothing."""
    if len(text) % 4 or not _BASE_64.fullmatch(text):
        return ""
    inner = b64decode(text)
    return inner.decode() if inner.isascii() and b"\0" not in inner else ""


def _plain(text: str) -> str:
    """A text with the letters, digits and signs that it only looks different from."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS)


def is_of_numbers(key: str) -> bool:
    """Whether whole numbers of a field are looked at."""
    return _NUMBERS.search(key) is not None


def number_looks_like(key: str, number: int) -> str | None:
    """The same for a whole number, where its field is called as such a thing is."""
    if not is_of_numbers(key):
        return None
    digits = str(number)
    return looks_like(digits) or looks_like(f"0{digits}")


def _phone(text: str) -> bool:
    bare = _DATE.sub("day", text)
    return any(_GROUP.search(found.group()) for phone in _PHONES for found in phone.finditer(bare))


def _nhs(text: str) -> bool:
    return any(
        _is_nhs(found.group(1) + found.group(3) + found.group(4)) for found in _NHS.finditer(text)
    )


def _is_nhs(digits: str) -> bool:
    """Check the last digit, and that the number is in a range that is given out: an id or a moment
    of as many digits seldom is.
    """
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    check = (11 - total % 11) % 11
    born = 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12
    if digits.endswith(_ROUND):
        return False
    return check == int(digits[9]) and (born or digits[0] in "4679" or digits[:2] > "31")


_SORTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("an email address", _EMAIL.search),
    ("a National Insurance number", _INSURANCE.search),
    ("a postcode", _POSTCODE.search),
    ("a phone number", _phone),
    ("an NHS number", _nhs),
)

#: The shape of a text has `a` for each letter, and 0 for each digit; and these are the shapes of
#: the things above, and of some more.
_SHAPES = str.maketrans(
    dict.fromkeys(string.ascii_letters, "a") | dict.fromkeys(string.digits, "0")
)
_SHAPE = re.compile(
    rf"@|{_BEFORE}(?:aa(?:[ -]?00){{3}}[ -]?a|a{{1,2}}0[a0]? ?0aa){_AFTER}"
    rf"|{_START}000[ -]?000[ -]?0000{_END}"
)
_PHONE_SHAPE = re.compile(
    rf"{_START}(?:\(?00(?:[ ().-]{{0,2}}0){{8,9}}|(?:\+|00)0(?:[ ().-]{{0,2}}0){{8,13}})"
    rf"(?![0-9]){_END}"
)
