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
