"""What the fuse remembers of a kind, and what it measures growth against."""

from service.planning.fuse import WEEKS_REMEMBERED, SendHistory, letters_reason
from service.settings.sections import LimitsSection

WEEKS = [f"2027-W{number:02}" for number in range(1, 13)]


def remembered(letters: dict[str, int]) -> SendHistory:
    memory = SendHistory()
    for week, count in letters.items():
        memory = memory.after("smtp", week, count)
    return memory


def held(memory: SendHistory, week: str, letters: int) -> bool:
    limits = LimitsSection(growth_percent=20)
    return letters_reason("tip", letters, transport="smtp", week=week, memory=memory, limits=limits) is not None


def test_this_week_and_the_eight_before_it_are_remembered_and_no_more() -> None:
    memory = remembered(dict.fromkeys(WEEKS, 40))
    assert list(memory.weeks) == WEEKS[-WEEKS_REMEMBERED - 1 :] == WEEKS[3:]


def test_growth_is_measured_against_the_largest_of_the_last_eight_weeks_and_not_the_largest_ever() -> None:
    early = remembered({WEEKS[0]: 500, **dict.fromkeys(WEEKS[1:8], 40)})
    assert not held(early, WEEKS[8], 500)
    late = remembered({WEEKS[0]: 500, **dict.fromkeys(WEEKS[1:11], 40)})
    assert held(late, WEEKS[11], 500)


def test_letters_of_one_week_are_added_up_and_transports_are_kept() -> None:
    memory = SendHistory().after("folder", WEEKS[0], 2).after("smtp", WEEKS[0], 3)
    assert memory == SendHistory(transports=frozenset({"folder", "smtp"}), weeks={WEEKS[0]: 5})
