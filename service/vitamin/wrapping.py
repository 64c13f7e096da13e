"""How much of a line text takes, without asking a font: lines that stay inside whatever font they are printed in. Pure."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

NARROW, SLENDER, USUAL, LARGE, WIDE, WIDEST = 0.42, 0.45, 0.64, 0.79, 1.0, 1.4
"""Of a sign, in widths of the type's size: no less than DejaVu Sans has, the widest font that a browser falls back on.
Arial and Helvetica are a tenth to a seventh narrower."""

BOLD = 1.12
"""How much wider bold type is at the most."""

SIGNS = {
    **dict.fromkeys("ijlI.,:;'’|!()[]/\\· \u00a0", NARROW),
    **dict.fromkeys("frt-", SLENDER),
    **dict.fromkeys("mwMWÆæ%+=<>#~^—…ßµ", WIDE),
    **dict.fromkeys('0123456789"?*_$–«»“”„•§{}', USUAL),
    "&": LARGE,
}

HYPHENATED = "-"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The most that a line of `text` takes, in the unit of `size`."""
    return sum(map(_sign, text)) * size * (BOLD if bold else 1)


@lru_cache(maxsize=1024)
def _sign(sign: str) -> float:
    if (found := SIGNS.get(sign)) is not None:
        return found
    if ord(sign) < 0x100 and sign.isalpha():  # of western Europe
        return USUAL if sign.islower() else LARGE
    return WIDE if ord(sign) < 0x180 and sign not in "@Œœ" else WIDEST


def wrapped(text: str, room: float, size: float, *, bold: bool = False, hyphen: str = HYPHENATED) -> list[str]:
    """`text` in lines that are no wider than `room`; its own line breaks stay. A word that is longer than a line is broken,
    with `hyphen` where it is."""
    lines = list[str]()
    for paragraph in _printable(text).strip().split("\n"):
        line = ""
        for word in filter(None, paragraph.split(" ")):
            *whole, rest = _pieces(word, room, size, bold, hyphen)
            if line and not whole and width(f"{line} {rest}", size, bold=bold) <= room:
                line = f"{line} {rest}"
                continue
            lines += [line] if line else []
            lines += whole
            line = rest
        lines.append(line)
    return lines


def breaks(text: str, room: float, size: float, *, bold: bool = False) -> bool:
    """Whether a word of `text` is longer than a line."""
    return any(width(word, size, bold=bold) > room for word in _printable(text).split())


def _pieces(word: str, room: float, size: float, bold: bool, hyphen: str) -> Iterator[str]:
    while width(word, size, bold=bold) > room and len(word) > 1:
        fit = len(word) - 1
        while fit > 1 and width(word[:fit] + hyphen, size, bold=bold) > room:
            fit -= 1
        yield word[:fit] + hyphen
        word = word[fit:]
    yield word


def _printable(text: str) -> str:
    """Without what no file of XML may hold, and with one kind of blank and of line break."""
    lines = "\n".join(text.expandtabs(1).splitlines())
    return "".join(one for one in lines if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs", "Cn"))
