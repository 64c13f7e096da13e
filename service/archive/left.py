"""What the archive leaves behind of a rehearsal: its site, as an export on the last day would have made it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from service.archive.shelf import shelf
from service.archive.site import site
from service.engine.engine import Engine


def _site(engine: Engine, now: datetime) -> Mapping[str, bytes]:
    """Nothing where nothing was learned."""
    world = engine.snapshot(now)
    if not shelf(world, world.organisation.language, engine.links.public_id).entries:
        return {}
    return {f"archive/{name}": content for name, content in site(world, engine.links.public_id).items()}


LEFT: tuple[Callable[[Engine, datetime], Mapping[str, bytes]], ...] = (_site,)
