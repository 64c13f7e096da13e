"""A catalogue of a programme: one row says which file of the organisation's own is read, and what is made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from service.settings.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """`own` is the name of the file in the config, if there is one. `load` makes the catalogue of ours and, where it is
    given, that file; it raises BadInput with every fault of the file."""

    own: Callable[[Config], str | None]
    load: Callable[[Config, Path | None], object]
