"""One case on the running service: what the others got, what was said, and how it came back."""

import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from tests.poison.cases import Case
from tests.preload.example import SUNDAY_EVENING, WINTER, Letter, put
from tests.preload.running import Command, Running, Seen, pause, running, runs, until

QUIET = 6.0
"""Seconds watched with the thing in and nothing due, and at least once letters are due: more than a beat."""
BACK_SECONDS = 25.0
AN_HOUR = timedelta(minutes=62)
"""What was parked is tried again after an hour."""
NEWCOMER = "4712;Nils Nord;nils.nord@groennebyrum.example;Jura og Tilladelser;;;;;;01-02-2020;\n"
NEWCOMER_ADDRESS = "nils.nord@groennebyrum.example"
STATUS_LINES = 3
LOG_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an administrator and a monitor were told at one time."""

    status: Command
    seen: Seen


@dataclass(slots=True)
class Outcome:
    """What a case came to."""

    name: str
    about: str
    others: str = ""  # letters of those whom it is not about, of how many
    everybody: str = ""  # in the end
    twice: int = 0
    health: str = ""  # all that the page said meanwhile
    gap: float = 0.0  # the longest time without a beat meanwhile, in seconds
    ended: str = ""
    back: str = ""
    during: Said | None = None
    after: Said | None = None
    log: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def tried(name: str, case: Case, wanted: dict[str, Letter], ground: Path, libraries: Path) -> Outcome:
    """Run the case on a copy of the ground; `wanted` is what a service without it sends on Monday."""
    outcome = Outcome(name, case.about)
    with running(ground, libraries, syncs=case.syncs) as service, case.around(service):
        try:
            Trial(service, case, outcome, wanted).run()
        finally:
            service.close()
    return outcome


class Trial:
    def __init__(self, service: Running, case: Case, outcome: Outcome, wanted: dict[str, Letter]) -> None:
        self.service, self.case, self.outcome = service, case, outcome
        self.everybody = {letter.to for letter in wanted.values()}

    def run(self) -> None:
        service = self.service
        service.clock.set(SUNDAY_EVENING)
        service.start()
        if not service.well():
            self.broken(f"it did not come up: {' / '.join(service.logged()[-3:])}")
            return
        logged = len(service.logged(printed=False))
        with self.case.cause(service):
            self.sunday_and_monday()
            self.outcome.log = _telling(service.logged(printed=False)[logged:])
        self.back()
        if service.ended:
            return
        if service.syncs:
            self.outcome.notes.append(f"{service.syncs.count} syncs in all, of which {service.syncs.failed} failed")
        status = service.stop()
        if status != 0:
            self.broken(f"at SIGTERM it ended with {status}, not 0")

    def broken(self, sentence: str) -> None:
        self.outcome.broken.append(sentence)

    # --- while it is in

    def sunday_and_monday(self) -> None:
        """It is in on Sunday, for a beat or two; then Monday's letters are due."""
        service, outcome, case = self.service, self.outcome, self.case
        others = case.only or self.everybody - case.touched
        put_in = time.monotonic()
        pause(QUIET)
        service.clock.set(WINTER.morning - timedelta(seconds=3))
        began = time.monotonic()
        until(lambda: service.ended or others <= self.reached(), QUIET if case.all_wait else case.seconds)
        pause(QUIET)
        moments = [began, *(beat for beat in service.beats() if beat > began), time.monotonic()]
        outcome.gap = max(later - earlier for earlier, later in pairwise(moments))
        if service.ended:
            self.after_an_end(others)
        got = others & self.reached()
        outcome.others = f"{len(got)}/{len(others)}"
        outcome.health = runs([one.status for one in service.within(put_in, time.monotonic())])
        outcome.during = Said(status=service.command("status"), seen=service.last())
        self.judge_during(missing=len(others) - len(got), wrongly=case.without & self.reached())

    def after_an_end(self, others: Collection[str]) -> None:
        """It ended: look why, and start it again with the thing still in, as systemd does."""
        service, outcome = self.service, self.outcome
        assert service.process is not None
        outcome.ended = f"rc {service.process.returncode}"
        outcome.notes.append(f"it ended: {' / '.join(service.logged()[-1:])}")
        if not self.case.may_end:
            self.broken(f"it ended with {service.process.returncode}: {' / '.join(service.logged()[-1:])}")
        elif service.process.returncode != 1:
            self.broken(f"it ended with {service.process.returncode}, not 1")
        elif "var/" not in "".join(service.logged()[-1:]):  # where the example has its state
            self.broken(f"its last words name no file: {' / '.join(service.logged()[-1:])}")
        service.start()
        up = service.up() and not until(lambda: service.ended, QUIET)
        until(lambda: service.ended or self.reached().issuperset(others), QUIET)
        outcome.ended += ", started again" if up else ", and again at once"

    def judge_during(self, missing: int, wrongly: Collection[str]) -> None:
        said, case = self.outcome.during, self.case
        assert said
        if missing and not case.all_wait and not self.outcome.ended:
            self.broken(f"{missing} others did not get theirs in {case.seconds:.0f} seconds")
        if wrongly:
            self.broken(f"{', '.join(sorted(wrongly))} should have had nothing")
        if not said.status.answered:
            self.broken(f"status did not answer: {' / '.join(said.status.lines[-1:])}")
        waiting = self.everybody - case.without - self.reached()
        # A start may have healed it: then there is nothing left to tell.
        if not waiting and (self.outcome.ended or not case.told):
            return
        reason = f"{len(waiting)} people have not got theirs" if waiting else "something is wrong"
        if said.seen.fine:
            self.broken(f"health says {said.seen.status} while {reason}")
        if said.status.status == 0:
            self.broken(f"status ends with 0 while {reason}")

    # --- when it is out again

    def back(self) -> None:
        """The cause is gone: everybody must get theirs, now or after the hour for which it was parked."""
        service, outcome, began = self.service, self.outcome, time.monotonic()
        there = self.recovered()
        outcome.back = f"{time.monotonic() - began:.0f} s"
        if not there and not service.ended:
            service.clock.move(AN_HOUR)
            there = self.recovered()
            outcome.back = "after an hour"
        pause(QUIET)
        served = there and self.newcomer()
        outcome.after = Said(status=service.command("status"), seen=service.last())
        if not there:
            outcome.back = "never: ended again" if service.ended else "never"
        if there and not served:
            self.broken(
                f"somebody new was not served in {BACK_SECONDS:.0f} seconds afterwards: it lives and does nothing"
            )
        self.judge_after(there)

    def recovered(self) -> bool:
        """Whether everybody gets theirs. One that has ended is started again, as systemd does, at most twice."""
        for _ in range(2):
            if self.service.ended:
                self.service.start()
                self.service.up()
            until(self.complete, BACK_SECONDS)
            if not self.service.ended:
                break
        return self.everybody <= self.reached()

    def newcomer(self) -> bool:
        """Somebody new is written into people.csv: a service that only looks alive does not welcome them."""
        file = self.service.folder / "people.csv"
        put(file, file.read_text("utf-8") + NEWCOMER)
        return until(lambda: NEWCOMER_ADDRESS in self.reached(), BACK_SECONDS)

    def judge_after(self, there: bool) -> None:
        outcome, after = self.outcome, self.outcome.after
        assert after
        self.count()
        if not there:
            self.broken(f"the cause is gone, and {outcome.everybody} have theirs")
        if not after.status.answered:
            self.broken(f"status did not answer afterwards: {' / '.join(after.status.lines[-1:])}")
        if after.seen.code != 200:
            self.broken(f"health says {after.seen.status} afterwards")

    def count(self) -> None:
        """Nothing may come twice but what was in doubt, and that byte for byte the same."""
        letters = self.service.letters()
        self.outcome.everybody = f"{len(self.everybody & self.reached())}/{len(self.everybody)}"
        self.outcome.twice = sum(len(copies) - 1 for copies in letters.values())
        if self.outcome.twice > self.doubts():
            self.broken(f"{self.outcome.twice} letters came twice, {self.doubts()} were in doubt")
        if any(len(set(copies)) > 1 for copies in letters.values()):
            self.broken("the same Message-ID came with other bytes")

    def doubts(self) -> int:
        found = self.service.command("status", "--json")
        try:
            return int(json.loads("\n".join(found.lines))["letters"]["doubt"])
        except (ValueError, KeyError, TypeError):
            return 0

    def reached(self) -> set[str]:
        """Who has got a letter since Sunday."""
        return {copy.to for copies in self.service.letters().values() for copy in copies}

    def complete(self) -> bool:
        return self.everybody <= self.reached() or self.service.ended


def _telling(lines: list[str]) -> list[str]:
    """The last of the different lines, without those of every tick."""
    return list(dict.fromkeys(line for line in lines if not line.startswith("tick: ")))[-LOG_LINES:]


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """A row for each case, and underneath what was said."""
    yield f"{'case':18}{'others':>8}{'all':>8}{'twice':>7}{'gap':>7}  {'status':8}{'/healthz meanwhile':20}{'afterwards':16}{'ended':24}back"
    for one in outcomes:
        during, after = one.during, one.after
        codes = f"rc {during.status.status if during else '-'}"
        yield (
            f"{one.name:18}{one.others:>8}{one.everybody:>8}{one.twice:7}{one.gap:5.0f} s  {codes:8}"
            f"{during.seen.status if during else '-':20}{after.seen.status if after else '-':16}"
            f"{one.ended or 'no':24}{one.back}{'  BROKEN' if one.broken else ''}"
        )
    for one in outcomes:
        yield ""
        yield from lines(one)


def lines(outcome: Outcome) -> Iterator[str]:
    yield f"{outcome.name}: {outcome.about}"
    if outcome.health:
        yield f"  /healthz meanwhile: {outcome.health}"
    for name, said in (("meanwhile", outcome.during), ("afterwards", outcome.after)):
        if said:
            yield f"  {name}: {said.seen.status}: {json.dumps(said.seen.said, ensure_ascii=False)}"
            yield f"  {name}: status, rc {said.status.status}"
            shown = said.status.lines[:STATUS_LINES] if said.status.answered else said.status.lines[-1:]
            yield from (f"    | {line[:200]}" for line in shown)
    yield from (f"  log | {line[:300]}" for line in outcome.log)
    yield from (f"  {note}" for note in outcome.notes)
    yield from (f"  BROKEN: {sentence}" for sentence in outcome.broken)
