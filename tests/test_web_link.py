"""Who has lost the way to their page asks for a link: the same answer for everybody, a letter to whom we know."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from culture.people import Preference
from culture.workdays import Week
from service.acts.page_acts import carry_out
from service.acts.requests import PageChoice
from service.engine.engine import Engine
from service.engine.retention import let_go
from service.engine.state import LINKS_A_DAY
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people
from tests.smtp_server import SmtpServer
from tests.test_invite_life import read
from tests.test_web import LINKS, NOW, Web, view

pytestmark = pytest.mark.slow

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def web() -> Web:
    return Web(view())


def test_looking_at_the_page_does_nothing_and_needs_no_key(web: Web) -> None:
    client = web.client()
    for path in ("/link", "/link?sent=1", "/link?lang=en"):
        assert client.get(path).status_code == 200
    assert web.acts == []
    assert '<form method="post">' in client.get("/link").text
    assert "Send me a link" in client.get("/link?lang=en").text


def test_the_answer_is_the_same_for_an_address_that_nobody_has(web: Web) -> None:
    client = web.client()
    known, unknown = (client.post("/link", data={"address": one}) for one in ("7@x.example", "9@x.example"))
    assert (known.status_code, known.headers, known.content) == (303, unknown.headers, unknown.content)
    assert known.headers["location"] == "?sent=1"
    assert [(act.person_id, act.asks_link) for act in web.acts if isinstance(act, PageChoice)] == [("7", True)]


def test_what_is_no_address_is_said_and_nothing_is_done(web: Web) -> None:
    for data in ({}, {"address": ""}, {"address": "anna"}):
        answer = web.client().post("/link", data=data)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert web.client().post("/link", content=b"{}", headers={"content-type": "application/json"}).status_code == 422
    assert web.client().post("/link", data={"address": "a@" + "b" * 3000}).status_code == 413
    assert web.acts == []


def test_all_together_may_not_ask_too_often(web: Web) -> None:
    client = web.client()
    answers = [client.post("/link", data={"address": f"{n}@y.example"}).status_code for n in range(31)]
    assert answers == [303] * 30 + [429]
    assert web.acts == []


def test_an_old_link_leads_to_a_new_one(web: Web) -> None:
    old = f"/me/{LINKS.token('page', '7', NOW - timedelta(days=70))}"
    answer = web.client().get(old)
    assert (answer.status_code, 'href="../link"' in answer.text) == (410, True)


# --- the letter


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def engine(tmp_path: Path, server: SmtpServer) -> Iterator[Engine]:
    """Two people by smtp, whose first letters have gone; nobody has approved a link."""
    write_config(tmp_path, transport="smtp", channel="invite", port=server.port)
    text = (tmp_path / "config.toml").read_text("utf-8")
    text = text.replace("[web]\nenabled = false", '[web]\npublic_url = "https://ai.x.example"')
    (tmp_path / "config.toml").write_text(text, "utf-8")
    write_people(tmp_path, [row(1), row(2)])
    made = make_engine(tmp_path)
    approve_all(made, MONDAY)
    live(made, MONDAY)
    yield made
    made.close()


def ask(engine: Engine, now: datetime, person_id: str = "1") -> None:
    carry_out(engine, PageChoice(person_id=person_id, asks_link=True), now)


def links_sent(server: SmtpServer) -> list[str]:
    """The texts of the letters with a link that was asked for."""
    mails = [email.message_from_bytes(one.data, policy=email.policy.default) for one in server.accepted]
    found = [mail for mail in mails if mail["Subject"] == "Link til din egen side"]
    return [str(mail.get_body(("plain",)).get_content()) for mail in found]  # type: ignore[union-attr]


def test_whoever_asks_gets_a_letter_at_once_whatever_the_hour_and_the_fuse(engine: Engine, server: SmtpServer) -> None:
    sunday_night = MONDAY + timedelta(days=6, hours=17)
    plans = engine.plans
    ask(engine, sunday_night)
    assert engine.plans == plans  # an act costs no plan
    live(engine, sunday_night)
    (text,) = links_sent(server)
    (token,) = set(re.findall(r"https://ai\.x\.example/me/(\S+)", text))
    assert engine.links.read("page", token, sunday_night) == engine.links.reference("1")


def test_one_letter_a_day_however_often_somebody_asks(engine: Engine, server: SmtpServer) -> None:
    for hours in (1, 2, 9, 25, 26, 50):
        ask(engine, MONDAY + timedelta(hours=hours))
        live(engine, MONDAY + timedelta(hours=hours))
        live(engine, MONDAY + timedelta(hours=hours, minutes=1))
    assert len(links_sent(server)) == 3


def test_a_link_uses_up_nobodys_letters_of_the_week(engine: Engine) -> None:
    week, before = Week.of(MONDAY.date()), engine.stored.letters_in(Week.of(MONDAY.date()), "1", "mailbox")
    ask(engine, MONDAY + HOUR)
    live(engine, MONDAY + HOUR)
    assert engine.stored.letters_in(week, "1", "mailbox") == before


def test_who_has_left_gets_no_link(tmp_path: Path, engine: Engine, server: SmtpServer) -> None:
    ask(engine, MONDAY + DAY)
    write_people(tmp_path, [row(2)])
    approve_all(engine, MONDAY + DAY)
    live(engine, MONDAY + DAY)
    assert links_sent(server) == []


def test_no_more_than_so_many_people_are_mailed_in_a_day(engine: Engine) -> None:
    for number in range(LINKS_A_DAY + 5):
        engine.stored.ask_link(f"x{number}", MONDAY)
    assert len(engine.stored.links_asked()) == LINKS_A_DAY
    engine.stored.ask_link("x0", MONDAY + HOUR)  # whoever is among them may ask again
    assert engine.stored.links_asked()["x0"] == MONDAY + HOUR
    engine.stored.ask_link("later", MONDAY + DAY)
    assert "later" in engine.stored.links_asked()


def test_who_asked_is_forgotten_after_two_days(engine: Engine) -> None:
    ask(engine, MONDAY)
    let_go(engine, MONDAY + 2 * DAY)
    assert set(engine.stored.links_asked()) == {"1"}
    let_go(engine, MONDAY + 2 * DAY + HOUR)
    assert engine.stored.links_asked() == {}


# --- what stands in calendars


def test_a_series_and_its_letter_carry_an_address_that_is_nobodys_key(engine: Engine, server: SmtpServer) -> None:
    del engine
    found = [one for letter in server.accepted if (one := read(letter))]
    assert len(found) == 2
    for one in found:
        text = str(one.mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert "https://ai.x.example/link" in str(one.event["DESCRIPTION"])
        assert "https://ai.x.example/link" in text
        assert not re.search(r"/(me|relay)/", str(one.event["DESCRIPTION"]) + text)


def test_who_leaves_gets_a_cancellation_without_a_link_or_a_word_more(
    tmp_path: Path, engine: Engine, server: SmtpServer
) -> None:
    write_people(tmp_path, [row(2)])
    for day in range(1, 4):  # whose row is missing is let go after a working day
        approve_all(engine, MONDAY + day * DAY)
        live(engine, MONDAY + day * DAY)
    cancel = [one for letter in server.accepted if (one := read(letter))][-1]
    assert cancel.part.get_param("method") == "CANCEL"
    assert not cancel.event.get("DESCRIPTION")
    assert cancel.mail.get_body(("plain",)).get_content().split("\r\n") == ["AI-tid er taget ud af din kalender", ""]  # type: ignore[union-attr]
    html = cancel.mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "href" not in html
    assert "Rammerne" not in html


@pytest.mark.parametrize(("scheme", "one_click"), [("https", True), ("http", False)])
def test_the_weeks_letter_can_be_stopped_by_the_mailbox_also_where_there_is_no_https(
    tmp_path: Path, engine: Engine, server: SmtpServer, scheme: str, one_click: bool
) -> None:
    text = (tmp_path / "config.toml").read_text("utf-8")
    (tmp_path / "config.toml").write_text(text.replace("https://ai.", f"{scheme}://ai."), "utf-8")
    engine.close()
    again = make_engine(tmp_path)  # [web] waits for the next start
    approve_all(again, MONDAY + 7 * DAY)
    live(again, MONDAY + 7 * DAY)
    again.close()
    mail = email.message_from_bytes(server.accepted[-1].data, policy=email.policy.default)
    assert str(mail["List-Unsubscribe"]).startswith(f"<{scheme}://ai.x.example/stop/")
    assert ("List-Unsubscribe-Post" in mail) == one_click


def test_who_moves_to_a_feed_is_told_where_it_is_now(engine: Engine, server: SmtpServer) -> None:
    engine.stored.prefer("1", Preference(channel="feed"))
    approve_all(engine, MONDAY + DAY)
    live(engine, MONDAY + DAY)
    cancel = [one for letter in server.accepted if (one := read(letter))][-1]
    text = str(cancel.mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert "https://ai.x.example/feed/" in text
