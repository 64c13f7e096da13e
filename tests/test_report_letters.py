"""The letter of the report, by the service itself: to the contact and the sponsor, once, in words."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from culture.keys import NoticeKey
from culture.relay.schedule import RelayRecords
from culture.world import World
from service.planning.jobs import Job
from service.report.letters import report_facts
from service.report.pages import PAGES
from tests import report_values
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people

REPORT = NoticeKey("report", str(report_values.QUARTER), "0").to_text()

CLOSED = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
"""The Monday after the last week of 2026, 07:00 in Copenhagen."""

CORPS = """
[ambassadors]
enabled = true
sponsor_name = "Birgitte Krogh"
sponsor_email = "birgitte@board.example"
"""


def letters(folder: Path) -> dict[str, tuple[str, str]]:
    """Subject and text of the reports that lie there, by address."""
    found = {}
    for file in (folder / "var/mail").rglob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body
        if "2026" in message["Subject"] and "kvartal" in message["Subject"]:
            assert message["To"].addresses[0].addr_spec not in found
            found[message["To"].addresses[0].addr_spec] = (message["Subject"], body.get_content())
    return found


def test_the_contact_and_the_sponsor_get_it_once_with_a_link_to_its_page(tmp_path: Path) -> None:
    write_config(tmp_path)
    config = (tmp_path / "config.toml").read_text("utf-8")
    web = '[web]\npublic_url = "https://ai.x.example"'
    (tmp_path / "config.toml").write_text(config.replace("[web]\nenabled = false", web) + CORPS, "utf-8")
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    for now in (MONDAY + timedelta(weeks=week) for week in range(7)):
        live(engine, now)
        assert bool(letters(tmp_path)) == (now >= CLOSED)
    found = letters(tmp_path)
    assert found.keys() == {"mette@x.example", "birgitte@board.example"}
    for subject, text in found.values():
        assert subject == "AI i hverdagen: 4. kvartal 2026"
        assert "Afdelinger med en ambassadør: 0" in text
        assert "https://ai.x.example/report/" in text
        assert "https://ai.x.example/me/" not in text
        assert "[ambassadors] meeting" in text
    assert list(engine.database.table("reports").keys()) == ["2026Q4"]
    people = engine.snapshot(CLOSED).organisation.people.values()
    assert [one.id for one in people if PAGES[0].way(engine.snapshot(CLOSED), one)] == []
    engine.close()


def told(world: World) -> dict[str, str]:
    """What the letter says of each figure."""
    reader = replace(world.organisation.people["0"], language="en")
    job = Job(person=reader, kinds=("report",), keys=(REPORT,), due=world.now, too_late=None, at_once=False)
    chapters = report_facts(world, job, REPORT).chapters
    assert all(tables for _, tables in chapters)
    return {one.heading: one.rows for _, tables in chapters for one in tables}


def test_the_letter_leaves_out_what_is_nothing() -> None:
    lived = report_values.lived()
    full, bare = told(lived), told(lived.having(RelayRecords()))
    assert full["What was judged again, and what became of it"] == "2 (Works now: 1; Still not: 1)"  # Dropped: 0
    assert "Departments with a relay: 0" in full["How far the relay reaches"]
    assert full.keys() - bare.keys() == {
        "Turns held",
        "Learnings, by how it went",
        "Learnings, by theme",
        "Discoveries that were written down",
    }


def test_the_letter_leaves_out_what_is_not_shown() -> None:
    shown, hidden = report_values.lived(), report_values.lived(without=1, stopped=1)
    assert told(shown).keys() - told(hidden).keys() == {"What people have chosen"}
