"""A small organisation in which everything happens: every kind of letter leaves, every kind of call is made."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

from calendars.server.in_memory import InMemoryServer
from culture.people import Preference
from culture.relay import acts as relay_acts
from culture.relay import schedule as relay_schedule
from culture.relay.acts import Request
from culture.relay.told import challenge_key
from culture.relay.turns import Turn
from service.acts.concerns import add
from service.acts.page_acts import carry_out
from service.acts.requests import Act
from service.ambassadors import recommendations
from service.engine.engine import Engine
from service.engine.retention import let_go
from service.planning.plan import Plan
from service.relay.records import relay_records
from service.relay.turn_acts import perform
from service.revisit import items as revisits
from tests.relay_values import PEOPLE, make_place
from tests.service_values import approve_all, live, make_engine

FIRST = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""A Monday, 07:00 in Copenhagen."""

DAY = timedelta(days=1)
WEEKS = 13
MEETING = 3
"""The day of a week, of which Monday is none, on which Plan meets."""

CONFIG = """
[exchange]
endpoint = "http://127.0.0.1:9/EWS/Exchange.asmx"
auth = "kerberos"
user = "aikultur"
mailbox = "ai-tid@x.example"
[microsoft365]
tenant = "x.example"
client = "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00"
secret_env = "NOBODY_HAS_IT"
secret_expires = 2027-01-15
[vitamin]
time = "12:00-13:00"
yield = true
[ambassadors]
enabled = true
sponsor_name = "Birgitte Krogh"
sponsor_email = "birgitte@board.example"
people = [{ email = "anna@x.example" }, { email = "carla@x.example" }]
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
changes = []
[leaders]
enabled = true
"""


WITHOUT_MAIL = "".join(f"{number};Person {number};;jura;;;\n" for number in range(31, 42))
"""So many that a manager may be told what one of them wrote."""


class Year:
    """Weeks of the service, and the kinds of the letters and calls that it made. Close the engine in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.letters, self.calls = folder, set[str](), set[str]()
        make_place(folder, people=PEOPLE + WITHOUT_MAIL, more=CONFIG)
        self._edit(
            "config.toml",
            'name = "Plan"\n',
            'name = "Plan"\nfacilitator = "mette@x.example"\nmanager = "mette@x.example"\n',
        )
        self._edit("config.toml", 'name = "Jura"\n', 'name = "Jura"\nmanager = "mette@x.example"\n')
        self._edit("config.toml", "[relay]\n", "[relay]\nsettle_days = 0\nlead_days = 10\n")
        self.engine: Engine = make_engine(folder)
        for number, channel in (("1", "invite"), ("2", "exchange"), ("9", "exchange")):
            self.engine.stored.prefer(number, Preference(channel=channel))  # type: ignore[arg-type]  # one of them
        callers = self.engine.servers.make_callers(lambda _: InMemoryServer())
        (self.caller,) = (one for one in callers if one.channel == "exchange")  # nobody is on the other one
        self._reject(FIRST)
        for week in range(WEEKS):
            for day in range(4):  # what is due on a Friday goes on Monday too
                now = FIRST + week * 7 * DAY + day * DAY
                self._acts(week, day, now)
                self._at(now)
                if day == MEETING:  # on the other days nothing is due that late
                    self._at(now + timedelta(hours=5))
            let_go(self.engine, now)
        self.now = now

    def _at(self, now: datetime) -> None:
        found = live(self.engine, now)
        if found.held:  # first the contact is told, and then looks
            self._count(found)
            approve_all(self.engine, now)
            found = live(self.engine, now)
        self._count(found)
        while work := self.engine.ready_calls(self.caller, now):
            self.caller.hand_over(work)
            self.caller.drain(lambda: now, Event())

    def _count(self, found: Plan) -> None:
        self.letters |= {kind for job in found.letters for kind in job.kinds}
        self.calls |= {call.kind for call in found.calls}

    def _acts(self, week: int, day: int, now: datetime) -> None:
        if (week, day) == (6, 1):  # one leaves the calendar's channel, and one the server's
            for number in ("1", "2"):
                self.engine.stored.prefer(number, Preference(channel="none"))
        if (week, day) == (3, 2):  # one has lost the way to their page
            self.engine.stored.ask_link("4", now)
        if (week, day) == (5, 2):  # management is asked for an answer
            values = {"text": "Køb licenser", "reason": "Vi venter på dem.", "to": "Chef <chef@board.example>"}
            recommendations.send(self.engine, recommendations.add(self.engine, values, None, now).id, now)
        if (week, day) == (0, 3):  # somebody writes without a name, for their manager too
            add(self.engine, "Hvem tjekker?", now, "jura")
        if 1 < week < 8 and day == 1:
            self._swap(now, yes=bool(week % 2))
        if (week, day) == (9, 0):
            self._volunteer(now)
        if (week, day) == (9, 1):  # what did not work for one works now
            revisits.judge(self.engine, "copilot", {"verdict": "works now", "reason": "y", "by": "Mette"}, now)
        self._of_the_corps(week, day, now)
        if (week, day) == (10, 2):
            self._refuse()
        if (week, day) == (12, 0):
            self._edit("people.csv", "5;Eva Skov;eva@x.example;plan;;;", "5;Eva Skov;eva@x.example;plan;;;2027-02-26")

    def _of_the_corps(self, week: int, day: int, now: datetime) -> None:
        """One would like to be an ambassador and gets a no; one with a mailbox on the server joins; a meeting is called
        off."""
        if (week, day) == (2, 1):
            carry_out(self.engine, Act(person_id="4", doing="ambassador-ask"), now)
        if (week, day) == (2, 3):
            carry_out(self.engine, Act(person_id="9", doing="ambassador-no", about="4"), now)
        if (week, day) == (9, 1):
            self._edit("config.toml", '{ email = "carla@x.example" }', '{ email = "mette@x.example" }')
        if (week, day) == (12, 1):
            self._edit("config.toml", "changes = []", "changes = [{ on = 2027-03-02, cancelled = true }]")

    def _refuse(self) -> None:
        """The challenge of some turn to come is refused by a mail server."""
        turn = next(turn for turn in self._turns() if turn.state == "assigned" and turn.presenter != "9")
        notice = self.engine.database.table("notices").find(challenge_key(turn))
        assert notice
        self.engine.database.table("letters").merge(notice["letter"], {"state": "parked"})

    def _swap(self, now: datetime, *, yes: bool) -> None:
        """The presenter of the next turn asks whoever is last, who says yes or no."""
        turns = sorted(self._turns(), key=lambda turn: turn.number)
        if len(turns) < 2 or turns[0].presenter == turns[-1].presenter:
            return
        first, colleague = turns[0], turns[-1].presenter
        asks, says = Request(by=first.presenter, at=now), Request(by=colleague, at=now + timedelta(hours=6))
        perform(self.engine, lambda made, found: relay_acts.offer(made, found, first.id, colleague, asks), now)
        self._at(now + timedelta(hours=1))
        if yes:
            perform(self.engine, lambda made, found: relay_acts.accept(made, found, first.id, colleague, says), now)
        else:
            perform(self.engine, lambda made, found: relay_acts.decline(made, found, first.id, colleague, says), now)

    def _volunteer(self, now: datetime) -> None:
        """For the meeting of next week: so late that the reminder comes the day before."""
        organisation = self.engine.plan(now).world.organisation
        meeting = next(
            one
            for one in relay_schedule.meetings(organisation, "plan", now.date(), now.date() + timedelta(days=30))
            if one.starts > now + timedelta(days=6)
        )
        there = {turn.presenter for turn in self._turns() if turn.meeting == meeting.id}
        person_id = next(one for one in ("3", "5") if one not in there)
        perform(
            self.engine,
            lambda made, found: relay_acts.volunteer(made, found, person_id, meeting, Request(by=person_id, at=now)),
            now,
        )

    def _turns(self) -> list[Turn]:
        return [turn for turn in relay_records(self.engine.stored).turns.values() if turn.open]

    def _reject(self, now: datetime) -> None:
        organisation = self.engine.plan(now).world.organisation
        values = {"tool": "Copilot", "reason": "x", "rejected_on": "2026-10-01", "months": "3", "owner": "9"}
        item = revisits.read_item(values, organisation, now.date())
        revisits.add(self.engine, replace(item, next_on=date(2026, 12, 9), tried_by=("3",)))

    def _edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        (self.folder / name).write_text(text.replace(old, new), "utf-8")
