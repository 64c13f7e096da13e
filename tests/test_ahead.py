"""The days ahead as a page and as values: what stands in them, and what must not."""

import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from mailer.outbox import waiting_letters
from service.answers.ahead import LookedAhead, ahead, look_ahead
from service.answers.ahead_page import closed, number, page
from service.answers.why import Line
from service.answers.why_read import answer
from service.engine.engine import Engine
from service.planning.kinds import KINDS
from service.planning.letters import letter_links
from service.rehearsal.rehearse import rehearse
from tests.cli_values import Command
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people
from tests.small_example import ANNA, KAREN, METTE, few

pytestmark = pytest.mark.year

DAY = timedelta(days=1)
RELAY = """
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
[relay]
enabled = true
starts = 2026-11-30
settle_days = 0
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """After its first morning. It is only looked at."""
    folder = tmp_path_factory.mktemp("ahead")
    write_config(folder, closed='"2026-12-09"')
    config = (folder / "config.toml").read_text("utf-8")
    config = config.replace("[web]\nenabled = false", '[web]\npublic_url = "https://ai.x.example"')
    config = config.replace('zone = "Europe/Copenhagen"\n', 'zone = "Europe/Copenhagen"\nquiet_weeks = ["2026-W53"]\n')
    (folder / "config.toml").write_text(config + RELAY, "utf-8")
    write_people(folder, [*(row(number) for number in range(1, 5)), row(5, department="jura")])
    made = make_engine(folder)
    live(made, MONDAY)
    before = made.database.storage.read()
    yield made
    assert made.database.storage.read() == before
    made.close()


@pytest.fixture(scope="module")
def seen(engine: Engine) -> LookedAhead:
    return look_ahead(engine, MONDAY, 28, whole=True)


def written(engine: Engine, found: LookedAhead) -> str:
    return page(found.found, found.before.organisation, "en", found.before.now)


def test_each_letter_of_the_forecast_stands_in_the_days_with_its_subject_and_whom_it_is_for(
    engine: Engine, seen: LookedAhead
) -> None:
    foreseen = sorted(
        (one.at.astimezone(engine.zone).date(), letter.subject, one.people[letter.person].name)
        for one in seen.later
        for letter in one.letters
    )
    shown = sorted(
        (day.day, sort.subject, name) for day in seen.found.days.values() for sort in day.letters for name in sort.names
    )
    assert shown == foreseen
    assert {subject for _, subject, _ in shown} >= {"Din tur i AI-stafetten er torsdag den 17. december"}


def test_letters_of_one_subject_are_shown_once_with_everybody_who_gets_them(seen: LookedAhead) -> None:
    monday = seen.found.days[date(2026, 12, 7)]
    tips = [sort for sort in monday.letters if sort.kinds == ("tip",)]
    assert sorted(name for sort in tips for name in sort.names) == [f"Person {number}" for number in range(1, 6)]
    assert all(sort.subject and f"Uge {50}" in sort.text for sort in tips)


def test_no_key_of_anybodys_stands_in_the_page(engine: Engine, seen: LookedAhead) -> None:
    html = written(engine, seen)
    assert "https://ai.x.example/me/…" in html  # where links lead is told
    for one in seen.later:
        for person in one.people.values():
            links = letter_links(engine.links, person, 1, one.at)
            for url in (links.page, links.feed, links.stop, *links.pages.values()):
                assert url not in html
                assert url.rpartition("/")[2] not in html
    assert set(re.findall(r"https://ai\.x\.example/(?:\w+/)?([^\s<.#]*)", html)) <= {"…", "link"}


def test_the_page_needs_nothing_else(engine: Engine, seen: LookedAhead) -> None:
    html = written(engine, seen)
    assert re.findall(r"<script|<link|<img|@import|url\(|src=|<form|<iframe", html) == []
    assert 'class="track"' in html


def test_a_name_is_text_in_the_page(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, ["1;<script>x</script> B;p1@x.example;plan;"])
    engine = make_engine(tmp_path)
    html = written(engine, look_ahead(engine, MONDAY - DAY, 7, whole=True))
    engine.close()
    assert "<script" not in html
    assert "&lt;script" in html


def test_days_say_what_they_are_and_who_has_ten_minutes(seen: LookedAhead) -> None:
    days = seen.found.days
    kinds = {day.isoformat(): one.kind for day, one in days.items()}
    assert [kinds[f"2026-12-{day:02}"] for day in (8, 9, 12, 28, 25)] == [
        "working",
        "closed",
        "off",
        "quiet",
        "holiday",
    ]
    assert [days[date(2026, 12, day)].blocks for day in (8, 9, 12, 28)] == [5, 0, 0, 0]


def test_who_presents_stands_on_the_day(seen: LookedAhead) -> None:
    told = [one for day in seen.value() for one in day["turns"]]
    assert told == [one.value() for day in seen.found.days.values() for one in day.turns]
    assert {one["department"] for one in told} == {"plan"}


def test_concerns_are_not_shown_to_whoever_looks_ahead() -> None:
    assert {kind for kind, row in KINDS.items() if row.private} == {
        "concern",
        "concerns",
        "corps-asked",
        "corps-declined",
    }


def test_closed_days_are_said_in_words_without_the_weekends_between(engine: Engine) -> None:
    organisation = engine.snapshot(MONDAY).organisation
    found = list(closed(ahead(organisation, date(2026, 11, 30), date(2026, 12, 28)), "en"))
    assert found[:4] == [
        "9 December 2026: closed day",
        "25 December 2026: public holiday",
        "28 December 2026 to 31 December 2026: quiet week",
        "1 January 2027: public holiday",
    ]


def test_numbers_are_written_as_people_do() -> None:
    assert (number("da", 2466), number("en", 2466)) == ("2.466", "2,466")


def told(line: Line) -> tuple[object, ...]:
    return line.at, line.kind, line.code, line.letter and (line.letter.subject, line.letter.notices)


def test_what_comes_to_one_is_the_same_without_those_who_have_nothing_to_do_with_them(engine: Engine) -> None:
    plan = engine.plan(MONDAY)
    first, *_, last = plan.world.organisation.people.values()  # in a department with turns, and in one without
    for one in (first, last):
        whole, few = ([told(line) for line in answer(engine, plan, one, many=many).ahead] for many in (500, 0))
        assert few == whole
        assert whole


# --- on the command line


@pytest.fixture
def aikultur(tmp_path: Path) -> Command:
    (tmp_path / "place").mkdir()
    return few(tmp_path / "place", ANNA, METTE, KAREN)


def test_plan_writes_the_page_for_nobody_else_to_read(aikultur: Command) -> None:
    said = aikultur("plan", "--days", "7", "--json", "--html", "days.html")
    path = aikultur.folder / "days.html"
    assert (said.status, stat.S_IMODE(path.stat().st_mode)) == (0, 0o600)
    assert len(json.loads(said.out)["days"]) == 8
    assert "Det, der kommer" in path.read_text("utf-8")
    assert aikultur("plan", "--html", "x.html").status == 2


def test_a_rehearsal_plays_on_from_the_store_and_leaves_it_as_it_is(aikultur: Command) -> None:
    aikultur("run", "--once")
    before = {path: path.read_bytes() for path in aikultur.folder.rglob("*") if path.is_file()}
    today = datetime.now(UTC).date()
    said = aikultur("rehearse", "--from-store", "--to", f"{today + 8 * DAY}", "--out", "../out")
    assert said.status == 0, said
    assert {path: path.read_bytes() for path in aikultur.folder.rglob("*") if path.is_file()} == before
    out = aikultur.folder.parent / "out"
    assert "Det, der blev spillet" in (out / "index.html").read_text("utf-8")
    assert list((out / "mail").glob("*.eml"))
    secret = (aikultur.folder / "var" / "secret").read_bytes()
    assert not any(secret in path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_a_rehearsal_takes_it_that_what_waits_has_been_sent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_config(tmp_path, transport="smtp", channel="invite")  # to a server that is not there
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY, believed=True)
    waiting = len(waiting_letters(engine.database))
    engine.close()
    caplog.clear()
    rehearse(
        tmp_path / "config.toml",
        MONDAY.date(),
        MONDAY.date() + 8 * DAY,
        tmp_path / "out",
        None,
        "en",
        print,
        now=MONDAY,
    )
    subjects = [message_from_bytes(one.read_bytes())["Subject"] for one in (tmp_path / "out" / "mail").iterdir()]
    assert (waiting, caplog.messages) == (4, [])
    assert len(subjects) == 2  # next week's; those of this week waited, and have keys in them
    assert not any("Welcome" in one or "Velkommen" in one for one in subjects)


def test_a_rehearsal_begins_on_a_day_or_where_the_service_is(aikultur: Command) -> None:
    span = ["--to", "2027-01-01", "--out", "out"]
    assert aikultur("rehearse", *span).status == 2
    assert aikultur("rehearse", "--from", "2026-12-01", "--from-store", *span).status == 2
    assert aikultur("rehearse", "--from-store", "--to", "2020-01-01", "--out", "out").status == 2
    assert not (aikultur.folder / "out").exists()
