"""What people wrote, in Markdown (CommonMark 0.31, section 2.4): it stands there as they typed it, and nothing in it is
markup. Pure."""

import re

from service.messages.plain_text import one_line


def cell(given: str) -> str:
    """The text for a cell of a table: one line, in which no "|" ends it."""
    return escaped(one_line(given))


def escaped(given: str) -> str:
    """The text for a Markdown page in which it can be neither HTML nor markup."""
    safe = given.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = re.sub(r"([\\`*_{}\[\]|~$])", r"\\\1", safe)
    # At the beginning of a line these are headings, lists, or make the line above a heading.
    lines = (re.sub(r"^([#+=-]|\d+(?=[.)]))", _defused, line.strip()) for line in safe.split("\n"))
    # Two blanks: the line breaks where it was broken.
    return "  \n".join(lines).replace("\n  \n", "\n\n")


def _defused(begins: re.Match[str]) -> str:
    # A number keeps its digits: it is the dot after them that makes a list.
    return f"{begins[1]}\\" if begins[1].isdigit() else f"\\{begins[1]}"
