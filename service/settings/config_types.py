"""Values of `config.toml` that are more than a text or a number: parsed, or refused with a sentence."""

import difflib
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from functools import cache
from typing import Any

from pydantic import AfterValidator, BeforeValidator, Field

from culture.organisation import Window
from culture.people import EARLIEST, LATEST
from culture.settings import Bad, Closed, Written
from culture.workdays import Span, Week
from mailer.words import LANGUAGES, tongue
from service.messages.plain_text import is_line

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"

EMAIL = re.compile(rf"{ATOM}(\.{ATOM})*@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_time(text: str) -> time | None:
    """A 24-hour time of day, "08:30"; None when it is not one."""
    match = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", text.strip())
    return time(int(match[1]), int(match[2])) if match else None


def _names_of_weekdays() -> Iterator[Sequence[str]]:
    """The names of the days, Monday first: in English, and when those do not fit, in every other language."""
    yield WEEKDAYS
    yield from (tongue(language).weekdays for language in LANGUAGES)


def parse_weekday(text: str) -> int | None:
    """The ISO weekday of its name in a language we write, whole or its first letters; None when it is none."""
    name = text.strip().lower().rstrip(".")
    for names in _names_of_weekdays():
        hits = [number for number, full in enumerate(names, 1) if len(name) >= 2 and full.lower().startswith(name)]
        if len(hits) == 1:
            return hits[0]
    return None


def _time_of_day(value: Any) -> time:
    found = parse_time(value) if isinstance(value, str) else None
    if found is None:
        raise Bad('{value} is not a time of day. Write 24-hour HH:MM, for example "08:30".')
    return found


def _habit_time(value: Any) -> time:
    found = _time_of_day(value)
    if not EARLIEST <= found <= LATEST:
        raise Bad('{value} lies outside 06:00-22:00. Write a time people are at work, for example "12:30".')
    return found


def _times(value: Any) -> tuple[time, time]:
    parts = [parse_time(part) for part in value.split("-")] if isinstance(value, str) else []
    if len(parts) not in (1, 2) or None in parts:
        raise Bad('{value} is not a time or a window. Write "12:30" or "12:00-13:00".')
    first, last = parts[0], parts[-1]
    assert first is not None and last is not None  # noqa: PT018 - said to mypy, both shown above
    if first > last or first < EARLIEST or last > LATEST:
        raise Bad('{value} must run forward between 06:00 and 22:00, for example "12:00-13:00".')
    return first, last


def _window(value: Any) -> Window:
    first, last = _times_anywhere(value)
    if first >= last:
        raise Bad('{value} must run forward, for example "07:00-17:00".')
    return Window(opens=first, closes=last)


def _times_anywhere(value: Any) -> tuple[time, time]:
    parts = [parse_time(part) for part in value.split("-")] if isinstance(value, str) else []
    if len(parts) != 2 or parts[0] is None or parts[1] is None:
        raise Bad('{value} is not a window of time. Write "07:00-17:00".')
    return parts[0], parts[1]


def _weekday(value: Any) -> int:
    found = parse_weekday(value) if isinstance(value, str) else None
    if found is None:
        raise Bad('{item} is not a weekday. Write for example "monday".', item=shown(value))
    return found


def _weekdays(value: Any) -> frozenset[int]:
    if not isinstance(value, list) or not value:
        raise Bad('{value} is not a list of weekdays. Write for example ["monday", "thursday"].')
    return frozenset(_weekday(item) for item in value)


def usable_zone(name: str) -> bool:
    """Whether it is the name of an IANA zone."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    """All of them, looked up once: that opens some 600 files, and a people file may ask for each of its rows."""
    return frozenset(zoneinfo.available_timezones())


def _zone(value: str) -> str:
    if not usable_zone(value):
        near = difflib.get_close_matches(value, sorted(_zones()), 1, 0.6)
        shown = near[0] if near else "Europe/Copenhagen"
        raise Bad("{value} is not a time zone we can use. Write an IANA name, for example {near}.", near=shown)
    return value


def _line(value: str) -> str:
    if not value.strip():
        raise Bad("{value} is empty or too long. Write a few words.")
    if not is_line(value):
        raise Bad("{value} holds a line break or a control character. Write it on one line.")
    return value


def _email(value: str) -> str:
    if not is_email(value):
        raise Bad('{value} is not an e-mail address. Write for example "ai-tid@styrelsen.dk".')
    return value


def is_email(text: str) -> bool:
    """Whether we can send to it: ASCII, one @, a domain with a dot or "localhost" (RFC 5321 without quoting)."""
    return len(text) <= 254 and EMAIL.fullmatch(text) is not None


def _url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?", value):
        raise Bad('{value} is not a web address. Write for example "https://aitid.styrelsen.dk".')
    return value.rstrip("/")


def _country(value: str) -> str:
    import holidays  # 40 ms: only when a config is read

    if value and value not in holidays.list_supported_countries():
        raise Bad(
            '{value} is not a country we know the holidays of. Write its two letters, for example "DK", or "" for none.'
        )
    return value


def _closed(value: Any) -> tuple[Closed, ...]:
    if not isinstance(value, list):
        raise Bad('{value} is not a list. Write for example ["12-24", "2027-05-07", "2026-12-28..2026-12-30"].')
    return tuple(_closed_item(item) for item in value)


def _closed_item(item: Any) -> Closed:
    if isinstance(item, date):
        return Span(item, item)
    text = item.strip() if isinstance(item, str) else ""
    if match := re.fullmatch(r"(\d\d)-(\d\d)", text):
        month, day = int(match[1]), int(match[2])
        if _date(f"2028-{text}"):  # a leap year
            return month, day
    first, last = (_date(part.strip()) for part in (text.split("..") * 2)[:2])
    if first and last and first <= last and text.count("..") <= 1:
        return Span(first, last)
    raise Bad(
        '"{item}" is not a day. Write "2027-05-07", a range "2026-12-28..2026-12-30", or "12-24" for every year.',
        item=str(item),
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _quiet(value: Any) -> tuple[Week | int, ...]:
    if not isinstance(value, list):
        raise Bad('{value} is not a list. Write for example ["2026-W53", 29].')
    return tuple(_quiet_item(item) for item in value)


def _quiet_item(item: Any) -> Week | int:
    if isinstance(item, int) and not isinstance(item, bool) and 1 <= item <= 53:
        return item
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", item if isinstance(item, str) else ""):
        try:
            return Week.of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError:
            pass
    raise Bad('"{item}" is not an ISO week. Write 29 for week 29 of every year, or "2026-W53" for one.', item=str(item))


CHECKS: Mapping[Written, tuple[Any, ...]] = {
    Written.LINE: (Field(min_length=1, max_length=200), AfterValidator(_line)),
    Written.EMAIL: (AfterValidator(_email),),
    Written.DOMAIN: (Field(pattern=r"^([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+$"),),
    Written.URL: (AfterValidator(_url),),
    Written.ZONE: (AfterValidator(_zone),),
    Written.COUNTRY: (AfterValidator(_country),),
    Written.TIME: (BeforeValidator(_time_of_day),),
    Written.HABIT_TIME: (BeforeValidator(_habit_time),),
    Written.TIMES: (BeforeValidator(_times),),
    Written.WINDOW: (BeforeValidator(_window),),
    Written.WEEKDAY: (BeforeValidator(_weekday),),
    Written.WEEKDAYS: (BeforeValidator(_weekdays),),
    Written.CLOSED_DAYS: (BeforeValidator(_closed),),
    Written.QUIET_WEEKS: (BeforeValidator(_quiet),),
}
"""How pydantic checks what is written in a way of its own."""


def shown(value: Any) -> str:
    """The value as it stands in TOML, not longer than 80 signs."""
    text = _toml(value)
    text = text.replace("\r", "\\r").replace("\n", "\\n")
    return text if len(text) <= 80 else text[:77] + "..."


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key} = {_toml(one)}" for key, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
