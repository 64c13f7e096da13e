"""Days as people write them. Pure."""

import re
from datetime import date


def parse_day(text: str) -> date | None:
    """2026-12-01, 01-12-2026, 01.12.2026 or 01/12/2026; None when it is no such day."""
    try:
        if match := re.fullmatch(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", text.strip()):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


TIME = re.compile(r"[T ]+\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?\s*([AP]\.?M\.?|Z|[+-]\d\d:?\d\d)?$", re.IGNORECASE)
"""The time that spreadsheets and directories write behind a day."""


def no_day(text: str) -> bool:
    """Whether a cell says that there is no day: empty, or SAP's 00.00.0000."""
    return not text or not TIME.sub("", text.strip()).strip("0.-/")


def exported_day(text: str) -> date | None:
    """The day that a program has written, with a time behind it, or with two figures for the year (not with slashes, for
    then nobody knows which is the month); None when it is none."""
    day = TIME.sub("", text.strip())
    try:
        if match := re.fullmatch(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", day):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := re.fullmatch(r"(\d{1,2})[-.](\d{1,2})[-.](\d{2})", day):
            return _short_year(int(match[1]), int(match[2]), int(match[3]))
        # PowerShell in English writes 3/31/2026 12:00:00 AM
        american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", day) if re.search(r"[AP]M$", text.strip()) else None
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
    except ValueError:
        return None
    return parse_day(day)


def _short_year(day: int, month: int, year: int) -> date:
    """31-12-99 is SAP's 31.12.9999. Else who works today was hired after 1970. Raises ValueError."""
    if (day, month, year) == (31, 12, 99):
        return date.max
    return date(2000 + year if year < 70 else 1900 + year, month, day)
