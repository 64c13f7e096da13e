"""The catalogue of prompts."""

from collections.abc import Sequence

from culture.vitamin.settings import Vitamin
from service.messages.faults import Fault
from service.settings.catalogue_row import CatalogueRow
from service.vitamin.catalogue_file import load_catalogue, parse_prompts, shipped_prompts
from service.vitamin.prompt_remarks import prompt_remarks


def _remarks(text: str, file: str) -> tuple[int, Sequence[Fault]]:
    found = parse_prompts(text, file)
    return len(found), list(prompt_remarks(found, shipped_prompts(), file))


CATALOGUE = CatalogueRow(
    name="prompt",
    own=lambda config: config.of(Vitamin).own_prompts,
    load=lambda config, path: load_catalogue(config.of(Vitamin), path),
    remarks=_remarks,
)
