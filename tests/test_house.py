"""The house: package names are ours alone, the wheel works in a folder with folders of the same names."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

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
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder / "dist", ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("aikultur-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True, capture_output=True)
    return folder / "site"


def test_the_wheel_runs_beside_folders_called_templates_and_store(installed: Path, tmp_path: Path) -> None:
    for name in ("templates", "store"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('a stranger was imported')\n")
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def aikultur(*words: str) -> str:
        command = [sys.executable, "-X", "importtime", str(installed / "bin" / "aikultur"), *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        # Nor does an organisation without them load what Exchange and Microsoft 365 need.
        assert re.findall(r"\| +((?:msal|requests|exchangelib)\b.*)", done.stderr) == []
        return done.stdout

    aikultur("example", ".")
    assert "Alt i orden" in aikultur("check")
    aikultur("run", "--once")
    assert (tmp_path / "var").is_dir()
    # A day of its own: on the clock of the machine it may be a weekend, when nobody is welcomed.
    aikultur("rehearse", "--from", "2026-12-01", "--to", "2026-12-01", "--out", "played")
    assert len(list((tmp_path / "played").rglob("*.eml"))) >= 40
