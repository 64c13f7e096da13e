"""The house: package names are ours alone, the wheel works in a folder with folders of the same names."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.small_example import ANNA, METTE, cut

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PACKAGES = ("culture", "calendars", "mailer", "store", "service", "templates")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_installed_distribution_provides_our_package_names(package: str) -> None:
    owners = {
        owner
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
        if file.parts[0] == package
        for owner in [distribution.metadata["Name"]]
    }
    assert owners <= {"aikultur"}


def test_every_folder_of_python_is_a_package_and_in_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)
    assert [package for package in PACKAGES if not (ROOT / package / "__init__.py").is_file()] == []


def test_importing_the_service_loads_nothing_that_is_not_used() -> None:
    code = "import service, sys; print([m for m in ('exchangelib', 'msal', 'requests', 'starlette', 'uvicorn', 'icalendar') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_importing_the_whole_program_loads_nothing_of_exchange() -> None:
    code = "import service, service.daemon.run, service.cli.main, sys; print(sorted({'exchangelib', 'msal', 'requests'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, check=True, capture_output=True, cwd=ROOT)
    (found,) = folder.glob("aikultur-*.whl")
    return found


def test_every_module_and_every_text_is_in_the_wheel(wheel: Path) -> None:
    ours = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert len(ours) > 500
    assert ours - set(ZipFile(wheel).namelist()) == set()


COMMANDS = """
import sys
from service.cli.main import main

for words in sys.argv[1:]:
    sys.argv = ["aikultur", *words.split()]
    try:
        main()
    except SystemExit as end:
        assert not end.code, words
"""
"""Several of ours in one process: each would read all modules and compile all texts for itself."""


def test_the_wheel_runs_beside_folders_called_templates_and_store(wheel: Path, tmp_path: Path) -> None:
    site, place = tmp_path / "site", tmp_path / "place"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    install = [*pip, "install", "--no-deps", "--no-compile", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)  # what is not imported need not be compiled
    for name in ("templates", "store"):
        (place / name).mkdir(parents=True)
        (place / name / "__init__.py").write_text("raise RuntimeError('a stranger was imported')\n")
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def python(*words: str) -> str:
        command = [sys.executable, "-X", "importtime", *words]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True)
        # Nor does an organisation without them load what Exchange and Microsoft 365 need.
        assert re.findall(r"\| +((?:msal|requests|exchangelib)\b.*)", done.stderr) == []
        return done.stdout

    python(str(site / "bin" / "aikultur"), "example", ".")
    cut(place, ANNA, METTE)
    # A day of its own is played: on the clock of the machine it may be a weekend, when nobody is welcomed.
    day = "rehearse --from 2026-12-01 --to 2026-12-01 --out played"
    assert "Alt i orden: 2 personer" in python("-P", "-c", COMMANDS, "check", "run --once", day)
    assert (place / "var").is_dir()
    assert len(list((place / "played").rglob("*.eml"))) >= 2
