"""One scenario on the running service: what was seen in each phase, and which promises were broken."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from tests.clock_jumps.scenarios import Scenario, Step
from tests.preload.example import due, put
from tests.preload.running import Command, Running, pause, running, runs, until

QUIET = 7.0
"""Seconds watched before, and after the clock is right again: more than a beat."""
LONGEST_GAP = 12.0
"""Seconds between two beats, of which there is one every five; the rest is a busy machine."""
RIGHT_SECONDS = 20.0
"""How soon after the clock is right the service must be right too."""
SERVED_SECONDS = 25.0
"""How soon somebody new must have their welcome: two looks at the file, and a sending."""
MORNING_SECONDS = 40.0
STATUS_LINES = 3

JOINER = "4711;Nora Nyborg;nora.nyborg@groennebyrum.example;Jura og Tilladelser;;;;;;01-02-2020;\n"
JOINER_ADDRESS = "nora.nyborg@groennebyrum.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What was seen while the clock stood so."""

    name: str
    seconds: float
    beats: int
    gap: float  # the longest time without a beat
    health: str
    figures: str  # the last JSON of /healthz
    letters: int
    status: Command


@dataclass(slots=True)
class Outcome:
    """What a scenario came to."""

    name: str
    about: str
    phases: list[Phase] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def tried(name: str, scenario: Scenario, folder: Path, libraries: Path, scratch: Path) -> Outcome:
    """Run the scenario on a copy of the ground in `folder`."""
    wanted = due(folder, scratch / name, [scenario.start, scenario.past.due])
    with running(folder, libraries) as service:
        trial = Trial(service, scenario, Outcome(name, scenario.about))
        trial.run(set(wanted))
    return trial.outcome


class Trial:
    def __init__(self, service: Running, scenario: Scenario, outcome: Outcome) -> None:
        self.service, self.scenario, self.outcome = service, scenario, outcome

    def run(self, wanted: set[str]) -> None:
        service, clock = self.service, self.service.clock
        clock.set(self.scenario.start)
        service.start(self.scenario.zone)
        if not service.up():
            self.broken(f"it did not come up: {' / '.join(service.logged()[-3:])}")
            return
        self.phase("before", QUIET)
        before, real = clock.now(), time.monotonic()
        for step in self.scenario.steps:
            self.step(step)
        if self.scenario.joiner:
            self.joined()
        if not self.scenario.zone:  # a night is no wrong clock
            clock.set(before + timedelta(seconds=time.monotonic() - real))
            self.right_again()
        self.morning(wanted)
        self.counted(wanted)
        status = service.stop()
        if status != 0:
            self.broken(f"at SIGTERM it ended with {status}, not 0")

    def broken(self, sentence: str) -> None:
        self.outcome.broken.append(sentence)

    def step(self, step: Step) -> None:
        clock = self.service.clock
        clock.set(step.to or clock.now() + (step.by or timedelta(0)), step.speed)
        seen = self.phase(step.name, step.seconds)
        last = self.service.last()
        if step.wrong and last.fine:
            self.broken(f"{step.name}: health says {last.status}, and nothing is sent")
        if step.wrong and seen.letters:
            self.broken(f"{step.name}: {seen.letters} letters went by the wrong clock")
        if not step.wrong and not last.fine and not self.scenario.believed:
            self.broken(f"{step.name}: health says {last.status}, and nothing is wrong")

    def phase(self, name: str, seconds: float) -> Phase:
        """Watch for so long."""
        began, letters = time.monotonic(), self.count()
        pause(seconds)
        return self.note(name, began, letters)

    def note(self, name: str, began: float, letters: int) -> Phase:
        service, ended = self.service, time.monotonic()
        beats = [moment for moment in service.beats() if began < moment <= ended]
        moments = [began, *beats, ended]
        seen = service.within(began, ended)
        found = Phase(
            name=name,
            seconds=ended - began,
            beats=len(beats),
            gap=max(later - earlier for earlier, later in pairwise(moments)),
            health=runs([one.status for one in seen]),
            figures=json.dumps(seen[-1].said if seen else {}, ensure_ascii=False),
            letters=self.count() - letters,
            status=service.command("status"),
        )
        self.outcome.phases.append(found)
        if found.gap > LONGEST_GAP:
            self.broken(f"{name}: no beat for {found.gap:.0f} seconds")
        if not found.status.answered:
            self.broken(f"{name}: status did not answer")
        if alarms := sum(one.code != 200 and one.said.get("status") != "starting" for one in seen):
            self.broken(f"{name}: health alarmed a monitor {alarms} times, and nothing had failed")
        return found

    def count(self) -> int:
        return sum(map(len, self.service.letters().values()))

    def joined(self) -> None:
        """Somebody new is written into people.csv, by the clock as it stands."""
        file, began, letters = self.service.folder / "people.csv", time.monotonic(), self.count()
        put(file, file.read_text("utf-8") + JOINER)
        served = until(self.served, SERVED_SECONDS)
        took = time.monotonic() - began
        self.note("a new person", began, letters)
        self.outcome.notes.append(f"a new person: {f'served after {took:.1f} s' if served else 'not served'}")
        if not served:
            self.broken(f"the new person was not served in {SERVED_SECONDS:.0f} seconds")

    def served(self) -> bool:
        return any(copy.to == JOINER_ADDRESS for copies in self.service.letters().values() for copy in copies)

    def right_again(self) -> None:
        """The clock is right from here on; how long until the service is."""
        service, began, letters = self.service, time.monotonic(), self.count()
        right = until(lambda: self.right_since(began), RIGHT_SECONDS)
        took = time.monotonic() - began
        if not right and self.scenario.believed:
            self.approve()
            right = until(lambda: self.right_since(began), RIGHT_SECONDS)
            took = time.monotonic() - began
        pause(max(0.0, QUIET - took))
        self.note("right again", began, letters)
        self.outcome.notes.append(f"right again: {f'after {took:.1f} s' if right else 'never'}")
        if not right:
            self.broken(f"the clock has been right for {took:.0f} seconds, and health says {service.last().status}")

    def right_since(self, began: float) -> bool:
        """Whether a beat came since, and the page says that nothing is wrong and nothing is held."""
        last, beats = self.service.last(), self.service.beats()
        return bool(beats) and beats[-1] > began and last.at > beats[-1] and last.fine and not last.said.get("held")

    def approve(self) -> None:
        """Approve what is held, as the administrator is told to."""
        found = self.service.command("plan", "--json")
        try:
            held = json.loads("\n".join(found.lines))["held"]
        except (ValueError, KeyError, TypeError):
            held = []
        for one in held:
            said = self.service.command("apply", str(one["digest"]))
            self.outcome.notes.append(f"held, and approved by hand: {one['kind']} (rc {said.status})")

    def morning(self, wanted: set[str]) -> None:
        """The morning comes: its letters must go."""
        service, began, letters = self.service, time.monotonic(), self.count()
        service.clock.set(self.scenario.past.morning - timedelta(seconds=3))
        there = service.arrived(wanted, MORNING_SECONDS)
        took = time.monotonic() - began - 3
        pause(QUIET)
        self.note("07:00", began, letters)
        self.outcome.notes.append(
            f"the letters of the morning: {f'all {took:.1f} s after 07:00:00' if there else 'not all came'}"
        )

    def counted(self, wanted: set[str]) -> None:
        letters = self.service.letters()
        lost, twice = wanted - letters.keys(), [key for key, copies in letters.items() if len(copies) > 1]
        others = [key for key, copies in letters.items() if key not in wanted and copies[0].to != JOINER_ADDRESS]
        self.outcome.notes.append(
            f"letters: {len(wanted) - len(lost)} of {len(wanted)} due, {len(lost)} lost, {len(twice)} twice, "
            f"{len(others)} others"
        )
        if not wanted:
            self.broken("no letter was due: this proves nothing")
        if lost:
            self.broken(f"{len(lost)} of {len(wanted)} letters did not come")
        if twice:
            self.broken(f"{len(twice)} letters came twice")
        if others and not self.scenario.believed:
            self.broken(f"{len(others)} letters were not due")


def lines(outcome: Outcome) -> Iterator[str]:
    """The outcome, for a person to read."""
    yield f"{outcome.name}: {outcome.about}"
    yield f"  {'phase':34}{'seconds':>8}{'beats':>7}{'longest gap':>13}{'letters':>9}  /healthz"
    for one in outcome.phases:
        yield f"  {one.name:34}{one.seconds:8.0f}{one.beats:7}{one.gap:11.1f} s{one.letters:9}  {one.health}"
    for one in outcome.phases:
        yield f"  {one.name}: {one.figures}"
        yield f"    status, rc {one.status.status}"
        yield from (f"    | {line[:200]}" for line in one.status.lines[:STATUS_LINES])
    yield from (f"  {note}" for note in outcome.notes)
    yield from (f"  BROKEN: {sentence}" for sentence in outcome.broken)
