"""`aikultur recommendations` and what `aikultur concerns` does about each: as an administrator types it."""

from pathlib import Path

import pytest

from tests.relay_values import SCRIPT, Place, at, make_place

pytestmark = pytest.mark.slow

BOTH = """
[leaders]
enabled = true
[ambassadors]
enabled = true
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return make_place(tmp_path, enabled=False, more=BOTH).at(at(30, month=11)).tick()


def test_a_recommendation_is_written_sent_answered_and_put_before_a_board(place: Place, tmp_path: Path) -> None:
    said = place("recommendations", "add", "Køb licenser", "--reason", SCRIPT, "--to", "Ida Bro <ida@board.dk>")
    assert said.out == "The draft is kept as rec-1. Send it with: aikultur recommendations send rec-1\n"
    assert place("recommendations", "send", "licenser").out == "rec-1 goes to Ida Bro, ida@board.dk.\n"
    later = place.at(at(10))("recommendations", "answer", "1", "later", "--until", "2027-03-02", "--words", "Budget")
    assert later.out == "rec-1: later. It comes back on 2 March 2027.\n"
    (found,) = place.at(at(4, month=3, year=2027))("recommendations", "list", "--json").json
    assert (found["state"], found["waits_since"], found["days"]) == ("sent", "2027-03-02", 2)
    assert [one["answer"] for one in found["answers"]] == ["later"]
    out = tmp_path / "memo"
    assert place("recommendations", "memo", "--out", str(out)).status == 0
    assert sorted(file.name for file in out.iterdir()) == ["memo.da.html", "memo.da.md", "memo.en.html", "memo.en.md"]
    assert "<script>" not in (out / "memo.da.html").read_text("utf-8")
    assert place("recommendations", "withdraw", "rec-1").out == "rec-1 is withdrawn.\n"
    assert place("recommendations", "answer", "rec-1", "yes").status == 2


def test_faults_are_sentences(place: Place) -> None:
    nobody = place("recommendations", "add", "Køb", "--reason", "x", "--to", "Ida")
    assert nobody.status == 2
    assert '"Ida" is nobody who works here and no mail address' in nobody.err
    assert "Write who is to answer" in place("recommendations", "add", "Køb", "--reason", "x").err
    assert 'There is no recommendation "rec-9"' in place("recommendations", "send", "rec-9").err
    file = place.write("memo", "a file")
    assert place("recommendations", "memo", "--out", str(file)).status == 2


def test_a_concern_is_released_answered_and_kept_back(place: Place) -> None:
    place("concerns", "add", "Hvem tjekker?")
    place("concerns", "add", "Chefen er dum")
    assert sorted(one["text"] for one in place("concerns", "waiting", "--json").json) == [
        "Chefen er dum",
        "Hvem tjekker?",
    ]
    assert "Write an answer, or who was asked" in place("concerns", "release", "tjekker").err
    asked = place("concerns", "release", "tjekker", "--asked", "Karen", "--answer-by", "2026-12-20")
    assert asked.out == "It is released: everybody can read it on the page of concerns.\n"
    assert place("concerns", "keep", "dum").status == 0
    (left,) = place("concerns", "waiting", "--json").json
    assert (left["text"], left["asked"], left["answer_by"]) == ("Hvem tjekker?", "Karen", "2026-12-20")
    assert place("concerns", "answer", "tjekker", "Det gør vi").status == 0
    assert place("concerns", "waiting").out == "No concern waits.\n"
