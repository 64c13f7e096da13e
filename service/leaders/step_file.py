"""The leaders' steps from TOML, `templates/steps/`."""

from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import Field

from culture.leaders.steps import MINUTES, Step, Steps, StepText, Task
from culture.policy import Question
from service.settings.checked import Model
from service.settings.entries import EntryId, parse_entries, texts_of, with_texts

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class StepTextEntry(Model):
    """One language of a [[step]]."""

    title: Annotated[str, Field(min_length=1, max_length=70)]
    why: Text
    do: Text
    seen: Text
    say: Annotated[list[Text], Field(min_length=2, max_length=2)]


class StepEntry(Model):
    """One [[step]]."""

    id: EntryId
    task: Task
    minutes: Annotated[int, Field(ge=MINUTES[0], le=MINUTES[1])]
    question: Question | None = None
    note: str = ""  # where facts come from: for whoever reads the file


@cache
def shipped_steps() -> Steps:
    """The steps in the order of the files."""
    folder = resources.files("templates").joinpath("steps")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return steps_in(*((file.read_text("utf-8"), file.name) for file in files))


def steps_in(*files: tuple[str, str]) -> Steps:
    """The steps in TOML, each file as its text and name. Raises BadInput with every fault."""
    found = (one for text, name in files for one in parse_entries(text, name, "step", _ENTRY, _made))
    return Steps({one.id: one for one in found})


def _made(entry: StepEntry) -> Step:
    return Step(
        id=entry.id, task=entry.task, minutes=entry.minutes, question=entry.question, texts=texts_of(entry, _text)
    )


def _text(entry: StepTextEntry) -> StepText:
    first, second = entry.say
    return StepText(title=entry.title, why=entry.why, do=entry.do, seen=entry.seen, say=(first, second))


_ENTRY = with_texts(StepEntry, StepTextEntry)
