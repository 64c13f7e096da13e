"""Files that an administrator writes: any mark of byte order, and a sentence with the line for what cannot be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.relay.settings import Relay
from service.messages.faults import BadInput
from service.rehearsal.acts_file import DOING, read_acts
from service.relay.challenge_file import load_challenges
from service.settings.config import read_config
from service.settings.lenient import salvaged
from service.settings.text_file import parse_toml, read_text, read_toml
from service.vitamin.catalogue_file import read_prompts

ROOT = Path(__file__).parent.parent
UTF16 = "this is saved as UTF-16, or is no text at all. Save it as UTF-8."
WINDOWS = "a letter on this line is not written in UTF-8, but in Windows-1252, it seems. Save the file as UTF-8."


def test_a_mark_of_byte_order_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_bytes(b'\xef\xbb\xbfname = "\xc3\xb8"\r\n')
    assert (read_text(file), read_toml(file)) == ('name = "ø"\r\n', {"name": "ø"})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_file_in_utf_16_or_32_is_told_so_with_or_without_its_mark(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_bytes('name = "x"\n'.encode(encoding))
    assert said(file) == [f"some.toml: {UTF16}"]


def test_a_letter_in_windows_1252_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_bytes('a = "æ"\r\n'.encode() + 'b = "ø"\r\n'.encode("cp1252"))
    assert said(file) == [f"some.toml, 2: {WINDOWS}"]


def test_a_file_that_the_system_refuses_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert said(tmp_path) == [f"{tmp_path.name}: This is a folder. Write the name of a file in it."]
    assert said(tmp_path / "no.toml") == [
        "no.toml: There is no such file. Put it there, or name another in config.toml."
    ]


# --- every reader of such a file


def test_a_config_with_a_mark_of_byte_order_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + (ROOT / "config.toml").read_bytes().replace(b"\n", b"\r\n"))
    assert read_config(file).config == read_config(ROOT / "config.toml").config
    found = salvaged(file)
    assert found is not None
    assert found.config == read_config(ROOT / "config.toml").config


def test_prompts_challenges_and_acts_with_a_mark_of_byte_order_are_read(tmp_path: Path) -> None:
    def marked(data: bytes) -> Path:
        (tmp_path / "some.toml").write_bytes(b"\xef\xbb\xbf" + data)
        return tmp_path / "some.toml"

    draft, public = (ROOT / f"templates/{name}.toml" for name in ("prompts/draft", "challenges/public"))
    assert read_prompts(marked(draft.read_bytes())) == read_prompts(draft)
    found = load_challenges(Relay(), marked(public.read_bytes()))
    assert found.challenges == load_challenges(Relay(), public).challenges
    act = b'[[act]]\nat = 2027-02-01T10:00:00\ndo = "pass"\nperson = "1"\n'
    assert [one.person for one in read_acts(marked(act))] == ["1"]


# --- what is not TOML

REMEDIES = {
    "[departments.økonomi]": (1, 'a name with other letters than a to z stands in quotes: "økonomi".'),
    "[departments.løn.meeting]": (1, 'a name with other letters than a to z stands in quotes: "løn".'),
    "\nø = 1": (2, 'a name with other letters than a to z stands in quotes: "ø".'),
    "[departments.hr nord]": (1, 'a name with a space in it stands in quotes: "hr nord".'),
    'file = "C:\\HR\\people.csv"': (
        1,
        "in double quotes a backslash begins a special character. Write a path in single quotes: 'C:\\HR\\people.csv'.",
    ),
    'file = "C:\\Users\\hr.csv"': (
        1,
        "in double quotes a backslash begins a special character. Write a path in single quotes: 'C:\\HR\\people.csv'.",
    ),
    "a = 1\r\nenabled = True": (2, "True is no value. Write true or false, in small letters."),
    "enabled = ja": (1, "ja is no value. Write true or false, in small letters."),
    "name = “Plan”": (1, "“ is no quote in TOML. Write straight ones: \"...\" or '...'."),
    "name = »Plan«": (1, "» is no quote in TOML. Write straight ones: \"...\" or '...'."),
    'name = "Plan”\n': (1, "a text begins here and does not end. Write the quote that is missing."),
    "name = 'Plan": (0, "a text begins here and does not end. Write the quote that is missing."),
    "name = Plan": (
        1,
        'Plan is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "time = 9:00  # morning": (
        1,
        '9:00 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "minutes: 10": (1, "after the name of a key stands =, for example minutes = 10."),
    "; a remark": (1, "a comment begins with #."),
    "minutes = 10 // ten": (1, "a comment begins with #."),
    "[vitamin]\n[vitamin]": (2, "this table stands twice. Write all its keys under one of the two."),
    "a = 1\nminutes\u00a0= 10": (
        2,
        "an invisible character stands on this line (U+00A0). Delete it, and write an ordinary space.",
    ),
    "name = 'Plan\nfile = 'x'": (1, "a text begins here and does not end. Write the quote that is missing."),
    "a = [1,\nb = 2": (
        2,
        'b = 2 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "a = [1,\n2\n": (
        0,
        "a list or a table that begins above, or here, does not end. Write the closing bracket that is missing.",
    ),
    '{"organisation": 1}': (
        1,
        "this is another kind of file, such as JSON or a web page. Write TOML: [section], and under it key = value.",
    ),
    "a = 1\rb = 2\r": (
        1,
        "its lines end as on an old Mac. Save the file with the line ends of Windows or Linux.",
    ),
    "[[prompt]": (1, "a name that begins with two brackets ends with two: [[prompt]]."),
    "a = 2026-13-01": (
        1,
        '2026-13-01 is no value of TOML. A text or a time stands in quotes: "09:00"; a date is 2026-12-01; a number is 10 or 0.5.',
    ),
    "a =\nb = 2": (1, "a bracket, a quote or a value is missing here."),
    "[organisation": (0, "a bracket, a quote or a value is missing here."),
    "a = 1\na = 2\n": (2, "a key or table stands twice. Take one of the two out."),
    'name = "a" # \x01': (1, "the control character U+0001 stands here. Take it out."),
}


@pytest.mark.parametrize(("text", "remedy"), REMEDIES.items())
def test_the_likeliest_mistakes_in_toml_are_told_what_to_write(text: str, remedy: tuple[int, str]) -> None:
    line, sentence = remedy
    with pytest.raises(BadInput) as caught:
        parse_toml(text, "config.toml")
    assert [str(fault) for fault in caught.value.faults] == [f"config.toml{f', {line}' if line else ''}: {sentence}"]


@given(st.text(alphabet=" \n\r\"'[]{}=.,#\\aøT1:-\u00a0“", max_size=40))
def test_whatever_is_not_toml_is_a_sentence_in_both_languages(text: str) -> None:
    try:
        parse_toml(text, "config.toml")
    except BadInput as bad:
        (fault,) = bad.faults
        assert fault.said("da") != fault.said("en")


def said(file: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_toml(file)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[policy.da]\ntools = "Den\\u001F"', "policy.da.tools"),
        ('[departments."a\\u0000b"]\nname = "A"', "departments"),
        ('[[prompt]]\ntags = ["a", "\\u0085"]', "prompt.tags"),
    ],
)
def test_a_control_character_is_said_with_its_key_for_no_letter_may_hold_one(text: str, place: str) -> None:
    with pytest.raises(BadInput) as bad:
        parse_toml(text, "config.toml")
    assert [(fault.file, fault.place) for fault in bad.value.faults] == [("config.toml", place)]


def test_tabs_and_line_ends_are_none() -> None:
    assert parse_toml('a = "one\\n\\ttwo\\r\\n"', "config.toml") == {"a": "one\n\ttwo\r\n"}


def test_every_act_of_a_rehearsal_is_named_where_they_are_described_and_the_examples_are_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/rehearse.md").read_text("utf-8")
    assert [do for do in DOING if f'"{do}"' not in page] == []
    (tmp_path / "acts.toml").write_text(page.split("```toml")[1].split("```")[0], "utf-8")
    assert {one.do for one in read_acts(tmp_path / "acts.toml")} <= DOING.keys()
