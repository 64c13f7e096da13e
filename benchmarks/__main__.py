"""Times the tick and the letters of 1,000 people. Figures are medians of CPU seconds; trust the ratios."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from service.engine import GROUP, Engine, build
from service.inputs import read_inputs
from service.people_file import read_people
from service.shipped import write_example

PEOPLE = 1000
NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def measured(work: Callable[[], object], runs: int = 5) -> float:
    """The median CPU seconds of `work`."""
    seconds = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds)


def organisation(folder: Path) -> Engine:
    """The shipped example with PEOPLE people."""
    write_example(folder)
    departments = ("plan", "jura", "drift", "stab")
    rows = [f"{n};Person {n};p{n}@x.example;{departments[n % 4]}" for n in range(PEOPLE)]
    (folder / "people.csv").write_text("\n".join(["id;navn;mail;afdeling", *rows]), "utf-8")
    (folder / "absences.csv").write_text("id;fra;til\n", "utf-8")
    path = folder / "config.toml"
    return build(path, read_inputs(path), folder / "var", key=b"benchmark")


def plain_message() -> bytes:
    """The baseline of a letter: the standard library's, with nothing to render."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", "Ugens prompter"
    message.set_content("Æbler, pærer og ører.\n" * 120)
    message.add_alternative("<p>Æbler, pærer og ører.</p>\n" * 300, subtype="html")
    return bytes(message)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        engine = organisation(Path(scratch))
        rows = measured(lambda: read_people(Path(scratch) / "people.csv", engine.inputs.departments))
        first = measured(lambda: engine.tick(NOW), runs=1)
        message = measured(lambda: [plain_message() for _ in range(GROUP)])
        letters = measured(lambda: engine.claim_some(NOW), runs=3)
        while engine.claim_some(NOW):
            pass
        idle = measured(lambda: engine.tick(NOW + timedelta(minutes=1)))
        engine.close()
    print(f"{PEOPLE} people; CPU seconds, and the ratio to a baseline of the same run")
    print(f"read the people file     {rows:8.4f}")
    print(f"first tick               {first:8.4f}   {first / rows:6.1f} x reading the people file")
    print(f"a tick with nothing due  {idle:8.4f}   {idle / rows:6.1f} x reading the people file")
    print(f"{GROUP} plain messages      {message:8.4f}")
    print(f"{GROUP} letters, claimed    {letters:8.4f}   {letters / message:6.1f} x composing plain messages")


main()
