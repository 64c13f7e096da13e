"""What Click finds wrong with a command line, in our words: Click itself speaks English only."""

import re
from difflib import get_close_matches

import click

from culture.people import Language
from service.cli.spoken import value_name
from service.messages.relayed import Relayed
from service.messages.translation import Sentence

GIVEN = re.compile(r"'([^']*)'|^(\S+) is not in")
"""What was given, as a message of Click's names it: the first thing in quotes, or a number that is out of range."""

NEAR = 0.5
"""As `difflib` measures: below that a name is hardly meant."""


def sentence_of(error: click.ClickException) -> Sentence:
    """What is wrong and what to write instead. What we have no words for keeps Click's."""
    match error:
        case click.NoSuchOption():
            return _nearest(Sentence("there is no option {name} here.", {"name": error.option_name}), _near(error))
        case click.exceptions.NoSuchCommand():
            return _nearest(Sentence("there is no command {name}.", {"name": error.command_name}), _near(error))
        case click.MissingParameter():
            return Sentence("{name} is missing.", {"name": _name(error)})
        case click.BadParameter():
            given = GIVEN.search(error.message)
            if given:
                fields = {"name": _name(error), "value": given[1] or given[2], "help": _help(error.param)}
                return Sentence("{name} cannot be {value}. {help}", fields)
        case click.BadOptionUsage() if "requires" in error.message:
            return Sentence("{name} needs a value after it.", {"name": error.option_name})
        case click.BadOptionUsage():
            return Sentence("{name} takes no value. Write it alone.", {"name": error.option_name})
        case click.UsageError() if "unexpected extra" in error.message:
            extra = error.message.partition("(")[2].rstrip(")")
            return Sentence('"{extra}" is too much here. A name with blanks stands in quotes.', {"extra": extra})
    return Relayed(error.format_message())


def error_lines(error: click.ClickException, language: Language) -> list[str]:
    """What to write on the screen: the sentence, and where the help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    lines = [sentence_of(error).said(language)]
    if context:
        lines.append(Sentence("Help: {command} --help", {"command": context.command_path}).said(language))
    return [line[:1].upper() + line[1:] for line in lines]


def _near(error: click.NoSuchOption | click.exceptions.NoSuchCommand) -> str:
    name = error.option_name if isinstance(error, click.NoSuchOption) else error.command_name
    return next(iter(get_close_matches(name, error.possibilities or [], 1, NEAR)), "")


def _nearest(sentence: Sentence, near: str) -> Sentence:
    if not near:
        return sentence
    return Sentence("{sentence} Did you mean {near}?", {"sentence": sentence, "near": near})


def _name(error: click.BadParameter) -> str:
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return value_name(error.param) if error.param else str(error.param_hint)


def _help(parameter: click.Parameter | None) -> Sentence:
    match parameter.type if parameter else None:
        case click.Choice() as choice:
            return Sentence("Write one of {choices}.", {"choices": ", ".join(map(str, choice.choices))})
        case click.IntRange() as numbers if numbers.max is not None:
            return Sentence("Write a whole number from {first} to {last}.", {"first": numbers.min, "last": numbers.max})
        case click.types.IntParamType():
            return Sentence("Write a whole number.")
        case click.DateTime():
            return Sentence("Write the year first: 2026-12-01.")
        case click.Path():
            return Sentence("Write the path of a file or folder that can be read.")
    return Sentence("Look in the help.")
