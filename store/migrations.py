"""How records of an older aikultur are brought into today's shape. Pure.

The schema goes up only with a function here. A store of an older schema is migrated when it is opened: its
generation is kept as a backup, and a new one begins with what the functions made of its records.
"""

from collections.abc import Callable, Sequence

from store.state import Tables

Migration = Callable[[Tables], Tables]
"""Gets all tables, which it may change, and gives back those of the next schema."""


def concerns_of_a_month(tables: Tables) -> Tables:
    """Concerns keep the month, where they kept the day, and in larger departments which; and stand in no order."""
    concerns = tables.get("concerns", {})
    kept = {
        key: {"id": key, "month": str(one.get("day", ""))[:7], "text": one.get("text", "")}
        for key, one in sorted(concerns.items())
    }
    return {**tables, "concerns": kept} if concerns else tables


def trouble_by_queue(tables: Tables) -> Tables:
    """What is wrong with a server stands in one table, by the queue of what goes to it, and names the server. It stood in a table of
    each of the two queues, by the name of the server."""
    found = {
        queue: {"server": server, **one}
        for queue, table in (("exchange", "exchange_trouble"), ("letters", "trouble"))
        for server, one in sorted(tables.get(table, {}).items())
    }
    rest = {name: documents for name, documents in tables.items() if name not in ("trouble", "exchange_trouble")}
    return {**rest, "trouble": found} if found else rest


def meetings_of_a_subject(tables: Tables) -> Tables:
    """A meeting on a server says what it is about, where it named its turn."""
    meetings = tables.get("meetings", {})
    kept = {
        key: {"subject" if name == "turn_id" else name: value for name, value in one.items()}
        for key, one in meetings.items()
    }
    return {**tables, "meetings": kept} if meetings else tables


def one_after_another(*steps: Migration) -> Migration:
    """Several steps as one migration."""

    def migrate(tables: Tables) -> Tables:
        for step in steps:
            tables = step(tables)
        return tables

    return migrate


MIGRATIONS: tuple[Migration, ...] = (
    concerns_of_a_month,
    one_after_another(trouble_by_queue, meetings_of_a_subject),
)
"""The first leads from schema 1 to 2, and so on."""


def schema_after(migrations: Sequence[Migration]) -> int:
    return 1 + len(migrations)


SCHEMA = schema_after(MIGRATIONS)
"""The shape of the records that this program understands. A store that says a higher one is refused."""


def migrated(tables: Tables, schema: int, migrations: Sequence[Migration] = MIGRATIONS) -> Tables:
    """Records of this schema in the shape after all migrations. Raises what a migration raises."""
    for migrate in migrations[schema - 1 :]:
        tables = migrate(tables)
    return tables
