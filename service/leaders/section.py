"""The section [leaders]."""

from culture.leaders.settings import Leaders
from culture.settings import Bad, Key
from service.settings.config import Config, Section


def _has_a_page(config: Config) -> None:
    if config.of(Leaders).pulse and not config.web.public_url:
        raise Bad(
            "pulse = true asks on a page, and letters have no address of one. Write [web] public_url, or take pulse out."
        )


SECTION = Section(
    name="leaders",
    holds=Leaders,
    told=Key("A step each month for whoever leads others."),
    after="ambassadors",
    fits=_has_a_page,
)
