"""Commands about letters on their way: those that wait, were refused, or are in doubt."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from culture.keys import CallName
from service.cli.app import App, BadSentence, pass_app
from service.cli.tables import table
from service.messages.faults import Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence, say

if TYPE_CHECKING:
    from service.engine.engine import Engine
    from store.letters import LetterRecord


outbox = click.Group("outbox")


@outbox.command("list")
@click.option("--each", is_flag=True, help="Show every parked letter, not one line for those of one cause.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def outbox_list(app: App, each: bool, as_json: bool) -> None:
    """List the letters that are not sent: waiting for a retry, or parked with the server's words.

    Letters that are parked for the same cause are one line: retry or drop them together by --cause.
    """
    from mailer.drain import trouble
    from service.answers.show import moment
    from service.engine.opening import looking
    from store.daemon import running

    with looking(app.path) as engine:
        letters = [letter for letter in engine.letters() if letter.state in ("claimed", "parked")]
        rows = _rows(letters) if each or as_json else _by_cause(app, letters)
        rows += _calls_that_failed(engine, app.now())
        down, zone, runs = trouble(engine.database), engine.zone, running(engine.folder)
    if as_json:
        app.show(rows)
        return
    if not rows:
        app.say("No letter waits.")
        return
    if down:
        since, next_ = moment(down.since, zone), moment(down.next, zone)
        app.say("No letter gets through since {since}: {said}", since=since, said=Relayed(down.said))
        asked = "The server is asked again at {next}, by one letter."
        app.say(asked if runs else "The first run after {next} asks the server again, by one letter.", next=next_)

    table(
        app,
        [
            row
            | {
                "state": say(app.language, STAGES[row["state"]]),
                "next": moment(row["next"], zone),
                "said": Relayed(row["said"]).said(app.language),
            }
            for row in rows
        ],
    )


STAGES = {
    "waiting": "claimed",
    "wire": "on the wire",
    "doubt": "in doubt",
    "later": "refused for now",
    "parked": "parked",
}
"""What a letter's place in the outbox is called."""


def _rows(letters: "list[LetterRecord]") -> list[dict[str, Any]]:
    return [_outbox_row(letter) for letter in letters]


def _outbox_row(letter: "LetterRecord") -> dict[str, Any]:
    from mailer.outbox import stage

    return {
        "id": letter.id[:12],
        "to": letter.to,
        "subject": letter.subject,
        "state": stage(letter),
        "tries": letter.attempts,
        "next": letter.next_attempt,
        "said": letter.said,
    }


def _calls_that_failed(engine: "Engine", now: datetime) -> list[dict[str, Any]]:
    """Blocks and meetings that a calendar server refused; they are tried again by themselves."""
    people = engine.snapshot(engine.last_tick or now).organisation.people
    return [
        {
            "id": name,
            "to": people[one.person_id].email if one.person_id in people else one.person_id,
            "subject": CallName.from_text(name).kind,
            "state": "later",
            "tries": one.attempts,
            "next": one.next_try,
            "said": one.said,
        }
        for name, one in engine.stored.on_server().failing()
    ]


def _by_cause(app: App, letters: "list[LetterRecord]") -> list[dict[str, Any]]:
    """A row for each letter that waits or is parked alone, and one for those that are parked for the same cause."""
    from mailer.parked import by_cause
    from service.planning.kinds import kind_name

    causes = by_cause(letters)
    alone = {cause.letters[0].id for cause in causes if cause.count == 1}
    rows = [
        {
            "id": "",
            "to": say(app.language, "{count} letters", count=cause.count),
            "subject": ", ".join(kind_name(kind, app.language) for kind in cause.kinds),
            "state": "parked",
            "tries": "",
            "next": None,
            "said": cause.said,
        }
        for cause in causes
        if cause.count > 1
    ]
    return rows + [_outbox_row(letter) for letter in letters if letter.state != "parked" or letter.id in alone]


F = TypeVar("F", bound=Callable[..., None])


def _of_several(command: F) -> F:
    """The options that name several parked letters at once."""
    for option in (
        click.option("--cause", metavar="TEXT", help="All parked letters whose last words contain TEXT."),
        click.option("--kind", metavar="KIND", help="All parked letters of this kind: tip, welcome, assignment, ..."),
        click.option("--all", "everything", is_flag=True, help="All parked letters."),
    ):
        command = option(command)
    return command


@outbox.command("retry")
@click.argument("letter", required=False)
@_of_several
@pass_app
def outbox_retry(app: App, letter: str | None, everything: bool, kind: str | None, cause: str | None) -> None:
    """Send the parked LETTER (its id, or the beginning of it) again: the same bytes, the same Message-ID.

    Or all of them, by kind or cause. A block or meeting that a calendar server refused is tried again at once.
    """
    from service.acts import letters
    from service.engine.opening import opened

    _one_or_several(letter, everything, kind, cause)
    with opened(app.path) as engine:
        if letter is None:
            done, left = _each(app, engine, kind, cause, letters.retry)
            app.say("Sent again, byte for byte the same: {count} letters.", count=done)
            _say_left(app, left)
        elif "/" in letter:  # no letter's id has one
            letters.retry_call(engine, letter)
            app.say("It will be tried again at once.")
        else:
            letters.retry(engine, _letter_id(engine, letter), app.now())
            app.say("It will be sent again, byte for byte the same.")


@outbox.command("drop")
@click.argument("letter", required=False)
@_of_several
@pass_app
def outbox_drop(app: App, letter: str | None, everything: bool, kind: str | None, cause: str | None) -> None:
    """Give the waiting or parked LETTER up. What it says counts as said and does not come again.

    Or all parked ones, by kind or cause. Those that only wait are not among them.
    """
    from service.acts import letters
    from service.engine.opening import opened

    _one_or_several(letter, everything, kind, cause)
    with opened(app.path) as engine:
        if letter is None:
            done, _ = _each(app, engine, kind, cause, letters.drop)
            app.say("Given up: {count} letters.", count=done)
            return
        letters.drop(engine, _letter_id(engine, letter), app.now())
        app.say("It is given up.")


def _one_or_several(letter: str | None, everything: bool, kind: str | None, cause: str | None) -> None:
    """Raises BadSentence unless exactly one way to name letters is used; kind and cause may stand together."""
    ways = [letter is not None, everything, kind is not None or cause is not None]
    if sum(ways) != 1:
        raise BadSentence(Sentence("Write the id of a letter, or --all, or --kind and --cause."))


def _each(
    app: App, engine: "Engine", kind: str | None, cause: str | None, act: "Callable[[Engine, str, datetime], None]"
) -> tuple[int, Counter[str]]:
    """Do it to every parked letter that is meant, in one line of the journal: for how many, and why not for others."""
    from mailer.parked import chosen

    done, left, now = 0, Counter[str](), app.now()
    with engine.database.batch():
        for letter in chosen(engine.letters(), kind=kind, cause=cause):
            try:
                act(engine, letter.id, now)
                done += 1
            except Refused as refused:
                left[refused.sentence.said(app.language)] += 1
    return done, left


def _say_left(app: App, left: Counter[str]) -> None:
    for why, count in left.items():
        app.say("Left parked: {count} letters. {why}", count=count, why=why)


def _letter_id(engine: Any, text: str) -> str:
    hits = [letter.id for letter in engine.letters() if letter.id.startswith(text)]
    if len(hits) != 1:
        sentence = (
            "No letter begins with {text}." if not hits else "Several letters begin with {text}. Write more of the id."
        )
        raise BadSentence(Sentence(sentence, {"text": text}))
    return str(hits[0])
