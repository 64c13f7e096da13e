"""A catalogue of a programme: one row says which file of the organisation's own is read, and what is made of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.messages.faults import Fault
from service.settings.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """`name` is what an entry is called in a file: [[prompt]]. `own` is the name of the file in the config, if there is one.
    `load` makes the catalogue of ours and, where it is given, that file. `remarks` is what an author should hear of a file's
    text, and how many entries it has. Both raise BadInput with every fault of the file."""

    name: str
    own: Callable[[Config], str | None]
    load: Callable[[Config, Path | None], object]
    remarks: Callable[[str, str], tuple[int, Sequence[Fault]]] | None = None
