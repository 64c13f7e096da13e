"""Commands about recommendations: written by the corps, sent to management, answered, and put before a board."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from culture.ambassadors.recommendations import Recommendation
from culture.world import World
from mailer.words import LANGUAGES
from service.cli.app import App, asked, pass_app
from service.cli.tables import table
from service.messages.translation import word

if TYPE_CHECKING:
    from service.ambassadors.recommendation_memo import Memo

recommendations = click.Group("recommendations")


@recommendations.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def recommendations_list(app: App, as_json: bool) -> None:
    """List the recommendations, the newest first: drafts, what waits for an answer and how long, what was answered."""
    from culture.ambassadors.recommendations import every
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    found = every(world)
    if as_json:
        app.show([_value(one, world) for one in found])
    elif found:
        table(app, [_row(app, one, world) for one in found])
    else:
        app.say("Nothing has been recommended.")


def _value(one: Recommendation, world: World) -> dict[str, Any]:
    """A recommendation for a program to read."""
    since = one.waits_since(world.today)
    return {
        "id": one.id,
        "state": one.state(world.today),
        "text": one.text,
        "reason": one.reason,
        "evidence": [{"of": each.of, "what": each.what} for each in one.evidence],
        "to_name": one.to_name,
        "to_email": one.to_email,
        "written_on": one.written_on,
        "asked_on": one.asked_on,
        "by": one.by,
        "waits_since": since,
        "days": (world.today - since).days if since else None,
        "answers": [
            {"day": each.day, "answer": each.answer, "by": each.by, "words": each.words, "until": each.until}
            for each in one.answers
        ],
    }


def _row(app: App, one: Recommendation, world: World) -> dict[str, str]:
    since = one.waits_since(world.today)
    return {
        "id": one.id,
        "state": word("recommendation", one.state(world.today)).said(app.language),
        "days": str((world.today - since).days) if since else "-",
        "to": one.to_name or "-",
        "text": one.text,
    }


@recommendations.command("add")
@click.argument("text")
@click.option("--reason", default="", help="Why. Always needed.")
@click.option(
    "--evidence", multiple=True, help="The id of a learning or of something on the revisit list, or a figure in words."
)
@click.option("--to", default="", help='Who is to answer: a name, or "Ida Bro <ida@board.dk>". Default: the sponsor.')
@click.option("--by", default="", help="By when: 2027-03-01. Default: 30 days after it is sent.")
@pass_app
def recommendations_add(app: App, text: str, reason: str, evidence: tuple[str, ...], to: str, by: str) -> None:
    """Keep TEXT, one sentence that can be answered yes or no, as a draft. Nobody is asked before it is sent."""
    from service.ambassadors.recommendation_acts import otherwise
    from service.ambassadors.recommendations import add
    from service.engine.opening import opened

    values = {"text": text, "reason": reason, "evidence": "\n".join(evidence), "to": to, "by": by}
    with opened(app.path) as engine:
        one = add(engine, values, otherwise(engine.snapshot(app.now())), app.now())
    app.say("The draft is kept as {id}. Send it with: aikultur recommendations send {id}", id=one.id)


@recommendations.command("send")
@click.argument("recommendation")
@click.option("--to", default="", help="Ask somebody else than the draft names.")
@pass_app
def recommendations_send(app: App, recommendation: str, to: str) -> None:
    """Ask for an answer to RECOMMENDATION (its id, its number or a part of its text). From then on everybody can read it."""
    from service.ambassadors.recommendations import send
    from service.engine.opening import opened

    with opened(app.path) as engine, asked():
        one = send(engine, recommendation, app.now(), to)
    app.say("{id} goes to {name}, {address}.", id=one.id, name=one.to_name, address=one.to_email)


@recommendations.command("answer")
@click.argument("recommendation")
@click.argument("answer")
@click.option("--words", default="", help="What was said.")
@click.option("--until", default="", help="Of later: when it is asked again, 2027-06-01. Default: in three months.")
@click.option("--by", default="", help="Who answered. Default: whoever was asked.")
@pass_app
def recommendations_answer(app: App, recommendation: str, answer: str, words: str, until: str, by: str) -> None:
    """Write down the ANSWER to RECOMMENDATION, "yes", "no" or "later", where it was given by word of mouth."""
    from service.ambassadors.recommendations import reply
    from service.engine.opening import opened

    values = {"answer": answer, "words": words, "until": until}
    with opened(app.path) as engine, asked():
        one = reply(engine, recommendation, values, by, app.now())
    last = one.answers[-1]
    given = word("recommendation-answer", last.answer)
    if last.until:
        app.say("{id}: {answer}. It comes back on {day}.", id=one.id, answer=given, day=last.until)
    else:
        app.say("{id}: {answer}.", id=one.id, answer=given)


@recommendations.command("withdraw")
@click.argument("recommendation")
@pass_app
def recommendations_withdraw(app: App, recommendation: str) -> None:
    """Take RECOMMENDATION back, draft or sent: nobody is asked any more, and it stands on no page."""
    from service.ambassadors.recommendations import withdraw
    from service.engine.opening import opened

    with opened(app.path) as engine, asked():
        one = withdraw(engine, recommendation, app.now())
    app.say("{id} is withdrawn.", id=one.id)


@recommendations.command("memo")
@click.argument("recommendation", nargs=-1)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("memo"),
    help="The folder for the files. Default: memo.",
)
@pass_app
def recommendations_memo(app: App, recommendation: tuple[str, ...], out: Path) -> None:
    """Write what waits for an answer, and what was answered in the last three months, as a memo for a board.

    A page (HTML) and its Markdown, in every language. With RECOMMENDATIONS these and no others, drafts too.
    """
    from service.ambassadors.recommendation_memo import memo
    from service.ambassadors.recommendations import one_of
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    with asked():
        only = [one_of(world, each) for each in recommendation]
    _write(app, out, {language: memo(world, language, only) for language in LANGUAGES})


def _write(app: App, folder: Path, memos: "dict[str, Memo]") -> None:
    from service.ambassadors.recommendation_memo import as_html, as_markdown

    files = {}
    for language, made in memos.items():
        files[f"memo.{language}.html"] = as_html(made, language)
        files[f"memo.{language}.md"] = as_markdown(made, language)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    app.say("The memo stands in {folder}: {files}", folder=folder, files=", ".join(sorted(files)))
