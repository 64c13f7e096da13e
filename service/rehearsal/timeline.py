"""The timeline of a rehearsal: what happened, as a story that an administrator can check against their calendar."""

from datetime import datetime
from typing import Any

from culture.people import Language
from culture.world import World
from service.answers.answers import ANSWERS
from service.messages.names import some
from service.messages.plain_text import one_line
from service.messages.translation import Sentence, say, word
from service.planning.calls import Call
from service.planning.jobs import Job
from service.planning.kinds import kind_name
from service.planning.plan import Plan
from service.rehearsal.stage import ScriptedAct


class Timeline:
    """The timeline: one line for whatever a reader would want to know, weeks as headings."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lines: list[str] = []
        self.week = ""

    def tick(self, plan: Plan, local: datetime) -> None:
        """What happened by itself."""
        for people, text in (
            (plan.census.joined, "New people: {count} ({names})"),
            (plan.census.vanished, "People whose row is missing: {count} ({names})"),
            (plan.census.outside, "People who are not in the pilot any more: {count} ({names})"),
        ):
            if people:
                names = some([person.row.name for person in people], self.language)
                self._line(local, say(self.language, text, count=len(people), names=names))
        kinds: dict[str, list[str]] = {}
        actions: list[Job | Call] = [*plan.letters, *plan.calls]
        for action in actions:
            kinds.setdefault(action.kind, []).extend(action.names)
        for kind, of_kind in kinds.items():
            fields = {
                "count": len(of_kind),
                "kind": kind_name(kind, self.language),
                "names": some(of_kind, self.language),
            }
            self._line(local, say(self.language, "{kind}: {count} ({names})", **fields))
        for row in ANSWERS:
            for text in row.story(plan, self.language):
                self._line(local, text)
        for held in plan.held:
            self._line(local, f"{kind_name(held.kind, self.language)}: {held.reason.said(self.language)}")

    def act(self, act: ScriptedAct, local: datetime) -> None:
        """What somebody did."""
        plain = act.do == "edit"  # what stands there now is in the config, and may be long
        values = ", ".join(key if plain else f"{key} = {_on_one_line(value)}" for key, value in act.values.items())
        parts = ("·", word("act", act.do).said(self.language), act.person, act.colleague, act.item, values)
        self._line(local, " ".join(filter(None, parts)))

    def note(self, text: Sentence, local: datetime) -> None:
        """What was not possible."""
        self._line(local, f"    {text.said(self.language)}")

    def closing(self, world: World) -> None:
        """What each programme came to."""
        for row in ANSWERS:
            self.lines += row.closing(world, self.language)

    def _line(self, local: datetime, text: str) -> None:
        iso = local.isocalendar()
        week = say(self.language, "Week {week} of {year}", week=iso.week, year=iso.year)
        if week != self.week:
            self.week = week
            self.lines += ["", week]
        self.lines.append(f"  {local:%Y-%m-%d %H:%M}  {text}")


def _on_one_line(value: Any) -> str:
    """A value of an act as it stands in a line of the story."""
    return one_line(", ".join(map(str, value)) if isinstance(value, list) else str(value))
