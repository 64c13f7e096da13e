"""What the ambassadors and the leaders bring to the report of a quarter."""

from dataclasses import replace

import pytest

from culture.ambassadors.corps import SPONSOR
from culture.ambassadors.recommendations import RecommendationRecords
from culture.ambassadors.settings import Ambassadors
from culture.leaders.settings import Leaders
from culture.outsiders import CONTACT
from culture.quarter import Quarter
from culture.report.quarters import ReportRecords
from culture.revisit.settings import RevisitList
from culture.trouble import RAISED
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import LANGUAGES
from service.messages.markdown import cell
from service.report.programme import PROGRAMME
from service.report.report import closed, report, shown
from service.report.words import written
from service.report.written import as_html, as_markdown
from tests.culture_values import organisation, person
from tests.report_values import CLOSED, QUARTER, RECOMMENDED, everything
from tests.test_report import HOSTILE, OLD

ANSWERED = ((12, 3, 8, 30), (4, 9, 11, 22), (2, 6, 5, 41))
"""Of each month: no, a little, quite something, a lot."""


def counts(world: World, quarter: Quarter = QUARTER) -> dict[str, dict[str, int | None]]:
    return {name: dict(rows) for name, rows in shown(report(world, quarter, LANGUAGES).chapters).items()}


def test_recommendations_and_how_long_they_waited_are_counted_exactly() -> None:
    found = counts(everything())
    assert found["ambassadors-recommended"] == {"sent": 3, "yes": 1, "no": 1, "later": 0}
    assert found["ambassadors-unanswered"] == {"r-3": 44}
    assert found["ambassadors-waited"] == {"half": 10, "slowest": 30, "longest": 44}
    assert found["ambassadors-reach"] == {"departments": 3, "served": 1, "members": 2, "held": 0}


def test_what_waits_for_long_stands_there_in_its_own_words_with_its_age() -> None:
    world = everything()
    hostile = replace(RECOMMENDED[2], text=f"{HOSTILE} {'ord ' * 60}")
    written_so = world.having(RecommendationRecords({hostile.id: hostile}))
    made = report(written_so, QUARTER, LANGUAGES)
    (line,) = next(table.lines for table in made.tables if table.figure.id == "ambassadors-unanswered")
    assert (line.count, line.labels["da"][: len(HOSTILE)], line.labels["da"][-2:]) == (44, HOSTILE, " …")
    assert "<script" not in as_html(made, "da")
    assert f"| {cell(line.labels['da'])} | 44 |" in as_markdown(made, "da")
    gone = report(world.having(RecommendationRecords()), QUARTER, LANGUAGES)
    assert "En anbefaling, der siden er trukket tilbage" in as_html(gone, "da")


def test_where_nobody_was_asked_nothing_waited() -> None:
    world = World(organisation(person("1", first_seen=OLD)).having(Ambassadors(enabled=True)), CLOSED)
    found = counts(world.having(ReportRecords({str(QUARTER): closed(world, QUARTER)})))
    assert found["ambassadors-recommended"] == {"sent": 0, "yes": 0, "no": 0, "later": 0}
    assert "ambassadors-waited" not in found


def test_the_pulse_is_rounded_each_month_by_itself() -> None:
    assert counts(everything(*ANSWERED))["leaders-pulse"] == {"1": 10, "2": 10, "3": 20, "4": 90}
    assert counts(everything((4, 4, 4, 4), (4, 4, 4, 4), (4, 4, 4, 4)))["leaders-pulse"] == dict.fromkeys("1234")


def test_of_the_pulse_nothing_is_told_before_the_quarter_is_closed_or_where_there_is_none() -> None:
    world = everything(*ANSWERED)
    running = replace(world, now=CLOSED.replace(month=3, day=31)).having(ReportRecords())
    assert "leaders-pulse" not in counts(running)
    off = replace(world, organisation=world.organisation.having(Leaders(enabled=True)))
    assert "leaders-pulse" not in counts(off)


def test_what_is_decided_and_the_concerns_that_all_can_read_are_counted_exactly() -> None:
    found = counts(everything())
    assert found["leaders-frame"] == {"decided": 3, "open": 3}
    assert found["leaders-concerns"] == {"released": 2, "answered": 1, "waiting": 2}


def test_the_sponsor_gets_the_report_too_whether_in_the_people_file_or_not() -> None:
    def readers(world: World) -> list[str]:
        return [one.person_id for one in PROGRAMME.due(world, RAISED)]

    outside = {"sponsor_name": "Birgitte Krogh", "sponsor_email": "birgitte@else.example"}
    assert readers(everything()) == [CONTACT]
    assert readers(everything(**outside)) == [CONTACT, SPONSOR]
    assert readers(everything(**{**outside, "sponsor_email": "5@x.example"})) == [CONTACT, "5"]


def test_what_is_missing_in_the_frame_and_behind_the_corps_is_proposed_first() -> None:
    made = report(everything(), QUARTER, LANGUAGES)
    assert [written(one) for one in made.proposals] == [
        "[policy.da] vision",
        "[ambassadors] sponsor_email",
        "[ambassadors] meeting",
    ]


@pytest.mark.parametrize(
    ("months", "proposed"),
    [((12, 9, 4, 4), True), ((9, 4, 4, 11), False), ((4, 4, 4, 4), False), ((9, 0, 9, 0), False)],
)
def test_another_time_is_proposed_when_the_answers_that_are_shown_say_so(
    months: tuple[int, int, int, int], proposed: bool
) -> None:
    world = everything(months)
    world = replace(world, organisation=world.organisation.having(Ambassadors()))
    keys = [one.key for one in report(world, QUARTER, LANGUAGES).proposals]
    assert ("vitamin.time" in keys) == proposed


@pytest.mark.parametrize(
    ("on", "heading"), [(Ambassadors(enabled=True), "The ambassadors"), (Leaders(enabled=True), "The leaders")]
)
def test_each_alone_tells_of_itself_alone(on: object, heading: str) -> None:
    off = {"vitamin": Vitamin(enabled=False), "revisit": RevisitList(enabled=False)}
    world = World(organisation(*(person(str(n), first_seen=OLD) for n in range(20)), **off).having(on), CLOSED)
    made = report(world.having(ReportRecords({str(QUARTER): closed(world, QUARTER)})), QUARTER, LANGUAGES)
    assert [str(chapter.heading) for chapter in made.chapters] == [heading]
    assert {one.key.split(".")[0] for one in made.proposals} <= {heading.split()[1], "policy"}
