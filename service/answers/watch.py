"""Letters as whoever looks ahead needs them: their subjects and, where they are to be shown, the text of one of each sort."""

from dataclasses import dataclass, field
from datetime import date

from culture.people import Language
from culture.world import World
from mailer.letter import Letter, letter_id
from service.engine.engine import Engine
from service.planning.jobs import Job
from service.planning.kinds import KINDS
from service.planning.letters import keyless, plain, sketch

Sort = tuple[date, tuple[str, ...], str, Language]
"""Letters are of a sort when they go on one day, say the same kinds of things, and have one subject."""


@dataclass
class Watch:
    """What was seen of letters while they were written, and the world of the last moment.

    `whole`: keep the text of the first of each sort, by the letter's id. In none of them is a key of anybody's, and none is
    kept of a kind that is between those who write it and those who get it.
    """

    whole: bool = False
    world: World | None = None
    texts: dict[str, str] = field(default_factory=dict)
    _seen: set[Sort] = field(default_factory=set)

    def sketch(self, engine: Engine, world: World, job: Job) -> tuple[Letter, bytes]:
        """A letter with its subject; its bytes are for nobody. Raises TemplateFault."""
        letter = sketch(world, job, engine.renderer, keyless(engine.links))
        self._keep(engine, world, job, letter)
        return letter, b"foreseen"

    def written(self, engine: Engine, world: World, job: Job) -> tuple[Letter, bytes]:
        """A letter as it is sent. Raises TemplateFault."""
        letter, mime = engine.written(world, job)
        self._keep(engine, world, job, letter)
        return letter, mime

    def _keep(self, engine: Engine, world: World, job: Job, letter: Letter) -> None:
        sort: Sort = (world.today, job.kinds, letter.subject, letter.language)
        if self.whole and sort not in self._seen and not any(KINDS[kind].private for kind in job.kinds):
            self._seen.add(sort)
            self.texts[letter_id(letter.key)] = plain(world, job, engine.renderer, keyless(engine.links))
