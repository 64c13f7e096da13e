"""The letter of the report, by the service itself: to the contact and the sponsor, once, in words."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.report.pages import PAGES
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people

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
