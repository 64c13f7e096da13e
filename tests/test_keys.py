"""culture/keys.py: every key comes back as it went in, and keys without "/" and "." read as they always did."""

import ast
from collections.abc import Callable, Container
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from culture.keys import (
    AboutPeriod,
    AttendeeKey,
    CallName,
    ChangePeriod,
    DepartmentFeed,
    ItemPeriod,
    MeetingId,
    MeetingPeriod,
    NotAKey,
    NoticeKey,
    PersonWeek,
    PromptsKey,
    SlotKey,
    TurnId,
    TurnPeriod,
    escaped,
    pair_text,
    unescaped,
    without_domain,
)
from culture.workdays import Week
from tests.sources import ROOT, Nodes, nodes, product

pytestmark = pytest.mark.slow

DAY, WEEK = date(2026, 12, 3), Week(2026, 49)
TEXTS = st.text(alphabet=st.sampled_from("/.%2FE5-@ aø0"), max_size=8) | st.text(max_size=8)
IDS = st.text(alphabet=st.sampled_from("p0123456789.@-_"), min_size=1, max_size=8)


@given(TEXTS)
@example("%2F")
@example("%252F/.")
def test_an_escaped_text_has_no_separator_and_comes_back(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert "/" not in escaped(text)
    assert "." not in escaped(text)


@given(st.text(alphabet=st.characters(exclude_characters="/.%"), max_size=10))
def test_a_text_without_separators_is_not_touched(text: str) -> None:
    assert escaped(text) == text


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_two_pairs_of_words_never_make_the_same_key(a: str, b: str, c: str, d: str) -> None:
    same = (a, b) == (c, d)
    assert (PromptsKey(a, b, WEEK).to_text() == PromptsKey(c, d, WEEK).to_text()) == same
    assert (pair_text(a, b) == pair_text(c, d)) == same
    assert (AttendeeKey(a, b).to_text() == AttendeeKey(c, d).to_text()) == same


@given(department=TEXTS, track=TEXTS, turn=TEXTS, person=IDS, about=st.sampled_from(["", "0", "12", "2026-12-03"]))
def test_every_key_that_is_read_again_comes_back(
    department: str, track: str, turn: str, person: str, about: str
) -> None:
    meeting = MeetingId(department, "2026-12-03").to_text()
    assert PromptsKey.from_text(PromptsKey(department, track, WEEK).to_text()) == PromptsKey(department, track, WEEK)
    assert TurnId.from_text(TurnId(department, 12).to_text()) == TurnId(department, 12)
    assert TurnPeriod.from_text(TurnPeriod(turn, about).to_text()) == TurnPeriod(turn, about)
    assert MeetingPeriod.from_text(MeetingPeriod(meeting, DAY).to_text()) == MeetingPeriod(meeting, DAY)
    for news in (0, 1, 12):
        assert ItemPeriod.from_text(ItemPeriod(turn, DAY, news).to_text()) == ItemPeriod(turn, DAY, news)
    assert AboutPeriod.from_text(AboutPeriod(department, DAY).to_text()) == AboutPeriod(department, DAY)
    assert PersonWeek.from_text(PersonWeek(WEEK, person).to_text()) == PersonWeek(WEEK, person)
    assert AttendeeKey.from_text(AttendeeKey(turn, person).to_text()) == AttendeeKey(turn, person)
    for period in (TurnPeriod(turn, about), MeetingPeriod(meeting, DAY), ItemPeriod(turn, DAY), ChangePeriod(3, turn)):
        notice = NoticeKey("eve", period.to_text(), person)
        assert NoticeKey.from_text(notice.to_text()) == notice


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (NoticeKey("tip", "2026-W49", "1036"), "tip/2026-W49/1036"),
        (NoticeKey("eve", TurnPeriod("plan-1", "2026-12-03").to_text(), "1036"), "eve/plan-1.2026-12-03/1036"),
        (NoticeKey("assignment", TurnPeriod("plan-1").to_text(), "a.b@c"), "assignment/plan-1/a.b@c"),
        (MeetingPeriod("plan/2026-12-03", DAY), "plan.2026-12-03.2026-12-03"),
        (ItemPeriod("relay-plan-1", DAY), "relay-plan-1.2026-12-03"),
        (ItemPeriod("relay-plan-1", DAY, 2), "relay-plan-1.2026-12-03.2"),
        (AboutPeriod("1036", DAY), "1036.2026-12-03"),
        (AboutPeriod("plan.nord", DAY), "plan%2Enord.2026-12-03"),
        (ChangePeriod(4), "4"),
        (ChangePeriod(4, "slot-0a1b"), "4.slot-0a1b"),
        (MeetingId("plan", "2026-12-03"), "plan/2026-12-03"),
        (PromptsKey("plan", "law.eu", WEEK), "plan/law.eu/2026-W49"),
        (PersonWeek(WEEK, "1036"), "2026-W49/1036"),
        (AttendeeKey("plan-1", "1036"), "plan-1/1036"),
        (SlotKey("slot-0a1b@b.example", "1036"), "slot-0a1b@b.example/1036"),
        (DepartmentFeed("plan"), "department/plan"),
        (CallName("meeting", "plan-1/1036"), "meeting/plan-1/1036"),
        (PromptsKey("Plan/Byg", "hr/løn", WEEK), "Plan%2FByg/hr%2Fløn/2026-W49"),
        (MeetingId("plan.nord", "2026-12-03"), "plan%2Enord/2026-12-03"),
        (TurnPeriod("plan.nord-1", "0"), "plan%2Enord-1.0"),
    ],
)
def test_a_key_reads_as_it_is_stored(made: Any, text: str) -> None:
    assert made.to_text() == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PromptsKey, "plan/hr/løn/2026-W49"),
        (PromptsKey, "plan/2026-W49"),
        (PromptsKey, "plan/law/2026-W99"),
        (NoticeKey, "tip/2026-W49"),
        (MeetingPeriod, "plan.2026-12-03"),
        (MeetingPeriod, "plan.2026-12-03.soon"),
        (ItemPeriod, "item"),
        (ItemPeriod, "item.2026-12-03.0"),
        (AboutPeriod, "1036"),
        (AboutPeriod, "1036.soon"),
        (AboutPeriod, "10.36.2026-12-03"),
        (PersonWeek, "2026-49/1036"),
        (PersonWeek, "2026-W49"),
        (AttendeeKey, "plan-1"),
        (TurnId, "plan-"),
        (TurnId, "plan1"),
        (CallName, "block"),
    ],
)
def test_a_text_that_is_no_key_is_said_to_be_none(kind: Any, text: str) -> None:
    with pytest.raises(NotAKey):
        kind.from_text(text)


def test_a_uid_is_the_same_under_another_domain() -> None:
    assert without_domain("slot-0a1b@b.example") == without_domain("slot-0a1b@c.example") == "slot-0a1b"


# --- nobody else joins or splits

SPLITS = {"split", "rsplit", "partition", "rpartition"}
SEPARATORS = {"/", ".", "@"}
OTHERS = {
    "service/answers/golive.py": "tables of a config",
    "service/answers/own_templates.py": "names of templates",
    "service/cli/golive_steps.py": "a mail address",
    "service/engine/logs.py": "the name of a log",
    "service/messages/disk_faults.py": "the name of a module",
    "service/settings/edits.py": "tables of a config",
    "calendars/microsoft365/token.py": "the middle of a token (RFC 7519)",
    "service/microsoft365/people.py": "the dotted name of an attribute in the directory",
    "calendars/reading/clocks.py": "a zone's name",
    "calendars/reading/events.py": "a period, from its beginning to its end",
    "calendars/reading/fetch.py": "a URL's host",
    "mailer/folder/transport.py": "an address",
    "mailer/render.py": "a link's token",
    "mailer/smtp/transport.py": "an address",
    "service/rehearsal/stage.py": "the dotted name of a TOML key",
    "service/report/words.py": "the dotted name of a TOML key",
    "service/settings/people_file.py": "an address",
    "culture/keys.py": "the place for it",
}
"""Files that take another text apart than a key."""

HASHED = {"sha256", "_digest", "_opaque", "_hash"}
NO_KEYS = {
    "calendars/microsoft365/calendar.py": "paths of addresses, and a filter of Microsoft Graph",
    "calendars/microsoft365/sent_items.py": "paths of addresses",
    "calendars/microsoft365/token.py": "paths of addresses",
    "calendars/microsoft365/view.py": "paths of addresses",
    "calendars/reading/source.py": "what is hashed, and never taken apart",
    "service/vitamin/sheet.py": "tags of a drawing",
    "service/settings/meeting_sources.py": "what is hashed, and never taken apart; a file",
    "culture/people.py": "what the links of an outsider are made for, nothing that is stored",
    "service/archive/site.py": "files of a site",
    "service/microsoft365/proofs.py": "paths of addresses",
    "service/report/written.py": "a file",
    "calendars/server/in_memory.py": "ids of a rehearsal's calendar",
    "mailer/render.py": "names of templates, paths of links",
    "mailer/skeleton.py": "an address that is replaced",
    "service/planning/feeds.py": "nothing but keys.DepartmentFeed",
    "service/planning/letters.py": "paths of addresses",
    "service/planning/links.py": "paths of addresses",
    "service/pages/site.py": "paths of addresses",
    "service/pages/connection.py": "a line of HTTP",
    "service/pages/pages.py": "paths of addresses",
    "service/planning/calls.py": "what a person chose about the block",
    "service/settings/people_file.py": "cells of a row",
    "service/settings/loopback.py": "an address",
    "service/settings/table_file.py": "how many cells a row has",
    "store/generations.py": "a file",
    "store/database.py": "a file",
    "culture/keys.py": "the place for it",
}
"""Files that put another text together with a "/" than a key."""


def splits(found: Nodes) -> list[int]:
    """The lines that take a text apart at a separator of keys."""
    return [
        node.lineno
        for node in found
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SPLITS
        and any(isinstance(arg, ast.Constant) and arg.value in SEPARATORS for arg in node.args)
    ]


def joins(found: Nodes) -> list[int]:
    """The lines that put two values together with a "/" between them, but for what is hashed."""
    hashed = {
        id(inner)
        for node in found
        if isinstance(node, ast.Call) and _name(node.func) in HASHED
        for inner in ast.walk(node)
    }
    return [
        node.lineno
        for node in found
        if isinstance(node, ast.JoinedStr)
        and id(node) not in hashed
        and any(isinstance(part, ast.Constant) and "/" in str(part.value) for part in node.values)
        and sum(isinstance(part, ast.FormattedValue) for part in node.values) > 1
    ]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def guarded(guard: Callable[[Nodes], list[int]], but: Container[str]) -> dict[str, list[int]]:
    """The lines that a guard finds, by file."""
    ours = ((file.relative_to(ROOT).as_posix(), found) for file, found in product().items())
    return {name: lines for name, found in ours if name not in but and (lines := guard(found))}


def test_nobody_else_takes_a_key_apart() -> None:
    assert len(product()) > 100
    assert guarded(splits, OTHERS) == {}


def test_nobody_else_puts_a_key_together() -> None:
    assert guarded(joins, NO_KEYS) == {}


def test_the_two_guards_see_what_they_are_for() -> None:
    bad = nodes('a, b = key.split("/")\nc = uid.partition("@")[0]\nk = f"{week}/{person}"\nh = sha256(f"{a}/{b}")')
    assert (splits(bad), joins(bad)) == ([1, 2], [3])
