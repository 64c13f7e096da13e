"""The fuse speaks: the contact is told what waits, why and since when, whether or not anybody looks at `status`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from culture.outsiders import contact
from service.acts.approvals import refuse
from service.answers.status import status_lines, status_value
from service.daemon.once import once
from service.engine.engine import Engine
from service.engine.reports import Reports, why_untold
from service.planning.moments import next_moment
from tests.service_values import MONDAY, approve_all, keys, live, look, make_engine, row, write_config, write_people
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.slow

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY
CONTACT = "mette@x.example"


@dataclass
class Place:
    folder: Path
    server: SmtpServer
    engine: Engine

    def told(self) -> list[tuple[str, str]]:
        """To whom a letter about what is held was sent, and by which notice, in the order of the claims."""
        letters = [letter for letter in self.engine.letters() if "held" in letter.kinds]
        return [(letter.to, key) for letter in letters for key in letter.notices if key.startswith("held/")]

    def days(self) -> list[str]:
        return [key.split("/")[1] for _, key in self.told()]

    def words(self) -> str:
        """The newest letter that the server took."""
        found = message_from_bytes(self.server.accepted[-1].data, policy=policy.default)
        body = found.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with SmtpServer() as server:
        write_config(tmp_path, transport="smtp", port=server.port)
        write_people(tmp_path, [row(1), row(2)])
        engine = make_engine(tmp_path)
        yield Place(tmp_path, server, engine)
        engine.close()


def test_the_contact_is_told_at_once_what_is_held_why_since_when_and_what_to_write(place: Place) -> None:
    found = live(place.engine, MONDAY + HOUR)  # the first welcomes come due at first sight on a working morning
    (held,) = found.held
    assert [letter.recipients for letter in place.server.accepted] == [(CONTACT,)]
    assert place.told() == [(CONTACT, "held/2026-11-30/contact")]
    words = place.words()
    for text in (
        "Velkomstbreve: 2",
        "Hvorfor: det er de første af den slags med smtp",
        "Siden: mandag den 30. november kl. 08.00",
        "onsdag den 30. december kl. 08.00",
        f"aikultur apply {held.digest}\n",
        f"aikultur apply --refuse {held.digest}\n",
    ):
        assert text in words
    for text in ("Din egen side", "Rammerne", "/me/", "/feed/"):
        assert text not in words


def test_a_contact_who_works_here_is_written_to_as_the_person_they_are(place: Place) -> None:
    write_people(place.folder, [row(1), "9;Mette Lund;mette@x.example;plan;"])
    look(place.engine)
    live(place.engine, MONDAY)
    assert place.told() == [(CONTACT, "held/2026-11-30/9")]
    write_people(place.folder, [row(1), "9;Mette Lund;mette@x.example;plan;", row(3)])
    person = contact(place.engine.plan(MONDAY).world)
    assert (person.id, person.name, person.department) == ("9", "Mette Lund", "plan")


def test_an_administrator_who_does_not_look_for_three_weeks_finds_a_letter_each_working_day(place: Place) -> None:
    """The service ticks at the moments that it knows of, and no oftener."""
    now = MONDAY
    while now < MONDAY + 3 * WEEK:
        found = live(place.engine, now)
        now = next_moment(replace(found.world, now=now))
    weekdays = [MONDAY.date() + timedelta(days=day) for day in range(21) if day % 7 < 5]
    assert place.days() == [str(day) for day in weekdays]
    assert {letter.recipients for letter in place.server.accepted} == {(CONTACT,)}  # and nobody else has got anything
    assert sum(letter.counted for letter in place.engine.letters()) == 0
    since = place.engine.stored.held_since()["welcome"]
    assert since == MONDAY
    assert "Siden: mandag den 30. november kl. 07.00" in place.words()
    approve_all(place.engine, now)
    sent = len(place.server.accepted)
    live(place.engine, now)
    assert sorted(letter.recipients[0] for letter in place.server.accepted[sent:]) == ["p1@x.example", "p2@x.example"]
    live(place.engine, now + DAY)
    assert place.days()[-1] == str(weekdays[-1])  # nothing waits, nothing is said
    assert place.engine.stored.held_since() == {}


def test_what_is_newly_held_on_a_day_that_has_had_its_letter_is_in_tomorrows(place: Place) -> None:
    write_people(place.folder, [row(number) for number in range(1, 21)])
    look(place.engine)
    live(place.engine, MONDAY)
    write_people(place.folder, [row(1)])
    found = live(place.engine, MONDAY + HOUR)
    assert ([held.kind for held in found.held], place.days()) == (["people", "welcome"], ["2026-11-30"])
    live(place.engine, MONDAY + 17 * HOUR)  # midnight in Copenhagen: nothing is newly held, and the window is shut
    assert place.days() == ["2026-11-30"]
    live(place.engine, MONDAY + DAY)
    assert place.days() == ["2026-11-30", "2026-12-01"]
    assert "Personer, der er væk eller ændret: 19" in place.words()
    assert "Velkomstbreve: 20" in place.words()


def test_a_people_file_that_waits_on_a_sunday_night_is_told_on_sunday_night(place: Place) -> None:
    write_people(place.folder, [row(number) for number in range(1, 21)])
    look(place.engine)
    approve_all(place.engine, MONDAY)
    live(place.engine, MONDAY)
    sunday = MONDAY + 6 * DAY + 18 * HOUR + 30 * MINUTE
    live(place.engine, sunday - DAY)
    write_people(place.folder, [row(number) for number in range(11, 21)])
    live(place.engine, sunday)
    assert place.days() == ["2026-12-07"]  # 00:30 in Copenhagen
    words = place.words()
    assert "personfilen har mistet 10 af 20 personer, mere end 10 %" in words
    assert "--refuse" not in words


def test_what_tells_of_the_fuse_passes_it_and_counts_as_nobodys_letter(place: Place) -> None:
    write_people(place.folder, [row(1), row(2), "9;Mette Lund;mette@x.example;plan;"])
    look(place.engine)
    for day in range(5):
        live(place.engine, MONDAY + day * DAY)
    assert len(place.days()) == 5
    assert [held.kind for held in place.engine.plan(MONDAY + 4 * DAY + HOUR).held] == ["welcome"]


def test_what_is_refused_is_told_no_more(place: Place) -> None:
    found = live(place.engine, MONDAY)
    while held := place.engine.plan(MONDAY + HOUR):
        if not held.held:
            break
        refuse(place.engine, held.held[0], held, MONDAY + HOUR)
    live(place.engine, MONDAY + DAY)
    assert (place.days(), [one.kind for one in found.held]) == (["2026-11-30"], ["welcome"])


# --- where no way is open


def untold(place: Place, now: datetime) -> str:
    return str(status_value(place.engine, now)["untold"])


def test_status_is_silent_when_somebody_knows_and_says_why_when_nobody_does(place: Place) -> None:
    assert untold(place, MONDAY) == "no letter about it is written yet"
    live(place.engine, MONDAY)
    assert untold(place, MONDAY + HOUR) == ""
    assert untold(place, MONDAY + 5 * DAY) == ""  # on a Saturday the one of Friday counts, or Monday's
    assert not any("told by letter" in line for line in status_lines(place.engine, MONDAY + HOUR, "en"))


@pytest.fixture
def dark(tmp_path: Path) -> Iterator[Place]:
    """A place whose mail server nobody reaches."""
    write_config(tmp_path, transport="smtp", port=1)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    with SmtpServer() as another:
        yield Place(tmp_path, another, engine)
    engine.close()


def test_a_server_that_does_not_answer_is_why_nobody_knows(dark: Place) -> None:
    live(dark.engine, MONDAY)
    said = untold(dark, MONDAY + HOUR)
    assert said.startswith(f"the letter to {CONTACT} has not arrived: 127.0.0.1")
    assert any(
        line.startswith("Nobody has been told by letter of what is held")
        for line in status_lines(dark.engine, MONDAY + HOUR, "en")
    )


def test_while_letters_become_files_nobody_is_told(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(number) for number in range(1, 21)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    write_people(tmp_path, [row(1)])
    found = live(engine, MONDAY + HOUR)
    assert str(why_untold(engine, found, MONDAY + HOUR)) == "letters become files, and a file is in nobody's inbox"
    engine.close()


def test_run_once_ends_with_1_and_says_that_nobody_knows(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    config = place.folder / "config.toml"
    place.engine.close()
    assert once(config, lambda: MONDAY, "en") == 1
    assert "Nobody has been told" not in capsys.readouterr().err
    write_config(place.folder, transport="smtp", port=1)
    write_people(place.folder, [])
    assert once(config, lambda: MONDAY + DAY, "en", lambda _: None) == 1
    assert "Nobody has been told" not in capsys.readouterr().err  # one of yesterday arrived


def test_run_once_without_a_server_says_that_nobody_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(tmp_path, transport="smtp", port=1)
    write_people(tmp_path, [row(1)])
    assert once(tmp_path / "config.toml", lambda: MONDAY, "en") == 1
    said = capsys.readouterr()
    assert "HELD, welcome letters: 1" in said.out
    assert f"Nobody has been told by letter of what is held: the letter to {CONTACT} has not arrived: " in said.err


def test_the_log_says_it_once_a_day(dark: Place, caplog: pytest.LogCaptureFixture) -> None:
    reports = Reports("en")
    moments = [MONDAY + hours * HOUR for hours in (0, 1, 5, 24, 25, 48)]
    with caplog.at_level("WARNING", "aikultur"):
        for moment in moments:
            reports.tell(dark.engine, live(dark.engine, moment), moment)
    lines = [record.getMessage() for record in caplog.records if record.name == "aikultur"]
    assert sum(line.startswith("held: welcome: ") for line in lines) == 3
    assert sum(line.startswith("nobody knows of what is held: ") for line in lines) == 2


def test_a_clock_that_is_not_believed_writes_nothing_and_says_so(place: Place) -> None:
    live(place.engine, MONDAY)
    found = live(place.engine, MONDAY + 30 * DAY)
    assert keys(found) == set()
    assert str(why_untold(place.engine, found, MONDAY + 30 * DAY)) == "the clock is not believed, and so no letter goes"
    assert place.engine.stored.held_since() == {"welcome": datetime(2026, 11, 30, 6, tzinfo=UTC)}
