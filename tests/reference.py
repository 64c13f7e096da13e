"""What is written from the declarations of the keys: the tables of docs/configuration.md, and config.toml.

python -m tests.reference        writes both anew
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from culture.people import Language
from service.settings.config import Table, tables
from service.settings.declared import bare, declared, default, is_section, is_spread, needed, word_of
from service.settings.example_files import config_text
from service.settings.written import in_toml, told

ROOT = Path(__file__).parent.parent
PAGE, EXAMPLE = ROOT / "docs/configuration.md", ROOT / "config.toml"
LANGUAGE: Language = "en"

TABLE = re.compile(r"(<!-- keys of ([\w.]+) -->\n).*?(<!-- end -->)", re.DOTALL)
"""Where a table stands in the page, and of which keys it is."""


def page(text: str) -> str:
    """The page with its tables as the keys are declared. Raises KeyError for a table that there is not."""
    known = {table.path: table for table in tables()}

    def filled(found: re.Match[str]) -> str:
        return found[1] + "\n".join(_rows(known[found[2]])) + "\n" + found[3]

    return TABLE.sub(filled, text)


def _rows(table: Table) -> Iterator[str]:
    yield from ("| key | default | |", "|---|---|---|")
    for field, hint, key in declared(table.holds):
        if is_section(bare(hint)) or is_spread(hint):
            continue
        value = default(field)
        usual = "needed" if needed(field) else "none" if value is None else f"`{in_toml(value, hint)}`"
        words = re.sub(r'(\w+ = )?"[^"]*"', r"`\g<0>`", told(key, hint, LANGUAGE))
        yield f"| `{word_of(field, key)}` | {usual} | {' '.join(filter(None, (f'{words}.', key.more)))} |"


def example(text: str) -> str:
    """The example with the same values, and all around them as the keys are declared."""
    return config_text(tomllib.loads(text), LANGUAGE)


def main() -> None:
    for file, made in ((PAGE, page), (EXAMPLE, example)):
        file.write_text(made(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
