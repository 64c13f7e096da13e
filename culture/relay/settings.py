"""How the relay is run in an organisation: the section [relay]."""

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Literal

from culture.settings import Key, Line, TimeOfDay, Within

CATALOGUE = "See [catalogue.md](catalogue.md)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How the relay is run here."""

    enabled: Annotated[bool, Key("Whether there are turns.")] = False
    starts: Annotated[
        date | None,
        Key(
            "No turn comes before this day; left out, none in a department's first four weeks.",
            more="Let the daily ten minutes run for about six weeks first.",
            example="2027-01-11",
        ),
    ] = None
    presenters: Annotated[int, Within(1, 2), Key("How many turns there are at a meeting, or in a week.")] = 1
    pace: Annotated[
        Literal["week", "meeting"],
        Key("What those are counted by: each meeting, or each week between two meetings."),
    ] = "meeting"
    minutes: Annotated[int, Within(15, 20), Key("How many minutes one presenter has.")] = 20
    most_minutes: Annotated[
        int,
        Within(15, 240),
        Key("How many minutes of a meeting the relay may take.", more="There are never more turns than fit."),
    ] = 40
    lead_days: Annotated[
        int,
        Within(10, 20),
        Key(
            "How many working days before the meeting the challenge comes.",
            more="Earlier where that would be in the last three working days before a break, at most 20.",
        ),
    ] = 10
    settle_days: Annotated[int, Within(0, 365), Key("How many days newcomers only listen before they get turns.")] = 30
    retry_days: Annotated[
        int, Within(7, 180), Key("After how many days a challenge comes back that did not work out yet.")
    ] = 30
    retry_by: Annotated[Literal["same", "other"], Key("To whom it comes back: to the same person, or to another.")] = (
        "same"
    )
    letter_at: Annotated[TimeOfDay, Key("When letters about turns leave.")] = time(7, 0)
    own_challenges: Annotated[
        Line | None, Key("A file with challenges of your own.", more=CATALOGUE, example='"challenges.toml"')
    ] = None
    without_challenges: Annotated[
        tuple[str, ...], Key("The ids of our challenges that do not fit here.", more=CATALOGUE)
    ] = ()
