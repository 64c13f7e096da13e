"""Departments' meetings that stand in a mailbox's calendar: read beside the tick like a file, by the server's session."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.server.face import Viewer
from calendars.server.view import View
from service.daemon.once import once
from service.engine.engine import Engine
from service.messages.faults import BadInput
from service.rehearsal.rehearse import rehearse
from service.relay.records import relay_records
from service.settings.inputs import organisation, read_inputs
from service.settings.meeting_mailboxes import Mailboxes
from service.settings.meeting_sources import accept, collect
from tests.ews import EwsServer, Fault
from tests.ews.client import account, at, event, protocols, weekly
from tests.exchange_values import write_exchange
from tests.graph import CLIENT, SECRET, SERVICE, TENANT, GraphServer
from tests.graph import client as graph_client
from tests.service_values import look, make_engine, row, write_people

pytestmark = pytest.mark.slow

PLAN, JURA = "afdeling-plan@x.example", "afdeling-jura@x.example"
TODAY = date(2027, 1, 4)
NOW = datetime(2027, 1, 4, 6, tzinfo=UTC)
RELAY = """
[relay]
starts = 2026-11-30
enabled = true
"""
MEETING = """
[departments.{key}.meeting]
calendar = "{mailbox}"
subject = "Afdelingsmøde"
"""


@pytest.fixture
def server() -> Iterator[EwsServer]:
    with EwsServer([PLAN, JURA]) as server:
        yield server
        protocols.close_connections()
    assert server.refused == []


def series(server: EwsServer, mailbox: str = PLAN, hour: int = 9) -> Any:
    """Six Thursdays."""
    days = weekly(date(2027, 1, 14), date(2027, 2, 18), ["Thursday"])
    start = at(2027, 1, 14, hour)
    return event(
        account(server, mailbox), start, 60, subject="Afdelingsmøde", location="Lokale 4", recurrence=days
    ).save()


def place(folder: Path, server: EwsServer, **mailboxes: str) -> Path:
    """A config with the meetings of these departments."""
    write_exchange(folder, server, channel="feed")
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write(RELAY)
        file.writelines(MEETING.format(key=key, mailbox=mailbox) for key, mailbox in mailboxes.items())
    write_people(folder, [row(1), row(2)])
    return folder / "config.toml"


@pytest.fixture
def engine(tmp_path: Path, server: EwsServer) -> Iterator[Engine]:
    place(tmp_path, server, plan=PLAN)
    engine = make_engine(tmp_path)
    yield engine
    engine.close()


def gather(engine: Engine) -> None:
    collect(engine.inputs.source, TODAY, sessions=engine.servers.session)


def meetings(config: Path, department: str = "plan") -> list[str]:
    made, _ = organisation(read_inputs(config), {}, {}, TODAY)
    return [f"{one.starts:%m-%d %H:%M} {one.place}" for one in made.meeting_plans[department].read]


def faults(engine: Engine) -> list[str]:
    return [str(fault).removeprefix("config.toml, ") for fault in read_inputs(engine.inputs.source.path).faults]


def held(engine: Engine) -> list[str]:
    look(engine, NOW)
    return [str(one.reason) for one in engine.plan(NOW).held if one.kind == "meetings"]


AT_NINE = [f"{day} 09:00 Lokale 4" for day in ("01-14", "01-21", "01-28", "02-04", "02-11", "02-18")]


def test_the_meeting_that_stands_in_the_mailbox_leads_and_gives_turns_their_slots(
    server: EwsServer, engine: Engine
) -> None:
    series(server)
    gather(engine)
    assert (meetings(engine.inputs.source.path), faults(engine)) == (AT_NINE, [])
    look(engine, NOW)
    engine.tick(NOW)
    turns = relay_records(engine.stored).turns.values()
    assert [f"{turn.starts:%m-%d %H:%M}" for turn in turns] == ["01-21 09:00", "01-28 09:00"]


def test_a_day_that_somebody_moves_takes_its_turn_along(server: EwsServer, engine: Engine) -> None:
    made = series(server)
    gather(engine)
    look(engine, NOW)
    engine.tick(NOW)
    before = {turn.id: f"{turn.starts:%m-%d %H:%M}" for turn in relay_records(engine.stored).turns.values()}
    day = made.occurrence(2)
    day.refresh()
    day.start, day.end = at(2027, 1, 22, 13), at(2027, 1, 22, 14)
    day.save(update_fields=["start", "end"])
    gather(engine)
    assert look(engine, NOW)
    engine.tick(NOW)
    after = {turn.id: f"{turn.starts:%m-%d %H:%M}" for turn in relay_records(engine.stored).turns.values()}
    moved = {name: at for name, at in after.items() if before[name] != at}
    assert list(moved.values()) == ["01-22 13:00"]


def test_what_cannot_be_had_keeps_the_last_copy_and_is_told(server: EwsServer, engine: Engine) -> None:
    series(server)
    gather(engine)
    server.script.faults = [Fault("ErrorMailboxMoveInProgress", mailbox=PLAN, times=None)]
    gather(engine)
    assert meetings(engine.inputs.source.path) == AT_NINE
    assert faults(engine) == [f"[departments.plan.meeting] calendar: {PLAN}: the mailbox is being moved (by script)."]
    server.script.faults = []
    gather(engine)
    assert faults(engine) == []


def test_nothing_new_leaves_the_copy_as_it_is(server: EwsServer, engine: Engine) -> None:
    series(server)
    gather(engine)
    before = read_inputs(engine.inputs.source.path).signature
    gather(engine)
    assert read_inputs(engine.inputs.source.path).signature == before


def test_a_series_that_vanishes_is_held_and_days_taken_out_of_it_are_believed(
    server: EwsServer, engine: Engine
) -> None:
    made = series(server)
    gather(engine)
    for number in (1, 2, 3, 4):
        made.occurrence(number).delete()
    gather(engine)
    assert (meetings(engine.inputs.source.path), held(engine)) == (AT_NINE[4:], [])
    other = event(account(server, PLAN), at(2027, 3, 1, 9), 60, subject="Afdelingsmøde").save()
    days = weekly(date(2027, 1, 12), date(2027, 2, 16), ["Tuesday"])
    event(account(server, PLAN), at(2027, 1, 12, 8), 60, subject="Afdelingsmøde", recurrence=days).save()
    gather(engine)
    accept(engine.inputs.source, engine.snapshot(NOW).organisation)
    assert len(meetings(engine.inputs.source.path)) == 9
    server.mailbox(PLAN).items = [item for item in server.mailbox(PLAN).items if item.id == other.id]
    gather(engine)
    assert len(meetings(engine.inputs.source.path)) == 9
    assert held(engine) == ["the calendar of plan has lost 8 of its 9 meetings to come, and does not call them off"]


def test_a_subject_that_nobody_uses_is_told_without_a_name_of_another_event(server: EwsServer, engine: Engine) -> None:
    event(account(server, PLAN), at(2027, 3, 1, 9), 60, subject="Tandlæge").save()
    gather(engine)
    assert faults(engine)[0] == (
        '[departments.plan.meeting] calendar: no event in its calendar is called "Afdelingsmøde" (events there: 1). '
        "Write subject as the meeting is called in Outlook."
    )


def test_a_wrong_password_is_tried_once_and_by_no_later_round(
    tmp_path: Path, server: EwsServer, engine: Engine
) -> None:
    (tmp_path / "exchange-secret").write_text("wrong", "utf-8")
    gather(engine)
    gather(engine)
    engine.close()
    again = make_engine(tmp_path)
    gather(again)
    again.close()
    assert sum(server.failed_logins.values()) == 1
    assert "is not let in" in faults(engine)[0]


def test_a_mailbox_in_trouble_costs_no_other_department_and_a_silent_server_is_not_asked_for_each(
    tmp_path: Path, server: EwsServer
) -> None:
    config = place(tmp_path, server, plan=PLAN, jura=JURA)
    series(server, PLAN)
    series(server, JURA)
    engine = make_engine(tmp_path)
    server.script.faults = [Fault("ErrorAccountDisabled", mailbox=PLAN, times=None)]
    gather(engine)
    assert (meetings(config), meetings(config, "jura")) == ([], AT_NINE)
    server.script.faults = [Fault("503", retry_after=30, times=None)]
    before = len(server.log)
    gather(engine)
    engine.close()
    assert len(server.log) == before + 1
    assert len([fault for fault in faults(engine) if "server is busy" in fault]) == 2
    assert meetings(config, "jura") == AT_NINE


def test_a_run_for_cron_asks_and_a_rehearsal_goes_by_what_was_read(tmp_path: Path, server: EwsServer) -> None:
    series(server)
    config = place(tmp_path, server, plan=PLAN)
    once(config, lambda: NOW, "en", lambda _: None)
    assert meetings(config) == AT_NINE
    asked = len(server.log)
    rehearse(config, TODAY, TODAY, tmp_path / "out", None, "en", lambda _: None)
    assert len(server.log) == asked
    assert "presents on 2027-01-21 09:00" in (tmp_path / "out" / "timeline.txt").read_text("utf-8")


# --- the cloud


CLOUD = """
[microsoft365]
tenant = "{tenant}"
client = "{client}"
secret_file = "cloud-secret"
mailbox = "{service}"
authority = "{authority}"
endpoint = "{endpoint}/v1.0"
ca_file = "{ca_file}"
"""


def write_cloud(config: Path, cloud: GraphServer) -> None:
    known = {"tenant": TENANT, "client": CLIENT, "service": SERVICE, "ca_file": cloud.ca_file}
    section = CLOUD.format(authority=cloud.secure_url, endpoint=cloud.url, **known)
    (config.parent / "cloud-secret").write_text(SECRET, "utf-8")
    (config.parent / "cloud-secret").chmod(0o600)
    config.write_text(config.read_text("utf-8") + section, "utf-8")


def series_in_cloud(cloud: GraphServer) -> None:
    days = graph_client.weekly("2027-01-14", "2027-02-18", "thursday")
    start, end = (graph_client.wall(f"2027-01-14T{hour}:00") for hour in ("09", "10"))
    body = {"subject": "Afdelingsmøde", "start": start, "end": end, "recurrence": days}
    place = {"location": {"displayName": "Lokale 4"}}
    assert graph_client.Client(cloud).post(f"/users/{PLAN}/events", body | place).status_code == 201


def test_a_mailbox_that_moves_into_the_cloud_is_found_there_and_its_meetings_are_the_same(
    tmp_path: Path, server: EwsServer
) -> None:
    series(server)
    config = place(tmp_path, server, plan=PLAN)
    with GraphServer([PLAN]) as cloud:
        write_cloud(config, cloud)
        series_in_cloud(cloud)
        cloud.mailbox(PLAN).items[0].uid = server.mailbox(PLAN).items[0].uid
        engine = make_engine(tmp_path)
        gather(engine)
        ids = [one.id for one in read_inputs(config).read_meetings["plan"]]
        assert (meetings(config), len(cloud.log)) == (AT_NINE, 1)
        server.mailbox(PLAN).state = "cloud"
        gather(engine)
        engine.close()
        assert [one.id for one in read_inputs(config).read_meetings["plan"]] == ids
        assert (faults(engine), len(cloud.log), cloud.refused) == ([], 4, [])


def test_a_mailbox_in_the_cloud_alone_leads_too(tmp_path: Path, server: EwsServer) -> None:
    config = place(tmp_path, server, plan=PLAN)
    text = config.read_text("utf-8")
    config.write_text(text[: text.index("[exchange]")] + text[text.index("[vitamin]") :], "utf-8")
    with GraphServer([PLAN]) as cloud:
        write_cloud(config, cloud)
        series_in_cloud(cloud)
        engine = make_engine(tmp_path)
        gather(engine)
        engine.close()
    assert (meetings(config), faults(engine), server.log) == (AT_NINE, [], [])


# --- which server, and when a server is left alone


@dataclass
class Paper:
    """A server that has these mailboxes, or fails."""

    mailboxes: frozenset[str] = frozenset()
    fails: ChannelError | None = None
    asked: list[str] = field(default_factory=list)

    def view(self, address: str, subject: str, begin: datetime, end: datetime) -> View:
        self.asked.append(address)
        if self.fails:
            raise self.fails
        if address not in self.mailboxes:
            raise ChannelError(f"{address}: no such mailbox.", absent=True)
        return View(days=(), events=frozenset({address}))


def of(*servers: Paper) -> tuple[list[str], Callable[[str], Viewer]]:
    names = [f"server-{number}" for number, _ in enumerate(servers)]
    return names, lambda name: servers[names.index(name)]


def ask(mailboxes: Mailboxes, address: str) -> str:
    try:
        return "".join(mailboxes.view(address, "Afdelingsmøde", TODAY, TODAY).events)
    except ChannelError as error:
        return error.message


def test_the_servers_are_asked_in_turn_until_one_has_the_mailbox() -> None:
    first, second = Paper(frozenset({"a"})), Paper(frozenset({"b"}))
    mailboxes = Mailboxes(*of(first, second))
    assert [ask(mailboxes, one) for one in "abc"] == ["a", "b", "c: no such mailbox."]
    assert (first.asked, second.asked) == (["a", "b", "c"], ["b", "c"])


def test_a_server_in_trouble_keeps_no_mailbox_from_being_found_on_another() -> None:
    first, second = Paper(fails=ChannelError("down", about="server")), Paper(frozenset({"b", "c"}))
    mailboxes = Mailboxes(*of(first, second))
    assert [ask(mailboxes, one) for one in "abc"] == ["down", "b", "c"]
    assert (first.asked, second.asked) == (["a"], ["a", "b", "c"])


@pytest.mark.parametrize("about", ["server", "login"])
def test_a_server_in_trouble_is_asked_once_in_a_round(about: Any) -> None:
    paper = Paper(fails=ChannelError("down", about=about))
    mailboxes = Mailboxes(*of(paper))
    assert [ask(mailboxes, one) for one in "abc"] == ["down"] * 3
    assert paper.asked == ["a"]


def test_a_second_mailbox_that_fails_of_the_same_cause_makes_it_the_servers() -> None:
    paper = Paper(fails=ChannelError("silent", cause="no answer in time"))
    mailboxes = Mailboxes(*of(paper))
    assert [ask(mailboxes, one) for one in "abc"] == ["silent"] * 3
    assert paper.asked == ["a", "b"]


def test_where_one_has_answered_between_it_is_each_mailboxs_own() -> None:
    paper = Paper(frozenset("xyz"))
    mailboxes = Mailboxes(*of(paper))
    for one in "abc":
        paper.fails = ChannelError("silent", cause="no answer in time")
        ask(mailboxes, one)
        paper.fails = None
        ask(mailboxes, "x")
    assert paper.asked == ["a", "x", "b", "x", "c", "x"]


def test_where_no_server_is_known_yet_that_is_said() -> None:
    assert ask(Mailboxes(*of()), "a") == "there is no server to ask for it until the service is started again."


# --- the config


@pytest.mark.parametrize(
    ("meeting", "said"),
    [
        (f'calendar = "{PLAN}"', 'calendar needs subject: what the meeting is called there, for example subject = "Afdelingsmøde".'),
        (f'calendar = "{PLAN}"\nsubject = " "', '" " is empty or too long. Write a few words.'),
        ('subject = "Afdelingsmøde"', "subject says what the meeting is called in a mailbox's calendar. Write calendar too, or take it out."),
        (f'calendar = "{PLAN}"\nsubject = "x"\nminutes = 30', "calendar says when the meetings are, so only subject may stand beside it. Take the other keys out."),
        (f'calendar = "{PLAN}"\nsubject = "x"\nics = "x.ics"', "ics says when the meetings are, so nothing else may stand beside it. Take the other keys out."),
        ('calendar = "plan"\nsubject = "x"', '"plan" is not an e-mail address.'),
    ],
)  # fmt: skip
def test_keys_that_do_not_go_together_are_refused(tmp_path: Path, server: EwsServer, meeting: str, said: str) -> None:
    config = place(tmp_path, server)
    with config.open("a", encoding="utf-8") as file:
        file.write(f"[departments.plan.meeting]\n{meeting}\n")
    with pytest.raises(BadInput) as refused:
        read_inputs(config)
    assert said in str(refused.value)


def test_a_mailbox_without_a_server_to_ask_is_refused(tmp_path: Path, server: EwsServer) -> None:
    config = place(tmp_path, server, plan=PLAN)
    text = config.read_text("utf-8")
    config.write_text(text[: text.index("[exchange]")] + text[text.index("[vitamin]") :], "utf-8")
    with pytest.raises(BadInput) as refused:
        read_inputs(config)
    assert f'[departments.plan.meeting] calendar is "{PLAN}", but there is no server to ask for it' in str(
        refused.value
    )
