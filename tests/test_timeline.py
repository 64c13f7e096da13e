"""The story of a rehearsal: a line for each thing, in words."""

from datetime import UTC, datetime

from service.rehearsal.stage import ScriptedAct
from service.rehearsal.timeline import Timeline

NOON = datetime(2027, 2, 10, 12, tzinfo=UTC)


def test_what_is_written_on_several_lines_is_one_line_of_the_story() -> None:
    story = Timeline("en")
    values = {"text": "Buy\nten licences", "roles": ["leder", "ambassadør"]}
    story.act(ScriptedAct(at=NOON, do="draft", values=values), NOON)
    assert story.lines[-1] == "  2027-02-10 12:00  · draft text = Buy ten licences, roles = leder, ambassadør"
