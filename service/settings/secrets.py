"""Where a password or token comes from: a variable, a file or a command, asked anew each time, for they change."""

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from service import channels
from service.messages.faults import Fault, Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence
from service.settings.config import Config, Source
from service.settings.text_file import NotUtf8, decoded

OF_A_FILE = ("secret_file", "certificate_file")
"""Keys that name a file with a secret in it."""


class Section(Protocol):
    """A section of the config with one of these set."""

    @property
    def secret_env(self) -> str | None: ...
    @property
    def secret_file(self) -> str | None: ...
    @property
    def secret_command(self) -> tuple[str, ...] | None: ...


def secret_of(section: Section, name: str, source: Source) -> Callable[[], str]:
    """What gives the secret of the section `name`. It raises Refused with a sentence when there is none to be had."""
    if section.secret_env:
        variable = section.secret_env
        return lambda: _environment(name, variable)
    if section.secret_file:
        path = source.resolve(section.secret_file)
        return lambda: _file(name, path)
    command = section.secret_command or ()
    return lambda: _command(name, command)


def open_to_others(config: Config, source: Source) -> Iterator[Fault]:
    """Files with a password or a private key that everybody on this machine may read. A group may be meant; the others never are."""
    for name in channels.SECTIONS:
        section = config.named(name)
        for key in OF_A_FILE:
            file = getattr(section, key, None)
            if file and (mode := _open(source.resolve(file))):
                text = "{path}: the mode is {mode}, so everybody on this machine may read the secret. Write: chmod 600 {path}."
                sentence = Sentence(text, {"path": source.resolve(file), "mode": f"{mode:04o}"})
                yield Fault(source.path.name, f"[{name}] {key}", sentence)


def _open(path: Path) -> int:
    """The mode of a file that everybody may read; 0 for any other, and for one that is not there: that is said when it is
    asked for."""
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        return mode if mode & stat.S_IROTH else 0
    return 0


def _environment(section: str, variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value.strip():
        text = "[{section}] secret_env: the variable {name} is not set where the service runs."
        raise Refused(Sentence(text, {"section": section, "name": variable}))
    return value


def _file(section: str, path: Path) -> str:
    try:
        value = decoded(path.read_bytes()).strip()
    except OSError as error:
        text = "[{section}] secret_file: {path} cannot be read: {error}."
        raise Refused(
            Sentence(text, {"section": section, "path": path, "error": Relayed(str(error.strerror))})
        ) from None
    except NotUtf8 as wrong:
        text = "[{section}] secret_file: {path}: {fault}"
        raise Refused(Sentence(text, {"section": section, "path": path, "fault": wrong.sentence})) from None
    if not value:
        text = "[{section}] secret_file: {path} is empty. Write the secret in it."
        raise Refused(Sentence(text, {"section": section, "path": path}))
    return value


def _command(section: str, command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=True)  # noqa: S603 - the administrator's own command, no shell
        value = decoded(done.stdout).strip()
    except (OSError, subprocess.SubprocessError, NotUtf8) as error:
        text = "[{section}] secret_command failed: {error}."
        raise Refused(Sentence(text, {"section": section, "error": error})) from None
    if not value:
        raise Refused(Sentence("[{section}] secret_command printed no secret.", {"section": section}))
    return value
