"""The group that people come from, read again and again beside the ticks: at the start, each hour, and when it is another."""

import logging
from collections.abc import Callable
from datetime import datetime

from service.engine.engine import Engine
from service.engine.health import Monotonic
from service.settings import people_source

HOUR_SECONDS = 3600
"""Whoever joins has their block the same day."""

TRY_SECONDS = 300
"""So soon one that could not be read is tried again: a server that is busy is not for an hour."""

log = logging.getLogger("aikultur")


def keep_people_fresh(
    engine: Engine, now: Callable[[], datetime], monotonic: Monotonic, ended: Callable[[], bool]
) -> None:
    """Read the group until the end; the next beat sees whether anything has changed. `ended` waits a beat and says
    whether this is the end."""
    while True:
        asked, read_well = engine.inputs.config.people, False
        try:
            read_well = people_source.collect(engine.inputs.source, engine.servers.session, now()) is None
        except Exception:
            log.exception("the group that people come from could not be kept")
        again = monotonic() + (HOUR_SECONDS if read_well else TRY_SECONDS)
        while monotonic() < again and engine.inputs.config.people == asked:
            if ended():
                return
