"""What is kept of a turn: how it is given, found again, exported, and made into a prompt."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from culture.relay.learning import Discovery, Learning, Outcome
from service.messages.faults import BadInput
from service.messages.markdown import cell, escaped
from service.messages.plain_text import one_line, plain
from service.relay.learning_to_prompt import prompt_of_discovery, prompt_of_learning
from service.relay.learnings import Entry, is_link, matches, outcome_of, read_entry
from service.relay.records import relay_records
from service.vitamin.catalogue_file import parse_prompts
from store.records import CONCERNS, DISCOVERIES, LEARNINGS
from tests.cli_values import Said
from tests.culture_values import SEEN, challenge_catalogue, organisation, person
from tests.relay_values import BEGIN, SCRIPT, Place, at, lived
from tests.service_values import make_engine

pytestmark = pytest.mark.slow

WORKED = ("--outcome", "worked", "--worked", SCRIPT, "--checked", "Læst efter", "--judged-by", "Anna, jurist")
BIDI = "\u202e\u2066\u200f\ufeff"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """On the day after the first turn was held."""
    return lived(tmp_path, BEGIN, at(3), at(11))


def kept(place: Place, table: str) -> list[dict[str, Any]]:
    """The records of a table as they lie in the store."""
    engine = make_engine(place.folder)
    try:
        return [dict(document) for document in engine.database.table(table).all()]
    finally:
        engine.close()


def refused(said: Said) -> str:
    assert (said.status, said.out) == (2, "")
    (sentence,) = said.err.splitlines()
    return sentence


def faults(values: dict[str, str]) -> dict[str, str]:
    """What is wrong with a form, by field."""
    with pytest.raises(BadInput) as caught:
        read_entry(values)
    return {fault.file: str(fault.sentence) for fault in caught.value.faults}


# --- what a person gives ----------------------------------------------------------------------------------


def test_a_form_becomes_an_entry() -> None:
    values = {
        "outcome": "delvist",
        "worked": " En linje  \r\nen til\r\r\r\r\nog en ",
        "tool": "Chat \n og ark",
        "hours": "2,5",
        "link": "https://intra.x.example/oplæg?id=7#3",
        "link_for": "alle her\ni huset",
        "show_name": "on",
    }
    assert read_entry(values) == Entry(
        outcome=Outcome.PARTLY,
        worked="En linje\nen til\n\nog en",
        tool="Chat og ark",
        hours=2.5,
        link="https://intra.x.example/oplæg?id=7#3",
        link_for="alle her i huset",
        show_name=True,
        name_in_letters=True,
    )


def test_all_faults_of_a_form_are_said_at_once() -> None:
    values = {"outcome": "worked", "hours": "x", "link": "javascript:alert(1)", "tool": "x" * 301}
    assert faults(values) == {
        "tool": "This is 301 letters long. Keep it to 300, and put the rest behind the link.",
        "hours": '"x" is not a number of hours from 0 to 100. Write for example 2.5.',
        "link": '"javascript:alert(1)" is not an address. Copy it from the browser; it begins with https://.',
        "worked": "Answer at least one of the five questions.",
        "checked": "Write how the result was checked: others will rely on it.",
        "judged_by": "Write who judged it good enough.",
    }


def test_an_empty_form_asks_how_it_went() -> None:
    assert faults({}) == {
        "outcome": 'Say how it went: "worked", "partly" or "not yet".',
        "worked": "Answer at least one of the five questions.",
    }


def test_blanks_and_invisible_marks_are_no_answer() -> None:
    assert faults({"outcome": "partly", "hard": f" \n\t {BIDI} "}) == {
        "worked": "Answer at least one of the five questions."
    }


def test_what_did_not_work_needs_no_judgement() -> None:
    assert read_entry({"outcome": "not yet", "did_not": "Alt"}) == Entry(outcome=Outcome.NOT_YET, did_not="Alt")


def test_a_text_of_4000_letters_fits_and_one_more_does_not() -> None:
    assert read_entry({"outcome": "partly", "hard": "å" * 4000}).hard == "å" * 4000
    assert faults({"outcome": "partly", "hard": "å" * 4001}) == {
        "hard": "This is 4001 letters long. Keep it to 4000, and put the rest behind the link."
    }


@pytest.mark.parametrize("outcome", ["worked", "WORKED", "virkede", " Virkede "])
def test_an_outcome_is_read_in_both_languages(outcome: str) -> None:
    assert outcome_of(outcome) is Outcome.WORKED


@pytest.mark.parametrize("outcome", ["not yet", "not-yet", "ikke endnu", "Ikke-Endnu"])
def test_an_outcome_of_two_words_is_read_with_a_hyphen_too(outcome: str) -> None:
    assert outcome_of(outcome) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("text", "hours"), [("0", 0.0), ("100", 100.0), ("2,5", 2.5), (" 1.25 ", 1.25), ("", None), ("  ", None)]
)
def test_hours_are_read_with_comma_or_dot(text: str, hours: float | None) -> None:
    assert read_entry({"outcome": "partly", "hard": "x", "hours": text}).hours == hours


@pytest.mark.parametrize("text", ["101", "100,01", "-1", "nan", "inf", "1e2", "2,555", "2 1", "1,000,0", "٣"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    assert list(faults({"outcome": "partly", "hard": "x", "hours": text})) == ["hours"]


@pytest.mark.parametrize(
    "link",
    [
        "https://x.example",
        "http://intra/a%20b",
        "https://x.example:8443/å?q=1&r=(2)#a",
        "HTTPS://X.example/",
        "https://[::1]/",
    ],
)
def test_a_web_address_is_a_link(link: str) -> None:
    assert is_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//x.example",
        "x.example",
        "https://",
        "https:///x",
        "https://x.example/ a",
        'https://x.example/"onclick="',
        "https://x.example/<b>",
        "https://x.example:port/",
        "https://bank@x.example/",
        "https://[::1/",
        "file:///etc/passwd",
        "https://x.example/" + "a" * 2000,
    ],
)
def test_what_is_no_web_address_is_no_link(link: str) -> None:
    assert not is_link(link)


def test_free_text_is_freed_of_control_and_bidi_marks_and_html_stays_text() -> None:
    assert plain(f"a\0b\x1b[31m{BIDI}c\u2028d <b>&amp; 👩\u200d🔬 e\u0301 \udcff") == "ab[31mc\nd <b>&amp; 👩\u200d🔬 é"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    plain(text).encode("utf-8")


# --- written down -----------------------------------------------------------------------------------------


def test_a_learning_is_kept_and_shown_as_it_was_typed(place: Place) -> None:
    said = place("learnings", "add", "plan-1", *WORKED, "--hours", "2,5", "--tool", SCRIPT)
    assert said.status == 0
    value = place("learnings", "show", "plan-1", "--json").json
    (title,) = {one["title"] for one in place("learnings", "list", "--json").json}
    assert value == {
        "turn": "plan-1",
        "department": "Plan",
        "department_id": "plan",
        "challenge": value["challenge"],
        "title": title,
        "day": "2026-12-11",
        "outcome": "worked",
        "worked": SCRIPT,
        "checked": "Læst efter",
        "judged_by": "Anna, jurist",
        "tool": SCRIPT,
        "hours": 2.5,
    }
    assert f"What worked:\n{SCRIPT}\n" in place("learnings", "show", "plan-1").out
    assert said.lines == [f'What plan-1 taught is kept: "{title}", worked.']


def test_the_same_form_posted_twice_is_one_learning(place: Place) -> None:
    place("learnings", "add", "plan-1", *WORKED)
    before = kept(place, LEARNINGS)
    assert place.at(at(11, 7))("learnings", "add", "plan-1", *WORKED).status == 0
    assert kept(place, LEARNINGS) == before
    assert len(before) == 1


def test_an_edit_replaces_and_keeps_the_moment_while_the_outcome_stays(place: Place) -> None:
    place("learnings", "add", "plan-1", "--outcome", "not yet", "--did-not", "Alt", "--hard", "Det hele")
    (first,) = kept(place, LEARNINGS)
    later = place.at(at(20))
    later("learnings", "add", "plan-1", "--outcome", "not yet", "--did-not", "Alt, næsten")
    (edited,) = kept(place, LEARNINGS)
    assert edited == {**{key: value for key, value in first.items() if key != "hard"}, "did_not": "Alt, næsten"}
    later("learnings", "add", "plan-1", "--outcome", "partly", "--did-not", "Alt, næsten")
    (changed,) = kept(place, LEARNINGS)
    assert changed == {**edited, "outcome": "partly", "at": "2026-12-20T06:00:00+00:00"}


def test_a_learning_may_be_written_from_the_moment_the_slot_begins(tmp_path: Path) -> None:
    place = lived(tmp_path, BEGIN, at(3))
    begins = at(10, 8)
    before = place.at(begins - timedelta(minutes=1))
    sentence = "plan-1 is to come, on 10 December 2026. Write what was learned afterwards."
    assert refused(before("learnings", "add", "plan-1", *WORKED)) == sentence
    assert place.at(begins)("learnings", "add", "plan-1", *WORKED).status == 0


def test_a_learning_of_a_turn_that_never_was_is_refused(place: Place) -> None:
    sentence = "There is no turn plan-99. See aikultur relay list."
    assert refused(place("learnings", "add", "plan-99", *WORKED)) == sentence


def test_a_learning_of_a_turn_to_come_is_refused(place: Place) -> None:
    sentence = "plan-2 is to come, on 17 December 2026. Write what was learned afterwards."
    assert refused(place("learnings", "add", "plan-2", *WORKED)) == sentence


def test_a_learning_of_a_turn_that_was_passed_is_refused(place: Place) -> None:
    place("relay", "pass", "plan-2")
    sentence = "plan-2 was given away, so there is nothing to write about it."
    assert refused(place("learnings", "add", "plan-2", *WORKED)) == sentence


def test_a_learning_of_a_missed_turn_says_that_it_was_missed(place: Place) -> None:
    place("relay", "missed", "plan-1")
    sentence = "plan-1 does not count as held. If it was held after all, say so first: aikultur relay held plan-1."
    assert refused(place("learnings", "add", "plan-1", *WORKED)) == sentence
    place("relay", "held", "plan-1")
    assert place("learnings", "add", "plan-1", *WORKED).status == 0
    assert refused(place("relay", "missed", "plan-1")) == (
        "A learning of plan-1 has been written down, so it was held."
    )


def test_a_missed_turn_held_at_the_next_meeting_has_its_learning(place: Place) -> None:
    place("relay", "missed", "plan-1")
    place.tick()
    assert place.at(at(18)).tick()("learnings", "add", "plan-1", *WORKED).status == 0


def test_what_did_not_work_yet_comes_back_after_a_month(place: Place) -> None:
    place("learnings", "add", "plan-1", "--outcome", "ikke endnu", "--did-not", "Alt")
    assert [one for one in place.at(at(14)).tick().turns() if one["kind"] == "retry"] == []
    now = place.at(at(15)).tick()
    (again,) = (one for one in now.turns() if one["kind"] == "retry")
    # The first Thursday that is thirty days after 11 December, announced twenty working days ahead.
    assert again["starts"][:10] == "2027-01-14"
    assert again["challenge"] == place("learnings", "show", "plan-1", "--json").json["challenge"]
    lines = now("relay", "why", again["presenter"]).lines
    assert [line for line in lines if line.endswith("What did not work yet on 10 December 2026 is tried again.")] != []


def test_a_faulty_learning_ends_with_every_fault_and_keeps_nothing(place: Place) -> None:
    said = place("learnings", "add", "plan-1", "--outcome", "worked", "--link", "ftp://x", "--easy", "Alt")
    assert (said.status, [line.split(":")[0] for line in said.lines]) == (2, ["link", "checked", "judged_by"])
    assert kept(place, LEARNINGS) == []


def test_a_discovery_told_twice_on_a_day_is_one(place: Place) -> None:
    assert place("discoveries", "add", SCRIPT, "--person", "anna").status == 0
    first = kept(place, DISCOVERIES)
    assert place.at(at(11, 9))("discoveries", "add", f"{SCRIPT}\n", "--person", "bo").status == 0
    assert kept(place, DISCOVERIES) == first
    for hour in (8, 9):
        place.at(at(12, hour))("discoveries", "add", SCRIPT, "--person", "anna", "--show-name")
    rows = place("discoveries", "list", "--json").json
    assert [(row["day"], row["text"], row["department"], row["name"]) for row in rows] == [
        ("2026-12-12", SCRIPT, "Plan", "Anna Holm"),
        ("2026-12-11", SCRIPT, "", ""),
    ]
    assert len(place("discoveries", "list").lines) == 3


def test_a_discovery_without_a_name_is_the_same_record_whoever_told_it(place: Place) -> None:
    found = []
    for whose in (("--person", "anna"), ("--person", "bo"), ()):
        place("discoveries", "add", "Den kan læse tabeller", *whose)
        found += kept(place, DISCOVERIES)
    assert found == [found[0]] * 3
    # Midnight in Copenhagen: the day, and not the second that stands beside other things in the journal.
    assert found[0] == {"id": found[0]["id"], "at": "2026-12-10T23:00:00+00:00", "text": "Den kan læse tabeller"}


def test_a_discovery_of_before_that_holds_a_person_is_still_read_and_not_shown(place: Place) -> None:
    place("discoveries", "add", "En ny", "--department", "plan")
    engine = make_engine(place.folder)
    engine.stored.put(DISCOVERIES, "d-1", Discovery(id="d-1", at=SEEN, text="Fra før", person="1"))
    engine.close()
    rows = place("discoveries", "list", "--json").json
    assert {(row["text"], row["name"]) for row in rows} == {("Fra før", ""), ("En ny", "")}


def test_a_discovery_of_nobody_has_no_name_to_show_and_an_empty_one_is_not_kept(place: Place) -> None:
    assert place("discoveries", "add", "Den kan læse tabeller", "--show-name").status == 0
    assert [set(one) for one in kept(place, DISCOVERIES)] == [{"id", "at", "text"}]
    assert refused(place("discoveries", "add", " \n ")) == "text: Nothing is written here. Write a few words."
    assert refused(place("discoveries", "add", "x" * 301))[:33] == "text: This is 301 letters long. K"


def test_a_concern_of_the_command_line_holds_its_text_and_month(place: Place) -> None:
    for day in (11, 30):
        assert place.at(at(day))("concerns", "add", SCRIPT).status == 0
    (concern,) = kept(place, CONCERNS)
    assert concern == {"id": concern["id"], "month": "2026-12", "text": SCRIPT}
    place.at(at(5, month=1, year=2027))("concerns", "add", "Hvem ser det her?")
    assert place("concerns", "list", "--json").json == [
        {"month": "2027-01", "text": "Hvem ser det her?"},
        {"month": "2026-12", "text": SCRIPT},
    ]
    assert refused(place("concerns", "add", " \n ")) == "text: Nothing is written here. Write a few words."
    assert refused(place("concerns", "add", "x" * 2001)) == "text: This is 2001 letters long. Keep it to 2000."


# --- found again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("search", ["høringssvar", "hoeringssvar", "horingssvar", "HØRINGSSVAR", "svar høring", ""])
def test_a_search_folds_danish_letters_and_the_order_of_words(search: str) -> None:
    assert matches(search, ["Første udkast til et høringssvar"])


@pytest.mark.parametrize(
    ("search", "text"),
    [("aarsplan", "Årsplan"), ("årsplan", "aarsplan"), ("laering", "læring"), ("læring", "LAERING"), ("cafe", "Café")],
)
def test_a_search_folds_both_ways(search: str, text: str) -> None:
    assert matches(search, [text])


def test_a_search_wants_every_word() -> None:
    assert not matches("høringssvar budget", ["Første udkast til et høringssvar"])


def test_a_search_looks_into_every_text(place: Place) -> None:
    fields = ("--worked", "--did-not", "--hard", "--easy", "--potential", "--checked", "--judged-by", "--tool")
    words = ("et", "to", "tre", "fire", "fem", "seks", "syv", "otte")
    written = [text for field, word in zip(fields, words, strict=True) for text in (field, f"{word}høringssvar")]
    place("learnings", "add", "plan-1", "--outcome", "partly", *written)
    for word in words:
        found = place("learnings", "list", "--search", f"{word}hoeringssvar", "--json").json
        assert [one["turn"] for one in found] == ["plan-1"], word
    assert place("learnings", "list", "--search", "borgersvar").lines == ["No learning fits."]


def test_a_list_is_narrowed_by_department_and_outcome(place: Place) -> None:
    place("learnings", "add", "plan-1", *WORKED)

    def turns(*options: str) -> list[str]:
        return [one["turn"] for one in place("learnings", "list", "--json", *options).json]

    assert turns("--department", "Plan", "--outcome", "virkede") == ["plan-1"]
    assert turns("--department", "jura") == turns("--outcome", "not yet") == []
    assert refused(place("learnings", "list", "--outcome", "fint")) == (
        '"fint" is no outcome. Write "worked", "partly" or "not yet".'
    )
    assert refused(place("learnings", "show", "plan-2")) == (
        "Nothing is written about plan-2. Look with aikultur learnings list."
    )


def test_a_name_that_is_not_shown_is_not_found_by_it_either(place: Place) -> None:
    place("learnings", "add", "plan-1", *WORKED)
    engine = make_engine(place.folder)
    presenter = relay_records(engine.stored).turns["plan-1"].presenter
    name = engine.stored.known()[presenter].row.name
    engine.close()
    assert place("learnings", "list", "--search", name.replace("Anna", "")).lines == ["No learning fits."]
    assert [out for out in (place("learnings", "export").out, place("learnings", "list").out) if name in out] == []
    place("learnings", "add", "plan-1", *WORKED, "--show-name")
    assert place("learnings", "show", "plan-1", "--json").json["name"] == name
    assert place("learnings", "list", "--search", name, "--json").json[0]["turn"] == "plan-1"


# --- exported ---------------------------------------------------------------------------------------------


def read_markdown(page: str) -> list[tuple[str, str]]:
    """The blocks of a page as an independent reader sees them: kind and text. Fails on anything that is not text."""
    found = []
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    for before, token in pairwise(tokens):
        assert before.type in ("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline"), before
        if token.type == "inline":
            children = token.children or []
            assert {child.type for child in children} <= {"text", "hardbreak", "softbreak", "text_special"}, children
            breaks = {"hardbreak": "\n", "softbreak": "\n"}
            found.append((before.tag, "".join(breaks.get(child.type, child.content) for child in children)))
    return found


HOSTILE = """<script src=//x
<!-- skjult
<img src=x onerror=alert(1)> &lt; &amp;
# overskrift
- punkt
1. tal
2) tal
+ plus
> citat
===
---
| a | b |
|---|---|
`kode` *fed* __fed__ ~~væk~~ [link](javascript:x) ![b](y) $x$ \\ http://x.example
    indrykket"""


def test_nothing_people_type_is_markup_in_an_export(place: Place) -> None:
    place("learnings", "add", "plan-1", "--outcome", "partly", "--hard", HOSTILE, "--judged-by", SCRIPT)
    blocks = read_markdown(place("learnings", "export").out)
    assert blocks[0] == ("h1", "What the relay taught us")
    title = place("learnings", "show", "plan-1", "--json").json["title"]
    assert blocks[1:3] == [("h2", title), ("p", "partly, December 2026")]
    assert blocks[3:] == [
        ("h3", "What was hard"),
        ("p", "\n".join(line.strip() for line in HOSTILE.split("\n"))),
    ]  # and not by whose judgement: nobody asked them


@given(st.text(alphabet=st.sampled_from("ab1 \n#*_`<>[]()!|~&;-+=.\\:$\"'"), max_size=60))
def test_escaped_text_reads_as_it_was_typed(text: str) -> None:
    typed = plain(text)
    read = read_markdown(escaped(typed))
    lines = [line.strip() for line in typed.split("\n")]
    assert [line for _, block in read for line in block.split("\n")] == [line for line in lines if line]
    assert {tag for tag, _ in read} <= {"p"}


@given(st.text(alphabet=st.sampled_from("ab1 \n#*_`<>[]()!|~&;-+=.\\:$\"'"), min_size=1, max_size=60))
def test_a_cell_of_a_table_holds_what_was_typed_and_ends_where_it_should(typed: str) -> None:
    table = f"| x | y |\n|---|---|\n| {cell(typed)} | z |\n"
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(table)
    cells = ["".join(child.content for child in one.children or []) for one in tokens if one.type == "inline"]
    assert cells == ["x", "y", one_line(typed), "z"]


@pytest.mark.parametrize("name", [(), ("--show-name",)])
def test_an_export_as_json_is_what_show_says_but_for_what_names_somebody(place: Place, name: tuple[str, ...]) -> None:
    place("learnings", "add", "plan-1", *WORKED, *name)
    out = place.folder / "learnings.json"
    assert place("learnings", "export", "--format", "json", "--out", str(out)).status == 0
    shown = place("learnings", "show", "plan-1", "--json").json
    told = {**shown, "day": "2026-12-10"} if name else {**shown, "day": "2026-12"}
    for key in ("judged_by", "department_id") if name else ("judged_by", "department_id", "turn", "department"):
        del told[key]
    assert json.loads(out.read_text("utf-8")) == [told]


def test_an_export_never_overwrites(place: Place) -> None:
    out = place.write("there.md", "mine")
    said = place("learnings", "export", "--out", str(out))
    assert refused(said) == f"{out} is there already. Name a new file for --out."
    assert out.read_text("utf-8") == "mine"


def test_a_danish_export_is_danish(place: Place) -> None:
    place("learnings", "add", "plan-1", *WORKED, "--hours", "2.5", "--link", "https://x.example/a_b")
    here = Place(place.folder, place.now, "da")
    page = here("learnings", "export").out
    assert re.findall("^#+ .*$", page, re.MULTILINE)[0] == "# Det, stafetten lærte os"
    assert page.endswith("### Timer\n\n2,5\n\n### Oplægget\n\n<https://x.example/a_b>\n")


# --- promoted ---------------------------------------------------------------------------------------------


def test_what_worked_becomes_a_prompt_of_the_catalogue(place: Place) -> None:
    place("learnings", "add", "plan-1", *WORKED, "--show-name")
    out = place.folder / "prompt.toml"
    assert place("learnings", "promote", "plan-1", "--out", str(out)).lines == [f"{out} is written."]
    (prompt,) = parse_prompts(out.read_text("utf-8"), "prompt.toml")
    assert (prompt.id, prompt.kind) == ("learned-plan-1", "explore")
    assert [text.prompt.endswith(SCRIPT) for text in (prompt.texts["da"], prompt.texts["en"])] == [True, True]
    assert prompt.texts["en"].look_for == "Læst efter"
    assert refused(place("learnings", "promote", "plan-1", "--out", str(out))) == (
        f"{out} is there already. Name a new file for --out."
    )


def test_what_is_in_the_catalogue_already_is_not_promoted_again(place: Place) -> None:
    place("learnings", "add", "plan-1", *WORKED)
    place.write("prompts.toml", place("learnings", "promote", "plan-1").out)
    config = (place.folder / "config.toml").read_text("utf-8") + '[vitamin]\nown_prompts = "prompts.toml"\n'
    place.write("config.toml", config)
    sentence = "learned-plan-1 is in your catalogue already. Edit it there."
    assert refused(place("learnings", "promote", "plan-1")) == sentence


def test_what_did_not_work_is_not_promoted(place: Place) -> None:
    place("learnings", "add", "plan-1", "--outcome", "not yet", "--hard", "Alt")
    sentence = 'plan-1 says "not yet". Only what worked becomes a prompt for all.'
    assert refused(place("learnings", "promote", "plan-1")) == sentence


def test_a_discovery_becomes_a_prompt(place: Place) -> None:
    place("discoveries", "add", SCRIPT * 2)
    (row,) = place("discoveries", "list", "--json").json
    (prompt,) = parse_prompts(place("discoveries", "promote", row["id"]).out, "x")
    assert (prompt.texts["da"].prompt, prompt.texts["da"].title) == (SCRIPT * 2, SCRIPT[:59].rstrip() + "…")
    assert refused(place("discoveries", "promote", "d-1")) == (
        "There is no discovery d-1. Look with aikultur discoveries list."
    )


@given(st.text(min_size=1).map(plain).filter(bool), st.booleans())
def test_any_text_makes_a_prompt_that_the_catalogue_takes(text: str, known: bool) -> None:
    made = organisation(person(), challenges=challenge_catalogue(1))
    learning = Learning(
        id="plan-1",
        department="plan",
        person="7",
        challenge="challenge-0" if known else "",
        title=text,
        at=SEEN,
        outcome=Outcome.WORKED,
        worked=text * 2000,
        checked=text,
        judged_by=text,
    )
    (prompt,) = parse_prompts(prompt_of_learning(learning, made), "x")
    assert len(prompt.texts["en"].prompt) <= 2000
    discovery = Discovery(id="d-1", at=SEEN, text=text[:300].strip() or "x")
    (found,) = parse_prompts(prompt_of_discovery(discovery, made), "x")
    assert found.texts["da"].prompt == (text[:300].strip() or "x")
