"""A poster on a sheet of A4, as SVG in millimetres. Pure: no font is asked, so a sheet is the same everywhere.

Type is as large as lets everything fit, and never below what can be read from where one stands before a wall.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

import segno

from service.messages.translation import say
from service.vitamin.poster import Poster
from service.vitamin.wrapping import HYPHENATED, breaks, wrapped

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0
INNER = WIDTH - 2 * MARGIN
CODE = 40.0
"""The side of the code. At the longest address that may be written each of its squares is half a millimetre and more."""

QUIET = 4
"""Squares around a code that stay white (ISO/IEC 18004)."""

GAP, PADDING, LEADING = 6.0, 5.0, 1.35
RULE = 0.6
CODE_TOP = HEIGHT - MARGIN - CODE
BESIDE = MARGIN + CODE + GAP
SCALES = tuple(one / 100 for one in range(140, 54, -5))
FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Type:
    """Type of a usual size in millimetres, which shrinks no further than to `least`."""

    size: float
    least: float
    bold: bool = False

    def at(self, scale: float) -> float:
        """Its size in millimetres on a sheet of that scale."""
        return max(self.least, self.size * scale)


HEADER, TITLE, HEADING = Type(4.8, 4), Type(10, 7, bold=True), Type(5.4, 4.4, bold=True)
PROMPT, TEXT, SMALL = Type(8, 4.6), Type(5.4, 4.4), Type(4.8, 3.9)
ADDRESS = Type(3.9, 3.9)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where its base line begins, and its type."""

    x: float
    y: float
    size: float
    bold: bool
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A frame, in millimetres: where its upper left is, and how large it is."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Sheet:
    """What stands where, in millimetres from the upper left. `y` is how far down it is filled."""

    scale: float
    y: float = MARGIN
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    broken: bool = False  # a word is longer than a line

    @property
    def fits(self) -> bool:
        """Whether what is written leaves room for the code below it."""
        return self.y <= CODE_TOP - GAP

    def write(self, kind: Type, text: str, x: float = MARGIN, room: float = INNER, hyphen: str = HYPHENATED) -> None:
        """Put `text` below what is there, in as many lines as it takes."""
        size = kind.at(self.scale)
        self.broken |= bool(hyphen) and breaks(text, room, size, bold=kind.bold)
        for line in wrapped(text, room, size, bold=kind.bold, hyphen=hyphen):
            self.y += size * LEADING
            self.lines.append(Line(x, self.y - size * (LEADING - 1), size, kind.bold, line))

    def skip(self, height: float) -> None:
        """Leave so many millimetres free, fewer on a smaller scale."""
        self.y += height * self.scale


def fitted(posters: Iterable[Poster]) -> tuple[Poster, Sheet] | None:
    """The first of these that fits on the paper, in the largest type that breaks no word; None where none does."""
    for poster in posters:
        broken: Sheet | None = None
        for sheet in (lay_out(poster, scale) for scale in SCALES):
            if sheet.fits and not sheet.broken:
                return poster, sheet
            broken = broken or (sheet if sheet.fits else None)
        if broken:
            return poster, broken
    return None


def lay_out(poster: Poster, scale: float) -> Sheet:
    """The poster in type of this scale, whether or not it fits."""
    sheet, language = Sheet(scale), poster.language
    sheet.write(HEADER, poster.organisation)
    week = say(language, "Week {number}", number=poster.week)
    sheet.write(HEADER, f"{poster.department} · {week}")
    sheet.skip(1)
    sheet.boxes.append(Box(MARGIN, sheet.y, INNER, RULE))
    sheet.skip(5)
    _prompt(sheet, poster)
    if poster.turns:
        _section(sheet, say(language, "They tell us next what they have tried"), poster.turns)
    if poster.discovery:
        _section(sheet, say(language, "A colleague found out"), [poster.discovery])
    filled, sheet.y = sheet.y, CODE_TOP
    lead = say(language, "Point your phone's camera at the code. It leads here:")
    sheet.write(SMALL, lead, BESIDE, WIDTH - MARGIN - BESIDE)
    sheet.skip(1)
    sheet.write(ADDRESS, poster.address, BESIDE, WIDTH - MARGIN - BESIDE, hyphen="")
    sheet.y = filled
    return sheet


def _prompt(sheet: Sheet, poster: Poster) -> None:
    language, prompt = poster.language, poster.prompt
    if prompt is None:
        sheet.write(TITLE, say(language, "This week's AI prompt"))
        sheet.skip(3)
        sheet.write(TEXT, say(language, "There is no prompt this week."))
        return
    sheet.write(TITLE, prompt.title)
    sheet.skip(3)
    text = "Try it this week, alone or with a colleague. Write it to the assistant, or say it aloud:"
    sheet.write(TEXT, say(language, text))
    sheet.skip(3)
    top = sheet.y
    sheet.skip(PADDING - 2)
    sheet.write(PROMPT, prompt.prompt, MARGIN + PADDING, INNER - 2 * PADDING)
    sheet.skip(PADDING - 2)
    sheet.boxes.append(Box(MARGIN, top, INNER, sheet.y - top))
    sheet.skip(4)
    sheet.write(SMALL, prompt.look_for)
    sheet.skip(2)
    sheet.write(SMALL, poster.data)


def _section(sheet: Sheet, heading: str, texts: Sequence[str]) -> None:
    sheet.skip(GAP)
    sheet.write(HEADING, heading)
    for text in texts:
        sheet.write(TEXT, text)


def svg(poster: Poster, sheet: Sheet) -> str:
    """The file: text that can be read aloud and searched for, and the code as one path."""
    title = f"{poster.department} · {poster.prompt.title if poster.prompt else poster.organisation}"
    page = f'width="{WIDTH:g}mm" height="{HEIGHT:g}mm" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{escape(poster.language)}" {page}>',
        f"<title>{escape(title)}</title>",
        "<style>@page { size: A4; margin: 0; }</style>",
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>',
        *(
            f'<rect x="{one.x:g}" y="{one.y:.2f}" width="{one.width:g}" height="{one.height:.2f}" fill="none" '
            f'stroke="#111" stroke-width="{RULE:g}"/>'
            for one in sheet.boxes
        ),
        f'<g font-family="{FONTS}" fill="#111">',
        *map(_text, sheet.lines),
        "</g>",
        code(poster.address),
        "</svg>",
    )
    return "\n".join(parts) + "\n"


def _text(line: Line) -> str:
    weight = ' font-weight="bold"' if line.bold else ""
    return f'<text x="{line.x:g}" y="{line.y:.2f}" font-size="{line.size:.2f}"{weight}>{escape(line.text)}</text>'


def code(address: str) -> str:
    """The address as a QR code, a path whose unit is one square of it. A phone reads it with a seventh of it worn away."""
    matrix = segno.make_qr(address, error="m").matrix
    side = CODE / len(matrix)
    return (
        f'<path transform="translate({MARGIN:g} {CODE_TOP:g}) scale({side:.5f})" shape-rendering="crispEdges" '
        f'fill="#000" d="{"".join(_squares(matrix))}"/>'
    )


def _squares(matrix: Sequence[Sequence[int]]) -> Iterator[str]:
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            dark = next((n for n in range(x, len(row)) if not row[n]), len(row)) - x
            if dark:
                yield f"M{x} {y}h{dark}v1h-{dark}z"
            x += max(dark, 1)
