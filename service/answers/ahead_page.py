"""The days ahead as a page: one file that needs nothing else, and holds nobody's key. Pure but for the templates it reads."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2

import templates
from culture.organisation import Organisation
from culture.people import Language
from mailer.render import unbroken
from mailer.words import tongue
from service.answers.ahead import Ahead, DayAhead, DayKind
from service.answers.answer_row import Presents
from service.messages.translation import Sentence, say
from service.planning.kinds import kind_name

FOLDER = Path(templates.__file__).parent

DAYS: dict[DayKind, Sentence] = {
    "working": Sentence("working day"),
    "off": Sentence("no ten minutes"),
    "holiday": Sentence("public holiday"),
    "closed": Sentence("closed day"),
    "quiet": Sentence("quiet week"),
}
"""What a day is, in the strip of the year and in the list of days."""

CELL, LABEL = 9, 40
"""Of the strip: the width of a day and of a month's name. 31 days are 320 units, each a pixel on the narrowest phone."""


def page(found: Ahead, organisation: Organisation, language: Language, now: datetime | None = None) -> str:
    """The page. `now`: when the forecast was made; None: the days were played in a rehearsal."""
    words = tongue(language)
    days = list(found.days.values())
    most = max((day.count for day in days), default=0)
    values = {
        "language": language,
        "say": partial(say, language),
        "number": partial(number, language),
        "organisation": organisation.name,
        "made": f"{now.astimezone(found.zone):%Y-%m-%d %H:%M}" if now else "",
        "days": days,
        "first": words.whole_date(days[0].day),
        "last": words.whole_date(days[-1].day),
        "day_name": words.day,
        "date": lambda at: words.day(at.astimezone(found.zone).date()),
        "clock": lambda at: words.clock(at.astimezone(found.zone).time()),
        "kind_name": partial(_kinds, language),
        "day_kind": lambda kind: DAYS[kind].said(language),
        "share": lambda count: round(100 * count / most, 2) if most else 0,
        "by_kinds": lambda day: by_kinds(day, language),
        "reason": lambda held: held.reason.said(language),
        "department": lambda key: organisation.departments[key].name if key in organisation.departments else key,
        "person": lambda key: organisation.people[key].name if key in organisation.people else key,
        "shown": partial(UNDERLINE.sub, ""),
        "turns": turns(found.turns),
        "presented": sum(len(day.turns) for day in days),
        "held": [(day, held) for day in days for held in day.held],
        "letters": sum(day.count for day in days),
        "months": list(months(found, language)),
        "strip": (LABEL + 31 * CELL + 1, CELL),
        "closed": list(closed(found, language)),
        "style": (FOLDER / "pages" / "style.css").read_text("utf-8"),
    }
    return unbroken(_environment().get_template("ahead.html.j2").render(values))


def number(language: Language, count: int) -> str:
    """1.234; 1,234."""
    return f"{count:,}".replace(",", "." if tongue(language).decimal == "," else ",")


UNDERLINE = re.compile(r"^(=+|-+)\n", re.MULTILINE)
"""Beneath the headings of a text. On a narrow screen it would be torn."""


def _kinds(language: Language, kinds: tuple[str, ...]) -> str:
    return ", ".join(kind_name(kind, language) for kind in kinds)


def by_kinds(day: DayAhead, language: Language) -> list[tuple[str, int, list[Any]]]:
    """The letters of a day by what they say: the name of that, how many, and each sort, the largest first."""
    ordered = sorted(day.letters, key=lambda one: (one.kinds, -len(one.names), one.subject))
    groups = [(kinds, list(sorts)) for kinds, sorts in groupby(ordered, key=lambda one: one.kinds)]
    return [(_kinds(language, kinds), sum(len(one.names) for one in sorts), sorts) for kinds, sorts in groups]


def turns(found: Iterable[Presents]) -> dict[str, list[Presents]]:
    """Who presents when, by department."""
    by_department: dict[str, list[Presents]] = {}
    for turn in found:
        by_department.setdefault(turn.department, []).append(turn)
    return dict(sorted(by_department.items()))


def months(found: Ahead, language: Language) -> Iterator[tuple[str, list[tuple[int, str, str]]]]:
    """The strip of the year: the name of each month, and each day with its place, its classes and its words."""
    words = tongue(language)
    for (_, month), of_month in groupby(found.year.items(), key=lambda one: (one[0].year, one[0].month)):
        cells = []
        for day, kind in of_month:
            seen = found.days.get(day)
            told = [words.day(day), DAYS[kind].said(language)]
            told += (
                [say(language, "{count} letters", count=number(language, seen.count))] if seen and seen.count else []
            )
            classes = f"{kind} seen" if seen else kind
            cells.append((LABEL + (day.day - 1) * CELL, classes, ", ".join(told)))
        yield words.months[month - 1][:3], cells


def closed(found: Ahead, language: Language) -> Iterator[str]:
    """The days of the strip on which nothing comes although it is a weekday, in words, days in a row as one."""
    words = tongue(language)
    runs = groupby(found.year.items(), key=lambda one: one[1])
    weekdays = [(kind, [day for day, _ in run]) for kind, run in runs if kind != "off"]
    for kind, of_kind in groupby(weekdays, key=lambda one: one[0]):
        if kind == "working":
            continue
        days = [day for _, run in of_kind for day in run]
        first, last = words.whole_date(days[0]), words.whole_date(days[-1])
        when = first if days[0] == days[-1] else say(language, "{first} to {last}", first=first, last=last)
        yield f"{when}: {DAYS[kind].said(language)}"


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "ahead"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
