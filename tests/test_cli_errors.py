"""A wrong command line gets a sentence of ours, in the administrator's language, and exit status 2."""

import click
import pytest

from service.cli.errors import error_lines
from service.cli.main import complete

HELP = "Hjælp: aikultur"


def said(*arguments: str) -> list[str]:
    with pytest.raises(click.ClickException) as wrong:
        complete().main(list(arguments), prog_name="aikultur", standalone_mode=False)
    return error_lines(wrong.value, "da")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("plan", "--days", "x"), "--days kan ikke være x. Skriv et helt tal fra 1 til 366."),
        (("plan", "--days", "0"), "--days kan ikke være 0. Skriv et helt tal fra 1 til 366."),
        (("plan", "--day", "3"), "Der er ingen mulighed --day her. Mente du --days?"),
        (("plann",), "Der er ingen kommando plann. Mente du plan?"),
        (("history",), "PERSON mangler."),
        (("plan", "extra"), '"extra" er for meget her. Et navn med mellemrum skal stå i anførselstegn.'),
        (("run", "--once=3"), "--once tager ingen værdi. Skriv den alene."),
        (("--config",), "--config skal have en værdi efter sig."),
        (
            ("rehearse", "--from", "01-12-2026", "--to", "2026-12-02", "--out", "x"),
            "--from kan ikke være 01-12-2026. Skriv året først: 2026-12-01.",
        ),
    ],
)
def test_what_is_wrong_with_a_command_is_said_in_danish(arguments: tuple[str, ...], sentence: str) -> None:
    first, *rest = said(*arguments)
    assert first == sentence
    assert all(line.startswith(HELP) for line in rest)
