"""The tables of the leaders."""

from culture.leaders.concerns import Decided
from culture.leaders.frame import Frame
from culture.leaders.steps import Given
from service.engine.table_row import Table, plain
from store import records

TABLES = (
    # Managers have got what they have got.
    Table(name=records.FRAMES, at_restore="kept", read=plain(Frame), in_memory=True),
    Table(name=records.STEPS, at_restore="kept", read=plain(Given), in_memory=True),
    Table(name=records.ANSWERED, at_restore="kept", read=plain(Decided), in_memory=True),
)
