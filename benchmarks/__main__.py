"""`python -m benchmarks [GROUP...]`: every goal beside its baseline, each measured in this run.

A group is a module of this package with `goals()`; without a name all of them run. It ends with 1 when a goal is
short. `--json FILE` keeps the figures, `--baselines FOLDER` is where the peers are installed.
"""

import argparse
import gc
import importlib
import json
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import baselines
from benchmarks.goal import Goal, table
from service.cli.main import COLLECTED_AFTER


def groups() -> dict[str, str]:
    """The groups by name, each with the first line of what its module says of itself."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        module = importlib.import_module(f"benchmarks.{file.stem}")
        if hasattr(module, "goals"):
            found[file.stem] = (module.__doc__ or "").partition("\n")[0]
    return found


def measured(names: list[str]) -> Iterator[Goal]:
    """The goals of these groups, each when it is there."""
    for name in names:
        yield from importlib.import_module(f"benchmarks.{name}").goals()


def written(goals: list[Goal], file: Path) -> None:
    """Keep the goals as JSON, with when and on what they were measured."""
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    document = about | {"goals": [goal.document() for goal in goals]}
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def main() -> int:
    known = groups()
    words = "\n".join(f"  {name:<10} {said}" for name, said in known.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog=f"groups:\n{words}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--baselines", type=Path, metavar="FOLDER", default=baselines.folder())
    given = parser.parse_args()
    if unknown := set(given.groups) - known.keys():
        parser.error(f"there is no group {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    baselines.use(given.baselines)
    gc.set_threshold(COLLECTED_AFTER)  # as the command has it
    goals: list[Goal] = []

    def kept() -> Iterator[Goal]:
        for goal in measured(given.groups or list(known)):
            goals.append(goal)
            yield goal

    for line in table(kept()):
        print(line, flush=True)
    if given.json:
        written(goals, given.json)
    return int(any(goal.verdict == "short" for goal in goals))


if __name__ == "__main__":
    sys.exit(main())
