"""Which clocks go wrong, how, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.preload.example import SUNDAY_EVENING, WINTER, Past, at


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The clock is set to `to`, or moved `by`; then `seconds` go by. Wrong: no letter may go by it, and health must not
    call it fine."""

    name: str
    seconds: float
    to: datetime | None = None
    by: timedelta | None = None
    speed: float = 1.0
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    about: str
    past: Past
    start: datetime
    steps: tuple[Step, ...]  # after them the clock is made right
    joiner: bool = False  # somebody new comes by the last step's clock, and must be served
    zone: str | None = None  # the host's
    believed: bool = False  # what goes by it is meant; afterwards the right clock may be held until it is approved


MORNING = Past(ticks=(*WINTER.ticks, at(2026, 11, 30, 7, 0, 10)), morning=at(2026, 12, 7, 7))
SPRING = Past(  # Easter Monday is the day after the night: the letters come on Tuesday
    ticks=(at(2027, 3, 14, 12), at(2027, 3, 15, 7, 0, 10), at(2027, 3, 22, 7, 0, 10)), morning=at(2027, 3, 30, 7)
)
AUTUMN = Past(
    ticks=(at(2027, 10, 17, 12), at(2027, 10, 18, 7, 0, 10), at(2027, 10, 25, 7, 0, 10)), morning=at(2027, 11, 1, 7)
)

TWELVE = 12.0


def night(past: Past, change: datetime, about: str) -> Scenario:
    """The minute of a clock change at real speed, and an hour after it in half a minute."""
    return Scenario(
        about=about,
        past=past,
        start=change - timedelta(minutes=2),
        zone="Europe/Copenhagen",
        steps=(
            Step(name="across the change", to=change - timedelta(seconds=5), seconds=20),
            Step(name="the hour after, 120 times as fast", by=timedelta(0), speed=120, seconds=32),
        ),
    )


SCENARIOS: Mapping[str, Scenario] = {
    "nine-days": Scenario(
        about="Sunday evening; nine days ahead for twelve seconds, then right",
        past=WINTER,
        start=SUNDAY_EVENING,
        steps=(Step(name="nine days ahead", by=timedelta(days=9), seconds=TWELVE, wrong=True),),
    ),
    "half-hour-back": Scenario(
        about="half an hour back, then a new person in people.csv",
        past=MORNING,
        start=at(2026, 11, 30, 10),
        steps=(Step(name="half an hour back", by=timedelta(minutes=-30), seconds=6),),
        joiner=True,
    ),
    "hour-back": Scenario(
        about="an hour back, then a new person in people.csv",
        past=MORNING,
        start=at(2026, 11, 30, 11),
        steps=(Step(name="an hour back", by=timedelta(hours=-1), seconds=6),),
        joiner=True,
    ),
    "2038": Scenario(
        about="Sunday evening; to January 2038 for twelve seconds, then right",
        past=WINTER,
        start=SUNDAY_EVENING,
        steps=(Step(name="in 2038", to=at(2038, 1, 20, 12), seconds=TWELVE, wrong=True),),
    ),
    "october": night(
        AUTUMN, datetime(2027, 10, 31, 1, tzinfo=UTC), "the night with an hour twice, on a host in Copenhagen"
    ),
    "march": night(
        SPRING, datetime(2027, 3, 28, 1, tzinfo=UTC), "the night that lacks an hour, on a host in Copenhagen"
    ),
    "three-days": Scenario(
        about="Sunday evening; three days ahead for a minute, which is believed, then right",
        past=WINTER,
        start=SUNDAY_EVENING,
        steps=(Step(name="three days ahead", by=timedelta(days=3), seconds=60),),
        believed=True,
    ),
}
