"""The archive as a static site: what stands in it and what never does, and the same bytes for the same content."""

import os
import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

import orjson

from culture.ambassadors.recommendations import Answer, Evidence, Of, Recommendation, RecommendationRecords, Reply
from culture.ambassadors.settings import Ambassadors
from culture.archive.chosen import facets, fits
from culture.archive.entries import Value, one_spelling, tool
from culture.leaders.settings import Leaders
from culture.relay.learning import Outcome
from culture.relay.settings import Relay
from culture.released import Released, ReleasedConcern
from culture.revisit.rules import Made, RevisitRecords, Verdict, What
from culture.revisit.settings import RevisitList
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import LANGUAGES
from service.ambassadors.recommendation_words import evidence_words
from service.archive.shelf import in_use, shelf
from service.archive.site import Files, site
from tests.archive_values import HOSTILE, entry, found_out, judged, learned, place, public_id, rejected, world

SHELF = (
    learned(1, show_name=True, tool="Copilot", link="https://x.example/1", link_for="alle her"),
    learned(2, outcome=Outcome.NOT_YET, tool="copilot", link="https://x.example/2"),
    learned(3, "care", worked="", did_not="Den fandt på kilder."),
    found_out(1, department="care"),
    found_out(2, person="plan-0", department="plan", show_name=True),
    rejected(1, judgements=(judged(Verdict.STILL_NOT), judged(Verdict.WORKS_NOW)), next_on=None),
    rejected(2, name="Oversættelse", what=What.USE_CASE),
)


def text_of(page: bytes) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page.decode())).split())


def pages_of(files: Files) -> dict[str, str]:
    return {name: content.decode() for name, content in files.items() if name.endswith(".html")}


def every(made: World, language: str = "da") -> str:
    """All that is told in a language, as data."""
    return site(made, public_id)[f"{language}/archive.json"].decode()


# --- what stands there ------------------------------------------------------------------------------------


def test_each_entry_stands_whole_on_the_page_of_its_month() -> None:
    files = site(world(*SHELF), public_id)
    january = text_of(files["da/2027-01.html"])
    assert "Læring · virkede · Afdelingen Plan · Copilot · Plan Person 0 · 2. januar 2027 Opgave 1" in january
    assert "Hvad virkede Et udkast til et høringssvar på ti minutter. Hvordan blev resultatet tjekket" in january
    assert "Oplægget (det kan åbnes af: alle her)" in january
    assert "Læring · ikke endnu · Afdelingen Plan · Copilot · januar 2027 Opgave 2" in january
    assert "Oplægget (der står ikke, hvem der kan åbne det)" in january
    february = text_of(files["en/2027-02.html"])
    assert "Revisit · works now · 10 February 2027 Mødereferat The reason Den forstod ikke dansk." in february
    assert "10 February 2027: still not Prøvet på tre møder." in february
    assert "Genbesøg · skal vurderes igen · 3. november 2026 Oversættelse" in text_of(files["da/2026-11.html"])


def test_every_link_leads_to_a_file_and_a_place_that_are_there() -> None:
    files = site(world(*SHELF), public_id)
    pages = pages_of(files)
    for name, page in pages.items():
        for found in re.findall(r'(?:href|src)="([^"]+)"', page):
            address, _, place_in = found.partition("#")
            if ":" in address:
                continue
            target = os.path.normpath(PurePosixPath(name).parent / address)
            assert target in files, (name, found)
            assert not place_in or f'id="{place_in}"' in pages[target], (name, found)


def test_all_that_can_be_searched_can_be_read_without_a_script() -> None:
    files = site(world(*SHELF), public_id)
    for language in LANGUAGES:
        ids = {one["id"] for one in orjson.loads(files[f"{language}/archive.json"])["entries"]}
        assert len(ids) == len(SHELF)
        read = "".join(page for name, page in pages_of(files).items() if re.match(rf"{language}/\d{{4}}-", name))
        assert set(re.findall(r'id="e-(\w+)"', read)) == ids
        front = pages_of(files)[f"{language}/index.html"]
        assert re.search(r'<form id="search"[^>]* hidden>', front)
        assert set(re.findall(r'href="(\d{4}-\d\d\.html)"', front)) == {"2026-11.html", "2027-01.html", "2027-02.html"}


def test_the_page_of_a_value_holds_what_has_it() -> None:
    files = site(world(*SHELF), public_id)
    copilot = text_of(files["da/tool-copilot.html"])
    assert copilot.count("Opgave") == 2
    assert "Opgave 3" in text_of(files["da/department-care.html"])
    assert "Opgave 2" in text_of(files["en/outcome-not-yet.html"])
    assert "4. kvartal 2026" in text_of(files["da/period-2026q4.html"])
    assert not [name for name in files if "sector" in name]  # there is one only


def test_the_same_content_makes_the_same_bytes() -> None:
    assert site(world(*SHELF), public_id) == site(world(*reversed(SHELF)), public_id)


def test_an_archive_without_anything_says_so() -> None:
    files = site(world(), public_id)
    assert "Der er ikke skrevet noget ned endnu." in text_of(files["da/index.html"])
    assert orjson.loads(files["en/archive.json"])["entries"] == []


# --- whose it is ------------------------------------------------------------------------------------------


def test_a_name_stands_there_only_with_a_yes_and_is_gone_when_it_is_taken_back() -> None:
    named, bare = learned(1, show_name=True), learned(1)
    assert "Plan Person 0" in every(world(named))
    whole = b"".join(site(world(bare, found_out(1, person="plan-0")), public_id).values()).decode()
    assert "Plan Person" not in whole
    assert "2027-01-02" not in whole


def test_nobody_who_was_not_asked_is_named() -> None:
    whole = b"".join(site(world(*SHELF), public_id).values()).decode()
    assert "Hanne" not in whole  # who judged it, who rejected it


def test_a_small_department_and_the_day_are_told_with_a_name_only() -> None:
    sizes = {"plan": 12, "care": 14, "tiny": 3}
    one = learned(1, "tiny")
    assert "Tiny" not in every(world(one, sizes=sizes))
    told = every(world(replace(one, show_name=True), sizes=sizes))
    assert "Afdelingen Tiny" in told
    assert '"when": "2027-01-02"' in told


def test_what_comes_from_a_turn_tells_no_more_than_its_learning() -> None:
    one = learned(1, "tiny", outcome=Outcome.NOT_YET)
    item = rejected(1, turn=one.id, rejected_by="Afdelingen Tiny", rejected_on=date(2027, 1, 2))
    sizes = {"plan": 12, "care": 14, "tiny": 3}
    assert not {"Tiny", "2027-01-02"} & set(re.findall(r"Tiny|2027-01-02", every(world(one, item, sizes=sizes))))
    alone = every(world(item, sizes=sizes))  # and no more when that is gone
    assert not re.findall(r"Tiny|2027-01-02", alone)
    assert '"when": "2027-01"' in alone


def test_a_tool_that_was_rejected_is_told_with_its_department_where_that_is_large_and_with_what_became_of_it() -> None:
    sizes = {"plan": 12, "care": 14, "tiny": 3}
    made = rejected(1, department="care", judgements=(judged(),), next_on=None, became=(Made.CHALLENGE, Made.PROMPT))
    whole = every(world(made, rejected(2, department="tiny"), sizes=sizes))
    assert "Afdelingen Care" in whole
    assert "Tiny" not in whole
    assert "En udfordring for alle, en prompt for alle" in whole


def test_no_key_of_a_record_stands_there() -> None:
    whole = b"".join(site(world(*SHELF), public_id).values()).decode()
    assert not re.findall(r"plan-\d|care-\d|item-\d|\bd-\d", whole)


def test_the_order_within_a_month_tells_no_day_that_is_not_told() -> None:
    bare = [learned(number) for number in range(1, 9)]
    shown = [one.id for one in shelf(world(*bare), "da", public_id).entries]
    assert shown == sorted(shown, reverse=True)


# --- what the ambassadors and the leaders bring -----------------------------------------------------------

ASKED = Recommendation(
    id="rec-1",
    text="Køb ti licenser",
    reason="To afdelinger venter.",
    written_on=date(2027, 1, 5),
    to_name="Karen Holst",
    to_email="karen@x.example",
    to_id="70",
    asked_on=date(2027, 1, 12),
)
LATER = Reply(day=date(2027, 2, 1), answer=Answer.LATER, by="Karen Holst", words="Til maj", until=date(2027, 5, 3))
WORRY = ReleasedConcern(
    id="c-1",
    text="Hvem ser, hvad vi skriver?",
    released_on=date(2027, 1, 20),
    asked_name="Karen Holst",
    answer_by=date(2027, 4, 1),
)


def with_others(*recommendations: Recommendation, concerns: tuple[ReleasedConcern, ...] = ()) -> World:
    made = world()
    records = RecommendationRecords({one.id: one for one in recommendations})
    on = made.organisation.having(Ambassadors(enabled=True), Leaders(enabled=True))
    return replace(made, organisation=on).having(records, Released(concerns))


def test_a_recommendation_stands_there_when_it_was_sent_with_its_answers_and_without_names() -> None:
    draft = replace(ASKED, id="rec-2", text="Udkastet", asked_on=None)
    whole = text_of(site(with_others(ASKED, draft), public_id)["da/2027-01.html"])
    assert "Anbefaling · venter på svar fra ledelsen · 12. januar 2027 Køb ti licenser" in whole
    assert "Hvorfor To afdelinger venter." in whole
    answered = site(with_others(replace(ASKED, answers=(LATER,)), draft), public_id)
    page = text_of(answered["da/2027-02.html"])
    assert "Anbefaling · ledelsen siger: senere · 1. februar 2027 Køb ti licenser" in page
    assert "Svaret den 1. februar 2027 Senere. Til maj" in page
    whole = b"".join(answered.values()).decode()
    assert not re.findall("Karen|Udkastet|rec-", whole)


def test_what_a_recommendation_rests_on_tells_no_day_that_its_learning_does_not() -> None:
    item = rejected(1, turn="tiny-1", rejected_on=date(2027, 1, 2))
    asked = replace(ASKED, evidence=(Evidence(of=Of.REVISIT, what=item.id),))
    made = with_others(asked).having(world(item).of(RevisitRecords))
    assert [one.title for one in evidence_words(made, asked, "da")] == ["Mødereferat, januar 2027"]
    own = made.having(RevisitRecords({item.id: replace(item, turn="")}))
    assert [one.title for one in evidence_words(own, asked, "da")] == ["Mødereferat, 2. januar 2027"]


def test_a_released_concern_stands_there_with_its_answer_or_that_it_is_not_decided() -> None:
    def page(one: ReleasedConcern) -> str:
        return text_of(site(with_others(concerns=(one,)), public_id)["da/2027-01.html"])

    assert "Bekymring · ikke afgjort endnu · 20. januar 2027 Hvem ser, hvad vi skriver?" in page(WORRY)
    assert "Det er ikke afgjort endnu. Vi håber på et svar senest den 1. april 2027." in page(WORRY)
    answered = page(replace(WORRY, answer="Ingen.", answered_on=date(2027, 1, 25)))
    assert "Bekymring · besvaret · 25. januar 2027 Hvem ser, hvad vi skriver? Svaret Ingen." in answered
    assert "Karen" not in page(WORRY) + answered


def test_a_text_that_is_too_long_for_a_title_stands_whole_below_it() -> None:
    long = "ord " * 60 + "slut"
    page = text_of(site(with_others(replace(ASKED, text=long)), public_id)["da/2027-01.html"])
    assert f"Det anbefales {long}" in page
    page = text_of(site(with_others(concerns=(replace(WORRY, text=long),)), public_id)["da/2027-01.html"])
    assert f"Det blev skrevet {long}" in page


# --- script in every free text ----------------------------------------------------------------------------


class Elements(HTMLParser):
    """The elements of a page, and every attribute that could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self.scripts.append(given.get("src") or "")
        self.wrong += [name for name in given if name.startswith("on")]
        if tag in ("img", "iframe", "object", "base") or str(given.get("href")).startswith(("javascript", "data")):
            self.wrong.append(tag)


def test_what_people_wrote_is_text_wherever_it_stands() -> None:
    learning = learned(
        1,
        title=HOSTILE,
        worked=HOSTILE,
        did_not=HOSTILE,
        hard=HOSTILE,
        easy=HOSTILE,
        potential=HOSTILE,
        checked=HOSTILE,
        tool=HOSTILE,
        link="javascript:alert(1)",
        link_for=HOSTILE,
        show_name=True,
    )
    item = rejected(
        1,
        name=HOSTILE,
        reason=HOSTILE,
        would_change=HOSTILE,
        trigger=HOSTILE,
        judgements=(replace(judged(), reason=HOSTILE),),
    )
    files = site(world(learning, item, found_out(1, text=HOSTILE), name=HOSTILE), public_id)
    for name, page in pages_of(files).items():
        found = Elements()
        found.feed(page)
        assert found.wrong == [], name
        assert found.scripts == (["words.js", "../search.js"] if name in ("da/index.html", "en/index.html") else []), (
            name
        )
    words = files["da/words.js"].decode()
    assert words.count("\n") == 1
    assert not set("<\u2028\u2029") & set(words)
    assert all(re.fullmatch(r"[a-z0-9./-]+", name) for name in files)
    assert "</script>" in orjson.loads(files["da/archive.json"])["entries"][0]["title"]


# --- choosing ---------------------------------------------------------------------------------------------


def test_what_all_have_is_no_choice() -> None:
    one, other = entry("a", outcome=Value("worked", "virkede")), entry("b")
    found = [[(facet.name, value.id) for value, _ in facet.values] for facet in facets([one, other])]
    assert found == [[("outcome", "worked")]]  # whoever chooses it leaves the other out
    assert facets([one, replace(other, outcome=one.outcome)]) == ()


def test_what_was_chosen_must_all_fit() -> None:
    one = entry(outcome=Value("worked", ""), department=Value("plan", ""))
    assert fits(one, {})
    assert fits(one, {"outcome": "worked", "department": ""})
    assert not fits(one, {"outcome": "worked", "department": "care"})
    assert not fits(one, {"tool": "copilot"})


def test_a_tool_is_one_however_it_is_spelled() -> None:
    entries = [entry("a", tool=tool("copilot ")), entry("b", tool=tool("  Copilot")), entry("c")]
    assert one_spelling(entries) == {"copilot": Value("copilot", "Copilot")}


def test_each_programme_alone_brings_its_own_and_nothing_of_the_rest() -> None:
    vitamin, revisit = Vitamin(title={}), RevisitList()
    off: dict[str, Any] = {
        "vitamin": replace(vitamin, enabled=False),
        "relay": Relay(),
        "revisit": replace(revisit, enabled=False),
    }

    made = with_others(ASKED, concerns=(WORRY,))
    for bare, kind in ((Ambassadors(), "concern"), (Leaders(), "recommendation")):
        off_too = replace(made, organisation=made.organisation.having(bare))
        assert {one.kind.id for one in shelf(off_too, "da", public_id).entries} == {kind}

    def kinds(**on: Any) -> set[str]:
        return {one.kind.id for one in shelf(world(*SHELF, **{**off, **on}), "da", public_id).entries}

    assert kinds() == set()
    assert not in_use(place({"plan": 2}, **off))
    assert kinds(vitamin=vitamin) == {"discovery"}
    assert kinds(relay=Relay(enabled=True)) == {"discovery", "learning"}
    assert kinds(revisit=revisit) == {"revisit"}
