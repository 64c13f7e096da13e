"""The table of the report: nothing in it is about a person."""

from culture.report.quarters import Closed
from service.engine.table_row import Table, plain
from store import records

TABLES = (
    # What was shown of choices has been told; another figure for the same quarter would tell the difference.
    Table(name=records.REPORTS, at_restore="kept", read=plain(Closed), in_memory=True),
)
