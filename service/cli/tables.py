"""Tables on the command line."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service.cli.app import App
from service.messages.translation import say


def table(app: App, rows: Iterable[Mapping[str, Any]]) -> None:
    """A table on any terminal, without the ids that stand beside names for programs. What people wrote is text: no markup
    of Rich's in it is followed."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    listed = list(rows)
    grid = Table(box=None, pad_edge=False, header_style="bold")
    keys = [key for key in listed[0] if not key.endswith("_id")]
    for key in keys:
        grid.add_column(say(app.language, key), overflow="fold")
    for row in listed:
        grid.add_row(*(Text(_shown(row[key])) for key in keys))
    console = Console()
    console.print(grid) if console.is_terminal else Console(width=200, highlight=False).print(grid)


def _shown(value: Any) -> str:
    """A value in a table: a moment by the minute, a list with commas, a dash where there is none."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "-" if value is None else str(value)
