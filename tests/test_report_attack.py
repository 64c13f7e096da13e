"""Whoever has every report, and knows the staff, the rules and some colleagues, finds nobody and no group below five.

What `test_anonymity.py` shows of the rules is shown here of what they publish, byte for byte: the attacker thinks of every
number of people who may have chosen something, makes the report of it, and keeps those whose report is the one there is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from culture.quarter import Quarter
from culture.report.anonymity import RULES, Rules
from culture.report.quarters import ReportRecords
from culture.world import World
from mailer.words import LANGUAGES
from service.report.report import closed, report
from service.report.written import as_json
from tests.culture_values import SEEN, organisation, person
from tests.report_values import CLOSED, QUARTER

pytestmark = pytest.mark.slow

SIZES = (1, 4, 5, 8, 9, 10, 13, 14, 17, 22, 27)
"""Of staffs: on both sides of each multiple of five, and of what leaves fewer than five."""

BROKEN = {
    "threshold": replace(RULES, fewest=1),
    "rounding": replace(RULES, step=1),
    "complement": replace(RULES, complement=False),
}


def staff(size: int, have: int) -> World:
    """So many people, and how many of them have the ten minutes in their calendar."""
    people = (
        person(str(n), channel="feed" if n < have else "none", first_seen=SEEN.replace(month=6)) for n in range(size)
    )
    return World(organisation(*people), CLOSED)


def published(rules: Rules, world: World, quarter: Quarter, before: ReportRecords) -> tuple[str, ReportRecords]:
    """The report of a quarter by these rules, and what is kept of it beside what is kept of those before."""
    records = ReportRecords({**before.closed, str(quarter): closed(world.having(before), quarter, rules)})
    return as_json(report(world.having(records), quarter, LANGUAGES), LANGUAGES), records


def few(sizes: Iterable[int]) -> bool:
    """Whether there is somebody, and fewer than five, however it is."""
    return all(0 < size < 5 for size in sizes)


def found_in_one(rules: Rules) -> Iterator[tuple[int, list[int]]]:
    """By how large the staff is: what all the numbers behind one report have in common, so that the attacker knows it."""
    for size in SIZES:
        worlds = defaultdict[str, list[int]](list)
        for have in range(size + 1):
            said, _ = published(rules, staff(size, have), QUARTER, ReportRecords())
            worlds[said].append(have)
        for counts in worlds.values():
            same = size > 1 and set(counts) in ({0}, {size})
            with_known = any(few(have - known for have in counts) for known in range(min(counts) + 1))
            without_known = any(few(size - have - known for have in counts) for known in range(size - max(counts) + 1))
            if same or with_known or without_known:
                yield size, counts


def found_by_difference(rules: Rules) -> Iterator[list[tuple[int, int]]]:
    """Of a staff in which fewer than five have come or gone between two quarters, as everybody knows."""
    size, worlds = 22, defaultdict[tuple[str, str], list[tuple[int, int]]](list)
    for before in range(size + 1):
        said, records = published(rules, staff(size, before), QUARTER.before, ReportRecords())
        for after in range(max(0, before - 4), min(size, before + 4) + 1):
            said_then, _ = published(rules, staff(size, after), QUARTER, records)
            worlds[said, said_then].append((before, after))
    for pairs in worlds.values():
        if few(abs(before - after) for before, after in pairs) or few(after for _, after in pairs):
            yield pairs


def test_nobody_is_found_in_a_report() -> None:
    assert list(found_in_one(RULES)) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_somebody_is_found_in_a_report_without_the_rule(rule: str) -> None:
    assert any(True for _ in found_in_one(BROKEN[rule]))  # the first is enough


def test_nobody_is_found_by_the_difference_of_two_reports() -> None:
    assert list(found_by_difference(RULES)) == []


def test_somebody_is_found_by_the_difference_without_the_rule() -> None:
    assert list(found_by_difference(replace(RULES, difference=0))) != []
