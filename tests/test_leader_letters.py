"""What managers and the contact read: never an answer that nobody gave, and who is asked."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.keys import NoticeKey
from culture.leaders.frame import Frame
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.leaders.steps import Given
from culture.meetings import MeetingPlan, Rhythm
from culture.organisation import Organisation
from culture.people import Language, Person
from culture.policy import Policy
from culture.relay.learning import Discovery
from culture.relay.schedule import RelayRecords
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.letter import Links
from mailer.render import Rendered, Renderer
from service.leaders.answers import ANSWERS as STORY
from service.leaders.letters import frame_facts, open_facts, step_facts
from service.leaders.lines import PULSE_WORDS, lines
from service.leaders.step_file import shipped_steps
from service.planning import programme
from service.planning.feeds import reader_of
from service.planning.plan import Plan
from tests.culture_values import ANSWERS, organisation, person, running
from tests.mail_values import LINKS

OURS = Renderer(None)
STEPS = shipped_steps()
ZONE = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2027, 2, 3, 8, tzinfo=ZONE)
UNDECIDED: dict[Language, str] = {
    "da": "Det er ikke besluttet endnu. Mette Lund er spurgt.",
    "en": "It is not decided yet. Mette Lund has been asked.",
}


@dataclass(frozen=True)
class Action:
    """A letter to be."""

    person: Person
    keys: tuple[str, ...]
    names: tuple[str, ...] = ()
    changes: tuple[Any, ...] = ()
    subjects: dict[str, str] = field(default_factory=dict)
    held: tuple[Any, ...] = ()


def leader(language: Language = "da", **changes: Any) -> Person:
    return person("7", **{"name": "Anna Holm", "roles": frozenset({"leder"}), "language": language, **changes})


def policy(**answers: str) -> Policy:
    return Policy(answers={"da": replace(ANSWERS, **answers), "en": ANSWERS})


def place(who: Person, asked: Policy, **changes: Any) -> Organisation:
    made = organisation(who, **{"policy": asked, **changes})
    return made.having(Leaders(enabled=True, pulse=True), STEPS)


def records(*given: tuple[str, Given]) -> LeaderRecords:
    frame = Frame(asked=date(2027, 1, 4), sheet=date(2027, 1, 4), undecided=("vision", "jobs", "learning"))
    return LeaderRecords(frames={"2027-01-04": frame}, steps=dict(given))


def february(step: str, **changes: Any) -> LeaderRecords:
    return records(("2027-02", Given(step=step, day=date(2027, 2, 3), **changes)))


def written(who: Person, asked: Policy, found: LeaderRecords, kind: str = "step", **changes: Any) -> Rendered:
    period = {"step": "2027-02", "frame": "first", "open-questions": "2027-01-04"}[kind]
    key = NoticeKey(kind, period, who.id).to_text()
    world = World(place(who, asked, **changes), NOW).having(found)
    of = {"step": step_facts, "frame": frame_facts, "open-questions": open_facts}[kind]
    facts = of(world, Action(who, (key,)), key)
    assert facts is not None
    return OURS.render(reader_of(world, who, LINKS), [facts])


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_sheet_has_all_six_questions_and_says_of_what_is_open_who_is_asked(language: Language) -> None:
    text = written(leader(language), policy(jobs="Ingen mister sit job."), records(), "frame").text
    assert text.count(UNDECIDED[language]) == 2
    asked = {"da": "Hvad vil vi med AI?\n", "en": "What do we want AI for?\n"}[language]
    assert asked in text
    assert "Ingen mister sit job." in text  # in another language where it was not written in this one


def test_a_step_shows_the_answer_that_it_rests_on_or_that_there_is_none() -> None:
    decided = written(leader(), policy(jobs="Ingen mister sit job."), february("open-about-jobs")).text
    assert "Hvad betyder det for vores job?" in decided
    assert "Ingen mister sit job." in decided
    assert UNDECIDED["da"] not in decided
    assert UNDECIDED["da"] in written(leader(), policy(), february("open-about-jobs")).text
    assert UNDECIDED["da"] not in written(leader(), policy(), february("begin-with-yourself")).text


def test_whoever_is_asked_is_not_told_that_somebody_else_is() -> None:
    contact = leader(email="mette@x.example")
    for kind in ("frame", "step"):
        text = written(contact, policy(), february("open-about-jobs"), kind).text
        assert "Det er ikke besluttet endnu. Det er dig, der er spurgt." in text
        assert UNDECIDED["da"] not in text


def test_what_has_been_decided_since_is_told_once() -> None:
    def decided(*undecided: Any) -> bool:
        january = Given(step="begin-with-yourself", day=date(2027, 1, 6), undecided=undecided)
        found = records(("2027-01", january), ("2027-02", Given(step="share-what-failed", day=date(2027, 2, 3))))
        text = written(leader(), policy(vision="Mere tid til borgerne."), found).text
        return "Besluttet siden sidst" in text and "Mere tid til borgerne." in text

    assert decided("vision", "jobs")
    assert not decided("jobs")
    first = written(leader(), policy(vision="Mere tid til borgerne."), february("share-what-failed")).text
    assert "Besluttet siden sidst" in first  # since the sheet


def test_a_step_met_before_says_when() -> None:
    last_year = ("2026-02", Given(step="share-what-failed", day=date(2026, 2, 4), said=True))
    frame = Frame(asked=date(2026, 1, 5), sheet=date(2026, 1, 5))
    found = replace(february("share-what-failed"), frames={"2026-01-05": frame})
    found = replace(found, steps={**found.steps, last_year[0]: last_year[1]})
    assert (
        "Det her skridt har du mødt før, i februar 2026. Hvad er anderledes nu?"
        in written(leader(), policy(), found).text
    )


def test_the_story_of_a_rehearsal_tells_the_month_of_a_step_in_words() -> None:
    before = World(place(leader(), policy()), NOW).having(records())
    after = before.having(february("begin-with-yourself"))
    told = "Skridtet i februar 2027 for dem, der leder andre: "
    assert [one[: len(told)] for one in STORY.story(Plan(world=after, before=before), "da")] == [told]


def test_a_step_that_the_catalogue_has_no_more_is_not_told() -> None:
    who = leader()
    world = World(place(who, policy()), NOW).having(february("gone"))
    assert step_facts(world, Action(who, ("step/2027-02/7",)), "step/2027-02/7") is None


@pytest.mark.parametrize(
    ("count", "subject"), [(3, "Tre spørgsmål om AI mangler et svar"), (1, "Ét spørgsmål om AI mangler et svar")]
)
def test_the_contact_is_asked_for_what_is_open_and_told_where_to_write_it(count: int, subject: str) -> None:
    asked = policy() if count == 3 else policy(jobs="Nej.", learning="To kurser.")
    made = written(leader(), asked, records(), "open-questions")
    assert ("Tag dem med" in made.text, "Tag det med" in made.text) == (count > 1, count == 1)
    assert made.subject == subject
    assert made.text.count("[policy.da] ") == count
    assert '[policy.da] vision = "..."' in made.text


@pytest.mark.parametrize(("written_in", "table"), [(("da", "en"), "en"), (("da",), "da")])
def test_the_contact_is_told_to_write_in_the_table_of_the_organisations_language(
    written_in: tuple[Language, ...], table: str
) -> None:
    answers = dict.fromkeys(written_in, ANSWERS)
    made = written(leader(), replace(policy(), answers=answers), records(), "open-questions", language="en")
    assert f'[policy.{table}] vision = "..."' in made.text
    assert made.text.count("[policy.") == 3


def test_once_all_is_answered_the_contact_is_not_asked() -> None:
    who = leader()
    world = World(place(who, policy(vision="V", jobs="J", learning="L")), NOW).having(records())
    assert open_facts(world, Action(who, ("open-questions/2027-01-04/7",)), "open-questions/2027-01-04/7") is None


def test_a_script_in_an_answer_is_text() -> None:
    nasty = '<script>alert("x")</script> & |'
    for kind in ("frame", "step"):
        made = written(leader(), policy(jobs=nasty), february("open-about-jobs"), kind)
        assert nasty in made.text
        assert "<script" not in made.html
        assert "&lt;script&gt;" in made.html


# --- the weekly letter -----------------------------------------------------------------------------------------

TUESDAYS = MeetingPlan(
    department="plan",
    zone="Europe/Copenhagen",
    rhythm=Rhythm(weekday=2, start=datetime(2027, 2, 2, 9, tzinfo=ZONE).time(), minutes=60),
)


def shown(now: str, who: Person, *, settings: Leaders | None = None) -> list[str]:
    made = place(who, policy(), meeting_plans={"plan": TUESDAYS})
    made = made.having(settings or Leaders(enabled=True, pulse=True), Vitamin(title={"da": "AI-tid", "en": "AI time"}))
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    return [one.template for one in lines(World(made, moment).having(february("share-what-failed")), who)]


def test_the_weekly_letter_brings_a_managers_lines_and_the_pulse_each_in_its_week() -> None:
    assert shown("2027-02-01T07:00", leader()) == []
    assert shown("2027-02-08T07:00", leader()) == ["leaders/say"]
    assert shown("2027-02-15T07:00", leader()) == ["leaders/pulse"]
    assert shown("2027-02-15T07:00", person("8")) == ["leaders/pulse"]
    assert shown("2027-02-08T07:00", person("8")) == []


def test_what_comes_once_has_room_before_what_colleagues_wrote() -> None:
    found = Discovery(id="d", at=datetime(2027, 2, 10, 9, tzinfo=ZONE), text="Den læser min håndskrift.")
    made = place(leader(), policy(), relay=running(), meeting_plans={"plan": TUESDAYS})
    world = World(made, datetime(2027, 2, 15, 7, tzinfo=ZONE)).having(RelayRecords(discoveries={"d": found}))
    every = [one.template for one in programme.lines(world.having(february("share-what-failed")), leader())]
    assert every == ["leaders/pulse", "relay/line"]


def test_neither_comes_where_it_is_switched_off() -> None:
    assert shown("2027-02-15T07:00", leader(), settings=Leaders(enabled=True)) == []
    assert shown("2027-02-15T07:00", leader(), settings=Leaders(pulse=True)) == []
    assert shown("2027-02-08T07:00", leader(), settings=Leaders()) == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_lines_are_as_short_as_they_say(language: Language) -> None:
    who = leader(language)
    made = place(who, policy(), meeting_plans={"plan": TUESDAYS})
    links = Links(page="", feed="", stop="", nameless={"pulse": "https://x.example/pulse"})
    for now in ("2027-02-08T07:00", "2027-02-15T07:00"):
        world = World(made, datetime.fromisoformat(now).replace(tzinfo=ZONE)).having(february("share-what-failed"))
        for line in lines(world, who):
            text = str(
                OURS._module(
                    f"mail/{language}/{line.template}.txt.j2", {"reader": reader_of(world, who, links), "line": line}
                )
            )
            words = [one for one in text.split() if one not in ("-",) and not one.startswith("https://")]
            assert len(words) <= line.words
    assert PULSE_WORDS <= 26  # there is room beside the longest prompt
