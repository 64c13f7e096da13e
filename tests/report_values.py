"""A world with a quarter behind it, for the tests of the report."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from culture.ambassadors.recommendations import Answer, Recommendation, RecommendationRecords, Reply
from culture.ambassadors.settings import Ambassadors
from culture.concerns import Tally
from culture.keys import TallyKey
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.people import Department
from culture.quarter import Quarter
from culture.relay.challenges import challenges
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.released import Released, ReleasedConcern
from culture.report.quarters import ReportRecords
from culture.revisit.rules import Judgement, Revisit, RevisitRecords, Verdict, What
from culture.revisit.settings import RevisitList
from culture.workdays import Week
from culture.world import World
from service.report.report import closed
from tests.culture_values import challenge, challenge_catalogue, organisation, person, running

QUARTER = Quarter(2027, 1)
CLOSED = datetime(2027, 4, 5, 8, tzinfo=UTC)
"""A Monday, when the first quarter of 2027 is closed."""

DEPARTMENTS = {key: Department(key=key, name=key.title()) for key in ("plan", "jura", "drift")}


def turn(number: int, department: str, day: date, who: str, **changes: Any) -> Turn:
    starts = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    made = Turn(
        id=f"{department}-{number}",
        department=department,
        number=number,
        kind="normal",
        person=who,
        presenter=who,
        announced=starts - timedelta(days=40),
        starts=starts,
        state="held",
        challenge=f"challenge-{number % 4}",
    )
    return replace(made, **changes)


def learning(of: Turn, outcome: Outcome, **changes: Any) -> Learning:
    assert of.starts
    values: dict[str, Any] = {
        "id": of.id,
        "department": of.department,
        "person": of.presenter,
        "challenge": of.challenge,
        "title": "Title",
        "at": of.starts + timedelta(days=1),
        "outcome": outcome,
    }
    return Learning(**{**values, **changes})


def discovery(number: int, day: date) -> Discovery:
    return Discovery(
        id=f"d-{number}", at=datetime(day.year, day.month, day.day, tzinfo=UTC), text=f"Discovery {number}"
    )


def item(number: int, rejected: date, *judged: tuple[date, Verdict], next_on: date | None = None) -> Revisit:
    return Revisit(
        id=f"i-{number}",
        name=f"Tool {number}",
        what=What.TOOL,
        rejected_by="Mette Lund",
        rejected_on=rejected,
        reason="Data",
        would_change="",
        months=4,
        owner="",
        next_on=next_on,
        judgements=tuple(Judgement(day=day, by="Mette Lund", verdict=verdict, reason="x") for day, verdict in judged),
    )


def staff(count: int, **changes: Any) -> list[Any]:
    """So many people, in three departments of which one is small."""
    where = ("plan", "plan", "jura", "plan", "jura", "plan", "jura", "drift")
    return [person(str(n), department=where[n % len(where)], **changes) for n in range(count)]


OUTCOMES = (Outcome.WORKED, Outcome.NOT_YET, Outcome.PARTLY, Outcome.NOT_YET, Outcome.WORKED, Outcome.NOT_YET)


def lived(now: datetime = CLOSED, *, people: int = 60, without: int = 14, stopped: int = 9) -> World:
    """A quarter of turns, learnings, discoveries and judgements, and the one before it; `without` have no block."""
    chosen = [replace(one, channel="none") if n < without else one for n, one in enumerate(staff(people))]
    chosen = [replace(one, stopped=True) if n >= people - stopped else one for n, one in enumerate(chosen)]
    themed = [challenge(1, tracks=frozenset({"casework", "law"})), challenge(2, tracks=frozenset({"hr"}))]
    made = organisation(
        *chosen,
        name="Styrelsen for Grønne Byrum",
        departments=DEPARTMENTS,
        relay=running(),
        revisit=RevisitList(),
        challenges=challenges([*challenge_catalogue(4).challenges.values(), *themed]),
    )
    days = [date(2026, 12, 10) + timedelta(days=11 * n) for n in range(10)]
    turns = [turn(n, ("plan", "jura", "drift")[n % 3], day, str(n)) for n, day in enumerate(days)]
    learnings = [learning(one, OUTCOMES[n % len(OUTCOMES)]) for n, one in enumerate(turns)]
    relay = RelayRecords(
        turns={one.id: one for one in turns},
        learnings={one.id: one for one in learnings},
        discoveries={f"d-{n}": discovery(n, date(2027, 1, 4) + timedelta(days=9 * n)) for n in range(9)},
    )
    items = (
        item(1, date(2026, 12, 1), (date(2027, 2, 1), Verdict.WORKS_NOW)),
        item(2, date(2026, 11, 1), (date(2027, 3, 1), Verdict.STILL_NOT), next_on=date(2027, 7, 1)),
        *(item(n, date(2027, 1, n), next_on=date(2027, 3, 1)) for n in range(3, 9)),
    )
    world = World(made, now).having(relay, RevisitRecords({one.id: one for one in items}))
    before = world.having(ReportRecords({str(QUARTER.before): closed(world, QUARTER.before)}))
    return before.having(ReportRecords({**before.of(ReportRecords).closed, str(QUARTER): closed(before, QUARTER)}))


def recommendation(number: int, asked: date | None, *answers: Reply) -> Recommendation:
    return Recommendation(
        id=f"r-{number}",
        text=f"Recommendation {number}",
        reason="Because",
        written_on=date(2027, 1, 4),
        to_name="Birgitte Krogh",
        to_email="birgitte@x.example",
        asked_on=asked,
        answers=answers,
    )


def pulse(*months: tuple[int, int, int, int]) -> dict[str, Tally]:
    """What was answered in the weeks that asked in January, February and March 2027, by answer."""
    weeks = (Week.of(date(2027, month, 15)) for month in (1, 2, 3))
    return {
        TallyKey("pulse", week, answer).to_text(): Tally(count=count, moved=date(2027, 4, 1))
        for week, counts in zip(weeks, months, strict=False)
        for answer, count in enumerate(counts, 1)
        if count
    }


RECOMMENDED = (
    recommendation(1, date(2027, 1, 10), Reply(day=date(2027, 1, 20), answer=Answer.YES, by="Birgitte Krogh")),
    recommendation(2, date(2027, 2, 1), Reply(day=date(2027, 3, 3), answer=Answer.NO, by="Birgitte Krogh")),
    recommendation(3, date(2027, 2, 20)),
    recommendation(4, None),
)

CONCERNS = Released(
    (
        ReleasedConcern(id="c-1", text="One", released_on=date(2027, 2, 1), answer="So", answered_on=date(2027, 3, 1)),
        ReleasedConcern(id="c-2", text="Two", released_on=date(2027, 3, 10)),
        ReleasedConcern(
            id="c-3", text="Three", released_on=date(2026, 12, 1), answer="So", answered_on=date(2027, 4, 2)
        ),
    )
)


def everything(*months: tuple[int, int, int, int], **settings: Any) -> World:
    """The same with a corps and its recommendations, and with leaders and what people answered them."""
    world, corps = lived(), Ambassadors(enabled=True, **settings)
    people = {
        key: replace(one, roles=frozenset({"ambassador"}))
        for key, one in world.organisation.people.items()
        if key in "03"
    }
    made = replace(world.organisation, people={**world.organisation.people, **people})
    made = made.having(corps, Leaders(enabled=True, pulse=True))
    records = RecommendationRecords({one.id: one for one in RECOMMENDED})
    world = replace(world, organisation=made).having(records, CONCERNS, LeaderRecords(tallies=pulse(*months)))
    kept = world.of(ReportRecords).closed
    return world.having(ReportRecords({**kept, str(QUARTER): closed(world, QUARTER)}))
