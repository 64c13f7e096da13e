"""A person's calendar on a server of our own, in the place of the one on paper (`tests/test_exchange.py`)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from calendars.channel import ChannelError
from calendars.microsoft365.calendar import GraphCalendar
from calendars.microsoft365.requests import Answer, Ask
from calendars.server.standing import SeenDay
from tests.server_office import ONE, session_on
from tests.server_values import KEY as PROPERTY
from tests.server_values import Clock, Kind
from tests.test_exchange import KEY, LAST, Everything, Place
from tests.test_standing import COPENHAGEN, TODAY

WHOLE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
assert WHOLE[0].date() < TODAY < LAST < WHOLE[1].date()


@dataclass
class ServerPlace(Place):
    """Requests break off by the server's own script: cut before they are carried out, or lost after."""

    kind: Kind = field(kw_only=True)

    def __post_init__(self) -> None:
        self.server: Any = self.kind.make([ONE]).__enter__()
        self.session: Any = session_on(self.server, Clock(), 5)

    def close(self) -> None:
        self.session.close()
        self.server.__exit__(None, None, None)
        assert (self.server.refused, self.server.misspoken) == ([], [])

    def for_a_call(self) -> Any:
        return self.session.calendar(ONE)

    def breaks(self, nth: int, *, after: bool) -> bool:
        self.server.add_faults(self.kind.fault("lost" if after else "cut", nth=len(self.server.log) + nth))
        try:
            self.bring()
        except ChannelError:
            return True
        finally:
            self.server.script.faults.clear()
        return False

    @property
    def hands(self) -> Any:
        """What the person does with the series of ours that goes on."""
        hands: Any = self.server.hands(ONE)
        (hands.item,) = (one for one in self.items() if one.property(PROPERTY) == KEY)
        return hands

    def items(self) -> list[Any]:
        box = self.server.mailbox(ONE)
        return [one for one in box.items if one.property(PROPERTY) and getattr(one, "folder", "calendar") == "calendar"]

    def everything(self) -> list[Everything]:
        return [
            (one.property(PROPERTY), one.subject, one.body, [_shown(day) for day in one.occurrences(*WHOLE)])
            for one in self.items()
        ]

    def day(self, day: date) -> SeenDay | None:
        found = (one for one in self.hands.series.occurrences(*WHOLE))
        return next((_shown(one) for one in found if one.original.astimezone(COPENHAGEN).date() == day), None)

    def delete_day(self, day: date) -> None:
        self.hands.delete_day(day)

    def change_day(self, day: date, at: time | None = None, *, title: str = "", text: str = "") -> None:
        found = self.day(day)
        assert found is not None
        if at:
            by = datetime.combine(day, at, COPENHAGEN) - found.starts
            self.hands.move_day(day, by)
        if title or text:
            self.hands.change_day(day, **({"subject": title} if title else {}), **({"body": text} if text else {}))

    def move_series(self, at: time) -> None:
        now = self.hands.series.start.astimezone(COPENHAGEN)
        self.hands.move_series(datetime.combine(now.date(), at, COPENHAGEN) - now + timedelta(0))

    def delete_series(self) -> None:
        self.hands.delete_series()

    def change_series(self, *, title: str = "", text: str = "") -> None:
        self.hands.change_series(**({"subject": title} if title else {}), **({"body": text} if text else {}))


class Untold:
    """A session on a Microsoft 365 that does not tell of the days that are gone, nor of those that were changed."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.ask_all, self.pages = session.ask_all, session.pages

    def ask(self, address: str, asked: Ask) -> Answer:
        answer: Answer = self._session.ask(address, asked)
        told = {name: value for name, value in answer.body.items() if not name.endswith("Occurrences")}
        return replace(answer, body=told)


@dataclass
class UntoldPlace(ServerPlace):
    """There, where a list of days is all that tells of them."""

    def for_a_call(self) -> Any:
        return GraphCalendar(Untold(self.session), ONE)


def _shown(day: Any) -> SeenDay:
    return SeenDay(item="", starts=day.start, ends=day.end, title=day.subject, text=day.body)
