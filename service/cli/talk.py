"""A talk at the terminal: questions with what stands there already, and changes of config.toml that are shown and written
after a yes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from culture.people import Language
from service.cli.app import App
from service.messages.faults import BadInput
from service.messages.translation import Sentence, say
from service.settings.edits import ConfigFile, Edit, shown

YES = ("j", "ja", "y", "yes")
NO = ("n", "nej", "no")


def agreed(language: Language, text: str, /, *, usual: bool, **fields: Any) -> bool:
    """Whether whoever sits at the terminal says yes; `usual` where nothing is written."""
    choice = say(language, "[Y/n]") if usual else say(language, "[y/N]")
    while True:
        answer: str = click.prompt(
            f"{say(language, text, **fields)} {choice}", default="", show_default=False, prompt_suffix=" "
        )
        word = answer.strip().lower()
        if not word or word in (*YES, *NO):
            return usual if not word else word in YES
        click.echo(say(language, "Write y for yes or n for no."))


@dataclass
class Talk:
    """With whoever sits at the terminal. `file` is config.toml as it was last read or written."""

    app: App
    file: ConfigFile

    def say(self, text: str, /, **fields: Any) -> None:
        """A sentence on a line of its own."""
        self.app.say(text, **fields)

    def ask(self, text: str, usual: str = "", /, check: Callable[[str], str | None] = lambda _: None) -> str:
        """An answer, `usual` where nothing is written; asked again while `check` has something against it."""
        return self._asked(say(self.app.language, text), usual, check)

    @staticmethod
    def _asked(question: str, usual: str, check: Callable[[str], str | None]) -> str:
        while True:
            shown_usual = f" [{usual}]" if usual else ""
            answer: str = click.prompt(question + shown_usual, default="", show_default=False, prompt_suffix=" ")
            answer = answer.strip() or usual
            wrong = check(answer)
            if wrong is None:
                return answer
            click.echo(wrong)

    def choose(self, text: str, options: Mapping[str, str], usual: str, /) -> str:
        """The key of one of the `options`, which are shown as they are called in the reader's language; either is taken for
        an answer, and `usual` where nothing is written."""
        words = {key: say(self.app.language, called) for key, called in options.items()}
        keys = {called.lower(): key for key, called in words.items()} | {key: key for key in options}
        choices = ", ".join(words.values())
        wrong = say(self.app.language, "Write one of {choices}.", choices=choices)
        question = f"{say(self.app.language, text)} ({choices})"
        return keys[self._asked(question, words[usual], lambda given: None if given.lower() in keys else wrong).lower()]

    def yes(self, text: str, /, *, usual: bool = False, **fields: Any) -> bool:
        """Whether they say yes; `usual` where nothing is written."""
        return agreed(self.app.language, text, usual=usual, **fields)

    def write(self, edits: Sequence[Edit]) -> bool:
        """Show what would stand in config.toml, and write it after a yes; whether it was. Raises Refused."""
        try:
            content = self.file.with_edits(edits)
        except BadInput as bad:
            self.say("That cannot stand in config.toml:")
            for fault in bad.faults:
                click.echo(f"  {fault.said(self.app.language)}")
            return False
        click.echo()
        for line in shown(edits):
            click.echo(f"    {line}")
        click.echo()
        if not self.yes("Write this into {file}?", file=self.file.path.name, usual=True):
            return False
        today = self.app.now().astimezone().date()
        self.file = self.file.write(content, today)
        self.say("Written. As it was before today it lies in {file}.", file=self.file.kept(today).name)
        return True

    def said(self, sentence: Sentence) -> str:
        """A sentence in their language."""
        return sentence.said(self.app.language)
