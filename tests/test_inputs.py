"""An edit in a running service: what it takes up at once, and what waits for the next start, whole."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from service.settings.config import Source, parse_config
from service.settings.inputs import Inputs, keeping, read_files
from tests.config_values import names
from tests.service_values import row, write_config, write_people

EXCHANGE = {"endpoint": "https://mail.x.example/EWS/Exchange.asmx", "auth": "kerberos", "user": "aikultur"}

KEPT: Mapping[str, Mapping[str, Any]] = {
    "smtp": {"host": "mail.x.example"},
    "exchange": {"user": "another"},
    "microsoft365": {"tenant": "x.example", "client": "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00", "secret_file": "secret"},
    "web": {"port": 8018},
    "store": {"folder": "elsewhere"},
    "logging": {"level": "debug"},
}
"""Sections that threads and sockets are built on."""

TAKEN: Mapping[str, Mapping[str, Any]] = {
    "organisation": {"name": "En anden"},
    "policy": {"da": {"tools": "x", "data": "y", "responsible": "z"}},
    "people": {"absences": "absences.csv"},
    "departments": {"hr": {"name": "HR"}},
    "vitamin": {"minutes": 15},
    "relay": {"minutes": 15},
    "revisit": {"months": 6},
    "ambassadors": {"hours": 6},
    "leaders": {"enabled": True},
    "mail": {"sender_name": "En anden"},
    "calendar": {"channel": "none"},
    "limits": {"cancellations": 3},
}
KEPT_OF_MAIL = {"transport": "smtp", "folder": "elsewhere", "per_minute": 5, "per_hour": 50, "per_day": 500}


def read(folder: Path, section: str = "", edit: Mapping[str, Any] | None = None) -> Inputs:
    write_config(folder)
    write_people(folder, [row(1)])
    data = tomllib.loads((folder / "config.toml").read_text("utf-8")) | {"exchange": EXCHANGE}
    if section:
        data[section] = {**data.get(section, {}), **(edit or {})}
    return read_files(Source(parse_config(data, "config.toml"), folder / "config.toml"))


def test_every_section_is_either_kept_or_taken() -> None:
    assert sorted([*KEPT, *TAKEN]) == sorted(names())


@pytest.mark.parametrize("section", KEPT)
def test_a_section_that_sockets_are_built_on_waits_for_the_next_start_and_it_is_said(
    tmp_path: Path, section: str
) -> None:
    running, edited = read(tmp_path).config, read(tmp_path, section, KEPT[section])
    assert edited.config != running
    found = keeping(running, edited)
    assert found.config == running
    assert [str(fault) for fault in found.faults if fault.place == f"[{section}]"] == [
        f"config.toml, [{section}]: what was edited here takes effect when the service is started again."
    ]


@pytest.mark.parametrize("key", KEPT_OF_MAIL)
def test_how_letters_leave_waits_for_the_next_start_and_it_is_said(tmp_path: Path, key: str) -> None:
    running, edited = read(tmp_path).config, read(tmp_path, "mail", {key: KEPT_OF_MAIL[key]})
    found = keeping(running, edited)
    assert found.config == running
    assert "[mail]" in [fault.place for fault in found.faults]


@pytest.mark.parametrize("section", TAKEN)
def test_every_other_section_is_taken_up_at_once(tmp_path: Path, section: str) -> None:
    running, edited = read(tmp_path).config, read(tmp_path, section, TAKEN[section])
    found = keeping(running, edited)
    assert found is edited
    assert found.config != running
