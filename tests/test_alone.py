"""With one programme on and the others off, no letter, event or page speaks of the others."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import pytest

from service.planning.sample_letters import samples
from tests.relay_values import WEB, at
from tests.web_relay_values import Place, item, text_of

pytestmark = pytest.mark.slow

URL = "https://aitid.x.example"

SWITCHED = "[{name}]\nenabled = {on}\n"
MORE = {"ambassadors": '[ambassadors.meeting]\nweekday = "tuesday"\ntime = "13:00"\n'}
"""Without what a programme cannot be switched on."""

WORDS = {
    "vitamin": r"AI-tid|AI time|prompt|(?<!omkring )(?<!fra )ti minutter|(?<!about )(?<!from )ten minutes|vitamin|de ugentlige|weekly letters",
    "relay": r"stafet|\bdine? ture?\b|\bture\b|tovholder|\brelay|\byour turns?\b|\bturns\b(?! (up|on|out|a|'))|facilitator",
    "revisit": r"genbesøg|afvist|revisit|sagde nej til|said no to",
    "ambassadors": r"ambassad|korps|\bcorps",
    "leaders": r"månedens skridt|leder andre|rammerne på ét ark|step for you|leads? others|frame on one sheet",
}
"""What only that programme speaks of."""

IN_ADDRESSES = re.compile(r"https?://\S+|[\w.-]+@[\w.-]+|CN=[^:]+")


def place_with(folder: Path, only: str) -> Place:
    others = [name for name in WORDS if name != "relay"]
    more = "".join(SWITCHED.format(name=name, on=str(name == only).lower()) for name in others) + MORE.get(only, "")
    place = Place(folder, enabled=only == "relay", more=more, web=WEB.replace("false", f'true\npublic_url = "{URL}"'))
    return place.at(at(3))


def letters(place: Place, person_id: str) -> Iterator[tuple[str, str]]:
    """A letter of each kind, its subject, text and HTML, and what stands in calendars."""
    found = place.engine.plan(place.now)
    person = found.world.organisation.people[person_id]
    for name in samples(found.world, person).jobs:
        made = message_from_bytes(place.engine.preview(found, name, person), policy=policy.default)
        parts = [part.get_content() for part in made.walk() if part.get_content_maintype() == "text"]
        yield (
            name,
            " ".join(
                (
                    made["subject"],
                    made["list-unsubscribe"] or "",
                    *(text if isinstance(text, str) else text.decode() for text in parts),
                )
            ),
        )
    yield "feed", place.engine.preview(found, "feed", person).decode()


def pages(place: Place, person_id: str, stops: bool) -> Iterator[tuple[str, str]]:
    """The front page, one's own, every page that it leads to, and if letters lead there the one that stops them."""
    own = f"/me/{place.engine.links.token('page', person_id, place.now)}"
    shown = place.client.get(own).text
    language = place.view.organisation.people[person_id].language
    ways = [
        f"/{way}"
        for way in re.findall(
            r'href="\.\./((?:relay|revisit|ambassadors|agenda|recommendations|answer|worries)/[^"]+)"', shown
        )
    ]
    ways += [f"/stop/{place.engine.links.token('stop', person_id, place.now)}"] if stops else []
    for path in (f"/?lang={language}", own, *ways):
        answer = place.client.get(path)
        assert answer.status_code == 200
        yield path.split("/")[1], re.sub(r"<(tbody|table).*?</\1>", "", answer.text, flags=re.DOTALL)


@pytest.mark.parametrize("only", WORDS)
def test_one_programme_alone_does_not_speak_of_the_others(tmp_path: Path, only: str) -> None:
    place = place_with(tmp_path, only)
    try:
        found: dict[str, list[str]] = {}
        for person_id in ("1", "3", "9"):  # Danish, English, whoever sees to everything
            if only == "revisit":
                item(place, person_id, name=f"Referater {person_id}")
                place.at(at(4))
            found |= {f"{person_id} {name}": strange for name, strange in _of_others(place, only, person_id)}
        assert found == {}
    finally:
        place.engine.close()


def _of_others(place: Place, only: str, person_id: str) -> Iterator[tuple[str, list[str]]]:
    """Where the others are spoken of, and how."""
    others = re.compile("|".join(words for name, words in WORDS.items() if name != only), re.IGNORECASE)
    written = list(letters(place, person_id))
    stops = any("/stop/" in text for _, text in written)
    for name, text in (*written, *pages(place, person_id, stops)):
        said = IN_ADDRESSES.sub("", unescape(text_of(text)))
        if strange := sorted({said[max(0, hit.start() - 40) : hit.end() + 40] for hit in others.finditer(said)}):
            yield name, strange
