"""The report of a quarter: what it counts, who gets it, and that nobody is found in it or in the public pages beside it."""

import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from html.parser import HTMLParser
from itertools import permutations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from culture.leaders.settings import Leaders
from culture.outsiders import CONTACT
from culture.people import Department
from culture.policy import PolicyText
from culture.quarter import Quarter
from culture.relay.challenges import Challenges
from culture.relay.learning import Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.shared import FEWEST, large_enough, newest, shared
from culture.report.quarters import Closed, ReportRecords, due
from culture.revisit.rules import RevisitRecords
from culture.revisit.settings import RevisitList
from culture.trouble import RAISED
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import LANGUAGES
from service.messages.faults import Refused
from service.programmes import brought
from service.report.command import COMMAND
from service.report.programme import PROGRAMME
from service.report.report import MOST_PROPOSALS, Line, Report, closed, figure_rows, report
from service.report.report import shown as shown_in
from service.report.words import written
from service.report.written import as_html, as_json, as_markdown, as_svg
from service.settings.declared import declared, word_of
from tests.cli_values import Said
from tests.culture_values import SEEN, challenge_catalogue, organisation, person
from tests.relay_values import AppAt
from tests.report_values import CLOSED, DEPARTMENTS, QUARTER, everything, learning, turn
from tests.report_values import lived as world_of
from tests.service_values import row, write_config, write_people

pytestmark = pytest.mark.slow

OLD = SEEN - timedelta(days=90)


def counts(world: World, quarter: Quarter = QUARTER) -> dict[str, dict[str, int | None]]:
    found = shown_in(report(world, quarter, LANGUAGES).chapters)
    return {name: dict(rows) for name, rows in found.items()}


# --- what is counted --------------------------------------------------------------------------------------------


def test_public_things_are_counted_exactly() -> None:
    found = counts(world_of())
    assert found["relay-turns"] == {"2027-01": 3, "2027-02": 3, "2027-03": 2}
    assert found["relay-outcomes"] == {"worked": 2, "partly": 2, "not-yet": 4}
    assert found["relay-themes"] == {"general": 4, "casework": 2, "hr": 2, "law": 2}
    assert found["discoveries"] == {"2027-01": 4, "2027-02": 3, "2027-03": 2}
    assert found["revisit-judged"] == {"works-now": 1, "still-not": 1, "dropped": 0}
    assert found["revisit-list"] == {"new": 6, "waiting": 7, "due": 6}
    assert found["relay-coverage"] == {"departments": 3, "relay": 0, "held": 3}


def test_choices_are_rounded_down_and_dated_by_the_quarter_in_which_they_were_counted() -> None:
    made = report(world_of(), QUARTER, LANGUAGES)
    (table,) = (one for one in made.tables if one.figure.of == "choices")
    assert [(line.id, line.count, line.since) for line in table.lines] == [
        ("calendar", 45, "2026Q4"),
        ("letters", 50, "2026Q4"),
    ]


def test_of_people_nothing_is_told_before_the_quarter_is_closed() -> None:
    found = counts(world_of(CLOSED - timedelta(days=20)))
    assert "vitamin-chosen" not in found or found["vitamin-chosen"] == counts(world_of())["vitamin-chosen"]
    running = counts(replace(world_of(), now=CLOSED), QUARTER.next)
    assert "vitamin-chosen" not in running
    assert running["relay-turns"] == {"2027-04": 0}  # May and June have not begun


def test_months_before_the_service_began_are_no_zeros() -> None:
    world = world_of()
    began = datetime(2027, 1, 31, 23, tzinfo=UTC)  # the first of February in Copenhagen
    people = {key: replace(one, first_seen=began) for key, one in world.organisation.people.items()}
    young = replace(world, organisation=replace(world.organisation, people=people))
    old = RelayRecords(discoveries=world.of(RelayRecords).discoveries)
    assert counts(young.having(RelayRecords()))["relay-turns"] == {"2027-02": 0, "2027-03": 0}
    assert counts(young.having(old))["discoveries"] == {"2027-01": 4, "2027-02": 3, "2027-03": 2}  # brought along


def test_how_things_stood_stays_what_it_was_when_the_quarter_was_over() -> None:
    world = world_of()
    later = replace(world, now=CLOSED + timedelta(days=400)).having(RevisitRecords())
    assert counts(later)["revisit-list"] == counts(world)["revisit-list"]
    assert counts(later)["revisit-judged"] == {"works-now": 0, "still-not": 0, "dropped": 0}


def test_a_quarter_that_was_never_closed_tells_nothing_of_how_things_stood() -> None:
    found = counts(world_of().having(ReportRecords()))
    assert found.keys() & {"vitamin-chosen", "revisit-list", "relay-coverage"} == set()


@pytest.mark.parametrize(
    ("on", "headings"),
    [
        ({"vitamin": Vitamin()}, ["The daily ten minutes", "Discoveries"]),
        ({"relay": Relay(enabled=True), "challenges": challenge_catalogue(2)}, ["The AI relay", "Discoveries"]),
        ({"revisit": RevisitList()}, ["The revisit list"]),
        ({}, []),
    ],
)
def test_each_programme_alone_tells_of_itself_alone(on: dict[str, object], headings: list[str]) -> None:
    off = {"vitamin": Vitamin(enabled=False), "relay": Relay(), "revisit": RevisitList(enabled=False)}
    people = [person(str(n), first_seen=OLD) for n in range(20)]
    world = World(organisation(*people, **{**off, **on}), CLOSED)
    world = world.having(ReportRecords({str(QUARTER): closed(world, QUARTER)}))
    made = report(world, QUARTER, LANGUAGES)
    assert [str(chapter.heading) for chapter in made.chapters] == headings
    assert bool(list(PROGRAMME.due(world, RAISED))) == bool(headings)


def test_of_a_quarter_in_which_the_service_was_not_there_nothing_is_told() -> None:
    made = report(world_of(), Quarter(2026, 3), LANGUAGES)
    assert (made.chapters, made.proposals) == ((), ())
    assert "Der er ikke noget at fortælle om det kvartal." in as_html(made, "da")


def test_nobody_is_named_and_nothing_of_people_is_by_department() -> None:
    world = everything((12, 9, 30, 44))
    made = report(world, QUARTER, LANGUAGES)
    assert {line.id for line in people_lines(made)} & world.organisation.departments.keys() == set()
    assert re.search(r"Person \d", as_html(made, "da") + as_json(made, LANGUAGES)) is None


# --- proposals --------------------------------------------------------------------------------------------------


def test_there_are_three_proposals_at_most_each_with_a_key_that_there_is() -> None:
    made = report(world_of(), QUARTER, LANGUAGES)
    assert [written(one) for one in made.proposals] == [
        "[relay] lead_days = 10",
        "[departments.plan] meeting",
        "[revisit] months = 6",
    ]


def is_key(key: str) -> bool:
    """Whether config.toml has that key."""
    table, _, name = key.rpartition(".")
    sections = {section.name: section.holds for section in brought("section", "SECTION")}
    named = {"departments": Department, "policy": PolicyText}
    holds = named.get(table.partition(".")[0]) or sections[table]
    return name in {word_of(field, of) for field, _, of in declared(holds)}


def everything_wanting() -> World:
    """A world in which every programme has something to propose."""
    world = everything((12, 9, 4, 4))
    people = {
        key: replace(one, channel="none") if int(key) < 50 else one for key, one in world.organisation.people.items()
    }
    world = replace(world, organisation=replace(world.organisation, people=people)).having(ReportRecords())
    return world.having(ReportRecords({str(QUARTER): closed(world, QUARTER)}))


def test_every_proposal_names_a_key_of_the_config() -> None:
    world = everything_wanting()
    asked = replace(world, organisation=world.organisation.having(Leaders(enabled=True)))
    said = shown_in(report(world, QUARTER, LANGUAGES).chapters)
    every = [one for seen in (world, asked) for row in figure_rows() for one in row.proposals(seen, QUARTER, said)]
    assert {one.key.split(".")[0] for one in every} == {
        *("vitamin", "relay", "departments", "revisit", "ambassadors", "policy", "leaders")
    }
    assert [one.key for one in every if not is_key(one.key)] == []
    assert len(report(world, QUARTER, LANGUAGES).proposals) == MOST_PROPOSALS


# --- who gets it, and when --------------------------------------------------------------------------------------


def told(now: datetime, *readers: str, seen: datetime = OLD) -> list[tuple[str, str]]:
    made = organisation(person("1", first_seen=seen))
    return [(one.period, one.person_id) for one in due(made, readers or (CONTACT,), now)]


@pytest.mark.parametrize(
    ("now", "period"),
    [
        (datetime(2027, 1, 4, 5, 59, tzinfo=UTC), []),  # before seven in Copenhagen
        (datetime(2027, 1, 4, 6, tzinfo=UTC), ["2026Q4"]),
        (datetime(2027, 2, 10, 5, 59, tzinfo=UTC), ["2026Q4"]),  # too late, and counted as that
        (datetime(2027, 2, 10, 6, tzinfo=UTC), []),
        (datetime(2027, 4, 1, 4, 59, tzinfo=UTC), []),
        (datetime(2027, 4, 1, 5, tzinfo=UTC), ["2027Q1"]),  # a Thursday whose week is all of the next quarter
    ],
)
def test_the_letter_leaves_on_the_first_working_morning_after_the_quarter_has_closed(
    now: datetime, period: list[str]
) -> None:
    assert [one for one, _ in told(now)] == period


def test_each_reader_gets_one_letter_who_is_named_twice_too() -> None:
    assert told(CLOSED, "1", "sponsor", "1") == [("2027Q1", "1"), ("2027Q1", "sponsor")]


def test_of_a_quarter_in_which_the_service_had_hardly_begun_nobody_is_told() -> None:
    assert told(CLOSED, seen=datetime(2027, 3, 20, tzinfo=UTC)) == []
    assert told(CLOSED, seen=datetime(2027, 3, 1, 12, tzinfo=UTC)) == [("2027Q1", CONTACT)]


def test_what_stood_is_written_down_once_when_the_quarter_is_over() -> None:
    world = world_of().having(ReportRecords())
    assert PROGRAMME.advance(replace(world, out=frozenset({"relay"})), RAISED) == ()  # it stands for good
    (after,) = PROGRAMME.advance(world, RAISED)
    assert isinstance(after, ReportRecords)
    assert list(after.closed) == ["2027Q1"]
    later = world_of(CLOSED + timedelta(days=40), people=80).having(after)
    assert list(PROGRAMME.advance(later, RAISED)) == []
    assert PROGRAMME.written(world, world.having(after), RAISED)["reports"].keys() == {"2027Q1"}


# --- an attacker with all reports and all public pages ----------------------------------------------------------


def public_page(world: World) -> list[object]:
    """All that everybody can read of what colleagues wrote."""
    records = world.of(RelayRecords)
    found = (shared(world.organisation, records, one, world.today, "page") for one in newest(records))
    return [(one.of.id if one.dated else "", one.name, one.department, f"{one.day:%Y-%m}") for one in found]


def published(world: World) -> tuple[Report, str]:
    """The report of which every form is made, and one of them: all that an attacker has of it."""
    made = report(world, QUARTER, LANGUAGES)
    return made, as_json(made, LANGUAGES)


def of_whom(order: tuple[int, ...], outcomes: list[Outcome]) -> World:
    """Learnings without names of three small departments, the presenters and departments of them dealt in that order."""
    keys = tuple(DEPARTMENTS)
    people = [person(str(n), department=keys[n % 3], first_seen=OLD) for n in range(24)]
    made = organisation(*people, departments=DEPARTMENTS, relay=Relay(enabled=True), challenges=challenge_catalogue(4))
    days = [date(2027, 1, 14) + timedelta(days=7 * n) for n in range(len(outcomes))]
    turns = [turn(n, keys[order[n % 3]], day, str(order[n % 3] + 3 * n)) for n, day in enumerate(days)]
    learnings = {one.id: learning(one, outcome) for one, outcome in zip(turns, outcomes, strict=True)}
    records = RelayRecords(turns={one.id: one for one in turns}, learnings=learnings)
    return World(made, CLOSED).having(records, ReportRecords({str(QUARTER): Closed()}))


@given(st.lists(st.sampled_from(Outcome), min_size=1, max_size=9))
def test_whose_a_learning_without_a_name_is_shows_in_nothing_that_is_published(outcomes: list[Outcome]) -> None:
    """Whoever presented and wherever: all reports and pages are the same, so that nothing tells one from another."""
    worlds = [of_whom(order, outcomes) for order in permutations(range(3))]
    assert {len(large_enough(one.organisation, one.today)) for one in worlds} == {0}
    assert FEWEST > 24 // 3
    reports = [published(one) for one in worlds]
    assert [one for one in reports if one != reports[0]] == []
    pages = [[line[1:] for line in public_page(one)] for one in worlds]  # type: ignore[index]  # tuples
    assert [one for one in pages if one != pages[0]] == []


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_no_number_of_people_is_below_five_or_between_the_fives_or_leaves_few(
    without: int, stopped: int, without_then: int, stopped_then: int
) -> None:
    """Two quarters of a staff of sixty, whatever they chose: what is shown of them, and its difference."""
    first = world_of(without=without_then, stopped=stopped_then)
    before = closed(first.having(ReportRecords()), QUARTER.before)
    second = world_of(without=without, stopped=stopped).having(ReportRecords({str(QUARTER.before): before}))
    world = second.having(ReportRecords({str(QUARTER.before): before, str(QUARTER): closed(second, QUARTER)}))
    for quarter in (QUARTER.before, QUARTER):
        for line in people_lines(report(world, quarter, LANGUAGES)):
            assert line.count is None or (line.count % 5 == 0 and 5 <= line.count <= 60 - 9)
    for line in people_lines(report(world, QUARTER, LANGUAGES)):
        if line.before is not None and line.count is not None:
            assert line.since or abs(line.count - line.before) in (0, *range(5, 60, 5))


def people_lines(made: Report) -> list[Line]:
    return [line for table in made.tables if table.of_people for line in table.lines]


def test_a_proposal_tells_nothing_of_people_that_the_tables_do_not() -> None:
    """Staffs that look alike in the tables have the same proposals."""
    proposed = defaultdict[str, set[object]](set)
    for without in range(30, 70):
        world = world_of(people=90, without=without, stopped=12).having(ReportRecords())
        made = report(world.having(ReportRecords({str(QUARTER): closed(world, QUARTER)})), QUARTER, LANGUAGES)
        proposed[repr(shown_in(made.chapters))].add(tuple(one.key for one in made.proposals))
    assert len(proposed) > 5
    assert {len(one) for one in proposed.values()} == {1}
    assert len({frozenset(one) for one in proposed.values()}) == 2  # and what is shown does decide


# --- in words ---------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> | `x` & [y](z)"


class Reader(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.words, self.loaded = set[str](), "", list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loaded += [f"{name}={value}" for name, value in attrs if name in ("src", "href", "style")]

    def handle_data(self, data: str) -> None:
        self.words += data


def hostile() -> World:
    world = world_of()
    made = replace(world.organisation, name=HOSTILE)
    challenges = {key: replace(one, tracks=frozenset({HOSTILE})) for key, one in made.of(Challenges).challenges.items()}
    return replace(world, organisation=made.having(Challenges(challenges)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone_and_runs_nothing(language: str) -> None:
    page = as_html(report(hostile(), QUARTER, LANGUAGES), language)
    read = Reader(page)
    assert read.tags & {"script", "img", "link", "iframe", "a"} == set()
    assert read.loaded == []
    assert read.words.count(HOSTILE.replace("AI-", "AI\u2011")) >= 2
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_has_its_table_beside_it(language: str) -> None:
    made = report(world_of(), QUARTER, LANGUAGES)
    page = as_html(made, language)
    for table in made.tables:
        assert f"<caption>{escape(table.figure.heading.said(language))}</caption>" in page
        assert (f'id="{table.figure.id}-chart"' in page) == (len(table.lines) > 1)
    assert len(list(as_svg(made, language))) == page.count("<svg")


def test_a_chart_is_a_drawing_by_itself_with_a_name() -> None:
    for name, drawing in as_svg(report(hostile(), QUARTER, LANGUAGES), "da"):
        root = ElementTree.fromstring(drawing)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert name.startswith("charts/report-2027Q1.da.")
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert root.find(".//{http://www.w3.org/2000/svg}script") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_markdown_reads_as_tables_whose_numbers_are_the_report_s(language: str) -> None:
    made = report(hostile(), QUARTER, LANGUAGES)
    tokens = MarkdownIt("commonmark").enable("table").parse(as_markdown(made, language))
    assert {one.type for one in tokens} & {"html_block"} == set()
    assert sum(one.type == "table_open" for one in tokens) == len(list(made.tables))
    cells = [one.content for one in tokens if one.type == "inline"]
    children = [child.type for one in tokens for child in one.children or []]
    assert {"html_inline", "link_open"} & {*children} == set()
    for line in (line for table in made.tables for line in table.lines if line.count is not None):
        assert str(line.count) in " ".join(cells)


def test_the_json_has_every_number_in_every_language_and_null_for_what_is_not_shown() -> None:
    world = world_of(without=58)
    world = world.having(ReportRecords({str(QUARTER): closed(world.having(ReportRecords()), QUARTER)}))
    found = json.loads(as_json(report(world, QUARTER, LANGUAGES), LANGUAGES))
    figures = {one["id"]: one for chapter in found["chapters"] for one in chapter["figures"]}
    assert figures["vitamin-chosen"]["rows"][0]["count"] is None
    assert figures["relay-outcomes"]["rows"][2]["label"] == {"da": "Ikke endnu", "en": "Not yet"}
    assert figures["relay-outcomes"]["total"] == 8
    assert (found["quarter"], found["over"]) == ("2027Q1", True)


def test_the_same_report_is_the_same_bytes() -> None:
    made = [report(world_of(), QUARTER, LANGUAGES) for _ in range(2)]
    forms = [(as_html(one, "da"), as_markdown(one, "en"), as_json(one, LANGUAGES)) for one in made]
    assert forms[0] == forms[1]


def test_what_is_not_shown_is_said_to_be_and_is_no_zero() -> None:
    world = world_of(without=58)
    world = world.having(ReportRecords({str(QUARTER): closed(world.having(ReportRecords()), QUARTER)}))
    page = as_markdown(report(world, QUARTER, LANGUAGES), "en")
    assert re.search(r"Have the ten minutes in their calendar \| not shown \|", page)
    assert "What is not shown is about too few people." in page


# --- the command ------------------------------------------------------------------------------------------------


def run(folder: Path, *arguments: str) -> Said:
    app = AppAt(folder / "config.toml", "en", CLOSED)
    result = CliRunner().invoke(COMMAND, arguments, obj=app)
    if isinstance(result.exception, Refused):
        return Said(2, result.stdout, result.exception.sentence.said("en"))
    return Said(result.exit_code, result.stdout, result.stderr)


def test_the_command_writes_the_report_in_all_its_forms_and_leaves_the_rest(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    said = run(tmp_path, "--out", str(tmp_path / "out"))
    names = [f"report-2027Q1.{form}" for form in ("da.html", "da.md", "en.html", "en.md", "json")]
    assert said.lines == [f"{tmp_path / 'out' / name} is written." for name in names]
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == sorted(["charts", "mine.txt", *names])
    assert json.loads((tmp_path / "out/report-2027Q1.json").read_text("utf-8"))["over"] is True


@pytest.mark.parametrize(
    ("quarter", "sentence"),
    [
        ("2027", '"2027" is no quarter. Write the year and its quarter, for example 2027Q1.'),
        ("2027q3", "2027Q3 has not begun. It can be told of afterwards."),
    ],
)
def test_another_quarter_gets_a_sentence(tmp_path: Path, quarter: str, sentence: str) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    said = run(tmp_path, "--quarter", quarter, "--out", str(tmp_path / "out"))
    assert (said.status, said.err) == (2, sentence)
    assert not (tmp_path / "out").exists()
