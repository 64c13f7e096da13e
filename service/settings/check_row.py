"""What a programme finds to say about what an administrator wrote: one row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from culture.organisation import Organisation
from culture.world import World
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.inputs import Inputs


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """`warnings`: what is allowed but probably not meant, with the name of the config and today; said at each tick.
    `notes`: what `check` alone says besides; `remembered`: of what the records know, with the name of the config. `counts`: what there is of the programme, and `tells` how far that reaches.
    """

    warnings: Callable[[Organisation, str, date], Iterable[Fault]] = _nothing
    notes: Callable[[Inputs, World], Iterable[Fault]] = _nothing
    remembered: Callable[[World, str], Iterable[Fault]] = _nothing
    counts: Callable[[Organisation], Iterable[Sentence]] = _nothing
    tells: Callable[[Organisation, date], Iterable[Sentence]] = _nothing
