"""What comes of a changed policy: it is told once, and brings early what waited for it. Pure."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from culture.policy import Policy
from culture.policy_news import PolicyRecords, changes, looked_at, of_week
from culture.revisit.rules import Opening, Revisit, What, opened
from culture.workdays import Week
from tests.culture_values import ANSWERS

DAY = date(2027, 3, 3)
"""A Wednesday."""

POLICY = Policy(answers={"da": ANSWERS, "en": ANSWERS}, most_sensitive="own", tools=("chat", "word"))


def answering(**changes: str) -> Policy:
    return replace(POLICY, answers={"da": replace(ANSWERS, **changes), "en": ANSWERS})


def item(**changes: Any) -> Revisit:
    values: dict[str, Any] = {
        "id": "x",
        "name": "Copilot i Excel",
        "what": What.TOOL,
        "rejected_by": "IT",
        "rejected_on": date(2026, 10, 1),
        "reason": "Ikke godkendt",
        "would_change": "",
        "months": 4,
        "owner": "",
        "next_on": date(2027, 6, 1),
    }
    return Revisit(**{**values, **changes})


ALLOWING = replace(POLICY, most_sensitive="internal", tools=("chat", "word", "excel"))


@pytest.mark.parametrize(
    ("waits", "after", "why"),
    [
        ({"needs_tool": "excel"}, ALLOWING, Opening.ALLOWED),
        ({"needs_data": "internal"}, ALLOWING, Opening.ALLOWED),
        ({"needs_tool": "excel", "needs_data": "internal"}, ALLOWING, Opening.ALLOWED),
        ({"needs_tool": "excel", "needs_data": "internal"}, replace(ALLOWING, most_sensitive="own"), None),
        ({"needs_tool": "teams"}, ALLOWING, None),
        ({"needs_tool": "word"}, ALLOWING, None),  # was allowed before: it waits for something else
        ({}, ALLOWING, None),
        ({}, answering(tools="Chatten og  copilot i\nEXCEL."), Opening.NAMED),
        ({}, answering(data="Copilot i Excel: kun offentlige tal."), Opening.NAMED),
        ({}, answering(responsible="Copilot i Excel: dig."), None),
        ({"name": "Excel"}, answering(tools="Excelark"), None),
        ({"needs_tool": "excel", "next_on": None}, ALLOWING, None),  # decided
    ],
)
def test_an_item_is_brought_early_by_what_it_waited_for_and_by_nothing_else(
    waits: dict[str, Any], after: Policy, why: Opening | None
) -> None:
    assert opened([item(**waits)], POLICY, after).get("x") is why
    assert opened([item(**waits)], after, after) == {}


def test_the_policy_that_is_looked_at_for_the_first_time_is_no_news() -> None:
    first = looked_at(PolicyRecords(), POLICY, DAY)
    assert first.last is not None
    assert (first.last.policy, first.last.changed_on) == (POLICY, None)
    assert looked_at(first, POLICY, DAY + timedelta(days=1)) is first


def test_a_change_is_told_in_the_week_after_it_and_in_no_other() -> None:
    seen = looked_at(PolicyRecords(), POLICY, DAY)
    after = looked_at(seen, answering(tools="Alt"), DAY)
    told = [day for day in (DAY + timedelta(days=n) for n in range(-10, 30)) if of_week(after, Week.of(day))]
    assert told == [date(2027, 3, 8) + timedelta(days=n) for n in range(7)]
    last = of_week(after, Week.of(told[0]))
    assert last is not None
    assert last.changed == ("tools",)


def test_an_answer_in_one_language_more_is_no_change() -> None:
    assert changes(replace(POLICY, answers={"da": ANSWERS}), POLICY) == ()
    assert changes(POLICY, replace(ALLOWING, answers=answering(data="Alt").answers)) == ("data", "allowed")
