"""The table of the revisit list."""

from culture.revisit.rules import Revisit
from service.engine.table_row import Table, plain
from store import records

TABLES = (Table(name=records.REVISITS, at_restore="put back", read=plain(Revisit), in_memory=True),)
