"""Departments as they are: renamed, merged, two that share a meeting, one without a relay."""

import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from culture.called import AS_THEY_ARE, Called
from culture.keys import NoticeKey
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Place, TurnList, pick, together
from culture.vitamin.timetable import VitaminRecords
from service.engine.health import Figures, Pulse
from service.engine.tables import ROWS
from service.messages.faults import BadInput
from service.pages.addresses import department_of, department_token
from service.pages.make_view import make_view
from service.pages.view import View
from service.planning.plan import Plan
from service.relay.learnings import read_entry, write_learning
from service.relay.letters import overview_facts
from service.settings.config import parse_config
from service.settings.department_names import called
from tests.service_values import live, make_engine

pytestmark = pytest.mark.year

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)

HEAD = """
[organisation]
name = "Prøven"
sector = "public"
domain = "x.example"
contact_name = "Mette Lund"
contact_email = "mette@x.example"
[policy.da]
tools = "Den på intranettet."
data = "Kun offentlige tekster."
responsible = "Det har du."
[mail]
sender_name = "AI-tid"
sender_address = "ai-tid@x.example"
[web]
enabled = false
[relay]
starts = 2026-11-30
enabled = true
settle_days = 0
[departments.jura]
name = "Jura"
"""

THURSDAYS = """
[departments.{key}.meeting]
weekday = "thursday"
time = "09:00"
"""

WEDNESDAYS = """
[departments.{key}.meeting]
weekday = "wednesday"
time = "13:00"
"""

PLAN = '[departments.plan]\nname = "Plan"\nfacilitator = "mette@x.example"\n' + THURSDAYS.format(key="plan")
DRIFT = '[departments.drift]\nname = "Drift"\n' + WEDNESDAYS.format(key="drift")

NO_PILL = "[vitamin]\nenabled = false\n"
"""For weeks that tell of the relay: the week's prompts would be most of the letters."""

PEOPLE = """number;name;email;department
1;Anna Holm;anna@x.example;plan
2;Bo Lind;bo@x.example;plan
3;Carla Juhl;carla@x.example;Plan
4;Dan Friis;dan@x.example;drift
5;Eva Skov;eva@x.example;drift
6;Finn Dal;finn@x.example;Drift
9;Mette Lund;mette@x.example;jura
"""


class House:
    """An organisation whose departments change, and its engine. Without departments it is what stands in the folder."""

    def __init__(self, folder: Path, departments: str = "") -> None:
        self.folder = folder
        if departments:
            (folder / "people.csv").write_text(PEOPLE, "utf-8")
            self.edit(departments)
        self.engine = make_engine(folder)
        self.found: Plan

    def edit(self, departments: str) -> None:
        (self.folder / "config.toml").write_text(HEAD + departments, "utf-8")

    def at(self, now: datetime) -> "House":
        self.found = live(self.engine, now, believed=True)
        return self

    def days(self, first: datetime, last: datetime, step: timedelta = DAY) -> "House":
        while first <= last:
            self.at(first)
            first += step
        return self

    def workdays(self, first: datetime, last: datetime, told: list[dict[str, list[str]]] | None = None) -> "House":
        """Those days without the weekends; and what letters each of them brought, sorted."""
        for day in range((last - first).days + 1):
            if (now := first + day * DAY).isoweekday() <= 5:
                self.at(now)
                if told is not None:
                    told.append({who: sorted(kinds) for who, kinds in self.letters().items()})
        return self

    def copied(self, folder: Path, now: datetime) -> "House":
        """The same in another folder, after a start and a look there at the moment of the last one."""
        self.engine.close()
        shutil.copytree(self.folder, folder)
        return House(folder).at(now)

    @property
    def relay(self) -> RelayRecords:
        return self.found.world.of(RelayRecords)

    def coming(self) -> dict[str, tuple[str, str, str]]:
        """The open turns: whose, in which department, when."""
        return {
            key: (turn.presenter, turn.department, f"{turn.starts:%m-%d %H:%M}")
            for key, turn in self.relay.turns.items()
            if turn.open and turn.starts
        }

    def letters(self) -> dict[str, list[str]]:
        """The notices of the letters of this tick, by person."""
        found: dict[str, list[str]] = {}
        for job in self.found.letters:
            found.setdefault(job.person.id, []).append(job.kind)
        return found

    def slots(self, person_id: str) -> dict[str, str]:
        """What stands in the person's feed besides the block, by UID."""
        return _slots(_unfolded(self.view(), person_id))

    def view(self) -> View:
        return make_view(self.engine, self.found, lambda: Pulse(MONDAY).health(Figures))


def _unfolded(view: View, key: str) -> str:
    return view.feed(key).content.decode().replace("\r\n ", "")


def _slots(text: str) -> dict[str, str]:
    found = {}
    for event in text.split("BEGIN:VEVENT")[1:]:
        lines = dict(line.split(":", 1) for line in event.splitlines() if ":" in line)
        if lines["UID"].startswith("slot-"):
            found[lines["UID"]] = next(value for key, value in lines.items() if key.startswith("DTSTART"))
    return found


WEDNESDAY = MONDAY + 2 * DAY
"""Everybody has had the first letters by then, and whoever has a turn knows of it."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Until Wednesday. It is copied only, for the first letters are most of the work."""
    here = House(tmp_path_factory.mktemp("told"), PLAN + DRIFT).days(MONDAY, WEDNESDAY)
    yield here
    here.engine.close()


@pytest.fixture
def house(told: House, tmp_path: Path) -> Iterator[House]:
    """On Wednesday."""
    here = told.copied(tmp_path / "house", WEDNESDAY)
    yield here
    here.engine.close()


@pytest.fixture
def relay_house(tmp_path: Path) -> Iterator[House]:
    """On Wednesday, with a relay alone."""
    here = House(tmp_path, PLAN + DRIFT + NO_PILL).days(MONDAY, WEDNESDAY)
    yield here
    here.engine.close()


BYEN = PLAN.replace("departments.plan", "departments.byen").replace(
    'name = "Plan"', 'name = "By og Land"\nformerly = ["plan", "Plan"]'
)
"""The planners under another key and name, and HR's file as it was."""


def everything(house: House) -> dict[str, str]:
    return house.slots("1") | house.slots("2") | house.slots("3")


def test_a_renamed_department_keeps_everything_and_nobody_is_told_anything(house: House) -> None:
    before, given = house.coming(), house.found.world.of(VitaminRecords).history
    uids = everything(house)
    assert len(uids) == 3
    house.edit(DRIFT + BYEN)
    house.at(WEDNESDAY + timedelta(hours=3))
    assert house.letters() == {}
    assert house.found.held == ()
    assert house.found.census.changed == ()
    assert house.found.world.organisation.people["1"].department == "byen"
    moved = {key: (who, "byen" if where == "plan" else where, at) for key, (who, where, at) in before.items()}
    assert house.coming() == moved
    assert everything(house) == uids
    history = house.found.world.of(VitaminRecords).history
    assert history["byen", "general"] == given["plan", "general"]
    assert ("plan", "general") not in history


def test_hr_may_change_its_file_on_another_day(house: House) -> None:
    house.edit(DRIFT + BYEN)
    house.at(MONDAY + 3 * DAY)
    before = house.coming()
    people = PEOPLE.replace(";plan", ";By og Land").replace(";Plan", ";byen")
    (house.folder / "people.csv").write_text(people, "utf-8")
    house.at(MONDAY + 4 * DAY)
    assert house.found.census.changed == ()
    assert house.coming() == before
    assert house.found.faults == ()


def test_the_relay_goes_on_in_a_renamed_department_as_it_would_have(told: House, tmp_path: Path) -> None:
    """Day by day beside one that is not renamed: the same people on the same days, by turns that are called otherwise from
    then on; and nobody is told twice or not at all."""
    tuesday, last = MONDAY + 15 * DAY, MONDAY + 31 * DAY
    before = told.copied(tmp_path / "before", WEDNESDAY).workdays(MONDAY + 3 * DAY, tuesday)
    assert before.letters()["9"] == ["overview"]  # the day before a meeting its facilitator has it
    lives = []
    for name, edit in (("as-it-was", ""), ("renamed", DRIFT + BYEN)):
        house = before.copied(tmp_path / name, tuesday)
        if edit:
            house.edit(edit)
            house.at(tuesday + timedelta(hours=2))
        assert house.letters() == {}
        letters = list[dict[str, list[str]]]()
        house.workdays(tuesday + DAY, last, letters)
        turns = sorted((turn.starts, turn.presenter, turn.state) for turn in house.relay.turns.values() if turn.starts)
        lives.append((letters, turns))
        keys = {turn.id for turn in house.relay.turns.values() if turn.department == "byen"}
        assert not edit or {key.partition("-")[0] for key in keys} == {"plan", "byen"}
        house.engine.close()
    assert lives[0] == lives[1]


def test_the_address_of_the_departments_feed_goes_on_working(house: House) -> None:
    before = department_token(house.view(), "1")
    assert department_of(house.view(), before) == "department/plan"
    house.edit(DRIFT + BYEN)
    view = house.at(MONDAY + 3 * DAY).view()
    after = department_token(view, "1")
    assert (before != after, department_of(view, before), department_of(view, after)) == (
        True,
        "department/byen",
        "department/byen",
    )
    assert department_of(view, department_token(view, "4")) == "department/drift"
    house.edit(DRIFT + BYEN.replace('"plan", "Plan"', '"somewhere else"'))
    assert department_of(house.at(MONDAY + 4 * DAY).view(), before) is None


BOTH = '[departments.natur]\nname = "Natur"\nformerly = ["plan", "drift"]\nfacilitator = "mette@x.example"\n'


@pytest.mark.parametrize("meeting", [THURSDAYS, WEDNESDAYS])
@pytest.mark.parametrize("into", ["natur", "plan"])
def test_two_departments_become_one_and_whoever_was_told_keeps_the_turn(
    relay_house: House, into: str, meeting: str
) -> None:
    house = relay_house
    before = house.coming()
    merged = BOTH if into == "natur" else BOTH.replace("natur", "plan").replace('"plan", ', "")
    house.edit(merged + meeting.format(key=into) + NO_PILL)
    house.at(MONDAY + 3 * DAY)
    after = house.coming()
    assert {key: who for key, (who, _, _) in before.items()}.items() <= {
        k: who for k, (who, _, _) in after.items()
    }.items()
    assert {where for _, where, _ in after.values()} == {into}
    slots = [at for _, _, at in after.values()]
    assert len(set(slots)) == len(slots)  # one presents at a time
    moved = {after[key][0] for key in before if before[key][2] != after[key][2]}
    assert {who for who, kinds in house.letters().items() if "slot" in kinds} >= moved
    places = house.relay.standings[into].people
    assert places.keys() == {"1", "2", "3", "4", "5", "6"}
    house.days(MONDAY + 4 * DAY, MONDAY + 60 * DAY, WEEK)
    counts = house.relay.standings[into].people
    assert max(one.level for one in counts.values()) - min(one.level for one in counts.values()) <= 1
    normal = [turn.presenter for turn in house.relay.turns.values() if turn.state in ("held", "announced", "assigned")]
    assert max(map(normal.count, counts)) - min(map(normal.count, counts)) <= 1
    # Written once, and not put together again at each look.
    assert set(house.relay.standings[into].holds) == ({"plan", "drift"} if into == "natur" else {"drift"})


def test_a_list_that_is_one_with_another_keeps_everybody_at_their_distance() -> None:
    one = TurnList(floor=1, turns=3, people={"a": Place(turns=2, last=3), "b": Place(turns=1, last=1)}, given={"x": 2})
    other = TurnList(
        floor=4, turns=9, people={"c": Place(turns=4, last=8), "d": Place(turns=5, last=9)}, given={"x": 1}
    )
    both = together(replace(one, holds=("one",)), replace(other, holds=("other",)))
    assert {who: place.level for who, place in both.people.items()} == {"a": 5, "b": 4, "c": 4, "d": 5}
    assert (both.floor, both.turns, both.given, both.holds) == (4, 9, {"x": 3}, ("one", "other"))
    assert together(both, replace(other, holds=("other",))) == both
    assert pick(both, ["a", "b", "c", "d"], "natur")[0] == "b"


def test_a_notice_of_a_department_is_found_by_what_that_was_called() -> None:
    called = Called({"plan": "byen", "a.b": "byen"}, {"jura": "byen"})
    key = NoticeKey.from_text("overview/byen.2026-12-03.2026-12-03/9")
    assert [one.to_text() for one in called.notices(key)] == [
        "overview/plan.2026-12-03.2026-12-03/9",
        "overview/a%2Eb.2026-12-03.2026-12-03/9",
        "overview/jura.2026-12-03.2026-12-03/9",
    ]
    assert not AS_THEY_ARE


def test_every_record_that_names_a_department_is_that_of_today() -> None:
    renamed = {row.name for row in ROWS if row.renamed}
    assert renamed == {"people", "prompts", "turns", "standings", "learnings", "discoveries", "concerns", "revisits"}


# --- what is refused --------------------------------------------------------------------------------------

REFUSED = {
    PLAN + DRIFT.replace('"Drift"', '"Drift"\nformerly = ["plan"]'): (
        '[departments.drift] formerly har "plan", som er [departments.plan] nu. Tag en af de to ud.'
    ),
    PLAN + DRIFT.replace('"Drift"', '"Drift"\nformerly = ["PLAN "]'): (
        '[departments.drift] formerly har "PLAN ", som er [departments.plan] nu. Tag en af de to ud.'
    ),
    PLAN + DRIFT.replace('"Drift"', '"Drift"\nformerly = ["drift"]'): (
        '[departments.drift] formerly har "drift", som er [departments.drift] nu. Tag en af de to ud.'
    ),
    BOTH + DRIFT.replace("departments.drift", "departments.d").replace('"Drift"', '"D"\nformerly = ["plan"]'): (
        '"plan" står i formerly både i [departments.natur] og i [departments.d]. Kun den ene kan få dens folk: tag det ud af den anden.'
    ),
    PLAN + '[departments.drift]\nname = "Drift"\nmeets_with = "pln"': (
        '[departments.drift] meets_with er "pln". Skriv nøglen på en anden afdeling, der har et møde: plan.'
    ),
    PLAN + '[departments.drift]\nname = "Drift"\nmeets_with = "drift"': (
        '[departments.drift] meets_with er "drift". Skriv nøglen på en anden afdeling, der har et møde: plan.'
    ),
    PLAN + '[departments.drift]\nname = "Drift"\nmeets_with = "jura"': (
        '[departments.drift] meets_with er "jura", som ikke har noget møde. Skriv [departments.jura.meeting], eller tag det ud.'
    ),
    PLAN + '[departments.a]\nname = "A"\nmeets_with = "b"\n[departments.b]\nname = "B"\nmeets_with = "plan"': (
        '[departments.a] meets_with er "b", som selv mødes med "plan". Skriv den, der har mødet.'
    ),
    PLAN + '[departments.a]\nname = "A"\nmeets_with = "b"\n[departments.b]\nname = "B"\nmeets_with = "a"': (
        '[departments.a] meets_with er "b", som selv mødes med "a". Skriv den, der har mødet.'
    ),
    PLAN + DRIFT.replace('"Drift"', '"Drift"\nmeets_with = "plan"'): (
        'meets_with = "plan" siger, at de har ét møde, én tovholder og én stafet. Tag meeting ud her, eller meets_with.'
    ),
    PLAN + '[departments.a]\nname = "A"\nmeets_with = "plan"\nrelay = false': (
        'meets_with = "plan" siger, at de har ét møde, én tovholder og én stafet. Tag relay ud her, eller meets_with.'
    ),
}


@pytest.mark.parametrize("departments", REFUSED)
def test_departments_that_do_not_go_together_are_refused(departments: str) -> None:
    with pytest.raises(BadInput) as bad:
        parse_config(tomllib.loads(HEAD + departments), "config.toml")
    (fault,) = bad.value.faults
    assert fault.sentence.said("da") == REFUSED[departments]


def test_a_name_of_before_finds_its_department_whatever_its_capitals() -> None:
    made = parse_config(tomllib.loads(HEAD + BYEN), "config.toml").departments
    found = called(made)
    assert {found[one] for one in ("plan", "by og land", "byen")} == {"byen"}


# --- a meeting that two share -----------------------------------------------------------------------------

SHARED = PLAN + '[departments.drift]\nname = "Drift"\nmeets_with = "plan"\n'


def test_two_departments_that_share_a_meeting_have_one_list_and_one_slot(tmp_path: Path) -> None:
    house = House(tmp_path, SHARED + NO_PILL)
    house.days(MONDAY, MONDAY + 56 * DAY, WEEK)
    turns = [turn for turn in house.relay.turns.values() if turn.state in ("held", "assigned", "announced")]
    assert {turn.department for turn in turns} == {"plan"}
    assert {turn.presenter for turn in turns} == {"1", "2", "3", "4", "5", "6"}
    starts = [turn.starts for turn in turns]
    assert len(set(starts)) == len(starts)
    had = [sum(turn.presenter == str(who) for turn in turns) for who in range(1, 7)]
    assert max(had) - min(had) <= 1
    organisation = house.found.world.organisation
    assert organisation.facilitators["drift"] == organisation.facilitators["plan"] == "9"
    # Both feeds show the same slots, and the facilitator's own shows each once.
    view = house.view()
    shown = [_slots(_unfolded(view, f"department/{key}")) for key in ("plan", "drift")]
    assert shown[0] == shown[1] != {}
    assert shown[0].items() <= house.slots("9").items()
    assert department_of(view, department_token(view, "4")) == "department/drift"
    house.engine.close()


def test_letters_of_a_shared_meeting_name_both_departments(tmp_path: Path) -> None:
    house = House(tmp_path, SHARED + NO_PILL)
    house.days(MONDAY, MONDAY + 16 * DAY, timedelta(days=2))
    (overview,) = (job for job in house.found.letters if job.kind == "overview")
    facts = overview_facts(house.found.world, overview, overview.key)
    assert (overview.person.id, facts.department) == ("9", "Plan og Drift")
    house.engine.close()


def test_whoever_was_told_keeps_the_turn_when_two_departments_begin_to_share(house: House) -> None:
    before = house.coming()
    house.edit(SHARED)
    house.at(MONDAY + 3 * DAY)
    after = house.coming()
    assert {key: who for key, (who, _, _) in before.items()}.items() <= {
        k: who for k, (who, _, _) in after.items()
    }.items()
    assert {where for _, where, _ in after.values()} == {"plan"}
    moved = {after[key][0] for key in before if before[key][2] != after[key][2]}
    assert moved >= {"4", "5", "6"}
    assert {who for who, kinds in house.letters().items() if "slot" in kinds} >= moved


def test_a_learning_of_a_shared_meeting_is_the_presenters_departments(tmp_path: Path) -> None:
    house = House(tmp_path, SHARED + NO_PILL)
    house.days(MONDAY, MONDAY + 45 * DAY, WEEK)
    held = {turn.presenter: turn for turn in house.relay.turns.values() if turn.state == "held"}
    entry = read_entry({"outcome": "worked", "worked": "Ja", "checked": "Læst", "judged_by": "Mig"})
    for who in held:
        write_learning(house.engine, held[who].id, entry, MONDAY + 45 * DAY)
    house.at(MONDAY + 45 * DAY + timedelta(hours=1))
    found = {one.person: one.department for one in house.relay.learnings.values()}
    assert found == {who: "plan" if int(who) < 4 else "drift" for who in held}
    assert set(found.values()) == {"plan", "drift"}
    house.engine.close()


# --- one without a relay ----------------------------------------------------------------------------------


def test_a_relay_that_is_off_in_one_department_ends_there_and_is_told(house: House) -> None:
    house.edit(PLAN + DRIFT.replace('"Drift"', '"Drift"\nrelay = false'))
    told: dict[str, list[str]] = {}
    for day in range(3, 20):
        house.at(MONDAY + day * DAY)
        for who, kinds in house.letters().items():
            told.setdefault(who, []).extend(kinds)
    assert [who for who in ("4", "5", "6") if "slot" in told[who]] == ["4", "5", "6"]
    assert {turn.state for turn in house.relay.turns.values() if turn.department == "drift"} == {"withdrawn"}
    assert all("tip" in told[who] for who in ("4", "5", "6"))  # the vitamin pill goes on
    assert any(turn.open for turn in house.relay.turns.values() if turn.department == "plan")
    assert "department/drift" not in house.view().departments
