"""Who reads all reports and knows the rules, the staff and some colleagues finds nobody, and no group below five.

The attacker thinks of every world there can be and keeps those that give just what was published. Something is found
when it is so in all of them. All cases of a small staff are tried, not some; and each rule is broken in turn, to see that
the attacker finds somebody then.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

import pytest

from culture.quarter import Quarter
from culture.report.anonymity import RULES, Choice, Rules

FIRST, SECOND = Quarter(2026, 3), Quarter(2026, 4)
STAFF = range(31)
FEW = range(1, 5)
"""A group that nobody may find: there is somebody in it, and they are fewer than five."""

Published = tuple[int | None, str]


def few(sizes: Iterable[int]) -> bool:
    """Whether a group is below five, and not empty, in every world that is left."""
    return all(size in FEW for size in sizes)


def published(choice: Choice) -> Published:
    """What the report says of it."""
    return choice.shown, choice.since


# --- one report -------------------------------------------------------------------------------------------------


def found_in_one(rules: Rules) -> Iterator[tuple[int, Published, str]]:
    """What is found in one report of a choice: how many could choose is known to all, and so are some who did or did
    not."""
    for of in STAFF:
        worlds = defaultdict[Published, list[int]](list)
        for count in range(of + 1):
            worlds[published(rules.choice(count, of, FIRST))].append(count)
        for said, counts in worlds.items():
            if of and set(counts) in ({0}, {of}):
                yield of, said, "everybody chose the same"
            yield from ((of, said, f"besides {known} known") for known in range(min(counts)) if few_more(counts, known))
            rest = [of - count for count in counts]
            yield from ((of, said, f"others besides {known}") for known in range(min(rest)) if few_more(rest, known))


def few_more(counts: list[int], known: int) -> bool:
    """Whether those whom the attacker does not know by name are few, and there."""
    return few(count - known for count in counts)


def test_nobody_is_found_in_one_report() -> None:
    assert list(found_in_one(RULES)) == []


@pytest.mark.parametrize(
    "weaker",
    [
        pytest.param(replace(RULES, fewest=1), id="threshold"),
        pytest.param(replace(RULES, step=1), id="rounding"),
        pytest.param(replace(RULES, complement=False), id="complement"),
    ],
)
def test_somebody_is_found_in_one_report_by_weaker_rules(weaker: Rules) -> None:
    assert list(found_in_one(weaker)) != []


# --- two reports ------------------------------------------------------------------------------------------------


def found_by_difference(rules: Rules) -> Iterator[tuple[int, int, Published, Published]]:
    """What is found in the reports of two quarters by whoever knows that fewer than five came, went or chose anew between
    them, as few who were hired in that time: that some of those few are among the counted, or no more; or that the group
    is small at either time."""
    for first, second in product(STAFF, STAFF):
        if abs(first - second) > max(FEW):
            continue
        worlds = defaultdict[tuple[Published, Published], list[tuple[int, int]]](list)
        for count in range(first + 1):
            before = rules.choice(count, first, FIRST)
            for after in range(max(0, count - max(FEW)), min(second, count + max(FEW)) + 1):
                said = published(before), published(rules.choice(after, second, SECOND, before))
                worlds[said].append((count, after))
        for said, pairs in worlds.items():
            counts, afters = [one for one, _ in pairs], [one for _, one in pairs]
            groups = ([abs(one - other) for one, other in pairs], counts, afters)
            if first and second and any(few(group) for group in groups):
                yield first, second, *said


def test_nobody_is_found_by_the_difference_of_two_quarters() -> None:
    assert list(found_by_difference(RULES)) == []


def test_somebody_is_found_by_the_difference_when_every_change_is_shown() -> None:
    assert list(found_by_difference(replace(RULES, difference=0))) != []


def test_a_figure_that_stands_says_of_which_quarter_it_is() -> None:
    before = RULES.choice(22, 60, FIRST)
    assert published(before) == (20, "2026Q3")
    assert published(RULES.choice(26, 61, SECOND, before)) == (20, "2026Q3")
    assert published(RULES.choice(27, 61, SECOND, before)) == (25, "2026Q4")


def test_small_changes_never_show_however_many_there_are() -> None:
    found, quarter = RULES.choice(22, 90, FIRST), FIRST
    for count in range(26, 82, 4):
        quarter = quarter.next
        found = RULES.choice(count, 90, quarter, found)
        assert published(found) == (20, "2026Q3")


# --- answers ----------------------------------------------------------------------------------------------------


def found_in_answers(rules: Rules) -> Iterator[Published]:
    """What is found in the answers of a pulse, of which each is shown by itself, by whoever knows some of those who
    gave one."""
    worlds = defaultdict[int | None, list[int]](list)
    for count in STAFF[:-1]:
        worlds[rules.answers({"yes": count})["yes"]].append(count)
    for said, counts in worlds.items():
        yield from ((said, str(known)) for known in range(min(counts) + 1) if few_more(counts, known))


def test_nobody_is_found_in_answers() -> None:
    assert list(found_in_answers(RULES)) == []


@pytest.mark.parametrize(
    "weaker",
    [pytest.param(replace(RULES, fewest=1), id="threshold"), pytest.param(replace(RULES, step=1), id="rounding")],
)
def test_somebody_is_found_in_answers_by_weaker_rules(weaker: Rules) -> None:
    assert list(found_in_answers(weaker)) != []


def test_an_answer_says_nothing_of_another() -> None:
    """What is left out cannot be worked out from what is shown: any number of it gives the same."""
    for hidden in range(5):
        assert RULES.answers({"yes": 12, "partly": 7, "no": hidden}) == {"yes": 10, "partly": 5, "no": None}


def test_who_answers_each_month_is_not_counted_thrice() -> None:
    """Two people who say the same in three months are two, and not six."""
    assert RULES.answers({"no": 2}, {"no": 2}, {"no": 2}) == {"no": None}
    assert RULES.answers({"no": 12, "yes": 3}, {"no": 4, "yes": 8}, {"no": 7, "yes": 9}) == {"no": 15, "yes": 10}
