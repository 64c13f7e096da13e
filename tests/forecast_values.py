"""A forecast held against what `run --once` then writes at those moments, over organisations that are made by chance.

    python -m tests.forecast_values 200

plays the organisations of the seeds 0 to 199, and says which of them differ. Exit status 1 when one does.
"""

import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random

from culture.people import Preference
from service.answers.forecast import forecast
from service.daemon.once import once
from service.engine.engine import Engine
from service.engine.opening import looking
from store.letters import LetterRecord
from tests.service_values import live, make_engine, write_config
from tests.smtp_server import SmtpServer

FIRST = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DEPARTMENTS = ("plan", "jura")
CHANNELS = ("feed", "invite", "none")


@dataclass(frozen=True)
class Played:
    """The same moments, foreseen and as they were."""

    seed: int
    foreseen: list[tuple[object, ...]]
    written: list[tuple[object, ...]]
    held: int

    @property
    def differs(self) -> bool:
        return self.foreseen != self.written


def play(seed: int, folder: Path, days: int = 14) -> Played:
    """An organisation of this seed that has lived for some weeks; then a forecast, and the days themselves."""
    chance = Random(seed)
    with SmtpServer() as server:
        _write(folder, chance, server.port)
        now = _lived(folder, chance)
        with looking(folder / "config.toml") as engine:
            coming = list(forecast(engine, now, now + days * DAY))
        for one in coming:
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                once(folder / "config.toml", lambda at=one.at: at, "en")  # type: ignore[misc]  # binds this moment
    engine = make_engine(folder)
    try:
        written = [letter for letter in engine.letters() if (letter.settled_at or now) >= now]
        written = [
            letter for letter in written if letter.state == "sent" and letter.settled_at in {c.at for c in coming}
        ]
        return Played(
            seed=seed,
            foreseen=sorted(_told(letter) for one in coming for letter in one.letters),
            written=sorted(map(_told, written)),
            held=sum(len(held.keys) for one in coming for held in one.held),
        )
    finally:
        engine.close()


def _told(letter: LetterRecord) -> tuple[object, ...]:
    return str(letter.settled_at), letter.id, letter.to, letter.subject, letter.kinds, letter.notices


def _write(folder: Path, chance: Random, port: int) -> None:
    transport = chance.choice(["folder", "smtp"])
    write_config(folder, transport=transport, port=port, channel=chance.choice(CHANNELS))
    config = (folder / "config.toml").read_text("utf-8")
    closed = ", ".join(str(FIRST.date() + chance.randrange(20, 60) * DAY) for _ in range(chance.randrange(3)))
    config = config.replace("closed = []", f"closed = [{closed}]") + '[people]\nabsences = "absences.csv"\n'
    for department in DEPARTMENTS:
        if chance.random() < 0.7:
            weekday, hour = chance.choice(["monday", "tuesday", "thursday"]), chance.randrange(8, 15)
            config += f'[departments.{department}.meeting]\nweekday = "{weekday}"\ntime = "{hour:02}:00"\n'
    if chance.random() < 0.8:
        lead, settle = chance.choice([10, 15]), chance.choice([0, 30])
        config = config.replace('name = "Plan"\n', 'name = "Plan"\nfacilitator = "p1@x.example"\n')
        config += f"[relay]\nenabled = true\nstarts = 2026-11-30\nlead_days = {lead}\nsettle_days = {settle}\n"
    (folder / "config.toml").write_text(config, "utf-8")
    people = range(1, chance.randrange(2, 14))
    lines = [_row(number, chance) for number in people]
    (folder / "people.csv").write_text("number;name;email;department;time;started;left\n" + "".join(lines), "utf-8")
    away = [_absence(number, chance) for number in people if chance.random() < 0.3]
    (folder / "absences.csv").write_text("person;first;last\n" + "".join(away), "utf-8")


def _row(number: int, chance: Random) -> str:
    time = chance.choice(["", "", "09:15", "13:00"])
    started = str(FIRST.date() + chance.randrange(60) * DAY) if chance.random() < 0.15 else ""
    left = str(FIRST.date() + chance.randrange(80, 160) * DAY) if chance.random() < 0.15 else ""
    return f"{number};Person {number};p{number}@x.example;{chance.choice(DEPARTMENTS)};{time};{started};{left}\n"


def _absence(number: int, chance: Random) -> str:
    first: date = FIRST.date() + chance.randrange(60) * DAY
    return f"{number};{first};{first + chance.randrange(1, 20) * DAY}\n"


def _lived(folder: Path, chance: Random) -> datetime:
    """Some weeks of the service, with an administrator who looks or does not; the moment after them."""
    engine, now = make_engine(folder), FIRST
    looks = chance.random() < 0.6
    try:
        for _ in range(chance.randrange(50)):
            live(engine, now, believed=looks)
            _choose(engine, chance)
            now += timedelta(hours=chance.choice([3, 9, 24, 24, 40]))
    finally:
        engine.close()
    return now


def _choose(engine: Engine, chance: Random) -> None:
    if engine.agenda and chance.random() < 0.1:
        people = sorted(engine.agenda.world.organisation.people)
        if people:
            preference = Preference(channel=chance.choice(CHANNELS), stopped=chance.random() < 0.2)  # type: ignore[arg-type]  # one of them
            engine.stored.prefer(chance.choice(people), preference)


def main(count: int) -> int:
    """Play the seeds below `count`, and say what differs."""
    letters = held = 0
    wrong = list[int]()
    for seed in range(count):
        with tempfile.TemporaryDirectory() as folder:
            played = play(seed, Path(folder))
        letters, held = letters + len(played.written), held + played.held
        if played.differs:
            wrong.append(seed)
            print(f"seed {seed}: foreseen only {_only(played.foreseen, played.written)}")
            print(f"seed {seed}: written only {_only(played.written, played.foreseen)}")
    print(
        f"{count} organisations, {letters} letters written in the days foreseen, held moments {held}: {len(wrong)} differ"
    )
    return 1 if wrong else 0


def _only(one: list[tuple[object, ...]], other: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [each for each in one if each not in other][:5]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
