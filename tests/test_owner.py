"""Who may write in the folder."""

import os
from pathlib import Path

import pytest

from service.settings.owner import another_user
from tests.cli_values import Command
from tests.service_values import write_config, write_people

pytestmark = pytest.mark.slow

FOLDER = Path("/var/lib/aikultur")
COMMAND = ["/opt/aikultur/bin/aikultur", "--config", "/etc/aikultur/config.toml", "store", "backup", "--to", "/mnt/a b"]
NOBODY = 65534


def line(owner: int, own: int, command: list[str], environment: dict[str, str]) -> str:
    found = another_user(FOLDER, owner, own, {994: "aikultur"}, command, environment)
    return str(found).partition("Write: ")[2] if found else ""


def test_the_owner_may_write() -> None:
    assert (line(994, 994, COMMAND, {}), line(0, 0, COMMAND, {})) == ("", "")


def test_another_user_is_told_the_line_to_write() -> None:
    assert line(994, 0, COMMAND, {}) == (
        "sudo -u aikultur /opt/aikultur/bin/aikultur --config /etc/aikultur/config.toml store backup --to '/mnt/a b'"
    )
    assert line(0, 994, ["aikultur", "apply", "1a2b"], {}) == "sudo -u '#0' aikultur apply 1a2b"


def test_the_config_that_stands_in_the_environment_is_in_the_line() -> None:
    environment = {"AIKULTUR_CONFIG": "/etc/a.toml"}
    assert line(994, 0, ["aikultur", "run"], environment) == "sudo -u aikultur aikultur --config /etc/a.toml run"
    assert line(994, 0, ["aikultur", "--config=b.toml", "run"], environment) == (
        "sudo -u aikultur aikultur --config=b.toml run"
    )


def test_a_program_that_has_another_name_is_called_aikultur() -> None:
    assert line(994, 0, ["-c", "run"], {}) == "sudo -u aikultur aikultur run"


WRITING = (
    ["run", "--once"],
    ["apply", "1a2b"],
    ["people", "set", "1", "--stop"],
    ["outbox", "retry", "--all"],
    ["store", "backup"],
    ["store", "compact"],
    ["store", "restore", "--at", "2020-01-01"],
    ["store", "new-secret"],
)
READING = (
    ["plan"],
    ["status"],
    ["people", "list"],
    ["outbox", "list"],
    ["history", "1"],
    ["store", "verify"],
    ["check"],
)


def owned(folder: Path) -> list[tuple[str, int, int, int]]:
    found = sorted([folder, *folder.rglob("*")])
    return [(str(path), path.stat().st_uid, path.stat().st_mode, path.stat().st_mtime_ns) for path in found]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_commands_of_another_user_refuse_to_write_and_change_nothing_when_they_read(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, ["1;Anna;anna@x.example;plan;"])
    place = Command(tmp_path)
    assert place("run", "--once").status == 0
    for lock in (tmp_path / "var").rglob("*lock"):
        lock.unlink()
    for path in (tmp_path / "var", *(tmp_path / "var").rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    before = owned(tmp_path / "var")
    for command in WRITING:
        said = place(*command)
        assert (said.status, said.err.partition("sudo -u ")[2]) == (1, f"nobody aikultur {' '.join(command)}\n")
    assert [place(*command).status for command in READING] == [0] * len(READING)
    assert owned(tmp_path / "var") == before
