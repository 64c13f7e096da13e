"""The archive as a static site: what stands in it and what never does, the same bytes for the same content, and a folder
that holds the whole of the new one or the whole of the old one.
"""

import errno
import os
import re
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

import orjson
import pytest

from culture.archive.chosen import facets, fits
from culture.archive.entries import Value, spelled_alike, tool
from culture.relay.learning import Outcome
from culture.relay.settings import Relay
from culture.revisit.rules import Verdict, What
from culture.revisit.settings import RevisitList
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import LANGUAGES
from service.archive.folder import MARK, Foreign, failed, in_two_steps, replace_site
from service.archive.shelf import in_use, shelf
from service.archive.site import Files, site
from service.messages.faults import Refused
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


def test_no_key_of_a_record_stands_there() -> None:
    whole = b"".join(site(world(*SHELF), public_id).values()).decode()
    assert not re.findall(r"plan-\d|care-\d|item-\d|\bd-\d", whole)


def test_the_order_within_a_month_tells_no_day_that_is_not_told() -> None:
    bare = [learned(number) for number in range(1, 9)]
    shown = [one.id for one in shelf(world(*bare), "da", public_id).entries]
    assert shown == sorted(shown, reverse=True)


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
    assert [one.tool.said for one in spelled_alike(entries)] == ["Copilot", "Copilot", ""]


def test_each_programme_alone_brings_its_own_and_nothing_of_the_rest() -> None:
    vitamin, revisit = Vitamin(title={}), RevisitList()
    off: dict[str, Any] = {
        "vitamin": replace(vitamin, enabled=False),
        "relay": Relay(),
        "revisit": replace(revisit, enabled=False),
    }

    def kinds(**on: Any) -> set[str]:
        return {one.kind.id for one in shelf(world(*SHELF, **{**off, **on}), "da", public_id).entries}

    assert kinds() == set()
    assert not in_use(place({"plan": 2}, **off))
    assert kinds(vitamin=vitamin) == {"discovery"}
    assert kinds(relay=Relay(enabled=True)) == {"discovery", "learning"}
    assert kinds(revisit=revisit) == {"revisit"}


# --- the folder -------------------------------------------------------------------------------------------

ONE: Files = {"index.html": b"one", "da/index.html": b"en", "da/old.html": b"gammel"}
TWO: Files = {"index.html": b"two", "da/index.html": b"to"}


def held(folder: Path) -> dict[str, bytes]:
    """The files of a site, without its mark."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name != MARK}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "share" / "site"


def alone(folder: Path) -> bool:
    return [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_new_site_takes_the_place_of_the_old_one_whole(folder: Path) -> None:
    replace_site(folder, ONE)
    assert held(folder) == ONE
    replace_site(folder, TWO)
    assert held(folder) == TWO
    assert alone(folder)


def test_an_empty_folder_and_what_file_managers_leave_are_no_hindrance(folder: Path) -> None:
    folder.mkdir(parents=True)
    replace_site(folder, ONE)
    (folder / "da" / "Thumbs.db").write_bytes(b"")
    replace_site(folder, TWO)
    assert held(folder) == TWO


@pytest.mark.parametrize("name", ["thesis.docx", "da/notes.txt", "da/sub/x.html"])
def test_a_folder_that_holds_something_else_is_refused_and_left_alone(folder: Path, name: str) -> None:
    replace_site(folder, ONE)
    other = folder / name
    other.parent.mkdir(exist_ok=True)
    other.write_text("mine")
    with pytest.raises(Foreign, match=re.escape(name)):
        replace_site(folder, TWO)
    assert held(folder) == {**ONE, name: b"mine"}
    assert alone(folder)


def test_a_folder_without_our_mark_is_somebody_elses_whatever_its_names(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("mine")
    with pytest.raises(Foreign, match=r"index\.html"):
        replace_site(folder, ONE)
    (folder / MARK).write_text("[]")
    with pytest.raises(Foreign):
        replace_site(folder, ONE)


def test_a_link_in_the_folder_is_not_ours(folder: Path, tmp_path: Path) -> None:
    replace_site(folder, ONE)
    (folder / "home").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(Foreign, match="home"):
        replace_site(folder, TWO)
    assert (folder / "home").exists()


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("mine")
    with pytest.raises(Foreign, match="is a file"):
        replace_site(folder, ONE)
    assert folder.read_text() == "mine"


def test_where_a_disk_begins_nothing_can_be_replaced() -> None:
    with pytest.raises(Foreign, match="where a disk or a share begins"):
        replace_site(Path("/"), ONE)


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may get larger than a KB: what a full disk does, to a process of our own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_when_the_disk_takes_no_more_the_old_site_stands(folder: Path) -> None:
    replace_site(folder, ONE)
    with pytest.raises(Refused, match="What stood there before still stands"):
        replace_site(folder, {**TWO, "da/large.html": b"x" * 4096})
    assert held(folder) == ONE
    assert alone(folder)


def test_a_full_disk_is_said_in_words() -> None:
    assert str(failed(OSError(errno.ENOSPC, "No space left on device", "/x"))).startswith("The disk is full.")


def test_where_two_steps_are_needed_the_second_that_fails_takes_the_first_back(folder: Path) -> None:
    replace_site(folder, ONE)
    new, old = folder.with_name("new"), folder.with_name("old")
    with pytest.raises(FileNotFoundError):
        in_two_steps(new, folder, old)
    assert held(folder) == ONE
    new.mkdir()
    in_two_steps(new, folder, old)
    assert (held(folder), held(old)) == ({}, ONE)


def test_what_a_kill_left_between_two_steps_is_put_right(folder: Path) -> None:
    replace_site(folder, ONE)
    folder.rename(folder.with_name(".site.aikultur-old"))
    (folder.with_name(".site.aikultur-new")).mkdir()
    with pytest.raises(Refused):
        replace_site(folder, {"a/" + "x" * 300: b""})
    assert held(folder) == ONE
    replace_site(folder, TWO)
    assert held(folder) == TWO
    assert alone(folder)
