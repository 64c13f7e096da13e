"""The shipped prompts are many, sound and unlike; an organisation's own file adds to them, replaces and takes away."""

from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from culture.people import Sector
from culture.policy import Policy
from culture.vitamin.catalogue import KINDS, Catalogue, catalogue
from culture.vitamin.prompts import REST_DAYS
from culture.vitamin.settings import Vitamin
from service.messages.faults import BadInput
from service.relay.challenge_file import shipped_challenges
from service.vitamin.catalogue_file import idle_names, load_catalogue, parse_prompts, shipped_prompts
from service.vitamin.prompt_remarks import prompt_remarks

pytestmark = pytest.mark.slow

OWN = """
[[prompt]]
id = "{id}"
kind = "draft"
level = "easy"
tool = "chat"
tracks = ["trees"]
data = "public"

[prompt.da]
title = "Et svar om træer"
prompt = "Skriv et svar."
look_for = "Se efter."
data = "Offentligt."

[prompt.en]
title = "An answer on trees"
prompt = "Write an answer."
look_for = "Look."
data = "Public."
"""


# --- ours --------------------------------------------------------------------------------------------------------


def test_there_are_enough_prompts_of_every_kind() -> None:
    counted = Counter(prompt.kind for prompt in shipped_prompts())
    assert sum(counted.values()) >= 160
    assert {kind: count for kind, count in counted.items() if count < 5} == {}
    assert set(counted) == set(KINDS)


def test_every_sector_and_track_can_go_a_round_without_a_day_off() -> None:
    ours = catalogue(shipped_prompts())
    fitting = {
        (sector, track): len(ours.fitting(sector, track)) for sector in get_args(Sector) for track in ours.tracks
    }
    assert {pair: count for pair, count in fitting.items() if count <= REST_DAYS} == {}
    assert all(
        sum(not one.sectors or sector in one.sectors for one in shipped_prompts()) >= 40 for sector in get_args(Sector)
    )


OF_A_TRACK = {"care": 40, "field": 40, "school": 40}
"""How many prompts at least are written for those who are not in an office."""


def test_those_who_are_not_in_an_office_have_prompts_of_their_own() -> None:
    for track, least in OF_A_TRACK.items():
        own = [one for one in shipped_prompts() if track in one.tracks]
        assert len(own) >= least, track
        assert {one.kind for one in own} == {*KINDS} - {"office"}, track
        assert {one.data for one in own} <= {"none", "public", "own"}, track


def test_the_readme_says_how_many_there_are_and_how_many_a_reader_has_at_least() -> None:
    found = loaded()
    policy = Policy(answers={})
    fewest = min(len(found.fitting(sector, track, policy)) for sector in get_args(Sector) for track in found.tracks)
    readme = " ".join((Path(__file__).parent.parent / "README.md").read_text("utf-8").split())
    assert f"prompts: {len(found.prompts)} of them, at least {fewest} for each reader" in readme


def test_an_author_would_hear_nothing_about_ours() -> None:
    """No two alike, no title twice, nothing shouts or is unfinished, the levels have what docs/catalogue.md says, and both
    languages ask for the same to be put in."""
    assert [str(one) for one in prompt_remarks(shipped_prompts(), (), "ours")] == []


def test_no_id_stands_twice_in_all_files_together() -> None:
    counted = Counter(prompt.id for prompt in shipped_prompts())
    assert [key for key, times in counted.items() if times > 1] == []


# --- the organisation's own --------------------------------------------------------------------------------------


def own(folder: Path, text: str) -> Path:
    path = folder / "prompts.toml"
    path.write_text(text, "utf-8")
    return path


def loaded(path: Path | None = None, **settings: Any) -> Catalogue:
    return load_catalogue(Vitamin(**settings), path)


def refused(text: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        parse_prompts(text, "prompts.toml")
    return [str(fault) for fault in caught.value.faults]


def test_own_prompts_come_on_top_and_bring_their_track(tmp_path: Path) -> None:
    found = loaded(own(tmp_path, OWN.format(id="draft-trees")))
    assert len(found.prompts) == len(loaded().prompts) + 1
    assert "trees" in found.tracks
    assert found.prompts["draft-trees"].fits("private", "trees")
    assert not found.prompts["draft-trees"].fits("private", "law")


def test_an_own_prompt_takes_the_place_of_ours_with_its_id(tmp_path: Path) -> None:
    ours = shipped_prompts()[0].id
    found = loaded(own(tmp_path, OWN.format(id=ours)))
    assert len(found.prompts) == len(loaded().prompts)
    assert found.prompts[ours].texts["en"].title == "An answer on trees"


def test_prompts_and_kinds_can_be_switched_off() -> None:
    ours = shipped_prompts()[0]
    found = loaded(without_prompts=(ours.id,), without_kinds=("translate",))
    gone = {one.id for one in shipped_prompts() if one.kind in ("translate", "office")} | {ours.id}
    assert found.prompts.keys() == {one.id for one in shipped_prompts()} - gone


def test_office_lessons_come_only_where_they_are_wanted() -> None:
    office = {one.id for one in shipped_prompts() if one.kind == "office"}
    assert len(office) == 15
    assert not office & loaded().prompts.keys()
    assert office < loaded(office=True).prompts.keys()


def test_an_own_prompt_can_be_switched_off_too(tmp_path: Path) -> None:
    found = loaded(own(tmp_path, OWN.format(id="draft-trees")), without_prompts=("draft-trees",))
    assert "draft-trees" not in found.prompts


def test_a_name_that_switches_nothing_off_is_found(tmp_path: Path) -> None:
    path = own(tmp_path, OWN.format(id="draft-trees"))
    settings = Vitamin(without_kinds=("translate", "sumarise"), without_prompts=("draft-trees", "draft-tree", "zzz"))
    assert list(idle_names(settings, path)) == [
        ("without_kinds", "sumarise", "summarise"),
        ("without_prompts", "draft-tree", "draft-trees"),
        ("without_prompts", "zzz", ""),
    ]


def test_an_own_prompt_in_one_language_stands_for_both() -> None:
    danish, english = OWN.format(id="draft-trees").split("[prompt.en]")
    (whole,) = parse_prompts(f"{danish}[prompt.en]{english}", "prompts.toml")
    (one,) = parse_prompts(danish, "prompts.toml")
    assert (one.texts["da"], one.texts["en"]) == (whole.texts["da"], whole.texts["da"])
    (other,) = parse_prompts(danish.partition("[prompt.da]")[0] + f"[prompt.en]{english}", "prompts.toml")
    assert (other.texts["da"], other.texts["en"]) == (whole.texts["en"], whole.texts["en"])
    assert refused(danish.partition("[prompt.da]")[0]) == [
        "prompts.toml, prompt draft-trees: The text is missing. Write it in a table of a language: da, en."
    ]


def test_ours_are_written_in_both_languages() -> None:
    assert [one.id for one in shipped_prompts() if one.texts["da"] == one.texts["en"]] == []
    assert [one.id for one in shipped_challenges() if one.texts["da"] == one.texts["en"]] == []


def test_every_fault_of_an_own_file_is_said_at_once() -> None:
    bad = OWN.format(id="Bad Id").replace('"draft"', '"poem"').replace('title = "An answer on trees"', "")
    worse = OWN.format(id="draft-b").replace('"chat"', '"pigeon"') + 'colour = "red"\n'
    assert refused(bad + worse + OWN.format(id="draft-c") + OWN.format(id="draft-c")) == [
        'prompts.toml, prompt Bad Id id: "Bad Id" is not an id. Write small letters, digits and hyphens, for example "draft-first-answer".',
        'prompts.toml, prompt Bad Id kind: "poem" is none of the choices. Write one of "summarise", "draft", "brainstorm", "translate", "plan", "analyse", "criticise", "learn", "explore", "office".',
        "prompts.toml, prompt Bad Id en.title: this is missing. Write it; docs/catalogue.md says what it is for.",
        'prompts.toml, prompt draft-b tool: "pigeon" is none of the choices. Write one of "chat", "word", "excel", "outlook", "powerpoint", "teams", "browser", "phone".',
        "prompts.toml, prompt draft-b en.colour: there is no such key. Take it out. Here one may write: title, prompt, look_for, data.",
        "prompts.toml, prompt draft-c: this id is used twice. Give one of the two another.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (OWN.format(id="draft-a").replace("[[prompt]]", "[prompt]"), "prompt"),
        (OWN.format(id="draft-a").replace("prompt]", "prompts]").replace("[prompt.", "[prompts."), "prompts"),
        ("prompt = 5", "prompt"),
        ('prompt = "x"', "prompt"),
        ('title = "Mine"', "title"),
    ],
)
def test_a_file_in_another_form_is_refused_instead_of_ignored(text: str, place: str) -> None:
    sentence = "this is not a list of entries. Write [[prompt]], in two brackets, above each."
    assert f"prompts.toml, {place}: {sentence}" in refused(text)


@pytest.mark.parametrize("text", ["prompt = [1]", "prompt = [[]]", '[[prompt]]\nid = ["a"]', "[[prompt]]\nda = 3"])
def test_a_prompt_of_the_wrong_type_is_a_sentence(text: str) -> None:
    assert all(line.startswith("prompts.toml, prompt ") for line in refused(text))


def test_a_file_that_is_not_there_or_no_toml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no such file"):
        loaded(tmp_path / "nowhere.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes("# træ".encode("cp1252"))
    with pytest.raises(BadInput, match=r"latin\.toml, 1: a letter on this line is not written in UTF-8"):
        loaded(latin)
    with pytest.raises(BadInput, match="ends with two"):
        loaded(own(tmp_path, "[[prompt]"))


def test_a_mark_of_byte_order_does_no_harm(tmp_path: Path) -> None:
    assert "draft-trees" in loaded(own(tmp_path, "\ufeff" + OWN.format(id="draft-trees"))).prompts
