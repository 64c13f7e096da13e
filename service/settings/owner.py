"""Who may write in the folder: its owner. Files of another user would stop the service for good."""

import os
import pwd
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from service.messages.faults import Refused
from service.messages.translation import Sentence


def refuse_another_user(folder: Path) -> None:
    """Before anything is touched. Raises Refused, with the line to write, when the folder is somebody else's."""
    try:
        owner = folder.stat().st_uid
    except FileNotFoundError:
        return
    sentence = another_user(folder, owner, os.geteuid(), _names(owner), sys.argv, os.environ)
    if sentence:
        raise Refused(sentence)


def another_user(
    folder: Path,
    owner: int,
    own: int,
    names: Mapping[int, str],
    command: Sequence[str],
    environment: Mapping[str, str],
) -> Sentence | None:
    """What to write instead when the folder of user `owner` would be written by user `own`; None when it is the same.

    `names` has what users are called, as far as they are known; `command` is the command as it was given.
    """
    if owner == own:
        return None
    name = names.get(owner)
    line = shlex.join(["sudo", "-u", name or f"#{owner}", *_aikultur(command, environment)])
    text = "{folder} belongs to {owner}, and what another user writes there would stop the service. Write: {line}"
    return Sentence(text, {"folder": folder, "owner": name or owner, "line": line})


def _aikultur(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The command as sudo needs it: with its path, for sudo has a PATH of its own, and with the config, for it hands no
    environment on."""
    program, *arguments = command or ["aikultur"]
    if Path(program).name != "aikultur":
        program = "aikultur"
    config = environment.get("AIKULTUR_CONFIG")
    given = any(argument == "--config" or argument.startswith("--config=") for argument in arguments)
    return [program, *(["--config", config] if config and not given else []), *arguments]


def _names(user: int) -> dict[int, str]:
    try:
        return {user: pwd.getpwuid(user).pw_name}
    except KeyError:
        return {}
