"""The catalogue of prompts."""

from culture.vitamin.settings import Vitamin
from service.settings.catalogue_row import CatalogueRow
from service.vitamin.catalogue_file import load_catalogue

CATALOGUE = CatalogueRow(
    own=lambda config: config.of(Vitamin).own_prompts,
    load=lambda config, path: load_catalogue(config.of(Vitamin), path),
)
