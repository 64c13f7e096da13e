"""The libraries we are measured beside, in environments of their own: never among the product's dependencies.

Each set of packages is installed once, when it is first asked for, into a folder of its own. What cannot be installed
(no network, no wheel) is missing, and its goals say so.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = "AIKULTUR_BASELINES"
"""The variable that names the folder for this process and those it starts."""

INSTALL_SECONDS = 600
"""How long an installation may take: some megabytes over a slow line."""

PEERS = Path(__file__).parent / "peers"


def folder() -> Path:
    """Where the environments are."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get(FOLDER) or cache / "aikultur-baselines")


def use(path: Path) -> None:
    """Keep the environments in this folder."""
    os.environ[FOLDER] = str(path.resolve())


def python(*packages: str) -> Path | None:
    """The interpreter that has these packages; None when they cannot be installed here."""
    name = hashlib.sha256("\n".join(sorted(packages)).encode()).hexdigest()[:12]
    place = folder() / f"{re.split('[<>=]', packages[0])[0]}-{name}"
    interpreter, done = place / "bin" / "python", place / "installed"
    if done.exists():
        return interpreter
    print(f"installing {', '.join(packages)} into {place}", file=sys.stderr, flush=True)
    try:
        venv.create(place, with_pip=True, clear=True)
        install = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(install, check=True, timeout=INSTALL_SECONDS, stdout=sys.stderr)  # noqa: S603 - our own list
    except (OSError, subprocess.SubprocessError) as error:
        print(f"not to be had here: {error}", file=sys.stderr, flush=True)
        return None
    done.write_text("\n".join(packages) + "\n", "utf-8")
    return interpreter


def peer(script: str, packages: Sequence[str], *arguments: str) -> dict[str, Any] | None:
    """What a script of `peers` prints as JSON, run with these packages; None when they cannot be had or it fails.

    It runs on the core that this process keeps to, and may import what is ours.
    """
    interpreter = python(*packages)
    if interpreter is None:
        return None
    command = [str(interpreter), str(PEERS / script), *arguments]
    paths = os.environ | {"PYTHONPATH": str(PEERS.parents[1])}
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=paths)  # noqa: S603 - ours
    except subprocess.CalledProcessError as error:
        print(f"{script} failed: {error}", file=sys.stderr, flush=True)
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
