"""The sheet for the wall: one prompt to say aloud, who presents next, and a discovery without a name."""

from pathlib import Path

from tests.relay_values import Place, make_place


def sheet(place: Place, *more: str) -> str:
    file = place.folder / "sheet.html"
    assert place("relay", "poster", "plan", "--out", str(file), *more).status == 0
    return file.read_text("utf-8").replace("\u00a0", " ")


def test_the_sheet_says_what_to_try_who_presents_and_what_somebody_found_out(tmp_path: Path) -> None:
    place = make_place(tmp_path).tick()
    assert place("discoveries", "add", "Den kan rime <på> alt", "--person", "anna", "--show-name").status == 0
    assert place("discoveries", "add", "Uden navn", "--person", "bo").status == 0
    html, name = sheet(place), place.presenter("plan-1")
    assert f"{name}, torsdag den 10. december kl. 09.00" in html
    assert "Den kan rime &lt;på&gt; alt" in html
    assert "Uden navn" not in html
    assert "Anna Holm" not in html.replace(f"{name}, torsdag", "")
    assert "@page { size: A4" in html
    assert "http" not in html  # nothing from elsewhere
    assert 'class="prompt"' in html


def test_a_department_without_a_relay_has_its_prompt(tmp_path: Path) -> None:
    place = make_place(tmp_path).tick()
    file = tmp_path / "jura.html"
    assert place("relay", "poster", "jura", "--out", str(file)).status == 0
    assert "fortæller" not in file.read_text("utf-8")
    assert place("relay", "poster", "nowhere").status == 2
