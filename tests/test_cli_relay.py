"""The relay on the command line: who presents when and why, and what the facilitator does about turns."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import click
import pytest

from culture.relay.settings import Relay
from culture.relay.turns import Hindrance
from service.cli.main import complete
from service.messages.translation import translations
from service.settings.config import parse_config
from tests.cli_values import ROOT, Command, Said
from tests.relay_values import BEGIN, GROUPS, PEOPLE, Place, at, make_place

pytestmark = pytest.mark.slow

NOTED = "It is noted. Letters and calendars follow when the service next looks."


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun")
    make_place(folder).tick()
    return folder


@pytest.fixture
def place(begun: Path, tmp_path: Path) -> Place:
    """Four can present on Thursdays, Dan never; three turns are announced. A copy of what was made once."""
    copytree(begun, tmp_path, dirs_exist_ok=True)
    return Place(tmp_path)


def refused(said: Said) -> str:
    """The one sentence of a command that was asked for something wrong."""
    assert (said.status, said.out) == (2, "")
    (sentence,) = said.err.splitlines()
    return sentence


def person_id(name: str) -> str:
    return next(line.split(";")[0] for line in PEOPLE.splitlines() if f";{name};" in line)


# --- list -------------------------------------------------------------------------------------------------


def test_list_shows_what_is_announced_with_day_and_presenter(place: Place) -> None:
    assert [(one["turn"], one["starts"], one["state"], one["kind"]) for one in place.turns()] == [
        ("plan-1", "2026-12-10T09:00:00+01:00", "assigned", "normal"),
        ("plan-2", "2026-12-17T09:00:00+01:00", "announced", "normal"),
        ("plan-3", "2026-12-24T09:00:00+01:00", "announced", "normal"),
    ]


def test_list_gives_people_by_id_for_two_may_have_one_name(place: Place) -> None:
    rows = place("relay", "list", "--ahead", "2", "--json").json
    assert len(rows) == 5
    assert [row["presenter_id"] for row in rows] == [person_id(row["presenter"]) for row in rows]
    assert {(row["for"], row["for_id"], row["asked"], row["asked_id"]) for row in rows} == {("", "", "", "")}
    other = rows[1]["presenter_id"]
    place("relay", "swap", "plan-1", "--with", other)
    assert (place.turns()[0]["presenter_id"], place.turns()[0]["asked_id"]) == (rows[0]["presenter_id"], other)
    place("relay", "swap", "plan-1", "--with", other, "--agreed")
    assert (place.turns()[0]["presenter_id"], place.turns()[0]["for_id"]) == (other, rows[0]["presenter_id"])


def test_list_foresees_a_dozen_when_asked_and_says_that_it_is_no_promise(place: Place) -> None:
    rows = place("relay", "list", "--ahead", "12", "--json").json
    foreseen = [row for row in rows if row["state"] == "foreseen"]
    assert len(foreseen) == 12
    assert {row["turn"] for row in foreseen} == {""}
    assert [row["starts"][:10] for row in foreseen][:3] == ["2026-12-31", "2027-01-07", "2027-01-14"]
    lines = place("relay", "list", "--ahead", "12").lines
    assert len(lines) == 1 + 3 + 12
    assert sum("foreseen" in line for line in lines) == 12


def test_list_shows_the_challenge_once_it_is_given(place: Place) -> None:
    given = place.at(at(3)).tick().turns()
    assert [bool(one["title"]) for one in given] == [True, True, False, False]
    assert [one["state"] for one in given] == ["assigned", "assigned", "announced", "announced"]


def test_list_of_a_department_without_meetings_is_empty(place: Place) -> None:
    assert place("relay", "list", "--department", "Jura", "--json").json == []
    assert place("relay", "list", "--department", "jura").lines == ["No turn is announced yet."]


def test_list_names_the_departments_when_one_is_unknown(place: Place) -> None:
    assert refused(place("relay", "list", "--department", "x")) == '"x" is no department. Write one of plan, jura.'


def test_list_says_how_to_switch_the_relay_on(tmp_path: Path) -> None:
    place = make_place(tmp_path, enabled=False).tick()
    text = "The relay is not enabled. Write enabled = true under [relay]; docs/relay.md says what else."
    assert place("relay", "list").lines == [text]


def test_list_before_anything_was_ticked_shows_what_would_be(tmp_path: Path) -> None:
    assert len(make_place(tmp_path).turns()) == 3


def test_nobody_who_may_present_is_no_turn_and_no_fault(tmp_path: Path) -> None:
    place = make_place(tmp_path, people=PEOPLE, absences="".join(f"{n};2026-11-01;2036-01-01\n" for n in (1, 2, 3, 5)))
    assert place.tick()("relay", "list", "--ahead", "12", "--json").json == []


def test_a_department_of_one_presents_alone_even_with_two_wanted(tmp_path: Path) -> None:
    people = "number;name;email;department\n1;Anna Holm;anna@x.example;plan\n"
    place = make_place(tmp_path, people=people)
    text = (tmp_path / "config.toml").read_text("utf-8").replace("enabled = true", "enabled = true\npresenters = 2")
    place.write("config.toml", text)
    assert [one["presenter"] for one in place.tick().turns()] == ["Anna Holm"] * 3
    assert (
        place("relay", "why", "1").lines[0]
        == "Anna Holm presents on 10 December 2026 (plan-1). Anna Holm was next of those who could be chosen."
    )


def test_names_with_markup_are_shown_as_they_stand(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>[/b] [red]Bo"
    place = make_place(tmp_path, people=f"number;name;email;department\n1;{name};bo@x.example;plan\n").tick()
    (line, *_) = place("relay", "list").out.splitlines()[1:]
    assert re.split(" {2,}", line)[2] == name


# --- why --------------------------------------------------------------------------------------------------


def test_why_of_whoever_is_next_says_what_decided_and_who_was_not_there(place: Place) -> None:
    name = place.presenter("plan-1")
    assert place("relay", "why", person_id(name)).lines[:3] == [
        f"{name} presents on 10 December 2026 (plan-1). Of the 4 who could be chosen, several had had as few turns and waited as long; between them goes a fixed order.",
        f"{name} has had 1 turn, those announced among them.",
        f"Those who have had none come before {name}.",
    ]


def test_why_not_yet_says_who_came_first_and_when_it_will_be(place: Place) -> None:
    names = [one["presenter"] for one in place.turns()]
    (waits,) = {"Anna Holm", "Bo Lind", "Carla Juhl", "Eva Skov"} - set(names)
    came = [
        f"  26 November 2026, for {day} December 2026: {name}." for day, name in zip((10, 17, 24), names, strict=True)
    ]
    why = f" {waits} had had more turns, or comes later in the fixed order."
    assert place("relay", "why", waits.split()[0]).lines == [
        f"{waits} has not presented yet.",
        f"Nobody has had fewer, so {waits} is among those who come next.",
        f"As it looks today, {waits} is chosen next for 31 December 2026.",
        "The last times somebody was chosen:",
        *(line + why for line in reversed(came)),
    ]


def test_why_of_a_part_timer_who_is_off_on_the_day_of_the_meeting(place: Place) -> None:
    off = "Dan Friis could not be chosen."
    days = "31 December 2026, 7 January 2027, 14 January 2027, 21 January 2027, 28 January 2027, 4 February 2027"
    assert place("relay", "why", "dan").lines[2:-3] == [
        f"Dan Friis cannot be chosen for {days}: cannot be there.",
        "As far as can be seen today, Dan Friis is not chosen again yet.",
        "The last times somebody was chosen:",
    ]
    assert all(line.endswith(off) for line in place("relay", "why", "dan").lines[-3:])


def test_why_of_a_joiner_says_that_the_new_listen_first(place: Place) -> None:
    place.at(at(4, month=1, year=2027)).tick()
    place.write("people.csv", PEOPLE + "6;Finn Vang;finn@x.example;plan;;2027-01-11;\n")
    now = place.at(at(11, month=1, year=2027)).tick()
    lines = now("relay", "why", "finn").lines
    assert lines[:4] == [
        "Finn Vang has not presented yet.",
        "Finn Vang joined the list on 11 January 2027, and began in the middle of it: what was before is not owed.",
        "Whoever is new listens first: Finn Vang can be chosen for meetings from 10 February 2027 on.",
        "Finn Vang counts as having had 1 turn: 0 announced, 1 by joining later, passing or being away.",
    ]
    assert lines[-1].endswith("Finn Vang was not in the list yet.")
    assert now("relay", "why", "finn", "--json").json["next"] >= "2027-02-10"


def test_why_of_somebody_just_back_from_leave_says_that_nothing_is_owed(tmp_path: Path) -> None:
    place = make_place(tmp_path, absences="5;2026-11-01;2027-03-31\n").tick()
    weeks = [place.at(BEGIN + timedelta(weeks=week)) for week in range(17)]
    for week in weeks[:10]:
        week.tick()
    away = weeks[9]("relay", "why", "eva", "--json").json
    assert (away["turns"], away["counts"], away["hindered"][0]["reason"]) == (0, away["low"], str(Hindrance.COULD_NOT))
    for week in weeks[10:]:
        week.tick()
    back = place.at(at(1, month=4, year=2027)).tick()
    found = back("relay", "why", "eva", "--json").json
    assert (found["turns"], found["counts"], found["low"]) == (2, found["low"] + 1, found["low"])  # two of five
    assert [one["why_not"] for one in away["selections"]][-1] == str(Hindrance.COULD_NOT)
    lines = back("relay", "why", "eva").lines
    assert (
        f"Eva Skov counts as having had {found['counts']} turns: 2 announced, {found['counts'] - 2} by joining later,"
        " passing or being away."
    ) in lines


def test_why_tells_nobody_why_a_colleague_was_not_there(tmp_path: Path) -> None:
    place = make_place(tmp_path, absences="5;2026-11-01;2027-03-31\n").tick()
    said = place("relay", "why", person_id(place.presenter("plan-1")), "--json")
    assert "Dan Friis" not in said.out
    assert "Eva Skov" not in said.out
    assert re.findall("absent|day off", said.out) == []


def test_why_where_there_is_no_relay(place: Place) -> None:
    assert place("relay", "why", "mette").lines == ["Mette Lund is in Jura, where there is no relay."]


def test_why_of_nobody_is_a_sentence(place: Place) -> None:
    assert refused(place("relay", "why", "x1")) == '"x1" is nobody here. Look with aikultur people list.'


# --- acts -------------------------------------------------------------------------------------------------


def test_a_pass_gives_the_turn_to_the_next_and_can_be_taken_back(place: Place) -> None:
    before = place.turns()
    said = place("relay", "pass", "plan-2")
    assert (said.status, said.lines[0]) == (0, NOTED)
    after = place.turns()
    assert [one["starts"] for one in after] == [one["starts"] for one in before]
    assert after[1]["presenter"] not in [one["presenter"] for one in before]
    assert place("relay", "undo", "plan-2").status == 0
    assert place.turns() == before


def test_a_pass_is_said_in_why(place: Place) -> None:
    name = place.presenter("plan-1")
    place("relay", "pass", "plan-1")
    lines = place("relay", "why", person_id(name)).lines
    assert lines[-4].endswith(f"{name} passed at that meeting.")


def test_a_swap_waits_for_the_answer(place: Place) -> None:
    asker, other = (one["presenter"] for one in place.turns()[:2])
    assert place("relay", "swap", "plan-1", "--with", person_id(other)).status == 0
    assert [(one["presenter"], one["asked"]) for one in place.turns()[:2]] == [(asker, other), (other, "")]
    assert place("relay", "accept", "plan-1", "--as", person_id(other)).status == 0
    assert [(one["presenter"], one["for"]) for one in place.turns()[:2]] == [(other, asker), (asker, other)]


def test_a_declined_swap_changes_nothing(place: Place) -> None:
    before = place.turns()
    other = person_id(before[1]["presenter"])
    place("relay", "swap", "plan-1", "--with", other)
    assert place("relay", "decline", "plan-1", "--as", other).status == 0
    assert place.turns() == before
    assert refused(place("relay", "accept", "plan-1", "--as", other)) == "Nobody is asking for this swap any more."


def test_an_agreed_swap_is_done_at_once_and_shown(place: Place) -> None:
    asker, other = (one["presenter"] for one in place.turns()[:2])
    said = place("relay", "swap", "plan-1", "--with", person_id(other), "--agreed")
    assert [re.split(" {2,}", line)[:3] for line in said.lines[2:]] == [
        ["plan-1", "2026-12-10 09:00", f"{other}, for {asker}"],
        ["plan-2", "2026-12-17 09:00", f"{asker}, for {other}"],
    ]
    assert place("relay", "why", person_id(asker)).lines[0] == (
        f"{other} presents for {asker} on 10 December 2026, after a swap (plan-1)."
    )


def test_a_swap_with_somebody_who_left_is_refused(place: Place) -> None:
    name = place.presenter("plan-1")
    gone = next(one for one in ("Anna Holm", "Bo Lind") if one != name)
    left = re.sub(f"({gone};[^;]*;plan;;;)", r"\g<1>2026-12-04", PEOPLE)
    place.write("people.csv", left)
    place.at(at(3)).tick()
    now = place.at(at(7)).tick()
    sentence = "That colleague is not on the department's list on 10 December 2026."
    turn = next(one["turn"] for one in now.turns() if one["starts"].startswith("2026-12-10"))
    assert refused(now("relay", "swap", turn, "--with", person_id(gone))) == sentence
    assert refused(now("relay", "swap", turn, "--with", "mette")) == sentence


def test_a_swap_with_oneself_or_somebody_off_that_day_is_refused(place: Place) -> None:
    name = place.presenter("plan-1")
    assert refused(place("relay", "swap", "plan-1", "--with", person_id(name))) == "You cannot swap with yourself."
    agreed = refused(place("relay", "swap", "plan-1", "--with", "dan", "--agreed"))
    assert agreed == "Dan Friis cannot present on 10 December 2026."


def test_a_volunteer_gets_a_turn_more_beside_the_other(place: Place) -> None:
    name = place.presenter("plan-2")
    assert place("relay", "volunteer", person_id(name), "--on", "10-12-2026").status == 0
    (_, more, *_) = place.turns()
    assert (more["presenter"], more["starts"], more["kind"]) == (name, "2026-12-10T09:20:00+01:00", "volunteer")
    lines = place("relay", "why", person_id(name)).lines
    counts = f"{name} volunteered, and it counts as their next ordinary turn."
    assert lines[1] == f"{name} presents on 10 December 2026 (plan-4). {counts}"
    text = f"{name} has volunteered: when the list next comes to {name}, that turn counts, and a colleague is chosen instead."
    assert text in lines
    assert place("relay", "volunteer", person_id(name), "--on", "24-12-2026", "--extra").status == 0
    lines = place("relay", "why", person_id(name)).lines
    assert f"{name} presents on 24 December 2026 (plan-5). {name} volunteered." in lines


@pytest.mark.parametrize(
    ("who", "day", "sentence"),
    [
        (
            "anna",
            "2026-12-11",
            "plan does not meet on 11 December 2026. The next meetings: 2026-12-03, 2026-12-10, 2026-12-17, 2026-12-24.",
        ),
        ("anna", "31-02-2027", '"31-02-2027" is not a date. Write 2026-12-01 or 01-12-2026.'),
        ("anna", "2027-09-02", "2 September 2027 is too far ahead. Choose a meeting within half a year."),
        ("dan", "2026-12-10", "Dan Friis cannot be there on 10 December 2026. Choose another meeting."),
        ("mette", "2026-12-10", "There is no relay in jura."),
    ],
)
def test_a_volunteer_for_what_cannot_be_gets_a_sentence(place: Place, who: str, day: str, sentence: str) -> None:
    assert refused(place("relay", "volunteer", who, "--on", day)) == sentence


def test_a_turn_that_never_was_is_a_sentence_in_every_act(place: Place) -> None:
    sentence = "There is no turn plan-99. See aikultur relay list."
    assert refused(place("relay", "pass", "plan-99")) == sentence
    assert refused(place("relay", "swap", "plan-99", "--with", "anna")) == sentence
    assert refused(place("relay", "undo", "plan-99")) == "There is nothing to take back on plan-99."
    assert refused(place("relay", "missed", "plan-99")) == ("plan-99 is not a turn that has been held.")


def test_what_is_over_cannot_be_passed_or_swapped(place: Place) -> None:
    place.at(at(3)).tick()
    begun = place.at(at(10, 8, month=12).replace(minute=5))
    assert refused(begun("relay", "pass", "plan-1")) == "The meeting has begun, so the turn cannot be changed any more."
    over = place.at(at(11)).tick()
    sentence = "This turn is over or has been given away, so there is nothing to change."
    assert refused(over("relay", "pass", "plan-1")) == sentence
    assert refused(over("relay", "swap", "plan-1", "--with", "anna")) == sentence


def test_a_missed_turn_waits_for_the_next_meeting_with_its_challenge(place: Place) -> None:
    given = place.at(at(3)).tick().turns()[0]["challenge"]
    over = place.at(at(11)).tick()
    assert over("relay", "missed", "plan-1").status == 0
    (again,) = (one for one in over.turns() if one["turn"] == "plan-1")
    assert (again["challenge"], again["state"], again["starts"]) == (given, "assigned", "2026-12-17T09:20:00+01:00")
    assert over("relay", "held", "plan-1").status == 0
    assert [one["turn"] for one in over.turns() if one["turn"] == "plan-1"] == []


def test_challenges_says_how_many_fit_and_which_come_next(place: Place) -> None:
    (row,) = place("relay", "challenges", "--json").json
    assert (row["department"], row["track"], row["given"], len(row["next"])) == ("plan", "general", 1, 5)
    place.at(at(3)).tick()
    (later,) = place("relay", "challenges", "--json").json
    assert (later["fit"], later["given"], later["next"][:4]) == (row["fit"], 2, row["next"][1:])
    assert place("relay", "challenges").lines[0] == (
        f"plan, general: {row['fit']} challenges fit, 2 of them have been given. Next:"
    )
    assert place("relay", "challenges", "--department", "jura").lines == ["Nobody here takes part in a relay."]


# --- the whole command line -------------------------------------------------------------------------------


def test_the_commands_are_under_aikultur_and_end_with_their_status(place: Place) -> None:
    aikultur = Command(place.folder)
    assert aikultur("relay", "list", "--json").status == 0
    assert aikultur("relay", "pass", "plan-99") == Said(2, "", "Der er ingen tur plan-99. Se aikultur relay list.\n")
    assert aikultur("revisit", "add", "X", "--months", "40") == Said(
        2,
        "",
        "reason: Det mangler. Skriv et par ord.\n"
        'months: "40" er ikke et antal måneder, vi bruger. Skriv et helt tal fra 3 til 6.\n',
    )


def test_every_line_of_help_has_a_danish_twin() -> None:
    texts = set[str]()
    for group in GROUPS.values():
        for command in (group, *group.commands.values()):
            texts |= {" ".join(part.split()) for part in (command.help or "").split("\n\n")}
            texts |= {getattr(parameter, "help", None) or "" for parameter in command.params}
    assert sorted(texts - translations("da").keys() - {"", "Show this message and exit."}) == []


def test_the_config_of_the_docs_is_a_config() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/relay.md").read_text("utf-8"), re.DOTALL)
    whole, *others = [tomllib.loads(block) for block in blocks]
    meetings = [one for one in others if "plan" in one["departments"]]
    shared, merged = (one["departments"] for one in others if "plan" not in one["departments"])
    example = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    found = parse_config({**example, **whole}, "docs/relay.md")
    assert (found.of(Relay).enabled, found.departments["plan"].meeting is not None) == (True, True)
    server = {"endpoint": "https://mail.x.example/EWS/Exchange.asmx", "auth": "kerberos", "user": "aikultur"}
    for one in meetings:  # other ways to say when a department meets
        plan = {**whole["departments"]["plan"], **one["departments"]["plan"]}
        other = parse_config({**example, "exchange": server, "departments": {"plan": plan}}, "docs/relay.md")
        assert other.departments["plan"].meeting is not None
    assert len(meetings) == 2
    plan = {"plan": whole["departments"]["plan"]}
    two = parse_config({**example, "departments": {**plan, **shared}}, "docs/relay.md")
    assert two.departments["drift"].meets_with == "plan"
    example["relay"] = {"enabled": False}
    after = parse_config({**example, "departments": merged}, "docs/relay.md")
    assert set(after.departments["natur"].formerly) > {"plan", "drift"}


def _commands(every: click.Group, group: str) -> list[str]:
    found = every.commands[group]
    assert isinstance(found, click.Group)
    return found.list_commands(click.Context(found))


def test_the_docs_name_every_command_of_the_relay_and_none_that_is_not_there() -> None:
    text = (ROOT / "docs/relay.md").read_text("utf-8")
    named = {(group, name) for group in GROUPS for name in re.findall(rf"(?:`|aikultur ){group} ([a-z]+)", text)}
    every = complete()  # a group has commands of several programmes
    assert {(group, name) for group, name in named if name not in _commands(every, group)} == set()
    assert {name for group, name in named if group == "relay"} | {"decline"} == set(GROUPS["relay"].commands)
