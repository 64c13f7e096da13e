"""The sheet for the wall: what it says and of whom, that nothing runs out of it, and where its code leads."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import segno

from culture.people import Language
from culture.vitamin.catalogue import PromptText
from service.messages.faults import BadInput
from service.settings.config import read_config
from service.vitamin.catalogue_file import shipped_prompts
from service.vitamin.poster import Poster, spoken
from service.vitamin.sheet import CODE_TOP, HEIGHT, MARGIN, PROMPT, SCALES, WIDTH, Sheet, code, fitted, svg
from service.vitamin.wrapping import width, wrapped
from tests.relay_values import Place, at, make_place
from tests.service_values import make_engine

pytestmark = pytest.mark.slow

ADDRESS = "https://intranet.x.example/ai"
NS = "{http://www.w3.org/2000/svg}"


def asking(folder: Path, address: str = ADDRESS) -> Place:
    """A place in which both departments ask for posters."""
    place = make_place(folder)
    config = (folder / "config.toml").read_text("utf-8")
    text = re.sub(r"(?m)^\[departments\.(plan|jura)\]$", rf'\g<0>\nposter = "{address}"', config)
    place.write("config.toml", text)
    return place


def said(place: Place, department: str = "plan") -> str:
    """All that the sheet says, its lines put together."""
    file = place.folder / "sheet.svg"
    assert place("poster", department, "--out", str(file)).status == 0
    lines = ElementTree.fromstring(file.read_text("utf-8")).iter(f"{NS}text")
    return " ".join(line.text or "" for line in lines).replace("\u00a0", " ")


def test_the_sheet_says_what_to_try_who_presents_and_what_somebody_found_out(tmp_path: Path) -> None:
    place = asking(tmp_path).tick()
    assert place("discoveries", "add", "Uden navn", "--person", "bo").status == 0
    assert "opdaget" not in said(place)
    assert place("discoveries", "add", "Den kan rime <på> alt", "--person", "anna", "--show-name").status == 0
    text, name = said(place), place.presenter("plan-1")
    assert f"{name}, torsdag den 10. december kl. 09.00" in text
    assert "Den kan rime <på> alt" in text
    assert "Uden navn" not in text
    assert "Anna Holm" not in text.replace(f"{name}, torsdag", "")
    assert ADDRESS in text


def test_a_department_without_a_relay_has_its_prompt(tmp_path: Path) -> None:
    place = asking(tmp_path).tick()
    assert "fortæller" not in said(place, "jura")
    assert place("poster", "nowhere").status == 2


def test_of_the_week_s_prompts_the_track_s_own_comes_before_those_for_everybody(tmp_path: Path) -> None:
    place = asking(tmp_path)
    config = (tmp_path / "config.toml").read_text("utf-8")
    place.write("config.toml", config.replace('name = "Plan"', 'name = "Plan"\ntrack = "school"', 1))
    engine = make_engine(place.tick().folder)
    try:
        found = spoken(engine.snapshot(at(3, month=3, year=2027)), "plan", "da")  # no beginners any more
    finally:
        engine.close()
    order = [(one.data not in ("none", "public"), "school" not in one.tracks) for one in found]
    assert order == sorted(order)
    assert {"school" in one.tracks for one in found} == {True, False}


def test_a_department_that_asks_for_none_has_none(tmp_path: Path) -> None:
    answer = make_place(tmp_path).tick()("poster", "plan", "--out", str(tmp_path / "x.svg"))
    assert answer.status == 2
    assert "[departments.plan] asks for no posters." in answer.err
    assert 'poster = "https://' in answer.err
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://intranet.x.example/ai", "does not begin with https://"),
        ("intranet", "does not begin with https://"),
        ("https://x.example/ai?token=abc", "may hold what is for one person"),
        ("https://anna@x.example/ai", "may hold what is for one person"),
        ("https://x.example/ai#anna", "may hold what is for one person"),
        ("https://x.example/feed/abcdefgh234567abcdefgh234567abcd.ics", "may hold what is for one person"),
        (
            "https://x.example/me/WyJhIiwxXQ.9f-_jYpTqVw3m0sQkZ1xUe7bLr5cHnAo2dGi4tKvP8X",
            "may hold what is for one person",
        ),
        ("https://", "is not a web address"),
        ("https://intranet/ai", "is not a web address"),
        ("https://x.example/a b", "is not a web address"),
    ],
)
def test_an_address_that_cannot_hang_on_a_wall_is_refused(tmp_path: Path, address: str, fault: str) -> None:
    asking(tmp_path, address)
    with pytest.raises(BadInput) as refused:
        read_config(tmp_path / "config.toml")
    sentences = [one.said("en") for one in refused.value.faults]
    assert sentences[0].startswith("config.toml, [departments.plan] poster: ")
    assert fault in sentences[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://m365.cloud.microsoft/chat",
        "https://chatgpt.com/g/g-67a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5-byens-assistent",
        "https://x.example:8443/apps/3f2504e0-4f89-11d3-9a0c-0305e82c3301/",
        "https://intranet.x.example/Sider/Velkommen-til-assistenten-2026-og-lidt-mere.aspx",
    ],
)
def test_the_address_of_an_assistant_or_a_page_is_taken_as_it_stands(tmp_path: Path, address: str) -> None:
    asking(tmp_path, address)
    assert read_config(tmp_path / "config.toml").config.departments["plan"].poster == address


# --- the paper

DATA = "Offentlige tekster og dine egne udkast. Aldrig personoplysninger, sager eller andres fortrolige papirer."


def poster(prompt: PromptText | None, language: Language = "da", **changes: Any) -> Poster:
    values = {
        "language": language,
        "organisation": "Styrelsen for Grønne Byrum",
        "department": "Plejecentret Solsikken, Dag- og Aftenvagten",
        "week": 49,
        "prompt": prompt,
        "data": DATA,
        "turns": ("Alexandra Kristoffersen-Vestergaard, torsdag den 10. december kl. 09.00",),
        "discovery": "Den kan lave en tabel om til en liste, som man kan læse højt til morgenmødet.",
        "address": ADDRESS,
        **changes,
    }
    return Poster(**values)


def longest() -> Iterator[tuple[str, Language, PromptText]]:
    """Of each track, and of what is for everybody, the longest prompt in each language."""
    for track in sorted({"", *(track for one in shipped_prompts() for track in one.tracks)}):
        for language in ("da", "en"):
            texts = [
                one.text(language) for one in shipped_prompts() if (track in one.tracks if track else not one.tracks)
            ]
            yield track, language, max(texts, key=lambda text: len(text.prompt))


def outside(sheet: Sheet) -> list[str]:
    """The lines that are not within the margins, and those of the sheet that run into the code."""
    return [
        one.text
        for one in sheet.lines
        if one.x < MARGIN
        or one.x + width(one.text, one.size, bold=one.bold) > WIDTH - MARGIN
        or one.y > (HEIGHT - MARGIN if one.x > MARGIN + 40 else CODE_TOP)
    ]


def test_nothing_runs_out_of_the_sheet() -> None:
    cases = list(longest())
    assert len(cases) > 10
    for track, language, text in cases:
        made = fitted([poster(text, language)])
        assert made is not None, (track, language)
        _, sheet = made
        assert outside(sheet) == [], (track, language)
        assert not sheet.broken
        assert min(one.size for one in sheet.lines) >= 3.9
        told = "".join(one.text for one in sheet.lines)
        assert "".join(text.prompt.split()) in told.replace(" ", "")


def test_a_long_address_and_long_names_stay_inside() -> None:
    long = "https://intranet.x.example/" + "assistent-" * 17
    text = PromptText(title="Arbejdsmiljørepræsentantskabsmødereferatet " * 2, prompt="w" * 300, look_for="x", data="y")
    made = fitted([poster(text, address=long, organisation="Mønstre " * 25, department="W" * 120)])
    assert made is not None
    assert outside(made[1]) == []
    assert made[1].broken
    assert long in "".join(one.text for one in made[1].lines)


def test_what_does_not_fit_gives_way_to_the_next() -> None:
    long, short = (PromptText(title="T", prompt=text, look_for="Se", data="y") for text in ("ord " * 500, "Kort."))
    one, other = poster(long), poster(short)
    made = fitted([one, other])
    assert made is not None
    assert made[0] is other
    assert made[1].scale > 1
    assert fitted([one]) is None


def test_type_is_as_large_as_lets_everything_fit() -> None:
    sizes = []
    for words in (5, 60, 120):
        made = fitted([poster(PromptText(title="T", prompt="ord " * words, look_for="Se", data="y"))])
        assert made is not None
        sizes.append(max(one.size for one in made[1].lines if one.text.startswith("ord")))
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3
    assert sizes[-1] >= PROMPT.least


def test_type_is_smaller_where_a_word_would_be_broken() -> None:
    title = "Arbejdsmiljørepræsentanten"
    made = fitted([poster(PromptText(title=title, prompt="Kort.", look_for="Se", data="y"))])
    assert made is not None
    assert title in [one.text for one in made[1].lines]
    assert made[1].scale < max(SCALES)


def test_a_week_without_a_prompt_says_so() -> None:
    made = fitted([poster(None, "en")])
    assert made is not None
    assert "There is no prompt this week." in [one.text for one in made[1].lines]


def test_a_line_breaks_between_words_and_a_long_word_by_a_hyphen() -> None:
    assert wrapped("to ord\n\nog et", 100, 10) == ["to ord", "", "og et"]
    assert wrapped("aaaa bb", width("aaaa", 10), 10) == ["aaaa", "bb"]
    assert wrapped("aaaaaa", width("aaa-", 10), 10) == ["aaa-", "aaa"]
    assert wrapped("aaaaaa", width("aaa", 10), 10, hyphen="") == ["aaa", "aaa"]
    assert wrapped("a\x0bb\x00c\td", 100, 10) == ["a", "bc d"]


def test_the_file_is_one_sheet_of_a4_that_holds_what_people_wrote() -> None:
    made = fitted([poster(None, discovery="<b>1 & 2</b> \x00\ud800", department='"&<')])
    assert made is not None
    text = svg(*made)
    root = ElementTree.fromstring(text.encode())
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("210mm", "297mm", "0 0 210 297")
    assert "<b>1 & 2</b>" in "".join(one.text or "" for one in root.iter(f"{NS}text"))
    assert "href" not in text  # nothing from elsewhere


def test_the_code_is_the_one_that_leads_to_the_address() -> None:
    matrix = segno.make_qr(ADDRESS, error="m").matrix
    drawn = [[0] * len(matrix) for _ in matrix]
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code(ADDRESS)):
        for n in range(int(wide)):
            drawn[int(y)][int(x) + n] = 1
    assert drawn == [list(row) for row in matrix]
    (scale,) = re.findall(r"scale\(([\d.]+)\)", code(ADDRESS))
    assert float(scale) * len(matrix) == pytest.approx(40, abs=0.01)
