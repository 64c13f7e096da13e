"""Recurrence rules as others write them: mended where it is plain what is meant, and never followed without an end. Pure."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from dateutil.rrule import rrulestr

from calendars.reading.result import Unreadable
from calendars.reading.times import moment_of

Rule = dict[str, str]
"""The parts of a rule by name, both in upper case, none of them empty."""

PERIOD_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
PART = re.compile("FREQ|UNTIL|COUNT|INTERVAL|BY(SECOND|MINUTE|HOUR|DAY|MONTHDAY|YEARDAY|WEEKNO|MONTH|SETPOS)|WKST")
"""Of a rule (RFC 5545, 3.3.10). dateutil knows more: it would follow BYEASTER."""

SHORTER = {"HOURLY": 1 / 24, "MINUTELY": 1 / 1440, "SECONDLY": 1 / 86400}

DAYS_IN_DOUBT = 20_000
"""Counted besides for a rule that may hit none."""

NEVER = datetime(9999, 12, 1, tzinfo=UTC)

MOST_COUNTED = 10_000
"""Occurrences that are counted to see whether a rule's COUNT or its UNTIL comes first."""

OLD_RULE = re.compile(r"(D|W|MD|MP|YM|YD)(\d+)((?: [0-9A-Z+-]+)*?)(?: #(\d+)| (\d{8}T\d{4,6}Z?))?")
"""The rules of vCalendar 1.0: period and interval, then days, then how often or until when (section 'Recurrence Rule
Grammar' of its specification of 1996)."""


def rule_of(text: str) -> Rule:
    """The parts of a rule. Empty parts, empty places in a list and blanks mean nothing; RSCALE=GREGORIAN (RFC 7529) is
    what there is anyway. What says something, but in no part, is one part without a name."""
    text = " ".join(text.upper().split())
    if old := OLD_RULE.fullmatch(text):
        return _of_old(old)
    parts = (part.partition("=") for part in text.replace(" ", "").split(";"))
    listed = ((name, ",".join(filter(None, value.split(",")))) for name, _, value in parts)
    found = {name: value for name, value in listed if value and not name.startswith("X-")}
    if not found and text.strip("; "):
        return {"": text}
    return _mended(found)


def _mended(rule: Rule) -> Rule:
    """The rule without the parts that mean nothing in it."""
    found = dict(rule)
    if found.get("RSCALE") == "GREGORIAN":
        found.pop("RSCALE")
        if found.get("SKIP") == "OMIT":
            found.pop("SKIP")
    if found.get("COUNT") == "0" and "UNTIL" in found:  # as macOS writes it
        found.pop("COUNT")
    return found


def _of_old(old: re.Match[str]) -> Rule:
    """The same in today's words."""
    period, interval, days, count, until = old.groups()
    words = days.split()
    found = {"FREQ": {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}[period[0]], "INTERVAL": interval}
    if weekdays := _weekdays_of_old(words):
        found["BYDAY"] = weekdays
    numbers = [word for word in words if word.isdigit()]
    if numbers:
        found[{"MD": "BYMONTHDAY", "YM": "BYMONTH", "YD": "BYYEARDAY"}.get(period, "BYHOUR")] = ",".join(numbers)
    if count and count != "0":  # 0 is for ever
        found["COUNT"] = count
    if until:
        found["UNTIL"] = until
    return found


def _weekdays_of_old(words: list[str]) -> str:
    """The weekdays among the days of an old rule; a list of places such as `1+` comes before the days it is of."""
    places = [f"{'-' if word[-1] == '-' else ''}{word[:-1]}" for word in words if re.fullmatch(r"\d[+-]", word)]
    names = [word for word in words if word.isalpha()]
    return ",".join(f"{place}{name}" for place in places or [""] for name in names)


def text_of(rule: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in rule.items())


def check(rule: Rule, written: str) -> None:
    """Refuse a rule that recurs within a day, never gets on or never hits one."""
    several = any("," in rule.get(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    follows = (
        rule.get("FREQ") in PERIOD_DAYS
        and all(PART.fullmatch(name) for name in rule)
        and not several
        and re.fullmatch("0*[1-9][0-9]{0,3}", rule.get("INTERVAL", "1"))
        and re.fullmatch("[0-9]{1,9}", rule.get("COUNT", "1"))
        and _hits(rule)
    )
    if not follows:
        raise Unreadable("its rule {rule} cannot be followed.", rule=" ".join(written.split())[:80])


def changes_clocks(rule: Rule) -> bool:
    """Whether a time zone's clock could be changed by it: once a year, on a day that it names."""
    few = "," not in rule.get("BYMONTH", "") + rule.get("BYDAY", "") and rule.get("BYMONTHDAY", "").count(",") < 7
    return rule.get("FREQ") == "YEARLY" and few and ("BYDAY" not in rule or "BYMONTH" in rule)


def _hits(rule: Rule) -> bool:
    """Whether the rule hits any day in the last forty years there are. One that never does has no other end."""
    plain_rule = {name: value for name, value in rule.items() if name not in ("INTERVAL", "COUNT", "UNTIL")}
    try:
        found = rrulestr(text_of(plain_rule), dtstart=datetime(9960, 1, 1))  # noqa: DTZ001  # any clock
        return next(iter(found), None) is not None
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
        return False


def bounded(rule: Rule, starts: datetime) -> Rule:
    """The rule with an UNTIL as dateutil wants it: in UTC, and alone. A day alone is meant with its whole day, a time
    without a zone on the clock of the series; of COUNT and UNTIL (which RFC 5545, 3.3.10 forbids) the nearer leads."""
    if "UNTIL" not in rule:
        return rule
    until = until_of(rule, starts.tzinfo)
    if until is None:
        raise Unreadable('its last day "{value}" cannot be read.', value=rule["UNTIL"][:40])
    ends = {**rule, "UNTIL": f"{until:%Y%m%dT%H%M%SZ}"}
    count = int(ends.pop("COUNT", 0) or 0)
    if "COUNT" in rule and count <= MOST_COUNTED:
        met = len(list(islice(rrulestr(text_of(ends), dtstart=starts), count)))
        if met == count:  # as often as it may: the count comes first
            return {name: value for name, value in rule.items() if name != "UNTIL"}
    return ends


def until_of(rule: Rule, zone: tzinfo | None) -> datetime | None:
    """The rule's UNTIL, aware and in UTC; None when it has none, or nothing that can be read."""
    found = moment_of(rule.get("UNTIL", ""), zone)
    if found is None:
        return None
    if found.year == NEVER.year:  # on some clocks its last moment is none any more
        return NEVER
    until = found if isinstance(found, datetime) else datetime.combine(found, time(23, 59, 59), zone)
    return until.astimezone(UTC)


def last_day(rule: Rule, starts: date) -> date:
    """A day after which the rule can give nothing, however it is read; the last day there is when it says none."""
    until = until_of(rule, UTC)
    ends = until.date() + timedelta(days=1) if until and until.date() < date(9999, 1, 1) else date.max
    if not any(name.startswith("BY") for name in rule) and re.fullmatch("[0-9]{1,6}", rule.get("COUNT", "")):
        interval = rule.get("INTERVAL", "1")
        each = {**PERIOD_DAYS, **SHORTER}.get(rule.get("FREQ", ""))
        if each and re.fullmatch("[0-9]{1,4}", interval):
            days = math.ceil(int(rule["COUNT"]) * int(interval) * each) + 1
            ends = min(ends, date.fromordinal(min(starts.toordinal() + days, date.max.toordinal())))
    return ends


def followed(rule: Rule, starts: date, last: date) -> int:
    """How many days a checked rule is followed from its beginning to `last`, or to its end before."""
    until = until_of(rule, UTC)
    ahead = (min(until.date(), last) - starts).days if until else (last - starts).days
    if "COUNT" in rule:
        ahead = min(ahead, int(rule["COUNT"]) * int(rule.get("INTERVAL", "1")) * PERIOD_DAYS[rule["FREQ"]])
    # A rule that leaves periods out may miss every day it names, and is then followed to the year 9999.
    doubtful = {"BYMONTH", "BYMONTHDAY"} | ({"BYDAY"} if rule["FREQ"] == "DAILY" else set())
    return max(ahead, 0) + (DAYS_IN_DOUBT if "INTERVAL" in rule and rule.keys() & doubtful else 0)
