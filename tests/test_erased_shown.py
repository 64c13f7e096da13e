"""What stays of somebody who was erased names nobody, and shows no id that says nothing to its reader."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli_values import example
from tests.json_values import MONDAY, At

pytestmark = pytest.mark.slow

SHOWN = (
    ("relay", "list"),
    ("relay", "why", "1001"),
    ("revisit", "list"),
    ("discoveries", "list"),
    ("learnings", "list"),
    ("recommendations", "list"),
    ("status",),
    ("plan",),
)


def test_no_list_shows_the_id_of_somebody_who_was_erased(tmp_path: Path) -> None:
    example(tmp_path)
    at = At(tmp_path, language="en")
    at.do("run", "--once")
    at = replace(at, now=MONDAY + timedelta(days=17))
    at.do("run", "--once")
    presenter = at.json("relay", "list")[0]["presenter_id"]
    at.do("revisit", "add", "Minutes", "--what", "tool", "--reason", "Too dear", "--owner", presenter)
    at.do("discoveries", "add", "It makes a checklist", "--person", presenter, "--show-name")
    at.do("privacy", "erase", presenter, at.json("privacy", "erase", presenter)["number"])
    for days in (17, 18):
        at = replace(at, now=MONDAY + timedelta(days=days, hours=1))
        for words in SHOWN:
            assert "erased-" not in at(*words).output, words
        at.do("run", "--once")
    (minutes,) = [one for one in at.json("revisit", "list") if one["name"] == "Minutes"]
    assert minutes["named"] == ""
    assert minutes["named_id"].startswith("erased-")
