"""What is written into config.toml after a yes: these lines and no others, in the place where the example shows them."""

import os
import tomllib
from datetime import date
from pathlib import Path

import pytest

from service.messages.faults import BadInput
from service.settings.edits import Changed, ConfigFile, Edit, edited, shown
from service.settings.example_files import write_example

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 30)


@pytest.fixture(params=["da", "en"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    write_example(tmp_path, request.param)
    return tmp_path / "config.toml"


def changed(path: Path, *edits: Edit) -> list[str]:
    """The lines that are others than before, each with its sign."""
    before = path.read_text("utf-8").splitlines()
    after = edited(path.read_text("utf-8"), edits).splitlines()
    return [f"-{one}" for one in before if one not in after] + [f"+{one}" for one in after if one not in before]


def test_a_key_that_is_shown_is_written_in_its_place_with_its_comment(path: Path) -> None:
    gone, come = changed(path, Edit("vitamin", "starts", DAY))
    assert gone.startswith("-# starts = 2026-12-01  ")
    assert come == "+" + gone.removeprefix("-# ").replace("2026-12-01    ", "2026-11-30      ")


def test_a_section_that_is_shown_comes_in_where_it_stands(path: Path) -> None:
    edits = [Edit("smtp", "host", "mail.x.example"), Edit("smtp", "port", 25), Edit("mail", "transport", "smtp")]
    text = edited(path.read_text("utf-8"), edits)
    assert text.index("[mail]") < text.index("\n[smtp]\n") < text.index("# [exchange]")
    assert "# user = " in text


def test_a_value_keeps_its_comment(path: Path) -> None:
    gone, come = changed(path, Edit("organisation", "name", 'Kommunens "egen"'))
    assert (gone.split("  # ")[1], come.split("  # ")[0].rstrip()) == (
        come.split("  # ")[1],
        "+name = 'Kommunens \"egen\"'",
    )


def test_new_departments_stand_behind_the_others(path: Path) -> None:
    text = edited(path.read_text("utf-8"), [Edit("departments.hr", "name", "HR"), Edit("departments.it", "name", "IT")])
    assert (
        text.index("[departments.stab]")
        < text.index("[departments.hr]")
        < text.index("[departments.it]")
        < text.index("[vitamin]")
    )


def test_what_goes_goes_with_what_is_in_it(path: Path) -> None:
    text = edited(path.read_text("utf-8"), [Edit("departments.plan"), Edit("people", "absences"), Edit("policy.en")])
    found = tomllib.loads(text)
    assert (list(found["departments"]), list(found["people"]), list(found["policy"])) == (
        ["jura", "drift", "stab"],
        ["file"],
        ["da"],
    )


def test_values_of_many_lines_and_inline_tables_are_changed_too() -> None:
    text = '[people]\nonly = [\n  "plan",  # first\n]\n[departments]\nplan = { name = "Plan" }\n'
    edits = [Edit("people", "only", ["jura"]), Edit("departments.plan", "track", "law")]
    assert tomllib.loads(edited(text, edits)) == {
        "people": {"only": ["jura"]},
        "departments": {"plan": {"name": "Plan", "track": "law"}},
    }


def test_it_is_shown_before() -> None:
    edits = [Edit("mail", "transport", "smtp"), Edit("mail", "reply_to"), Edit("policy.en")]
    assert shown(edits) == ["[mail]", 'transport = "smtp"', "- reply_to", "- [policy.en]"]


def test_it_is_written_whole_and_the_old_one_stays(path: Path) -> None:
    old = path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(old)
    path.chmod(0o640)
    file = ConfigFile.read(path)
    for minutes in (15, 20):
        file = file.write(file.with_edits([Edit("vitamin", "minutes", minutes)]), DAY)
    kept = path.with_name("config.toml.before-2026-11-30")
    assert (kept.read_bytes(), path.read_bytes().count(b"\n")) == (old, old.count(b"\r\n"))
    assert tomllib.loads(path.read_text("utf-8"))["vitamin"]["minutes"] == 20
    assert (path.stat().st_mode & 0o777, sorted(one.name for one in path.parent.iterdir())) == (
        0o640,
        ["absences.csv", "config.toml", kept.name, "people.csv"],
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_what_root_writes_the_services_user_still_reads(path: Path) -> None:
    os.chown(path, 4321, 1234)
    path.chmod(0o640)
    file = ConfigFile.read(path)
    file.write(file.with_edits([Edit("vitamin", "minutes", 15)]), DAY)
    for written in (path, file.kept(DAY)):
        found = written.stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (4321, 1234, 0o640)


def test_a_file_that_somebody_else_changed_is_left_alone(path: Path) -> None:
    file = ConfigFile.read(path)
    content = file.with_edits([Edit("vitamin", "minutes", 15)])
    path.write_text("# theirs\n", "utf-8")
    with pytest.raises(Changed):
        file.write(content, DAY)
    assert path.read_text("utf-8") == "# theirs\n"


def test_what_cannot_stand_there_is_refused_and_old_faults_are_not(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace('sector = "public"', 'sector = "state"'), "utf-8")
    file = ConfigFile.read(path)
    assert file.with_edits([Edit("vitamin", "minutes", 15)])
    with pytest.raises(BadInput) as bad:
        file.with_edits([Edit("vitamin", "minutes", 99)])
    assert [fault.place for fault in bad.value.faults] == ["[vitamin] minutes"]
