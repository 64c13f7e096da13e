"""The section [relay]."""

from culture.relay.settings import Relay
from culture.settings import Bad, Key
from service.settings.config import Config, Section


def _somebody_meets(config: Config) -> None:
    if config.of(Relay).enabled and not any(one.meeting for one in config.departments.values()):
        raise Bad(
            "[relay] is enabled, but no department has a meeting. Write [departments.NAME.meeting] with weekday and time."
        )


SECTION = Section(
    name="relay",
    holds=Relay,
    told=Key("A turn, a challenge, and what was learned."),
    after="vitamin",
    fits=_somebody_meets,
)
