"""A group of more people than a page holds, read over the wire by the session that the service has."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from culture.people import Row
from service.daemon.fresh import keep_people_fresh
from service.engine.engine import Engine
from service.settings.people_source import collect
from tests.cli_values import Command
from tests.directory_values import STAFF, write_house
from tests.graph import CLIENT, SECRET, TENANT, Fault, GraphServer
from tests.service_values import MONDAY, held_keys, look, make_engine

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
MEMBERS = "GET groups/{id}/transitiveMembers/{id}"
MANY = 1100
"""More than one page, which has 999."""
SOME = 110
"""More than one page of a server that gives 99: everybody is planned for, which costs more than reading."""

SECTION = """
[microsoft365]
tenant = "{tenant}"
client = "{client}"
secret_file = "secret"
authority = "{authority}"
endpoint = "{endpoint}/v1.0"
ca_file = "{ca_file}"
"""


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with GraphServer() as made:
        yield made
    assert made.misspoken == []
    assert made.refused == []


def configure(folder: Path, server: GraphServer, group: str = STAFF) -> None:
    file = write_house(folder, group, channel="feed")
    section = SECTION.format(
        tenant=TENANT,
        client=CLIENT,
        authority=server.secure_url,
        endpoint=server.url,
        ca_file=server.ca_file,
    )
    file.write_text(file.read_text("utf-8").partition("[microsoft365]")[0] + section, "utf-8")


@pytest.fixture
def engine(tmp_path: Path, server: GraphServer) -> Iterator[Engine]:
    configure(tmp_path, server)
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    (tmp_path / "secret").chmod(0o600)
    made = make_engine(tmp_path)
    yield made
    made.close()


def staff(server: GraphServer, count: int, *, inside: int = 0) -> None:
    """A group of so many, some of them in a group inside it, which is in another."""
    directory = server.world.directory
    upns = []
    for number in range(count):
        upn = f"p{number:04}@x.example"
        directory.add_user(
            upn,
            displayName=f"P{number:04} Holm",
            givenName=f"P{number:04}",
            surname="Holm",
            department="Plan" if number % 2 else "Jura",
            employeeId=str(10000 + number),
        )
        upns.append(upn)
    deepest = directory.add_group("Aften", upns[:inside])
    between = directory.add_group("Skift", [deepest.id, *upns[: inside // 2]])
    directory.add_group("Alle", [between.id, *upns[inside:]], mail=STAFF)


def group(server: GraphServer) -> str:
    return next(key for key, one in server.world.directory.groups.items() if one.mail == STAFF)


def known(engine: Engine) -> dict[str, Row]:
    return {key: one.row for key, one in engine.stored.known().items() if one.gone is None}


def fetch(engine: Engine, after: timedelta = timedelta(0)) -> str:
    """What the service does each hour; why the group could not be read."""
    return str(collect(engine.inputs.source, engine.servers.session, MONDAY + after) or "")


def test_a_page_is_as_full_as_they_come(engine: Engine, server: GraphServer) -> None:
    staff(server, MANY)
    assert fetch(engine) == ""
    assert server.operations() == ["GET groups", *[MEMBERS] * 2]
    look(engine)
    assert engine.inputs.people is not None
    assert len(engine.inputs.people.rows) == MANY


def test_several_pages_with_joiners_leavers_a_rename_and_a_disabled_account(
    engine: Engine, server: GraphServer
) -> None:
    directory = server.world.directory
    server.world.full_page = 99
    staff(server, SOME, inside=30)
    for number in range(10):
        directory.add_user(f"gaest{number}@x.example", userType="Guest", department="Plan")
        directory.add_user(f"nede{number}@x.example", accountEnabled=False, department="Plan")
        directory.join(group(server), f"gaest{number}@x.example", f"nede{number}@x.example")
    assert fetch(engine) == ""
    assert server.operations() == ["GET groups", *[MEMBERS] * 2]
    look(engine)
    engine.tick(MONDAY)
    assert sorted(known(engine)) == [str(10000 + number) for number in range(SOME)]
    assert f"{SOME} accounts. Left out: 10 disabled, 10 guests." in str(engine.inputs.notes[0])

    for number in range(4):
        upn = f"ny{number}@x.example"
        directory.add_user(upn, displayName=f"Ny{number} Bo", department="Plan", employeeId=str(20000 + number))
        directory.join(group(server), upn)
    directory.leave(group(server), *(f"p{number:04}@x.example" for number in range(30, 33)))
    directory.remove_user("p0041@x.example")
    directory.change_user("p0050@x.example", surname="Bro", mail="p0050.bro@x.example")
    directory.change_user("p0051@x.example", accountEnabled=False)
    assert fetch(engine, DAY) == ""
    look(engine, MONDAY + DAY)
    found = engine.tick(MONDAY + DAY)
    assert "people" not in held_keys(found)
    left = {str(10000 + number) for number in (*range(30, 33), 41, 51)}
    assert set(known(engine)) == {str(10000 + n) for n in range(SOME)} - left | {str(20000 + n) for n in range(4)}
    assert (known(engine)["10050"].name, known(engine)["10050"].email) == ("P0050 Bro", "p0050.bro@x.example")

    directory.groups[group(server)].members.clear()
    assert fetch(engine, 2 * DAY) == ""
    look(engine, MONDAY + 2 * DAY)
    found = engine.tick(MONDAY + 2 * DAY)
    assert len(held_keys(found)["people"]) == SOME - 1 + len(left)  # who went yesterday is here for a working day more
    assert len(known(engine)) == SOME - 1


@pytest.mark.parametrize("what", ["503", "429", "cut", "html", "garbage", "lost"])
def test_half_a_reading_is_none_and_the_last_copy_stays(engine: Engine, server: GraphServer, what: str) -> None:
    server.world.full_page = 99
    staff(server, SOME)
    assert fetch(engine) == ""
    look(engine)
    server.world.directory.add_user("ny@x.example", department="Plan")
    server.world.directory.join(group(server), "ny@x.example")
    server.script.faults.append(Fault(what, operation=MEMBERS, skip=1))
    assert fetch(engine, DAY) != ""
    look(engine, MONDAY + DAY)
    assert list(engine.inputs.unusable) == [STAFF]
    assert engine.inputs.people is not None
    assert len(engine.inputs.people.rows) == SOME


def test_a_token_that_ends_in_the_middle_costs_nothing(engine: Engine, server: GraphServer) -> None:
    server.world.full_page = 99
    staff(server, SOME)
    server.script.faults.append(Fault("expire", operation=MEMBERS, skip=1))
    assert fetch(engine) == ""
    look(engine)
    assert engine.inputs.people is not None
    assert len(engine.inputs.people.rows) == SOME


@pytest.mark.parametrize(
    ("right", "said"), [("User.Read.All", "User.Read.All"), ("GroupMember.Read.All", "GroupMember.Read.All")]
)
def test_a_right_that_is_missing_is_named(engine: Engine, server: GraphServer, right: str, said: str) -> None:
    staff(server, 3)
    server.application.forbid(right)
    assert said in fetch(engine)
    look(engine)
    assert engine.inputs.people is None


def test_managers_and_roles_over_the_wire(engine: Engine, server: GraphServer, tmp_path: Path) -> None:
    staff(server, 45)
    directory = server.world.directory
    boss = directory.user("p0001@x.example").id
    for number in range(2, 10):
        directory.change_user(f"p{number:04}@x.example", manager=boss)
    directory.add_group("AI", ["p0003@x.example"], mail="ai@x.example")
    file = tmp_path / "config.toml"
    more = '[people.attributes]\nmanager = true\n[people.groups]\nambassador = "ai@x.example"\n[microsoft365]'
    file.write_text(file.read_text("utf-8").replace("[microsoft365]", more), "utf-8")
    look(engine)
    server.log.clear()
    assert fetch(engine) == ""
    look(engine)
    assert engine.inputs.people is not None
    roles = {row.email: set(row.roles) for row in engine.inputs.people.rows if row.roles}
    assert roles == {"p0001@x.example": {"manager"}, "p0003@x.example": {"ambassador"}}
    asked = [one for one in server.operations() if one != "GET users/{id}/manager"]
    assert asked == ["GET groups", MEMBERS, *["POST $batch"] * 3, "GET groups", MEMBERS]


def test_a_service_reads_each_hour_sooner_after_a_failure_and_at_once_when_it_is_another_group(
    engine: Engine, server: GraphServer, tmp_path: Path
) -> None:
    staff(server, 3)
    server.world.directory.add_group("Ledelsen", ["p0001@x.example"], mail="ledere@x.example")
    server.script.faults.append(Fault("500", operation=MEMBERS))
    minute, asked_at = 0, list[int]()

    def ended() -> bool:
        """A minute goes by."""
        nonlocal minute
        asked_at.extend([minute] * (server.operations().count(MEMBERS) - len(asked_at)))
        minute += 1
        if minute == 90:
            configure(tmp_path, server, "ledere@x.example")
            engine.read()
        return minute == 160

    keep_people_fresh(engine, lambda: MONDAY, lambda: 60.0 * minute, ended)
    assert asked_at == [0, 5, 65, 90, 150]
    engine.read()
    assert engine.inputs.people is not None
    assert [row.email for row in engine.inputs.people.rows] == ["p0001@x.example"]


def test_a_wrong_secret_is_tried_once_a_check_and_said(engine: Engine, server: GraphServer, tmp_path: Path) -> None:
    engine.close()
    (tmp_path / "secret").write_text("wrong", "utf-8")
    for tries in (1, 2):
        said = Command(tmp_path)("check", "--online")
        assert (server.token_requests, server.log, said.status) == (tries, [], 2 if tries == 1 else 1), said
        assert "7000215" in said.out


def test_the_commands_say_where_people_come_from(engine: Engine, server: GraphServer, tmp_path: Path) -> None:
    engine.close()
    command = Command(tmp_path)
    assert "Ingen er kendt endnu: gruppen" in command("people", "list").out
    assert "gruppen er ikke læst endnu" in command("check").out
    staff(server, 3)
    known_now = 'personerne kommer fra gruppen "Alle"'
    assert known_now in command("check", "--online").out
    assert "Nye personer: 3" in command("plan").out
    server.world.directory.add_user("ny@x.example", displayName="Ny Bo", department="Jura")
    server.world.directory.join(group(server), "ny@x.example")
    command("run", "--once")
    listed = command("people", "list").out
    assert "Ny Bo" in listed
    assert known_now in listed
    assert known_now in command("status").out
