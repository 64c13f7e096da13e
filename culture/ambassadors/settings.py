"""How the corps of ambassadors is run in an organisation: the section [ambassadors]."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Annotated

from culture.meetings import WHICH, Amendment, Every, Nth, Rhythm
from culture.settings import Bad, Email, Key, Line, Size, TimeOfDay, Weekday, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpsMeetings:
    """When the corps meets, [ambassadors.meeting]."""

    weekday: Annotated[Weekday, Key("The day of the week.", example='"tuesday"')]
    time: Annotated[TimeOfDay, Key("When it begins, in the organisation's local time.", example='"13:00"')]
    every: Annotated[Every, Key("How often.")] = "month"
    nth: Annotated[Nth, Key('Which of those days of a month, for every = "month".')] = "first"
    counted_from: Annotated[
        date | None,
        Key('A day on which there is a meeting, for every = "2 weeks" and "4 weeks".', example="2027-01-12"),
    ] = None
    minutes: Annotated[int, Within(15, 480), Key("How many minutes it takes.")] = 90
    place: Annotated[Line, Size(1, 200), Key("A room or a link.", example='"Mødelokale 1"')] = ""
    july: Annotated[bool, Key("Whether it meets in July too.", more="On a closed day it is the next working day.")] = (
        False
    )
    owned: Annotated[
        bool,
        Key(
            "Whether the service puts it into calendars; false where somebody else does.",
            more="All ambassadors stand in one event and see each other.",
        ),
    ] = True
    changes: Annotated[
        tuple[Amendment, ...],
        Key(
            "Meetings that are moved, cancelled or extra, by date.",
            example="[{ on = 2027-02-02, to = 2027-02-04T13:00:00 }, { on = 2027-05-04, cancelled = true }]",
        ),
    ] = ()

    def check(self, given: frozenset[str]) -> None:
        if self.every in ("2 weeks", "4 weeks") and self.counted_from is None:
            raise Bad(
                "{every} needs counted_from: a day on which there is a meeting, for example 2027-01-14.",
                every=self.every,
            )
        if self.every != "month" and "nth" in given:
            raise Bad('nth belongs to every = "month". Take it out, or write every = "month".')

    @property
    def rhythm(self) -> Rhythm:
        """The rhythm, as departments have theirs."""
        found = Rhythm(weekday=self.weekday, start=self.time, minutes=self.minutes, every=self.every)
        found = replace(found, nth=WHICH[self.nth], place=self.place)
        return replace(found, counted_from=self.counted_from) if self.counted_from else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An ambassador who is named in the config. `first` and `last` are both included."""

    email: Annotated[Email, Key("The address in the people file.")]
    first: Annotated[date | None, Key("From which day on.", word="from")] = None
    last: Annotated[date | None, Key("The last day of the term.", word="to")] = None
    covers: Annotated[tuple[str, ...], Key("The keys of departments they serve besides their own.")] = ()

    def check(self, given: frozenset[str]) -> None:
        if self.first and self.last and self.last < self.first:
            raise Bad("the term ends on {last}, before it begins. Write a later day in to.", last=self.last)

    def serves(self, day: date) -> bool:
        """Whether `day` is in the term."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambassadors:
    """How the corps is run here."""

    enabled: Annotated[bool, Key("Whether there is a corps of ambassadors.")] = False
    hours: Annotated[
        int | None,
        Within(1, 60),
        Key("How many hours a month an ambassador has for it; without them it is unpaid extra work.", example="6"),
    ] = None
    sponsor_name: Annotated[
        Line, Size(0, 200), Key("Who in management backs the corps.", example='"Birgitte Krogh"')
    ] = ""
    sponsor_email: Annotated[
        Email | None,
        Key(
            "The address of the sponsor, who need not stand in the people file.",
            example='"birgitte.krogh@groennebyrum.example"',
        ),
    ] = None
    chair: Annotated[
        Email | None,
        Key(
            "The address of whoever leads the meetings; left out, the ambassador who has served longest.",
            example='"anna.holm@groennebyrum.example"',
        ),
    ] = None
    people: Annotated[
        tuple[Named, ...],
        Key(
            "Ambassadors besides those whose role in the people file says so, and the terms of either.",
            more="Each with `email`, and where it is so `from`, `to` and `covers`.",
            example='[{ email = "anna.holm@groennebyrum.example", from = 2027-01-01, to = 2028-12-31, covers = ["hr"] }]',
        ),
    ] = ()
    meeting: Annotated[CorpsMeetings | None, Key("When the corps meets.")] = None
    letter_at: Annotated[TimeOfDay, Key("When letters about the corps leave.")] = time(7, 0)

    def terms(self, email: str) -> tuple[Named, ...]:
        """What the config says of an address, in its order."""
        return tuple(one for one in self.people if one.email.lower() == email.lower())
