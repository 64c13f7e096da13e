"""The timeline of a rehearsal: what happened, as a story that an administrator can check against their calendar."""

from collections.abc import Iterator
from datetime import datetime

from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.vitamin import rules as vitamin
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.prompts import first_return
from culture.vitamin.timetable import VitaminRecords
from culture.world import World
from service.answers.relay_why import waits_for
from service.answers.show import some
from service.messages.translation import Sentence, say
from service.planning.calls import Call
from service.planning.jobs import Job
from service.planning.kinds import kind_name
from service.planning.plan import Plan
from service.rehearsal.acts_file import Act

DEEDS = {
    "moved": "{name}: the turn is now on {about} ({turn})",
    "assigned": '{name} gets the challenge "{title}" ({turn})',
    "held": "{name} has presented ({turn})",
    "waits": "{name}: the turn waits for another meeting, because: {about} ({turn})",
    "back": "{name} presents again, for whoever stood in cannot be there ({turn})",
    "left": "{name} has left, and the turn with them ({turn})",
    "not reached": "{name} cannot be reached by letter, and has not heard of the turn ({turn})",
    "ended": "{name} has no turn any more, because: {about} ({turn})",
}
REASONS = (
    "meeting cancelled",
    "missed",
    "no room",
    "away",
    "too short",
    "not told",
    "not reached",
    "no relay here any more",
)


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
        for turn in plan.world.of(RelayRecords).turns.values():
            for text in self._turn(plan, turn):
                self._line(local, text)
        for item in plan.revisits.values():
            self._line(local, say(self.language, "On the revisit list: {name}", name=item.name))
        for held in plan.held:
            self._line(local, f"{kind_name(held.kind, self.language)}: {held.reason.said(self.language)}")

    def act(self, act: Act, local: datetime) -> None:
        plain = act.do == "edit"  # what stands there now is in the config, and may be long
        values = ", ".join(key if plain else f"{key} = {value}" for key, value in act.values.items())
        parts = ("·", say(self.language, act.do), act.person, act.colleague, act.item, values)
        self._line(local, " ".join(filter(None, parts)))

    def note(self, text: Sentence, local: datetime) -> None:
        """What was not possible."""
        self._line(local, f"    {text.said(self.language)}")

    def _turn(self, plan: Plan, turn: Turn) -> Iterator[str]:
        """What has happened to a turn at this tick, by itself."""
        before = plan.relay_before.turns.get(turn.id)
        name, when = self._name(plan.world, turn.presenter), f"{turn.starts:%Y-%m-%d %H:%M}" if turn.starts else ""
        if before is None:
            texts = {
                "normal": "{name} is next, and presents on {when} ({turn})",
                "volunteer": "{name} has volunteered for {when} ({turn})",
                "retry": "{name} tries again what did not work yet, on {when} ({turn})",
            }
            yield say(self.language, texts[turn.kind], name=name, when=when, turn=turn.id)
        for deed in turn.deeds[len(before.deeds) if before else 1 :]:
            text = DEEDS.get(deed.what)
            if text:
                challenge = plan.world.organisation.of(Challenges).challenges.get(deed.about)
                title = challenge.text(self.language).title if challenge else ""
                about = say(self.language, waits_for(deed.about)) if deed.about in REASONS else deed.about
                yield say(self.language, text, name=name, turn=turn.id, title=title, about=about)

    def _name(self, world: World, person_id: str) -> str:
        person = world.organisation.people.get(person_id)
        return person.name if person else person_id

    def closing(self, world: World) -> None:
        """How far the prompts reached: for each department and track how many fit, and the first that came again."""
        self.lines += ["", say(self.language, "Prompts")]
        for pair in sorted(vitamin.pairs(world.organisation)):
            fitting = len(world.organisation.of(Catalogue).fitting(world.organisation.sector, pair[1]))
            again = first_return(world.of(VitaminRecords).history.get(pair, {}))
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
