"""What a template was compiled to is kept, and is that of its text."""

from typing import Any

import jinja2
import pytest

from mailer.compiled import Compiled


class Counted(jinja2.Environment):
    """Knows which texts it had to compile."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.compiled = list[str]()

    def compile(self, source: Any, *args: Any, **options: Any) -> Any:
        self.compiled.append(str(source))
        return super().compile(source, *args, **options)


@pytest.fixture
def compiled() -> Compiled:
    return Compiled()


def environment(compiled: Compiled, texts: dict[str, str]) -> Counted:
    return Counted(loader=jinja2.DictLoader(texts), bytecode_cache=compiled)


def written(made: Counted, name: str) -> str:
    return made.get_template(name).render()


def test_the_same_text_is_compiled_once(compiled: Compiled) -> None:
    assert written(environment(compiled, {"a": "one"}), "a") == "one"
    again = environment(compiled, {"a": "one"})
    assert (written(again, "a"), again.compiled) == ("one", [])


def test_a_text_that_has_changed_and_one_that_has_changed_back_are_written_as_they_are(compiled: Compiled) -> None:
    texts = ("one", "two", "one")
    assert [written(environment(compiled, {"a": text}), "a") for text in texts] == list(texts)


def test_two_templates_of_one_text_are_two(compiled: Compiled) -> None:
    written(environment(compiled, {"a": "one"}), "a")
    other = environment(compiled, {"b": "one"})
    assert (written(other, "b"), other.compiled) == ("one", ["one"])
