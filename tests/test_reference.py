"""The reference page and the example are made from what the keys declare, and are up to date: python -m tests.reference"""

import tomllib
from typing import Any

import pytest
from pydantic import TypeAdapter

from culture.people import Language
from mailer.words import LANGUAGES
from service.messages.translation import translations
from service.settings.checked import at_edge
from service.settings.config import tables, top
from service.settings.declared import bare, declared, default, is_section, needed, word_of
from service.settings.example_files import config_text, write_example
from service.settings.written import in_toml
from tests.reference import EXAMPLE, PAGE, TABLE, example, page

KEYS = [
    (f"{table.path}.{word_of(field, key)}", field, hint, key)
    for table in tables()
    for field, hint, key in declared(table.holds)
    if not is_section(bare(hint))
]
PATHS = [path for path, *_ in KEYS]


def test_the_reference_page_is_up_to_date() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text


def test_the_example_is_up_to_date() -> None:
    text = EXAMPLE.read_text("utf-8")
    assert example(text) == text


def test_every_table_stands_on_the_reference_page() -> None:
    there = {found[2] for found in TABLE.finditer(PAGE.read_text("utf-8"))}
    assert there <= {table.path for table in tables()}
    shown = {table.holds for table in tables() if table.path in there}
    assert [table.path for table in tables() if table.holds not in shown] == []


def test_the_page_says_which_edits_wait_for_the_next_start() -> None:
    told = PAGE.read_text("utf-8").rpartition("What takes effect while the service runs")[2]
    sections = [f"`[{name}]`" for name, _, key in top() if key.waits]
    keys = [f"`{path.rpartition('.')[2]}`" for path, _, _, key in KEYS if key.waits]
    assert [name for name in (*sections, *keys) if name not in told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_configures_the_same_in_every_language(language: Language) -> None:
    values = tomllib.loads(EXAMPLE.read_text("utf-8"))
    text = config_text(values, language)
    assert tomllib.loads(text) == values
    told = {key.help for _, _, _, key in KEYS} | {key.help for _, _, key in top()}
    said = {(one if language == "en" else translations(language)[one][-1]).removesuffix(".") for one in told}
    assert sorted(one for one in said if one not in text) == []


def test_who_speaks_danish_gets_the_example_in_danish(tmp_path: Any) -> None:
    write_example(tmp_path, "da")
    assert "# De daglige ti minutter" in (tmp_path / "config.toml").read_text("utf-8")


@pytest.mark.parametrize(("field", "hint", "key"), [one[1:] for one in KEYS], ids=PATHS)
def test_what_is_shown_of_a_key_that_is_not_set_could_stand_there(field: Any, hint: Any, key: Any) -> None:
    """Its default, as it is written, is read as itself; an example is allowed."""
    assert key.help.endswith(".")
    reader = TypeAdapter(at_edge(hint))

    def read(text: str) -> Any:
        return reader.validate_python(tomllib.loads(f"value = {text}")["value"])

    value = default(field)
    if value not in (None, ""):
        assert read(in_toml(value, hint)) == value
    else:
        assert key.example or needed(field) or value == ""
    if key.example:
        read(key.example)
