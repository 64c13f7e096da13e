"""What each transport and channel brings: its row says everything of it, and nobody else names it."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from culture.people import CHANNELS, ON_SERVER
from mailer.transport import way_of
from service import channels
from service.settings.channel_row import channel_row, channels_here, servers_here, told_apart
from service.settings.config import Config, Source, parse_config, sections, top
from service.settings.declared import may_be_none
from service.settings.transport_row import transport_of, transport_row

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
WRITTEN: dict[str, dict[str, Any]] = {
    "smtp": {"host": "mail.x.example", "port": 25},
    "exchange": {"endpoint": "https://mail.x.example/EWS/Exchange.asmx", "user": "ai", "secret_env": "SECRET"},
    "microsoft365": {"tenant": "x.example", "client": "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00", "secret_env": "SECRET"},
}
"""The least that can be written of each section."""

ROOMS = ("settings", "planning", "engine", "acts", "answers", "pages", "daemon", "rehearsal", "cli")


def test_every_channel_that_people_can_have_is_registered_and_no_other() -> None:
    assert (*channels.CHANNELS, "none") == CHANNELS


@pytest.mark.parametrize("section", channels.SECTIONS)
def test_a_section_of_a_server_may_be_written_or_left_out(section: str) -> None:
    (hint,) = [hint for name, hint, _ in top() if name == section]
    (found,) = (one for one in sections() if one.name == section)
    assert may_be_none(hint)
    assert found.told.waits  # a running service has built its sessions on it
    assert (config_of("folder").named(section), config_of("folder", section).named(section) is None) == (None, False)


@pytest.mark.parametrize("name", channels.TRANSPORTS)
def test_a_transport_is_called_what_the_config_calls_it_and_leaves_files_or_reaches_mailboxes(name: str) -> None:
    row = transport_row(name)
    source = Source(config_of(name), Path("/place/config.toml"))
    assert (row.name, row.make(source, object)().name) == (name, name)
    assert transport_of(source) is row
    assert way_of(name) == ("file" if row.files(source) else "mailbox")
    assert row.connections(source) >= 1
    assert row.server(source)


def test_servers_are_told_apart_where_there_are_two() -> None:
    assert told_apart(["feed", "exchange", "none"]) == {}
    assert told_apart(["exchange", "invite", "microsoft365"]) == {
        "exchange": "Exchange",
        "microsoft365": "Microsoft 365",
    }


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_is_on_a_server_where_the_rules_say_so(name: str) -> None:
    row = channel_row(name)
    assert row.name == name
    assert (row.server is not None) == (name in ON_SERVER)
    assert (row.server is not None) == (channels.CHANNELS.get(name) is not None)


def test_a_channel_without_its_section_is_not_to_be_had() -> None:
    assert channels_here(config_of("folder")) == ("feed", "invite", "none")
    assert [name for name, _ in servers_here(with_server("exchange"))] == ["exchange"]


@pytest.mark.parametrize("name", sorted(ON_SERVER))
def test_a_server_says_its_names_and_how_many_may_ask_at_once(name: str) -> None:
    source = Source(with_server(name), Path("/place/config.toml"))
    server = channel_row(name).server
    assert server
    assert (bool(server.called), bool(server.name(source)), "@" in server.mailbox(source)) == (True, True, True)
    assert server.at_once >= 1
    assert server.weeks(source.config) >= 0


def test_nobody_names_a_transport_or_a_server_but_its_own_folder() -> None:
    """A comparison with a name is a row that was forgotten."""
    names = {*channels.TRANSPORTS, *ON_SERVER}
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for file in sorted((ROOT / "service" / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Constant) and one.value in names for one in (node.left, *node.comparators))
    ]
    assert found == []


def test_what_talks_to_a_server_is_imported_only_when_it_is_used() -> None:
    code = (
        "import sys; from service.settings.channel_row import channel_row;"
        "from service.settings.transport_row import transport_row; from service import channels;"
        "[channel_row(name) for name in channels.CHANNELS]; [transport_row(name) for name in channels.TRANSPORTS];"
        "print(sorted({'exchangelib', 'lxml', 'msal', 'requests', 'smtplib'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def config_of(transport: str, *more: str) -> Config:
    """The example with this transport and the section that it needs, and with `more` sections of servers."""
    data = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    sections = {section: WRITTEN[section] for section in (channels.TRANSPORTS[transport], *more) if section}
    return parse_config({**data, "mail": {**data["mail"], "transport": transport}, **sections}, "config.toml")


def with_server(channel: str) -> Config:
    """The example with the section that a channel needs."""
    return config_of("folder", channels.CHANNELS[channel] or "")
