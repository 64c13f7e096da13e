"""The page of a person's relay over a real engine: what it shows, and what its forms do about turns."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape

import pytest

from culture.relay import acts as relay_acts
from culture.relay import schedule as relay
from culture.relay.acts import Request
from culture.relay.challenges import Challenges
from culture.relay.schedule import RelayRecords
from service.answers.history import history_value
from service.pages.answer import EVERY_ANSWER
from service.relay.records import relay_records
from service.relay.turn_acts import perform
from tests.relay_values import BEGIN, at
from tests.web_relay_values import (
    DAY,
    PEOPLE,
    WORKED,
    Place,
    deeds,
    problem,
    saved,
    section,
    text_of,
    unchanged,
)

pytestmark = pytest.mark.slow


# --- looking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?q=x", "?done=pass", "?done=nonsense", "?lang=en", "?act=pass&about=plan-1"])
def test_looking_changes_nothing_and_carries_the_guarding_headers(untouched: Place, first: str, query: str) -> None:
    path = untouched.path(first) + query
    got = unchanged(untouched, lambda: untouched.client.get(path))
    head = unchanged(untouched, lambda: untouched.client.head(path))
    assert (got.status_code, untouched.acts, head.content) == (200, [], b"")
    assert dict(head.headers) == dict(got.headers)
    assert {name: got.headers[name] for name in EVERY_ANSWER} == EVERY_ANSWER
    assert "set-cookie" not in got.headers


def test_only_a_link_made_for_this_page_opens_it(untouched: Place, first: str) -> None:
    links = untouched.engine.links
    for token in ("forged", "%C3%A6%00", links.token("page", first, BEGIN), links.token("relay", "nobody", BEGIN)):
        assert untouched.client.get(f"/relay/{token}").status_code == 404
    for path in ("me", "stop"):
        assert untouched.client.get(f"/{path}/{links.token('relay', first, BEGIN)}").status_code == 404


def test_an_old_link_is_410_and_its_forms_do_nothing(untouched: Place, first: str) -> None:
    old = f"/relay/{untouched.engine.links.token('relay', first, BEGIN - 70 * DAY)}"
    form = {"form": untouched.engine.links.token("form", first, BEGIN), "act": "pass", "about": "plan-1"}
    assert (untouched.client.get(old).status_code, untouched.client.post(old, data=form).status_code) == (410, 410)
    assert untouched.acts == []


def test_whoever_left_has_no_page(place: Place, first: str) -> None:
    path = place.path(first)
    rows = [row for row in PEOPLE.splitlines() if not row.startswith(f"{first};")]
    place.files.write("people.csv", "\n".join(rows) + "\n")
    place.at(BEGIN + timedelta(hours=1))
    assert place.client.get(path).status_code == 200  # the row may be back tomorrow
    place.at(BEGIN + 2 * DAY)
    assert place.client.get(path).status_code == 404


def test_the_page_speaks_its_readers_language(untouched: Place) -> None:
    assert "<h1>AI\u2011stafetten</h1>" in untouched.page("1")
    assert "<h1>The AI relay</h1>" in untouched.page("3", "?lang=da")


def test_my_turn_says_when_where_and_when_the_challenge_comes(untouched: Place) -> None:
    second = untouched.page(untouched.turn(2).presenter)
    mine = text_of(section(second, "Dine ture"))
    assert "Torsdag den 17. december kl. 09.00 Du har 20 minutter. Lokale 1." in mine
    assert "Du får udfordringen torsdag den 3. december." in mine
    assert "Din næste tur er torsdag den 17. december kl. 09.00." in text_of(second)


def test_an_assigned_turn_shows_its_whole_challenge_and_the_ground_rules(untouched: Place, first: str) -> None:
    assert "Rammerne" not in untouched.page(untouched.turn(2).presenter)
    challenge = untouched.view.organisation.of(Challenges).challenges[untouched.turn(1).challenge].texts["da"]
    mine = text_of(section(untouched.page(first), "Dine ture"))
    wanted = (challenge.title, challenge.goal, *challenge.steps, challenge.data, challenge.tools, challenge.check)
    assert [one for one in wanted if " ".join(one.split()) not in mine] == []
    assert "Kun offentlige tekster." in section(untouched.page(first), "Rammerne")


def test_a_turn_that_waits_says_so_and_offers_no_swap(place: Place, first: str) -> None:
    place.files.write("absences.csv", f"person;first;last\n{first};2026-12-01;2027-06-30\n")
    place.at(at(1, 7))
    page = place.page(first)
    assert "Din tur venter på et møde." in text_of(page)
    mine = section(page, "Dine ture")
    assert re.findall(r"<h3>([^<]*)</h3>", mine) == ["Venter på et møde"]
    assert re.findall(r'name="act" value="(\w+)"', mine) == ["pass"]


def test_during_the_meeting_the_turn_stands_there_without_buttons(place: Place, first: str) -> None:
    place.at(at(3)).at(datetime(2026, 12, 10, 8, 5, tzinfo=UTC))
    mine = section(place.page(first), "Dine ture").split("<article>")[1]
    assert "Mødet er begyndt." in mine
    assert "<form" not in mine


def test_a_department_without_the_relay_sees_what_is_for_everybody(untouched: Place) -> None:
    page = untouched.page("9")
    assert "Din afdeling er ikke med i AI\u2011stafetten lige nu." in page
    assert re.findall(r"<h2>([^<]*)</h2>", page) == [
        "Du er tovholder i Plan",
        "Har du opdaget noget?",
        "Er der noget i vejen?",
        "Det har kolleger lært",
    ]


def test_the_list_is_what_is_announced_and_apart_from_it_what_is_foreseen(untouched: Place) -> None:
    announced, foreseen = section(untouched.page("1"), "Afdelingens ture").split("Som det ser ud i dag")
    names = {person.id: person.name for person in untouched.view.organisation.people.values()}
    wanted = [names[turn.presenter] for turn in untouched.view.world.of(RelayRecords).of_department("plan")]
    assert rows(announced) == wanted
    later = relay.projected(untouched.view.organisation, untouched.view.world.of(RelayRecords), "plan", BEGIN)
    assert rows(foreseen) == [names[turn.presenter] for turn in later]


def rows(page: str) -> list[str]:
    """The names in a list of turns."""
    return [
        unescape(name) for name in re.findall(r'</span> ([^<]+)(?:<span class="over">[^<]*</span>)?</span></li>', page)
    ]


def test_the_pages_lead_to_each_other(untouched: Place) -> None:
    start = untouched.client.get("/").text
    linked = [untouched.client.get(f"/{path}") for path in re.findall(r'href="(relay/[^"]+)"', start)]
    assert [one.status_code for one in linked] == [200] * 6
    (own,) = re.findall(r'href="\.\./(me/[^"]+)"', linked[0].text)
    (back,) = re.findall(r'href="\.\./(relay/[^"]+)"', untouched.client.get(f"/{own}").text)
    assert untouched.client.get(f"/{back}").text.partition("<title>")[2] == linked[0].text.partition("<title>")[2]


# --- pass, swap, volunteer, undo ----------------------------------------------------------------------------


def test_a_turn_passed_twice_is_passed_once_and_can_be_taken_back(place: Place) -> None:
    mine = place.turn(2).presenter
    pages = [place.done(mine, "pass", "plan-2") for _ in range(2)]
    assert [saved(page) for page in pages] == ["Det er gjort. Turen er ikke din længere."] * 2
    assert (place.turn(2).state, deeds(place.turn(2))) == ("passed", [(mine, "passed")])
    assert "Du har givet din tur torsdag den 17. december kl. 09.00 videre." in text_of(pages[0])
    assert "Tag turen tilbage" in pages[0]
    back = [place.done(mine, "undo", "plan-2") for _ in range(2)]
    assert [saved(page) for page in back] == ["Det er gjort. Det er taget tilbage."] * 2
    assert (place.turn(2).state, deeds(place.turn(2))) == ("announced", [(mine, "passed"), (mine, "undone")])
    assert "Din næste tur er torsdag den 17. december" in text_of(back[0])


def test_a_pass_that_a_colleague_builds_on_cannot_be_taken_back(place: Place, first: str) -> None:
    place.done(first, "pass", "plan-1")
    place.at(at(3))
    assert "Tag turen tilbage" not in place.page(first)
    answer = unchanged(place, lambda: place.post(first, "undo", "plan-1"))
    assert problem(answer) == (409, "En kollega er allerede i gang med den. Du kan melde dig til et andet møde.")


def test_what_the_facilitator_did_is_not_offered_to_be_taken_back(place: Place, first: str) -> None:
    request = Request(by="facilitator", at=place.now)
    perform(place.engine, lambda _, records: relay_acts.pass_on(records, "plan-1", request), place.now)
    assert "Tag turen tilbage" not in place.at(place.now).page(first)


def test_a_question_and_a_yes_swap_two_turns_once(place: Place) -> None:
    asker, other = place.turn(1).presenter, place.turn(2).presenter
    pages = [place.done(asker, "swap", "plan-1", colleague=other) for _ in range(2)]
    assert [saved(page)[:38] for page in pages] == ["Det er gjort. Din kollega er spurgt, og"[:38]] * 2
    assert deeds(place.turn(1)) == [(asker, "swap-asked")]
    asked = text_of(place.page(other).partition("<section")[2].partition("</section>")[0])
    name = place.view.organisation.people[asker].name
    assert f"{name} spørger, om I kan bytte tur" in asked
    day, own = "torsdag den 10. december kl. 09.00", "torsdag den 17. december kl. 09.00"
    assert f"I bytter plads: Du fremlægger {day}, og {name} fremlægger for dig {own}." in asked
    yes = [place.done(other, "accept", "plan-1") for _ in range(2)]
    assert [saved(page) for page in yes] == ["Det er gjort. Tak, I har byttet."] * 2
    assert [place.turn(number).presenter for number in (1, 2)] == [other, asker]
    assert deeds(place.turn(1)) == [(asker, "swap-asked"), (other, "swapped")]
    assert "Byt tilbage" in yes[0]
    place.done(other, "undo", "plan-1")
    assert [place.turn(number).presenter for number in (1, 2)] == [asker, other]


def test_a_swap_with_somebody_without_a_turn_says_what_is_owed(place: Place) -> None:
    asker = place.turn(1).presenter
    place.done(asker, "swap", "plan-1", colleague="3")
    name = place.view.organisation.people[asker].name
    assert (
        f"You present on Thursday 10 December at 09:00. The next time it is your turn, {name} presents for you."
        in text_of(place.page("3"))
    )
    place.done("3", "accept", "plan-1")
    assert f"You stand in for {name}." in text_of(place.page("3"))


def test_a_no_leaves_the_turn_and_may_be_said_twice(place: Place) -> None:
    asker, other = place.turn(1).presenter, place.turn(2).presenter
    place.done(asker, "swap", "plan-1", colleague=other)
    pages = [place.done(other, "decline", "plan-1") for _ in range(2)]
    assert [saved(page)[:13] for page in pages] == ["Det er gjort."] * 2
    assert deeds(place.turn(1)) == [(asker, "swap-asked"), (other, "declined")]
    assert "spørger, om I kan bytte" not in pages[0]
    answer = unchanged(place, lambda: place.post(other, "accept", "plan-1"))
    assert problem(answer) == (409, "Der er ingen, der spørger om det bytte længere.")


def test_a_question_can_be_taken_back(place: Place) -> None:
    asker, other = place.turn(1).presenter, place.turn(2).presenter
    page = place.done(asker, "swap", "plan-1", colleague=other)
    assert "Tag spørgsmålet tilbage" in page
    assert "Byt med en kollega" not in page
    place.done(asker, "undo", "plan-1")
    assert "spørger, om I kan bytte" not in place.page(other)


def test_whoever_stands_in_gives_the_turn_back_by_passing_and_twice_is_once(place: Place) -> None:
    asker = place.turn(1).presenter
    place.done(asker, "swap", "plan-1", colleague="3")
    assert "The turn goes back to" in place.done("3", "accept", "plan-1")
    for _ in range(2):
        place.done("3", "pass", "plan-1")
    assert (place.turn(1).presenter, deeds(place.turn(1))[-2:]) == (asker, [("3", "swapped"), ("3", "undone")])


def test_volunteering_twice_gives_one_turn_and_it_can_be_taken_back(place: Place) -> None:
    offered = re.findall(r'name="about" value="([^"]+)" aria-label="Put me down: ([^"]+)"', place.page("3"))
    assert offered[1] == ("plan/2026-12-10", "Thursday 10 December at 09:00")
    for _ in range(2):
        page = place.done("3", "volunteer", "plan/2026-12-10")
    (turn_id,) = place.mine("3")
    assert "You have volunteered for this one." in text_of(page)
    assert "plan/2026-12-10" not in page
    assert "Take the offer back" in page
    place.done("3", "undo", turn_id)
    assert place.mine("3") == []


def test_who_takes_themselves_off_the_list_is_asked_nothing_and_nobody_is_told(place: Place) -> None:
    mine, colleague = place.turn(2).presenter, place.turn(3).presenter
    assert "Tag mig af listen" in place.page(mine)
    page = place.done(mine, "off-list")
    assert "Det, kollegerne har lært, er for alle." in text_of(page)
    assert "Put me down" not in page
    assert (place.turn(2).state, place.mine(mine)) == ("passed", [])
    assert deeds(place.turn(2)) == [(mine, "passed")]
    answer = place.post(colleague, "swap", "plan-3", colleague=mine)
    assert problem(answer) == (409, "Den kollega står ikke på afdelingens liste den 24. december.")
    answer = place.post(mine, "volunteer", "plan/2026-12-31")
    assert problem(answer)[0] == 409
    names = {one.id: one.name for one in place.view.organisation.people.values()}
    assert place.files("relay", "why", mine).lines == [f"{names[mine]} is not on the list."]
    assert "in_relay" not in str(
        history_value(place.engine, place.engine.plan(place.now), place.view.organisation.people[mine])
    )
    place.done(mine, "on-list")
    place.at(place.now + timedelta(minutes=1))
    place_in_list = relay_records(place.engine.stored).standings["plan"].people[mine]
    assert place_in_list.since == place.now.date()


@pytest.mark.parametrize("act", ["pass", "undo", "swap", "accept", "decline", "volunteer", "learning", "judgement"])
@pytest.mark.parametrize("about", ["plan-1", "", "nonsense", "æ/<b>", "plan/2026-12-02", "plan/2020-01-01"])
def test_nobody_does_anything_about_what_is_not_theirs(untouched: Place, act: str, about: str) -> None:
    stranger = next(key for key in ("1", "2") if key not in untouched.turn(1).presenter)
    answer = unchanged(
        untouched, lambda: untouched.post(stranger, act, about, colleague="3", **WORKED, verdict="dropped")
    )
    assert (answer.status_code, problem(answer)[1] == "") == (409, False)


def test_what_one_person_did_another_cannot_take_back_accept_or_write_about(held: Place, first: str) -> None:
    presenter = held.turn(2).presenter
    stranger = next(key for key in ("1", "2", "3") if key not in (first, presenter))
    held.done(presenter, "swap", "plan-2", colleague=first)
    for act, about in (("undo", "plan-2"), ("pass", "plan-2"), ("swap", "plan-2"), ("learning", "plan-1")):
        answer = unchanged(held, partial(held.post, stranger, act, about, colleague="3", outcome="partly", hard="x"))
        assert problem(answer)[1][:20] in ("Den tur er ikke din.", "That turn is not you")
    for act in ("accept", "decline"):
        assert unchanged(held, partial(held.post, stranger, act, "plan-2")).status_code == 409
    held.done(presenter, "undo", "plan-2")
    held.done(presenter, "pass", "plan-2")
    assert unchanged(held, partial(held.post, stranger, "undo", "plan-2")).status_code == 409


@pytest.mark.parametrize("colleague", ["", "9", "nobody", "<b>"])
def test_a_swap_with_somebody_who_cannot_is_refused_in_a_sentence(untouched: Place, first: str, colleague: str) -> None:
    answer = unchanged(untouched, lambda: untouched.post(first, "swap", "plan-1", colleague=colleague))
    assert problem(answer) == (409, "Den kollega står ikke på afdelingens liste den 10. december.")


def test_a_meeting_too_soon_is_not_offered_and_not_taken(place: Place) -> None:
    place.at(at(7))
    assert "plan/2026-12-10" not in place.page("3")
    answer = unchanged(place, lambda: place.post("3", "volunteer", "plan/2026-12-10"))
    assert problem(answer)[0] == 409
    assert problem(answer)[1].startswith("It is too soon")


def test_a_link_used_after_its_turn_shows_the_page_and_the_old_form_is_refused(held: Place, first: str) -> None:
    assert "Hvad lærte du?" in held.page(first)
    for act in ("pass", "swap", "undo"):
        answer = unchanged(held, partial(held.post, first, act, "plan-1", colleague="3"))
        assert answer.status_code == 409
