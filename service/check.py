"""`aikultur check`: everything that can be found wrong without sending anything, all of it at once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from culture.census import census
from culture.people import Language, Person
from culture.vitamin import World
from service.fault import Fault
from service.inputs import Inputs, organisation, read_inputs, warnings
from service.words import Sentence, say


def run(
    path: Path, now: datetime, language: Language, *, everybody: bool, online: bool, echo: Callable[[str], Any]
) -> int:
    """Say every fault and warning; the exit status. Raises BadInput for a config that cannot be read at all."""
    inputs = read_inputs(path)
    world = _world(inputs, now)
    found, unknown = world
    faults = [*inputs.faults, *unknown, *_texts(inputs, found, everybody)]
    for fault in faults:
        echo(fault.said(language))
    for warning in warnings(found.organisation, inputs, found.today):
        echo(say(language, "Note: {text}", text=warning.said(language)))
    status = 2 if faults else 0
    if online:
        status = _online(inputs, language, echo) or status
    if not faults:
        text = "All right: {people} people in {departments} departments, {prompts} prompts."
        fields = {
            "people": len(found.organisation.people),
            "departments": len(found.organisation.departments),
            "prompts": len(found.organisation.catalogue.prompts),
        }
        echo(say(language, text, **fields))
    return status


def _world(inputs: Inputs, now: datetime) -> tuple[World, tuple[Fault, ...]]:
    """The organisation as it would be on a first day, from the files alone."""
    rows = inputs.people.rows if inputs.people else ()
    joined = census({}, rows, new_id=lambda row: row.number or row.email, now=now, today=now.date()).joined
    made, unknown = organisation(inputs, {person.id: person for person in joined}, {})
    return World(made, {}, now), unknown


def _texts(inputs: Inputs, world: World, everybody: bool) -> list[Fault]:
    """Every text tried for one person of each sort, or for everybody."""
    from mailer.render import Renderer, TemplateFault
    from service.letters import samples

    own = inputs.config.mail.own_templates
    renderer = Renderer(inputs.source.resolve(own) if own else None)
    people = list(world.organisation.people.values()) if everybody else _one_of_each(world)
    faults: dict[str, Fault] = {}
    for person in people:
        for sample in samples(world, person):
            try:
                sample(renderer)
            except TemplateFault as fault:
                text = "for {name} it fails: {error}. Mend it, or take it out of own-templates and ours is used."
                sentence = Sentence(text, {"name": person.name, "error": fault.sentence})
                faults.setdefault(fault.name, Fault(fault.name, "", sentence))
    return list(faults.values())


def _one_of_each(world: World) -> list[Person]:
    """One person for each language, department, track, channel and shape of name."""
    sorts: dict[object, Person] = {}
    for person in world.organisation.people.values():
        sorts.setdefault((person.language, person.department, person.track, person.channel), person)
    return list(sorts.values())


def _online(inputs: Inputs, language: Language, echo: Callable[[str], Any]) -> int:
    """Ask the mail server whether it would let us in; 1 when it would not."""
    if inputs.config.mail.transport == "folder":
        echo(say(language, "Letters go into a folder; there is no server to ask."))
        return 0
    from mailer.transport import TransportError
    from service.transports import smtp_transport

    transport = smtp_transport(inputs.source)
    try:
        transport.probe()
    except TransportError as error:
        echo(error.message)
        return 1
    finally:
        transport.close()
    echo(say(language, "The mail server lets us in."))
    return 0
