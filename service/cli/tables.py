"""Tables on the command line."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.cli.app import App
from service.messages.translation import say


def table(app: App, rows: Iterable[Mapping[str, Any]]) -> None:
    """A table on any terminal. What people wrote is text: no markup of Rich's in it is followed."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    listed = list(rows)
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for key in listed[0]:
        grid.add_column(say(app.language, key), overflow="fold")
    for row in listed:
        grid.add_row(*(Text(str(value)) for value in row.values()))
    console = Console()
    console.print(grid) if console.is_terminal else Console(width=200, highlight=False).print(grid)
