"""The catalogue of challenges."""

from collections.abc import Sequence

from culture.relay.settings import Relay
from service.messages.faults import Fault
from service.relay.challenge_file import load_challenges, parse_challenges, shipped_challenges
from service.relay.challenge_remarks import challenge_remarks
from service.settings.catalogue_row import CatalogueRow


def _remarks(text: str, file: str) -> tuple[int, Sequence[Fault]]:
    found = parse_challenges(text, file, own=True)
    return len(found), list(challenge_remarks(found, shipped_challenges(), file))


CATALOGUE = CatalogueRow(
    name="challenge",
    own=lambda config: config.of(Relay).own_challenges,
    load=lambda config, path: load_challenges(config.of(Relay), path),
    remarks=_remarks,
)
