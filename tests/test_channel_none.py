"""`channel = "none"` in the config takes every block back, also from those who chose a calendar themselves."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from culture.people import NO_PREFERENCE, ChannelName, Defaults, Department, Preference, Row, resolve
from mailer.words import LANGUAGES
from service.answers import check
from service.answers.show import plan_lines, plan_value
from tests.exchange_values import write_exchange
from tests.server_office import ONE, TWO, office
from tests.service_values import MONDAY, look

pytestmark = pytest.mark.slow

ROW = Row(number="1", name="Anna Holm", email="anna@x.example", department="jura")


@pytest.mark.parametrize(
    ("department", "calendar", "chosen", "channel"),
    [
        (None, "none", "exchange", "none"),
        ("none", "exchange", "invite", "none"),
        ("exchange", "none", "invite", "invite"),
        ("exchange", "none", None, "exchange"),
        (None, "exchange", "none", "none"),
    ],
)
def test_none_of_the_config_is_stronger_than_a_choice_and_a_departments_than_the_organisations(
    department: ChannelName | None, calendar: ChannelName, chosen: ChannelName | None, channel: ChannelName
) -> None:
    jura = Department(key="jura", name="Jura", channel=department)
    chose = Preference(channel=chosen) if chosen else NO_PREFERENCE
    found = resolve(
        "1",
        ROW,
        chose,
        jura,
        Defaults(language="da", languages=LANGUAGES, channel=calendar),
        datetime(2026, 11, 30, tzinfo=UTC),
    )
    assert found.channel == channel


def test_everybodys_block_goes_and_plan_names_whose_choice_is_outranked(tmp_path: Path) -> None:
    with office(tmp_path, 2) as found:
        found.engine.stored.prefer("1", Preference(channel="exchange"))
        found.asked()
        assert found.engine.plan(MONDAY).overruled == ()
        write_exchange(tmp_path, found.server, channel="none")
        look(found.engine)
        plan = found.engine.plan(MONDAY)
        (line,) = (one for one in plan_lines(plan, "en") if "outranks" in one)
        name = plan.overruled[0].name
        assert line == f'Chose a calendar themselves, and have no block, for channel = "none" outranks that: 1 ({name})'
        assert plan_value(plan)["overruled"] == [{"id": "1", "name": name}]
        found.asked()
        assert (found.ours(ONE), found.ours(TWO), found.status()["counts"]["standing"]) == ([], [], 0)
        write_exchange(tmp_path, found.server)
        look(found.engine)
        found.asked()
        assert [len(found.ours(who)) for who in (ONE, TWO)] == [1, 1]  # what was chosen is kept, and counts again


def test_check_says_where_nobody_has_a_block(tmp_path: Path) -> None:
    with office(tmp_path, 1) as found:
        write_exchange(tmp_path, found.server, channel="none")
    said: list[str] = []
    assert check.run(tmp_path / "config.toml", MONDAY, "en", everybody=False, online=False, echo=said.append) == 0
    text = '"none": nobody here has a block in a calendar, also who chose one. aikultur plan names them.'
    assert f"Note: config.toml, [calendar] channel: {text}" in said


@pytest.mark.parametrize(
    ("chosen", "of_row", "language"),
    [("en", "da", "en"), ("tlh", "en", "en"), ("tlh", None, "da"), (None, "tlh", "da")],
)
def test_a_language_that_there_is_no_longer_is_as_if_it_had_not_been_chosen(
    chosen: str | None, of_row: str | None, language: str
) -> None:
    jura, defaults = Department(key="jura", name="Jura"), Defaults(language="da", languages=LANGUAGES)
    row = replace(ROW, language=of_row)
    found = resolve("1", row, Preference(language=chosen), jura, defaults, datetime(2026, 11, 30, tzinfo=UTC))
    assert found.language == language
