"""The help in the reader's language: our sentences, and Click's own words, of which Click has the English only."""

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import cache, cached_property
from importlib import import_module
from typing import Any, cast

import click

from culture.people import Language
from service.messages.translation import say

REQUIRED = "[required]"
"""What Click writes behind the help of an option that must be given."""


class Later(click.Group):
    """A group whose commands are imported when one of them, or their list, is asked for: those of all its modules."""

    def __init__(self, name: str, modules: Sequence[str], help_text: str) -> None:
        super().__init__(name, help=help_text)
        self.modules = modules
        self.language: Language | None = None  # to speak when it is loaded; None: as it stands in the code

    def list_commands(self, context: click.Context) -> list[str]:
        return self.loaded.list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return self.loaded.get_command(context, name)

    @cached_property
    def loaded(self) -> click.Group:
        groups: list[click.Group] = [getattr(import_module(module), str(self.name)) for module in self.modules]
        group = click.Group(self.name, {name: one for of in groups for name, one in of.commands.items()})
        return cast(click.Group, spoken(group, self.language)) if self.language else group


class LaterCommand(click.Command):
    """A command that is imported when it is asked for; what the list of commands says of it stands here."""

    def __init__(self, name: str, module: str, help_text: str) -> None:
        super().__init__(name, help=help_text)
        self.module = module
        self.language: Language | None = None  # as with Later

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        return self.loaded.make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        return self.loaded.invoke(ctx)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return self.loaded.get_params(ctx)

    @cached_property
    def loaded(self) -> click.Command:
        found: click.Command = getattr(import_module(self.module), str(self.name).replace("-", "_"))
        return spoken(found, self.language) if self.language else found


def whole(command: click.Command) -> click.Command:
    """The command with all that is imported later."""
    return command.loaded if isinstance(command, Later | LaterCommand) else command


def spoken(command: click.Command, language: Language) -> click.Command:
    """The command with its help, that of its options and of its subcommands in `language`. `command` stays as it is."""
    made = copy(command)
    if made.help:
        told = [say(language, part) for part in paragraphs(made.help)]
        made.help = "\n\n".join(told)
        made.short_help = first_sentence(told[0])  # Click's own is cut off at 45 signs
    made.params = [_parameter(parameter, language) for parameter in made.params]
    made.add_help_option = False  # Click's own: this one says the same in every language
    click.help_option("-h", "--help", help=say(language, "Show this message and exit."))(made)
    made.options_metavar = say(language, "[OPTIONS]")
    made.context_class = _context(language)
    if isinstance(made, click.Group):
        made.subcommand_metavar = say(language, "COMMAND [ARGS]...")
    if isinstance(made, Later | LaterCommand):
        made.language = language
    elif isinstance(made, click.Group):
        made.commands = {name: spoken(child, language) for name, child in made.commands.items()}
    return made


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a help text, each on one line."""
    yield from (" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def first_sentence(text: str) -> str:
    """What a text begins with, up to its first full stop, without it."""
    return re.split(r"\.(?:\s|$)", text, maxsplit=1)[0]


def value_name(parameter: click.Parameter) -> str:
    """What stands in the help for the value of a parameter, in English; nothing for a flag, and for one whose choices
    stand there."""
    if parameter.metavar:
        return parameter.metavar
    if isinstance(parameter, click.Argument):
        return str(parameter.name).upper()
    flag = isinstance(parameter, click.Option) and parameter.is_flag
    return "" if flag or isinstance(parameter.type, click.Choice) else parameter.type.name.upper()


def _parameter(parameter: click.Parameter, language: Language) -> click.Parameter:
    made = copy(parameter)
    if name := value_name(made):
        in_words = say(language, name)
        made.metavar = f"[{in_words}]" if isinstance(made, click.Argument) and not made.required else in_words
    if isinstance(made, click.Option) and made.help:
        made.help = say(language, made.help)
    return made


@cache
def _context(language: Language) -> type[click.Context]:
    """What Click makes the help of a command with: one that puts its headings into `language`."""

    class Formatter(click.HelpFormatter):
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix or f"{say(language, 'Usage:')} ")

        def write_heading(self, heading: str) -> None:
            super().write_heading(say(language, heading))

        def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
            needed = say(language, REQUIRED)
            super().write_dl([(name, text.replace(REQUIRED, needed)) for name, text in rows], col_max, col_spacing)

    class Context(click.Context):
        formatter_class = Formatter

    return Context
