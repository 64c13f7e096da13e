"""Addresses that can be taken back: each link ends when its person wants, leaves or moves, and nobody else's does."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from service.acts.requests import Act, PageChoice
from service.pages.addresses import department_of, department_token
from service.planning.feeds import department_key
from service.planning.links import Issues, Links
from store import records
from tests.relay_values import BEGIN
from tests.web_relay_values import PEOPLE, Place, saved, text_of

pytestmark = pytest.mark.slow

TWO_DEPARTMENTS = """
[departments.jura.meeting]
weekday = "tuesday"
time = "10:00"
"""
KINDS = ("me", "relay", "stop", "feed", "department")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    here = Place(tmp_path, more=TWO_DEPARTMENTS)
    yield here
    here.engine.close()


def addresses(place: Place, person: str) -> dict[str, str]:
    """Every address that the person has now."""
    links, now = place.engine.links, place.now
    return {
        "me": f"/me/{links.token('page', person, now)}",
        "relay": f"/relay/{links.token('relay', person, now)}",
        "stop": f"/stop/{links.token('stop', person, now)}",
        "feed": f"/feed/{place.view.feed_tokens[person]}.ics",
        "department": f"/feed/{department_token(place.view, person)}.ics",
    }


def answers(place: Place, found: dict[str, str]) -> dict[str, int]:
    return {kind: place.client.get(address).status_code for kind, address in found.items()}


def all_of(status: int) -> dict[str, int]:
    return dict.fromkeys(KINDS, status)


def press(place: Place, path: str, person: str, **fields: str) -> Any:
    return place.client.post(path, data={"form": place.engine.links.token("form", person, place.now), **fields})


def test_new_links_end_every_one_of_before_and_no_other_person_s(place: Place) -> None:
    old, other, form = addresses(place, "1"), addresses(place, "2"), place.engine.links.token("form", "1", place.now)
    assert answers(place, old) == all_of(200)
    answer = press(place, old["me"], "1", act="links")
    new = addresses(place, "1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{new['me'].removeprefix('/me/')}?saved=links")
    assert (answers(place, old), answers(place, new), answers(place, other)) == (all_of(404), all_of(200), all_of(200))
    assert place.client.post(old["stop"], data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert place.client.post(new["me"], data={"form": form, "act": "links"}).status_code == 403
    assert addresses(place, "1") == new


def test_the_page_that_follows_shows_its_own_address_and_says_what_ended(place: Place) -> None:
    before = addresses(place, "3")["me"]
    assert "Get new links" in place.client.get(before).text
    answer = press(place, before, "3", act="links")
    page = place.client.get(f"/me/{answer.headers['Location']}").text
    assert text_of(page).count("You have new links, and the old ones no longer work.") == 1
    assert re.findall(r'id="own" value="([^"]+)"', page) == [f"http://127.0.0.1{addresses(place, '3')['me']}"]


def test_links_are_made_new_again_and_again(place: Place) -> None:
    seen = [addresses(place, "1")]
    for _ in range(3):
        press(place, seen[-1]["me"], "1", act="links")
        seen.append(addresses(place, "1"))
    assert len({one["stop"] for one in seen}) == 4
    assert [answers(place, one) for one in seen] == [*[all_of(404)] * 3, all_of(200)]


@pytest.mark.parametrize("kind", ["me", "relay"])
def test_a_new_address_ends_both_calendars_and_nothing_else(place: Place, kind: str) -> None:
    old = addresses(place, "1")
    answer = press(place, old[kind], "1", act="address")
    assert answer.status_code == 303
    assert answers(place, old) == {**all_of(200), "feed": 404, "department": 404}
    assert answers(place, addresses(place, "1")) == all_of(200)


def test_the_relay_s_page_says_that_the_address_is_new_and_shows_it(place: Place) -> None:
    path = addresses(place, "2")["relay"]
    answer = press(place, path, "2", act="address")
    page = place.client.get(path + answer.headers["Location"]).text
    assert saved(page).startswith("Du har fået nye kalenderadresser")
    shown = re.findall(r'(?:value="http|href="webcal)(://[^"]+)"', page)
    assert [urlsplit(f"http{one}").path for one in shown] == [addresses(place, "2")["department"]] * 2


def test_who_has_left_has_no_address_any_more(place: Place) -> None:
    found, other = addresses(place, "2"), addresses(place, "1")
    place.files.write("people.csv", PEOPLE.replace("bo@x.example;plan;;;;", "bo@x.example;plan;;;;2026-11-25"))
    place.at(BEGIN + timedelta(hours=1))
    assert (answers(place, found), answers(place, other)) == (all_of(404), all_of(200))


def test_who_vanishes_from_the_file_has_none_when_the_next_working_day_is_over(place: Place) -> None:
    found = addresses(place, "2")
    place.files.write("people.csv", "".join(row for row in PEOPLE.splitlines(keepends=True) if row[:2] != "2;"))
    for days in range(4):
        place.at(BEGIN + timedelta(days=days, hours=1))
    assert answers(place, found) == all_of(404)


def test_who_moves_loses_the_old_department_s_calendar_and_has_the_new_one_s(place: Place) -> None:
    old = addresses(place, "2")
    place.files.write("people.csv", PEOPLE.replace("bo@x.example;plan;", "bo@x.example;jura;"))
    place.at(BEGIN + timedelta(hours=1))
    assert answers(place, old) == {**all_of(200), "department": 404}
    new = addresses(place, "2")
    assert department_of(place.view, new["department"][6:-4]) == department_key("jura")
    assert place.client.get(new["department"]).status_code == 200


def test_a_department_s_token_is_of_one_person_and_one_department(place: Place) -> None:
    view, links, plan = place.view, place.engine.links, department_key("plan")
    mine, theirs = (department_token(view, person) for person in ("1", "2"))
    assert (department_of(view, mine), department_of(view, theirs), mine != theirs) == (plan, plan, True)
    bad = [
        mine[:16] + theirs[16:],
        mine[:-1],
        mine + "a",
        mine[:16],
        mine.upper(),
        "",
        "æ" * 48,
        links.department_token("1", department_key("jura")),
        links.feed_token(plan, 1),  # what everybody in the department had before
    ]
    assert [department_of(view, token) for token in bad] == [None] * len(bad)
    assert [place.client.get(f"/feed/{token}.ics").status_code for token in bad if token] == [404] * (len(bad) - 1)


def test_a_record_of_links_that_cannot_be_read_opens_none_of_them(place: Place) -> None:
    found, other = addresses(place, "1"), addresses(place, "2")
    place.engine.database.table(records.LINKS).put("1", {"links": "two"})
    place.at(BEGIN + timedelta(hours=1))
    assert (answers(place, found), answers(place, other)) == ({**all_of(404), "feed": 200}, all_of(200))


def test_links_of_those_who_never_made_theirs_new_are_what_they_were() -> None:
    """Byte for byte: they stand in letters of before."""
    links = Links(secret=b"a secret of the tests", public_url="", issues={"8": Issues(links=2)})
    assert (links.reference("7"), links.feed_token("7", 2)) == ("wzxw4mmal6haiwec", "fhhkzinym7foczfob7yl6bh2i73xkjoz")
    assert links.reference("8") != Links(secret=b"a secret of the tests", public_url="").reference("8")


def test_no_two_people_and_issues_have_one_reference() -> None:
    ids = ("7", "2/7", "renewed/2/7", "person/7")
    links = [Links(secret=b"x", public_url="", issues={one: Issues(links=n) for one in ids}) for n in (1, 2, 3)]
    assert len({one.reference(person_id) for one in links for person_id in ids}) == 12


def test_the_acts_are_the_button_s_alone(place: Place) -> None:
    path = addresses(place, "1")
    press(place, path["me"], "1", act="links")
    press(place, addresses(place, "1")["relay"], "1", act="address")
    assert place.acts == [PageChoice(person_id="1", new_links=True), Act(person_id="1", doing="address")]
