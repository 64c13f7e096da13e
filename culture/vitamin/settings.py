"""How the daily vitamin pill is taken in an organisation: the section [vitamin]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from datetime import time as clock  # a key is called `time`
from typing import Annotated

from culture.people import MONDAY_TO_FRIDAY, Language
from culture.settings import Key, Line, TimeOfDay, Times, Weekday, Weekdays, Within
from culture.vitamin.block import Busy

CATALOGUE = "See [catalogue.md](catalogue.md)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitamin:
    """How the daily vitamin pill is taken here.

    Without a time of the person's or department's own, blocks begin between the two of `time`, spread evenly in steps of
    five minutes. Where the block yields it goes each day to where the person is free.
    """

    enabled: Annotated[bool, Key("Whether there are blocks and prompts at all.")] = True
    starts: Annotated[date | None, Key("Nothing comes before this day.", example="2026-12-01")] = None
    title: Annotated[
        Mapping[Language, Line],
        Key(
            "What the block is called.",
            more="In a language that is left out: AI-tid, AI time.",
            example='{ da = "Tech-tid" }',
        ),
    ] = field(default_factory=dict)
    minutes: Annotated[int, Within(5, 60), Key("How many minutes the block takes.")] = 10
    time: Annotated[
        Times,
        Key(
            'When the block is, or a window such as "12:00-13:00" over which people are spread.',
            more="They are spread in steps of five minutes.",
        ),
    ] = (clock(12, 30), clock(12, 30))
    days: Annotated[Weekdays, Key("The days that have a block.")] = MONDAY_TO_FRIDAY
    show_as: Annotated[Busy, Key("How the block shows in the calendar.")] = "free"
    reminder_minutes: Annotated[
        int | None,
        Within(0, 120),
        Key("How many minutes before it the calendar reminds; left out, never.", example="0"),
    ] = None
    letter_day: Annotated[Weekday, Key("The week's prompts come on the first day with a block from here on.")] = 1
    letter_at: Annotated[TimeOfDay, Key("When the week's prompts come.")] = clock(7, 0)
    own_prompts: Annotated[
        Line | None, Key("A file with prompts of your own.", more=CATALOGUE, example='"prompts.toml"')
    ] = None
    without_prompts: Annotated[
        tuple[str, ...], Key("The ids of our prompts that do not fit here.", more=CATALOGUE)
    ] = ()
    without_kinds: Annotated[tuple[str, ...], Key("Whole kinds of prompts that do not fit here.", more=CATALOGUE)] = ()
    office: Annotated[
        bool, Key("Whether lessons in the office programs that use no AI are dealt too.", more=CATALOGUE)
    ] = False
    yields: Annotated[
        bool,
        Key(
            "Whether the block goes, within the window, to where the person is free each day.",
            more='Only on the channels "exchange" and "microsoft365"; see [exchange-server.md](exchange-server.md).',
            word="yield",
        ),
    ] = False
    prompt_weeks: int = 2  # so many weeks' prompts stand in the days of a block in Outlook, this week among them
