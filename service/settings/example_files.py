"""The example that travels with the service: in the wheel beside this file, in a checkout at the top."""

from pathlib import Path

NAMES = ("config.toml", "people.csv", "absences.csv")


def example_folder() -> Path:
    """Where the example lies."""
    here = Path(__file__).parent
    return here / "example" if (here / "example").is_dir() else here.parent.parent


def write_example(folder: Path) -> list[tuple[Path, bool]]:
    """Copy the example into `folder`; for each file its path, and whether it was written (False: already there)."""
    folder.mkdir(parents=True, exist_ok=True)
    return [(folder / name, _copy(example_folder() / name, folder / name)) for name in NAMES]


def _copy(source: Path, target: Path) -> bool:
    try:
        with target.open("xb") as file:
            file.write(source.read_bytes())
    except FileExistsError:
        return False
    return True
