"""What only the owner may read: modes whatever the umask, and whole files."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.folder.transport import FolderTransport
from mailer.transport import Envelope
from service.settings.config import read_config
from service.settings.meeting_sources import collect
from store.private import private_folder, private_opener, replace_privately
from tests.service_values import MONDAY, write_config

pytestmark = pytest.mark.slow


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in folder.rglob("*")}


def test_a_folder_and_what_is_missing_above_it_are_the_owners_alone(tmp_path: Path, umask: int) -> None:
    private_folder(tmp_path / "a" / "b")
    assert modes(tmp_path) == {"a": 0o700, "a/b": 0o700}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o750)
    private_folder(tmp_path / "a")
    assert modes(tmp_path) == {"a": 0o750}


def test_a_file_in_a_folders_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(FileExistsError):
        private_folder(tmp_path / "a")


def test_a_file_is_replaced_whole_also_one_that_all_may_read(tmp_path: Path, umask: int) -> None:
    for name in ("a", ".a.new"):  # the second was left behind by a kill
        (tmp_path / name).write_bytes(b"before, and longer")
        (tmp_path / name).chmod(0o644)
    replace_privately(tmp_path / "a", b"now")
    assert (modes(tmp_path), (tmp_path / "a").read_bytes()) == ({"a": 0o600}, b"now")


def test_a_link_in_the_place_of_the_half_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"kept")
    (tmp_path / ".a.new").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"):
        replace_privately(tmp_path / "a", b"now")
    assert (tmp_path / "other").read_bytes() == b"kept"


def test_a_file_that_is_opened_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open(tmp_path / "a", "wb", opener=private_opener) as file:
            file.write(b"x")
    finally:
        os.umask(before)
    assert modes(tmp_path) == {"a": 0o600}


def test_letters_are_the_owners_alone(tmp_path: Path, umask: int) -> None:
    envelope = Envelope(sender="ai@x.example", recipient="anna@x.example", message_id="1" * 40)
    FolderTransport(tmp_path / "var" / "mail").deliver(b"x", envelope, lambda: None)
    assert modes(tmp_path) == {"var": 0o700, "var/mail": 0o700, "var/mail/anna-111111111111.eml": 0o600}


def test_the_meetings_of_others_calendars_are_the_owners_alone(tmp_path: Path, umask: int) -> None:
    write_config(tmp_path)
    config = tmp_path / "config.toml"
    config.chmod(0o600)
    text = config.read_text("utf-8")
    config.write_text(
        text + '[departments.plan.meeting]\nics = "plan.ics"\n[departments.jura.meeting]\nics = "none.ics"\n'
    )
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n"
    event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261202T090000Z\r\nDTEND:20261202T100000Z\r\nEND:VEVENT\r\n"
    (tmp_path / "plan.ics").write_text(f"{head}{event}END:VCALENDAR\r\n")
    (tmp_path / "plan.ics").chmod(0o600)
    collect(read_config(config), MONDAY.date())
    found = {name: mode for name, mode in modes(tmp_path).items() if name.startswith("var")}
    folder = "var/meetings"
    assert found == {"var": 0o700, folder: 0o700, f"{folder}/plan.json": 0o600, f"{folder}/jura.fault": 0o600}
