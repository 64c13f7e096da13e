"""python -m tests.poison.record FOLDER TABLE KEY DOCUMENT: put a record into a store beside the service.

Through the store's own interface, so that its line in the journal has a right checksum whatever stands in it. DOCUMENT
is JSON; null removes the record. Prints the record that was there, null for none.
"""

import json
import sys
from pathlib import Path

from store.database import open_database


def replaced(folder: Path, table: str, key: str, document: dict[str, object] | None) -> dict[str, object] | None:
    """Put the document under its key, or nothing; what was there."""
    with open_database(folder) as database:
        found = database.table(table).find(key)
        if document is None:
            database.table(table).drop(key)
        else:
            database.table(table).put(key, document)
        return dict(found) if found else None


if __name__ == "__main__":
    _folder, _table, _key, _document = sys.argv[1:]
    print(json.dumps(replaced(Path(_folder), _table, _key, json.loads(_document))))
