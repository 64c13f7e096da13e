"""The catalogue of challenges."""

from culture.relay.settings import Relay
from service.relay.challenge_file import load_challenges
from service.settings.catalogue_row import CatalogueRow

CATALOGUE = CatalogueRow(
    own=lambda config: config.of(Relay).own_challenges,
    load=lambda config, path: load_challenges(config.of(Relay), path),
)
