from pathlib import Path

import pytest

from mailer.folder.transport import FolderTransport, file_name
from mailer.transport import Envelope, TransportError

ID = "3f2a9c81d7e0" + "0" * 28


def envelope(recipient: str = "anna.berg@example.org", message_id: str = ID) -> Envelope:
    return Envelope(sender="ai@example.org", recipient=recipient, message_id=message_id)


def test_a_letter_becomes_one_file_with_exactly_its_bytes(tmp_path: Path) -> None:
    said = FolderTransport(tmp_path / "mail").deliver(b"Subject: x\r\n\r\nhello\r\n", envelope(), lambda: None)
    files = list((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == ["anna.berg-3f2a9c81d7e0.eml"]
    assert files[0].read_bytes() == b"Subject: x\r\n\r\nhello\r\n"
    assert said == str(files[0])


def test_the_same_letter_again_replaces_its_file(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path)
    transport.deliver(b"once", envelope(), lambda: None)
    transport.deliver(b"once", envelope(), lambda: None)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"once"]


def test_two_letters_to_one_person_are_two_files(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path)
    transport.deliver(b"one", envelope(), lambda: None)
    transport.deliver(b"two", envelope(message_id="a" * 40), lambda: None)
    assert sorted(file.read_bytes() for file in tmp_path.iterdir()) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("recipient", "name"),
    [
        ("søren.ågård@example.org", "sren.agard-3f2a9c81d7e0.eml"),
        ("../../etc/passwd@example.org", "etc-passwd-3f2a9c81d7e0.eml"),
        (".hidden@example.org", "hidden-3f2a9c81d7e0.eml"),
        ('"a b/c\\d"@example.org', "a-b-c-d-3f2a9c81d7e0.eml"),
        ("李@example.org", "letter-3f2a9c81d7e0.eml"),
        ("anna+ai@example.org", "anna+ai-3f2a9c81d7e0.eml"),
        ("x" * 300 + "@example.org", "x" * 60 + "-3f2a9c81d7e0.eml"),
    ],
)
def test_file_names_are_ascii_and_stay_in_the_folder(recipient: str, name: str) -> None:
    assert file_name(envelope(recipient)) == name


def test_the_wire_is_noted_before_the_file_is_there(tmp_path: Path) -> None:
    seen: list[list[Path]] = []
    FolderTransport(tmp_path).deliver(b"x", envelope(), lambda: seen.append(list(tmp_path.iterdir())))
    assert seen == [[]]


def test_a_refusal_to_go_on_the_wire_leaves_no_file(tmp_path: Path) -> None:
    def refuse() -> None:
        raise KeyError("withdrawn")

    with pytest.raises(KeyError):
        FolderTransport(tmp_path).deliver(b"x", envelope(), refuse)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_the_folders_trouble_and_not_the_letters(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TransportError) as caught:
        FolderTransport(tmp_path / "file").deliver(b"x", envelope(), lambda: None)
    assert caught.value.server_down
    assert not caught.value.permanent
    assert caught.value.message == f"{tmp_path / 'file'}: the letter could not be written there (File exists)."
