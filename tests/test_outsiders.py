"""Who is not in the people file and is written to: whose letter it is, and what they can open and choose."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from culture.notice import Notice
from culture.outsiders import OutsiderRecords, Role, advance, contact, contact_role, outsider, reached
from culture.people import Language, Person
from culture.world import World
from mailer.letter import Links
from service.planning.jobs import of_notice
from service.planning.letters import reader_for
from service.planning.programme import outside_paths, outsiders, page_paths, reader_named
from tests.culture_values import SEEN, organisation, person
from tests.mail_values import LINKS, reader, tip
from tests.test_render import OURS
from tests.test_web import LINKS as WEB_LINKS
from tests.test_web import view

METTE = person("9", email="mette@x.example")


def world(*people: Person, **changes: Any) -> World:
    return World(organisation(*people, **changes), SEEN)


def test_whoever_has_the_address_and_works_here_is_that_person_and_never_an_outsider() -> None:
    assert contact(world(METTE)) is METTE
    assert reached(Role("board-1", "METTE@x.example", "Somebody"), world(METTE)) is METTE
    for gone in (replace(METTE, left=date(2026, 11, 29)), replace(METTE, started=date(2026, 12, 1))):
        assert contact(world(gone)).id == "contact"


def test_an_outsider_is_written_to_in_the_organisations_language_and_has_no_calendar() -> None:
    found = outsider("board-1", "Chair@Board.example", "Ida Bro", organisation(language="en"), SEEN)
    assert (found.id, found.email, found.name) == ("board-1", "chair@board.example", "Ida Bro")
    assert (found.language, found.zone, found.channel, found.in_relay) == ("en", "Europe/Copenhagen", "none", True)


def test_a_notice_to_an_outsiders_id_becomes_a_letter_to_their_address() -> None:
    notice = Notice(kind="link", period="x", person_id="contact", due=SEEN, too_late=SEEN + timedelta(days=1))
    job = of_notice(world(person()), notice, ())
    assert (job.person.id, job.person.email, job.keys) == ("contact", "mette@x.example", ("link/x/contact",))
    with pytest.raises(KeyError):
        of_notice(world(person()), replace(notice, person_id="nobody"), ())


def test_the_contact_is_an_outsider_only_where_the_people_file_does_not_know_the_address() -> None:
    assert list(outsiders(world(person()))) == ["contact"]
    assert outsiders(world(METTE)) == {}
    assert reader_named(world(METTE), "9") is METTE


def held_daily(*holders: tuple[str, str]) -> list[str]:
    """The contact's ids when one after the other is, each by address and name, a day each."""
    records, found = OutsiderRecords(), []
    for number, (email, name) in enumerate(holders):
        made = organisation(person(), contact_email=email, contact_name=name)
        here = World(made, SEEN + timedelta(days=number)).having(records)
        found.append(contact(here).id)
        records = advance(here, [contact_role(made)])
    return found


def test_whoever_takes_a_role_gets_an_id_of_their_own_and_whoever_comes_back_the_one_they_had() -> None:
    mette, bo, ida = ("mette@x.example", "Mette"), ("bo@x.example", "Bo"), ("ida@x.example", "Ida")
    assert held_daily(mette, mette, bo, ida, mette, bo) == [
        "contact", "contact", "contact-2", "contact-3", "contact", "contact-2",
    ]  # fmt: skip


def test_a_new_name_or_a_new_address_is_the_same_person() -> None:
    assert (
        held_daily(("m@x.example", "Mette Ø"), ("m.o@x.example", "mette  ø"), ("M.O@x.example", "M. Ø"))
        == ["contact"] * 3
    )
    assert held_daily(("a@x.example", ""), ("b@x.example", "")) == ["contact", "contact-2"]  # no name is no sign


def test_it_is_known_since_when_somebody_has_a_role_no_more() -> None:
    records = OutsiderRecords()
    for number, email in enumerate(("bo@x.example", "mette@x.example")):  # Mette is in the people file
        made = organisation(METTE, contact_email=email, contact_name="Bo")
        here = World(made, SEEN + timedelta(days=number)).having(records)
        records = advance(here, [contact_role(made)])
    assert {key: one.left for key, one in records.holders.items()} == {"contact": (SEEN + timedelta(days=1)).date()}
    assert advance(here.having(records), [contact_role(made)]) is records


def test_the_links_of_an_outsider_end_when_another_takes_the_role() -> None:
    before, after = (contact(world(person(), contact_email=email)) for email in ("mette@x.example", "bo@x.example"))
    assert before.id == after.id
    assert WEB_LINKS.reference(before.linked) != WEB_LINKS.reference(after.linked)
    assert METTE.linked == replace(METTE, email="new@x.example").linked == "9"


def test_an_outsider_gets_no_link_but_those_of_outside_pages() -> None:
    found = reader_for(world(person()), contact(world(person())), (), LINKS)
    assert found.outside
    assert found.links == Links(page="", feed="", stop="", pages={path: LINKS.of(path) for path in outside_paths()})
    assert outside_paths() <= set(page_paths())
    inside = reader_for(world(METTE), METTE, (), LINKS)
    assert (inside.outside, inside.links.page) == (False, LINKS.page)


def test_a_link_of_an_outsiders_opens_those_pages_alone() -> None:
    seen = view(outsiders={WEB_LINKS.reference("contact"): contact(world(person()))})
    for path in ("page", "stop", *page_paths()):
        found = seen.person(WEB_LINKS.reference("contact"), path)
        assert (found is not None) == (path in outside_paths())
        assert seen.person(WEB_LINKS.reference("7"), path)


@pytest.mark.parametrize(("language", "chosen"), [("da", "holde pause"), ("en", "a break")])
def test_a_letter_to_an_outsider_has_nothing_to_choose_or_to_stop(language: Language, chosen: str) -> None:
    inside = OURS.render(reader(language), [tip()])
    outside = OURS.render(replace(reader(language, Links(page="", feed="", stop="")), outside=True), [tip()])
    for text in (outside.text, outside.html):
        assert "Mette Lund" in text
        assert chosen not in text
        assert "/me/" not in text
    assert "/me/" in inside.text
