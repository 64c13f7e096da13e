"""Why nothing, or not everything, goes to a person now. Pure."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from culture.keys import NotAKey, NoticeKey
from culture.people import Language, Person
from culture.sending import window_opens
from culture.vitamin.settings import Vitamin
from culture.workdays import first_outside
from service.answers.show import moment
from service.messages.translation import Sentence, say
from service.planning.kinds import kind_name
from service.planning.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """One reason, by its code; `data` is what fills the sentence."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        """The reason for a person to read, with its moment in the zone that it came with."""
        fields = dict(self.data)
        if "kind" in fields:
            fields["kind"] = kind_name(fields["kind"], language)
        if "when" in fields:
            fields["when"] = moment(fields["when"], fields["when"] and fields["when"].tzinfo)
        return say(language, SENTENCES[self.code].text, **fields)

    def value(self) -> dict[str, Any]:
        """For a program to read."""
        return {"code": self.code, **self.data}


SENTENCES = {
    "recalled": Sentence(
        "All is taken back since {when} (aikultur recall), and nothing is sent until it is taken up again."
    ),
    "left": Sentence("Has left: the last day here was {day}, and nothing is sent any more."),
    "missing": Sentence("The row in the people file is missing, and nothing is sent until it is back."),
    "outside": Sentence(
        "Is not in the pilot any more ([people] only), and nothing is sent until that takes them in again."
    ),
    "starts": Sentence("Begins here on {day}, and nothing is sent before."),
    "programme": Sentence("The blocks begin on {day}. No weekly letter is sent before."),
    "paused": Sentence("Paused until {day}: no block in the calendar and no weekly letter before then."),
    "absent": Sentence("Away, and back on {day}: no block in the calendar and no weekly letter before then."),
    "absent-for-long": Sentence("Away until further notice: no block in the calendar and no weekly letter."),
    "stopped": Sentence("Has stopped the weekly letters: none is sent until they are started again."),
    "no-channel": Sentence('Has no block in the calendar, for the channel is "none".'),
    "held": Sentence("Held, {kind}. Approve with: aikultur apply {digest}"),
    "window": Sentence("Waits for the sending window, which opens {when}: {kind}."),
    "next-letter": Sentence("Waits for the next letter, for nobody gets more than two a week: {kind}."),
    "tomorrow": Sentence("Waits until tomorrow, for a letter about a turn has gone today: {kind}."),
}


def quiet(plan: Plan, person: Person) -> Iterator[Quiet]:
    """Every reason, the strongest first; none when all that is due goes."""
    organisation = plan.world.organisation
    today = organisation.today(person, plan.world.now)
    if organisation.recalled:
        yield Quiet(code="recalled", data={"when": organisation.recalled.astimezone(person.tz)})
    if person.id in organisation.missing:
        yield Quiet(code="missing")
    elif person.id in organisation.outside:
        yield Quiet(code="outside")
    elif person.left and person.left < today:
        yield Quiet(code="left", data={"day": person.left})
    else:
        yield from _theirs(plan, person)
        yield from _waiting(plan, person)


def _theirs(plan: Plan, person: Person) -> Iterator[Quiet]:
    """What the person, HR or the config decided."""
    organisation = plan.world.organisation
    today = organisation.today(person, plan.world.now)
    begins = (
        ("starts", person.started),
        ("programme", organisation.of(Vitamin).starts),
        ("paused", person.pause_until),
    )
    yield from (Quiet(code=code, data={"day": day}) for code, day in begins if day and day > today)
    if organisation.absent(person, today):
        back = first_outside(today, organisation.absences[person.id])
        yield Quiet(code="absent", data={"day": back}) if back else Quiet(code="absent-for-long")
    if person.stopped:
        yield Quiet(code="stopped")
    if person.channel == "none":
        yield Quiet(code="no-channel")


def _waiting(plan: Plan, person: Person) -> Iterator[Quiet]:
    """What is due and does not go now."""
    for held in plan.held:
        if held.kind == "clock" or any(about(key, person) for key in held.keys):
            yield Quiet(code="held", data={"kind": held.kind, "digest": held.digest})
    for job in plan.waiting:
        if job.person.id == person.id:
            if job.may_go(plan.world, plan.world.now):
                yield Quiet(code="tomorrow", data={"kind": job.kind})
            else:
                when = window_opens(plan.world.organisation, person, plan.world.now)
                yield Quiet(code="window", data={"kind": job.kind, "when": when})
    yield from (
        Quiet(code="next-letter", data={"kind": one.kind}) for one in plan.yielding if one.person.id == person.id
    )


def about(key: str, person: Person) -> bool:
    """Whether it is the key of something that the person is told."""
    with suppress(NotAKey):
        return NoticeKey.from_text(key).person_id == person.id
    return False
