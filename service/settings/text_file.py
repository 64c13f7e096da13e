"""Files that an administrator writes, as text and as TOML. What cannot be read is a sentence with the line.

UTF-8, with or without the byte order mark that Windows' editors put first.
"""

import codecs
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from service.messages.faults import BadInput, Fault
from service.messages.relayed import Relayed
from service.messages.translation import Sentence

OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""What files in UTF-16 and UTF-32 begin with (UTF-32's other order begins as UTF-16's)."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but tab and line ends."""

NO_NAME = r"""[.\[\]="'#]"""
"""What ends a part of a key that somebody wrote without quotes."""

HELP = (
    (r".*", r"[“”„‟«»‘’‚]", Sentence("{mark} is no quote in TOML. Write straight ones: \"...\" or '...'.")),
    (
        r".*",
        r"[\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]",
        Sentence("an invisible character stands on this line ({code}). Delete it, and write an ordinary space."),
    ),
    (r".*", r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", Sentence("the control character {code} stands here. Take it out.")),
    (
        r"Unescaped|Invalid hex",
        r".*",
        Sentence(
            "in double quotes a backslash begins a special character. Write a path in single quotes: 'C:\\HR\\people.csv'."
        ),
    ),
    (
        r"Invalid value",
        r"(?i:true|false|yes|no|on|off|ja|nej)\b",
        Sentence("{word} is no value. Write true or false, in small letters."),
    ),
    (
        r"Invalid statement",
        r"[{<]",
        Sentence(
            "this is another kind of file, such as JSON or a web page. Write TOML: [section], and under it key = value."
        ),
    ),
    (
        r".*",
        r"\r",
        Sentence("its lines end as on an old Mac. Save the file with the line ends of Windows or Linux."),
    ),
    (r"Invalid statement|Expected", r";|//", Sentence("a comment begins with #.")),
    (
        r"Invalid (statement|initial)|Expected (']'|'=')",
        r"[^\W_a-zA-Z\d]",
        Sentence('a name with other letters than a to z stands in quotes: "{name}".'),
    ),
    (r"Expected ']]' at", r".*", Sentence("a name that begins with two brackets ends with two: [[{name}]].")),
    (r"Expected ']' at", r"\w", Sentence('a name with a space in it stands in quotes: "{name}".')),
    (
        r"(Illegal|Found invalid) character '\\n'|Expected (\"'|'\")",
        r".*",
        Sentence("a text begins here and does not end. Write the quote that is missing."),
    ),
    (
        r"Unclosed",
        r".*",
        Sentence(
            "a list or a table that begins above, or here, does not end. Write the closing bracket that is missing."
        ),
    ),
    (r"Invalid value|Expected [^n]", r"$", Sentence("a bracket, a quote or a value is missing here.")),
    (r"Expected '='", r".*", Sentence("after the name of a key stands =, for example minutes = 10.")),
    (r"Cannot declare", r".*", Sentence("this table stands twice. Write all its keys under one of the two.")),
    (r"Cannot overwrite", r".*", Sentence("a key or table stands twice. Take one of the two out.")),
    (
        r"Invalid value|Expected newline",
        r".*",
        Sentence(
            '{value} is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.'
        ),
    ),
)
"""For the likeliest mistakes, the first that fits: what tomllib says, what stands there, and what to write instead."""


class NotUtf8(Exception):
    """The bytes are no text in UTF-8: where (a line, 0 for all of it), and a sentence."""

    def __init__(self, line: int, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.line, self.sentence = line, sentence


def read_text(path: Path, missing: Sentence | None = None) -> str:
    """The text of a file. Raises BadInput, with the sentence `missing` where there is no such file."""
    try:
        return decoded(path.read_bytes())
    except OSError as error:
        sentence = not_read(error)
        if missing and isinstance(error, FileNotFoundError):
            sentence = missing
        raise BadInput([Fault(path.name, "", sentence)]) from None
    except NotUtf8 as wrong:
        raise BadInput([Fault(path.name, str(wrong.line or ""), wrong.sentence)]) from None


def decoded(data: bytes) -> str:
    """The text of bytes in UTF-8. Raises NotUtf8."""
    if data.startswith(OTHER_MARKS) or b"\0" in data:
        raise NotUtf8(0, Sentence("this is saved as UTF-16, or is no text at all. Save it as UTF-8."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        sentence = Sentence(
            "a letter on this line is not written in UTF-8, but in Windows-1252, it seems. Save the file as UTF-8."
        )
        raise NotUtf8(line, sentence) from None


def read_toml(path: Path, missing: Sentence | None = None) -> dict[str, Any]:
    """The tables of a file. Raises BadInput, as `read_text` and `parse_toml` do."""
    return parse_toml(read_text(path, missing), path.name)


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """The tables in TOML. Raises BadInput, with the line or the key and what to write instead."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput([_fault(file, text, str(error))]) from None
    faults = [
        Fault(file, place, Sentence("the control character {code} stands here. Take it out.", {"code": code}))
        for place, code in _controls(data, "")
    ]
    if faults:
        raise BadInput(faults)
    return data


def _controls(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """The keys whose texts hold a control character, and which: no letter may hold one, and TOML can write them all."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _controls(key, place)
            yield from _controls(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _controls(inner, place)
    elif isinstance(value, str) and (found := CONTROL.search(value)):
        yield place, f"U+{ord(found[0]):04X}"


def _fault(file: str, text: str, said: str) -> Fault:
    lines = text.replace("\r\n", "\n").split("\n")
    if place := re.search(r" \(at line (\d+), column (\d+)\)$", said):
        return Fault(file, place[1], _sentence(said[: place.start()], lines[int(place[1]) - 1], int(place[2]) - 1))
    last = text.rstrip().rpartition("\n")[2]
    return Fault(file, "", _sentence(said.removesuffix(" (at end of document)"), last, len(last)))


def _sentence(said: str, line: str, at: int) -> Sentence:
    """What to write instead of what stands in `line` at `at`, where tomllib stopped and `said` why."""
    rest = line[at:]
    for why, stands, sentence in HELP:
        if re.match(why, said) and re.match(stands, rest):
            name = f"{re.split(NO_NAME, line[:at])[-1]}{re.split(NO_NAME, rest)[0]}"
            fields = {
                "mark": rest[:1],
                "code": f"U+{ord(rest[0]):04X}" if rest else "",
                "word": re.split(r"\W", rest)[0],
                "name": name.strip(),
                "value": _plain(rest if said == "Invalid value" else line.partition("=")[2] or line),
            }
            return replace(sentence, fields=fields)
    text = "{value} is not TOML. A line is [section], or key = value, or begins with #."
    return Sentence(text, {"value": _plain(line)})


def _plain(text: str) -> str:
    """The beginning of a line without its comment, for a sentence."""
    return re.split(r"(?:^|\s)#", text)[0].strip()[:80]


def not_read(error: OSError) -> Sentence:
    """Why a file could not be read, and what to do."""
    if isinstance(error, FileNotFoundError):
        return Sentence("There is no such file. Put it there, or name another in config.toml.")
    if isinstance(error, IsADirectoryError):
        return Sentence("This is a folder. Write the name of a file in it.")
    if isinstance(error, PermissionError):
        return Sentence(
            "The user of this command may not read the file. Run it as the user of the service, or let that read it."
        )
    return Sentence("The file cannot be read: {error}.", {"error": Relayed(str(error.strerror))})
