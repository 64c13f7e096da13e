"""The timeline of a rehearsal: what happened, as a story that an administrator can check against their calendar."""

from collections.abc import Iterator
from datetime import datetime

from culture.people import Language
from culture.relay.deeds import Deed, Did
from culture.relay.turns import Turn
from culture.vitamin import rules as vitamin
from culture.vitamin.prompts import first_return
from culture.vitamin.rules import World
from service.answers.show import some
from service.messages.translation import Sentence, say, word
from service.planning.calls import Call
from service.planning.jobs import Job
from service.planning.kinds import kind_name
from service.planning.plan import Plan
from service.rehearsal.acts_file import Act

TOLD = frozenset({Did.MOVED, Did.ASSIGNED, Did.HELD, Did.WAITS, Did.BACK, Did.LEFT, Did.NOT_REACHED, Did.ENDED})
"""What happens to turns by itself. What people do is told as their act."""


class Story:
    """The timeline: one line for whatever a reader would want to know, weeks as headings."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lines: list[str] = []
        self.week = ""

    def tick(self, plan: Plan, local: datetime) -> None:
        for people, text in (
            (plan.census.joined, "New people: {count} ({names})"),
            (plan.census.vanished, "People whose row is missing: {count} ({names})"),
        ):
            if people:
                names = some([person.row.name for person in people], self.language)
                self._line(local, say(self.language, text, count=len(people), names=names))
        kinds: dict[str, list[str]] = {}
        actions: list[Job | Call] = [*plan.letters, *plan.calls]
        for action in actions:
            kinds.setdefault(action.kind, []).append(action.person.name)
        for kind, of_kind in kinds.items():
            fields = {
                "count": len(of_kind),
                "kind": kind_name(kind, self.language),
                "names": some(of_kind, self.language),
            }
            self._line(local, say(self.language, "{kind}: {count} ({names})", **fields))
        for turn in plan.world.relay.turns.values():
            for text in self._turn(plan, turn):
                self._line(local, text)
        for item in plan.revisits.values():
            self._line(local, say(self.language, "On the revisit list: {name}", name=item.name))
        for held in plan.held:
            self._line(local, f"{kind_name(held.kind, self.language)}: {held.reason.said(self.language)}")

    def act(self, act: Act, local: datetime) -> None:
        plain = act.do == "edit"  # what stands there now is in the config, and may be long
        values = ", ".join(key if plain else f"{key} = {value}" for key, value in act.values.items())
        parts = ("·", word("act", act.do).said(self.language), act.person, act.colleague, act.item, values)
        self._line(local, " ".join(filter(None, parts)))

    def note(self, text: Sentence, local: datetime) -> None:
        """What was not possible."""
        self._line(local, f"    {text.said(self.language)}")

    def _turn(self, plan: Plan, turn: Turn) -> Iterator[str]:
        """What has happened to a turn at this tick, by itself."""
        before = plan.relay_before.turns.get(turn.id)
        name, when = self._name(plan.world, turn.presenter), f"{turn.starts:%Y-%m-%d %H:%M}" if turn.starts else ""
        if before is None:
            yield word("new-turn", turn.kind, name=name, when=when, turn=turn.id).said(self.language)
        for deed in turn.deeds[len(before.deeds) if before else 1 :]:
            if deed.what in TOLD:
                fields = {"name": name, "turn": turn.id, **self._about(plan, deed)}
                yield word("deed", deed.what, **fields).said(self.language)

    def _about(self, plan: Plan, deed: Deed) -> dict[str, object]:
        """What a deed is about: the challenge, why a turn waits, when it is now."""
        challenge = plan.world.organisation.challenges.challenges.get(deed.about)
        return {
            "title": challenge.text(self.language).title if challenge else "",
            "why": word("waiting", deed.why) if deed.why else "",
            "when": f"{deed.to:%Y-%m-%d %H:%M}" if deed.to else "",
        }

    def _name(self, world: World, person_id: str) -> str:
        person = world.organisation.people.get(person_id)
        return person.name if person else person_id

    def closing(self, world: World) -> None:
        """How far the prompts reached: for each department and track how many fit, and the first that came again."""
        self.lines += ["", say(self.language, "Prompts")]
        for pair in sorted(vitamin.pairs(world.organisation)):
            fitting = len(world.organisation.catalogue.fitting(world.organisation.sector, pair[1]))
            again = first_return(world.history.get(pair, {}))
            text = "{department}, {track}: {count} fit; the first to come again: {day}"
            day = again or say(self.language, "none")
            self.lines.append(
                "  " + say(self.language, text, department=pair[0], track=pair[1], count=fitting, day=day)
            )

    def _line(self, local: datetime, text: str) -> None:
        iso = local.isocalendar()
        week = say(self.language, "Week {week} of {year}", week=iso.week, year=iso.year)
        if week != self.week:
            self.week = week
            self.lines += ["", week]
        self.lines.append(f"  {local:%Y-%m-%d %H:%M}  {text}")
