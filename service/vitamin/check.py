"""What is allowed in the settings of the vitamin pill, and probably not meant."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from difflib import get_close_matches

from culture.organisation import Organisation
from culture.vitamin import free_minute
from culture.vitamin.catalogue import GENERAL, LEVELS, Catalogue
from culture.vitamin.outlook import Outlook, outlook
from culture.vitamin.prompts import REST_DAYS
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import fitting
from culture.world import World
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence
from service.settings.check_row import CheckRow
from service.settings.entries import NEAR, in_one_language, nearest
from service.settings.inputs import Inputs
from service.vitamin.catalogue_file import idle_names


def _warnings(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """Too few prompts, and free minutes that nobody's block can yield to."""
    there = [person for person in made.people.values() if person.works_here(today)]
    if not there:
        return
    yield from _too_few(made, file)
    if made.of(Vitamin).yields and not any(free_minute.yields(made, person) for person in there):
        text = 'yield needs people on the channel exchange or microsoft365 and a window such as time = "12:00-13:00"; without them nothing moves.'
        yield Fault(file, "[vitamin] yield", Sentence(text))


def _too_few(made: Organisation, file: str) -> Iterator[Fault]:
    steady = [prompt for prompt in fitting(made, GENERAL) if prompt.level != "starter" and not prompt.season]
    if len(steady) <= REST_DAYS:
        text = "only {count} prompts fit here, besides those for beginners. They come again after so many working days; at least {least} are needed for {rest} days of rest."
        fields = {"count": len(steady), "least": REST_DAYS + 1, "rest": REST_DAYS}
        yield Fault(file, "[vitamin]", Sentence(text, fields))


def _notes(inputs: Inputs, world: World) -> Iterator[Fault]:
    made, own = world.organisation, inputs.config.of(Vitamin).own_prompts
    yield from _idle(inputs, world)
    yield from in_one_language(own, made.of(Catalogue).prompts.values(), made.people.values())


def _idle(inputs: Inputs, world: World) -> Iterator[Fault]:
    """Names that do nothing, most often a slip of the pen: of prompts, kinds and tracks."""
    source, settings = inputs.source, inputs.config.of(Vitamin)
    own = source.resolve(settings.own_prompts) if settings.own_prompts else None
    with suppress(BadInput):  # an own file that cannot be used is said already
        for key, name, near in idle_names(settings, own):
            text = '"{name}" switches nothing off, for nothing is called that.'
            yield nearest(source.path.name, f"[vitamin] {key}", Sentence(text, {"name": name}), near)
    tracks = sorted(world.organisation.of(Catalogue).tracks)
    places = {(source.path.name, f"[departments.{key}] track"): one.track for key, one in inputs.departments.items()}
    for row in inputs.people.rows if inputs.people else ():
        places.setdefault((inputs.config.people.told, f"track {row.track}"), row.track)
    for (file, place), track in places.items():
        if track and track not in tracks:
            sentence = Sentence(
                '"{name}" is a track without prompts of its own; those for everybody come.', {"name": track}
            )
            yield nearest(file, place, sentence, "".join(get_close_matches(track, tracks, 1, NEAR)))


def _counts(made: Organisation) -> Iterator[Sentence]:
    yield Sentence("{count} prompts", {"count": len(made.of(Catalogue).prompts)})


def _tells(made: Organisation, today: date) -> Iterator[Sentence]:
    """What the policy leaves of each level, and when each department has the first prompt again, were it to begin today."""
    if not made.of(Vitamin).enabled:
        return
    left = Counter(prompt.level for prompt in fitting(made, GENERAL))
    text = "Prompts left for every department by [policy]: {starter} for beginners, {easy} easy, {practised} for the practised, {advanced} advanced."
    yield Sentence(text, {level: left[level] for level in LEVELS})
    tracks = sorted({person.track for person in made.people.values() if person.works_here(today)} - {GENERAL})
    if tracks:
        own = ", ".join(f"{track} {len(fitting(made, track))}" for track in tracks)
        yield Sentence("Of a track's own besides: {tracks}.", {"tracks": own})
    found: dict[Outlook, list[str]] = {}
    for key, department in sorted(made.departments.items()):
        found.setdefault(outlook(made, key, today), []).append(department.name)
    for one, names in found.items():
        yield _reach(one, ", ".join(names))


def _reach(found: Outlook, names: str) -> Sentence:
    if found.without:
        text = "{names}: none are left on {day}, so days go without a prompt."
        return Sentence(text, {"names": names, "day": found.without})
    if found.again is None:
        return Sentence("{names}: none comes again within two years.", {"names": names})
    text = "{names}: the first comes again on {day}, {after} working days after it came before."
    return Sentence(text, {"names": names, "day": found.again, "after": found.after})


CHECK = CheckRow(warnings=_warnings, notes=_notes, counts=_counts, tells=_tells)
