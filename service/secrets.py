"""Where a password or token comes from: a variable, a file or a command, asked anew each time, for they change."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from service.config import Source
from service.fault import Refused
from service.words import Sentence


class Section(Protocol):
    """A section of the config with one of these set."""

    @property
    def secret_env(self) -> str | None: ...
    @property
    def secret_file(self) -> str | None: ...
    @property
    def secret_command(self) -> list[str] | None: ...


def secret_of(section: Section, name: str, source: Source) -> Callable[[], str]:
    """What gives the secret of the section `name`. It raises Refused with a sentence when there is none to be had."""
    if section.secret_env:
        variable = section.secret_env
        return lambda: _environment(name, variable)
    if section.secret_file:
        path = source.resolve(section.secret_file)
        return lambda: _file(name, path)
    command = section.secret_command or []
    return lambda: _command(name, command)


def _environment(section: str, variable: str) -> str:
    if variable not in os.environ:
        text = "[{section}] secret_env: the variable {name} is not set where the service runs."
        raise Refused(Sentence(text, {"section": section, "name": variable}))
    return os.environ[variable]


def _file(section: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        text = "[{section}] secret_file: {path} cannot be read: {error}."
        raise Refused(Sentence(text, {"section": section, "path": path, "error": error.strerror})) from None


def _command(section: str, command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603 - the administrator's own command, no shell
    except (OSError, subprocess.SubprocessError) as error:
        text = "[{section}] secret_command failed: {error}."
        raise Refused(Sentence(text, {"section": section, "error": error})) from None
    return done.stdout.strip()
