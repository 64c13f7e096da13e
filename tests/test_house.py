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

from tests.cli_values import EXAMPLE
from tests.small_example import ANNA, METTE, few

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
from importlib.metadata import distribution

import service.daemon.run

(script,) = distribution("aikultur").entry_points.select(group="console_scripts", name="aikultur")
main = script.load()
for words in sys.argv[1:]:
    sys.argv = ["aikultur", *words.split()]
    try:
        main()
    except SystemExit as end:
        assert not end.code, words
print(main.__code__.co_filename)
"""
"""What the installed script does, several times in one process: each would read all modules and compile all texts for
itself. The service that runs on is imported too."""


def test_the_wheel_runs_beside_folders_called_templates_and_store(wheel: Path, tmp_path: Path) -> None:
    """And loads nothing that Exchange and Microsoft 365 need, for an organisation without them."""
    site, place = tmp_path / "site", tmp_path / "place"
    with ZipFile(wheel) as file:
        file.extractall(site)  # as pip does with a wheel of Python alone
    for name in ("templates", "store"):
        (place / name).mkdir(parents=True)
        (place / name / "__init__.py").write_text("raise RuntimeError('a stranger was imported')\n")
    few(place, ANNA, METTE)
    (place / "config.toml").unlink()
    # A day of its own is played: on the clock of the machine it may be a weekend, when nobody is welcomed.
    day = "rehearse --from 2026-12-01 --to 2026-12-01 --out played"
    command = [sys.executable, "-P", "-X", "importtime", "-c", COMMANDS]
    done = subprocess.run(
        [*command, "--language en example whole", "example .", "check", "run --once", day],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall(r"\| +((?:msal|requests|exchangelib)\b.*)", done.stderr) == []
    assert "Alt i orden: 2 personer" in done.stdout
    assert done.stdout.splitlines()[-1] == str(site / "service/cli/main.py")
    assert sorted(file.name for file in (place / "whole").iterdir()) == sorted(EXAMPLE)
    assert (place / "whole" / "people.csv").read_bytes() == (ROOT / "people.csv").read_bytes()
    assert (place / "var").is_dir()
    assert len(list((place / "played").rglob("*.eml"))) >= 2
