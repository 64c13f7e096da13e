"""Why a person got what they got, in words that can be passed on to whoever asked, and as values for `--json`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from culture.people import Language, Person
from culture.vitamin import rules
from culture.vitamin.settings import Vitamin
from culture.workdays import Week
from culture.world import World
from mailer.words import tongue
from service.answers.history import WAYS, why
from service.answers.quiet import SENTENCES as NOW
from service.answers.quiet import Quiet
from service.answers.show import moment
from service.answers.why import Day, Line, Remembered, time_by
from service.messages.relayed import Relayed
from service.messages.translation import Sentence, say
from service.planning.kinds import KINDS, kind_name

DAYS = {
    "off": Sentence("Nobody here has ten minutes in the calendar: they are turned off in the config."),
    "left": NOW["left"],
    "outside": Sentence("Not in the pilot since the day after {day}."),
    "starts": NOW["starts"],
    "missing": NOW["missing"],
    "not-known": Sentence("Not known here before {day}, when the people file first had their row."),
    "programme": NOW["programme"],
    "no-day": Sentence("Nobody here has ten minutes on that weekday."),
    "day-off": Sentence("A weekday off: not a working day of theirs, or not one that they chose."),
    "holiday": Sentence("A public holiday."),
    "quiet-week": Sentence("A quiet week, and nobody has ten minutes in it."),
    "closed": Sentence("A closed day of the organisation."),
    "recalled": Sentence("Taken back with all the rest on {day} (aikultur recall)."),
    "absent": Sentence("Away, by the list of absences."),
    "paused": Sentence("Paused by themselves until {day}."),
    "no-channel": NOW["no-channel"],
    "no-mail": Sentence("No ten minutes in a calendar and no letters, for the people file has no address."),
    "taken-out": Sentence("They changed or deleted the block in Outlook themselves, so it is left alone."),
    "no-prompt": Sentence("There was no prompt that fits."),
}
"""Why a day has no ten minutes."""

LETTERS = {
    # What was written
    "sent": Sentence("Sent to {to}."),
    "in-doubt": Sentence(
        "Sent to {to} once more, for the mail server fell silent and nobody could know whether it had taken the letter. "
        "So the same letter may have come twice."
    ),
    "file": Sentence("Written into a file and sent to nobody, for the transport is a folder."),
    "on-its-way": Sentence("Written, and on its way to {to}."),
    "put-off": Sentence("On its way to {to}. The mail server asked us to wait: {said}"),
    "parked": Sentence("Not delivered, and laid aside until somebody looks: {said}"),
    "dropped": Sentence("Given up by whoever runs the service."),
    # What was due and is too late
    "refused": Sentence("Whoever runs the service decided that it is not sent."),
    "window": Sentence("It could have left between {due} and {too_late}, and letters were not sent at those hours."),
    "not-running": Sentence("The service did not run when it was due, and when it ran again it was too late."),
    "held": Sentence("Held back until somebody approves it, and nobody had by {too_late}. Then it was too late."),
    "cap": Sentence("Nobody gets more than two letters a week. The two had gone, and then it was too late."),
    "tomorrow": Sentence("A letter about a turn had gone that day, and the day after it was too late."),
    "fault": Sentence("It could not be written. aikultur status says what is wrong."),
    "server": Sentence("The mail server took no letters then, and afterwards it was too late."),
    "pace": Sentence(
        "It did not leave in time: there were more letters than could be sent, or it could not be written."
    ),
    "recalled": Sentence("All is taken back then (aikultur recall), and no letter is written."),
    # What no rule wanted
    "stopped": NOW["stopped"],
    "stopped-by": Sentence("The weekly letters have been stopped since {since}: {by}."),
    "before-welcome": Sentence("Nothing comes before the welcome, and that is due {when}."),
    "welcome-comes": Sentence("The welcome comes on the first morning at work: {when}."),
    "not-welcomed": Sentence("Away with no end in sight. The welcome comes when they are back, and nothing before it."),
    "away": Sentence("The service did not run from {since} to {until}."),
    "no-days": Sentence("No day of that week has ten minutes for them, and not all for the same reason: see the days."),
    "unknown": Sentence("Nothing that is remembered says why."),
    # What comes
    "comes": Sentence("Will be sent to {to}."),
    "calendar": Sentence("A change in their calendar, made on the server without a letter."),
    "will-be-held": Sentence("Will be held back until somebody approves it: {reason}."),
}
"""Why a letter came or did not."""

BY = {
    "chosen": Sentence("The ten minutes are at {time}: they chose that themselves."),
    "people-file": Sentence("The ten minutes are at {time}: the people file says so."),
    "department": Sentence("The ten minutes are at {time}: that is so for their department."),
    "organisation": Sentence("The ten minutes are at {time}: that is so for everybody who chose nothing else."),
    "spread": Sentence(
        "The ten minutes are at {time}: a place of their own between {opens} and {closes}, given once and for good, "
        "so that not everybody is away at once."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that is told of one person."""

    world: World
    known: Remembered
    days: tuple[Day, ...]
    past: tuple[Line, ...]
    ahead: tuple[Line, ...]
    quiet: tuple[Quiet, ...]

    @property
    def person(self) -> Person:
        return self.known.person


# --- for people --------------------------------------------------------------------------------------------


def head(answer: Answer, language: Language) -> Iterator[str]:
    """Who it is, of which days it tells, and when and why then."""
    person = answer.person
    first, last = answer.days[0].day, answer.days[-1].day
    text = "{name} ({id}), from {first} to {last}:"
    yield say(language, text, name=person.name, id=person.id, first=first, last=last)
    organisation = answer.world.organisation
    vitamin = organisation.of(Vitamin)
    if vitamin.enabled and person.channel != "none":
        opens, closes = vitamin.time
        at = rules.start_time(organisation, person)
        fields = {"time": f"{at:%H:%M}", "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
        yield say(language, BY[time_by(answer.world, answer.known)].text, **fields)


RULE = Sentence(
    "The week's prompts come on the first day with ten minutes from {weekday} on, at {time}. "
    "Letters leave on working days between {opens} and {closes}."
)

TWO = Sentence(
    "Nobody gets more than two letters a week. Not counted are the letters about a turn of one's own, what answers "
    "something one did, and news of when something is."
)


def rules_said(answer: Answer, language: Language) -> Iterator[str]:
    """The rules by which letters come when they do, as far as somebody who got these could ask."""
    organisation = answer.world.organisation
    vitamin, window = organisation.of(Vitamin), organisation.window
    fields = {
        "weekday": tongue(language).weekdays[vitamin.letter_day - 1],
        "time": f"{vitamin.letter_at:%H:%M}",
        "opens": f"{window.opens:%H:%M}",
        "closes": f"{window.closes:%H:%M}",
    }
    if vitamin.enabled:
        yield say(language, RULE.text, **fields)
    weeks = Counter(Week.of(one.at.date()) for one in (*answer.past, *answer.ahead) if one.letter)
    if max(weeks.values(), default=0) > 1:
        yield TWO.said(language)


def day_rows(answer: Answer, language: Language) -> list[dict[str, str]]:
    """The days on which others have ten minutes and they have none or another time, days in a row as one."""
    telling = [one for one in answer.days if one.code != "no-day"]
    rows = list(_days_off(telling, language))
    theirs = (one for one in telling if one.code != "day-off")
    for (code, _), run in groupby(theirs, key=lambda one: (one.code, sorted(map(str, one.data.items())))):
        of_run = list(run)
        if code == "block" and "usual" not in of_run[0].data:
            continue
        rows.append({"when": _span(of_run, language), "why": day_said(of_run[0], language)})
    return rows


def _days_off(days: Iterable[Day], language: Language) -> Iterator[dict[str, str]]:
    """The weekdays that are not theirs, all as one row."""
    off = {one.day.isoweekday() for one in days if one.code == "day-off"}
    if off:
        yield {"when": tongue(language).days(off), "why": day_said(Day(day=date.min, code="day-off"), language)}


def day_said(day: Day, language: Language) -> str:
    """Why a day is as it is."""
    if day.code == "block":
        text = "At {time} that day, for they are busy at their usual time."
        return say(language, text, time=f"{day.data['at']:%H:%M}")
    return say(language, DAYS[day.code].text, **day.data)


def _span(run: Sequence[Day], language: Language) -> str:
    first, last = run[0].day, run[-1].day
    return f"{first}" if first == last else say(language, "{first} to {last}", first=str(first), last=str(last))


def letter_rows(lines: Iterable[Line], language: Language) -> list[dict[str, str]]:
    """Each letter that came or did not, what it was, and why; weeks in a row without one, for the same reason, as one."""
    rows = list[dict[str, str]]()
    for _, run in groupby(lines, key=lambda one: (one.kind, one.code, sorted(map(str, one.data.items())), one.letter)):
        of_run = list(run)
        one, first, last = of_run[0], *(moment(each.at, each.at.tzinfo) for each in (of_run[0], of_run[-1]))
        rows.append(
            {
                "when": first
                if first == last
                else say(language, "{first} to {last}", first=first[:10], last=last[:10]),
                "what": what(one, language),
                "subject": one.letter.subject if one.letter else "",
                "why": line_said(one, language),
            }
        )
    return rows


def what(line: Line, language: Language) -> str:
    """What a letter is about."""
    if line.letter:
        return why(line.letter, language)
    row = KINDS.get(line.kind)
    return row.one.said(language) if row and row.one else kind_name(line.kind, language)


def line_said(line: Line, language: Language) -> str:
    """Why it came or did not."""
    data = dict(line.data)
    if "by" in data:
        data["by"] = WAYS[data["by"]].said(language)
    if "said" in data:
        data["said"] = Relayed(str(data["said"]))
    shown = {
        name: moment(value, value.tzinfo) if isinstance(value, datetime) else value for name, value in data.items()
    }
    sentence = LETTERS.get(line.code) or DAYS[line.code]
    return say(language, sentence.text, **shown)


# --- for programs ------------------------------------------------------------------------------------------


def value(answer: Answer) -> dict[str, Any]:
    """The same for a program to read."""
    organisation = answer.world.organisation
    return {
        "id": answer.person.id,
        "name": answer.person.name,
        "now": answer.world.now.astimezone(answer.person.tz),
        "time": rules.start_time(organisation, answer.person),
        "time_by": time_by(answer.world, answer.known),
        "days": [_day_value(one) for one in answer.days],
        "past": [_line_value(one) for one in answer.past],
        "ahead": [_line_value(one) for one in answer.ahead],
        "quiet": [one.value() for one in answer.quiet],
    }


def _day_value(one: Day) -> dict[str, Any]:
    data = {"limit" if name == "day" else name: value for name, value in one.data.items()}
    return {"day": one.day, "code": one.code, **data}


def _line_value(line: Line) -> Mapping[str, Any]:
    letter = line.letter
    about: dict[str, Any] = {}
    if letter:
        kinds = [KINDS[kind] for kind in letter.kinds if kind in KINDS]
        counted = any(kind.counts == "counted" for kind in kinds)
        about = {
            "subject": letter.subject,
            "kinds": list(letter.kinds),
            "says": list(letter.notices),
            "counted": counted,
        }
    data = {name: one for name, one in line.data.items() if not isinstance(one, Sentence)}
    data = {"limit" if name == "day" else name: one for name, one in data.items()}
    return {"at": line.at, "kind": line.kind, "code": line.code, **data, **about}
