"""Commands about the store's files: look at them, copy them, put records back."""

import os
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from service.cli.app import OUTSIDE, App, BadSentence, pass_app
from service.messages.faults import Refused
from service.messages.relayed import Relayed
from service.messages.translation import Sentence, say
from service.settings.config import Source, read_config
from service.settings.owner import refuse_another_user
from store.daemon import Daemon
from store.database import Database, open_database
from store.journal import CHUNK_BYTES, write_file
from store.letters import from_document
from store.records import LETTERS
from store.restore import Records, Restored, TooEarly, records_at, records_in
from store.restore import restore as put_back
from store.secret import renew
from store.verify import Checked, Verified, unsettled
from store.verify import verify as look_through

if TYPE_CHECKING:
    from store.unreadable import Unreadable

store = click.Group("store")


@store.command()
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def verify(app: App, as_json: bool) -> None:
    """Read every line and record that is kept, the bytes of every letter that waits, the secret and the archive.

    Says what is damaged and how to go on, then with exit status 1. The service may go on running meanwhile.
    """
    from service.engine.typed import unreadable

    source = read_config(app.path)
    folder = _folder(source)
    if not (folder / "store").is_dir():
        raise Refused(Sentence("{folder}: there is no store here yet.", {"folder": folder}))
    found = look_through(folder / "store", folder / "spool", beside=folder)
    wrong = list(unreadable(found.tables))
    if as_json:
        app.show(_value(found, wrong))
    else:
        _tell(app, found, wrong, _zone(source))
    if wrong or not found.whole:
        sys.exit(OUTSIDE)


@store.command()
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Also copy it into this folder.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def backup(app: App, to: Path | None, as_json: bool) -> None:
    """Make a backup: finish the current generation, which can then be put back as it was at any moment of it. The service
    does so every day.

    With --to, a folder on another disk gets what a new machine needs: the records, the secret that signs links, and
    the letters that wait.
    """
    folder = _folder(read_config(app.path))
    refuse_another_user(folder)
    with open_database(folder / "store") as database:
        database.compact()
        copied = _copy(database, folder, to) if to else []
        generation = database.generation
    if as_json:
        app.show({"generation": generation, "files": copied})
        return
    app.say("Generation {number} has begun. All that was written before it can be put back.", number=generation)
    for file in copied:
        app.say("{path} is written.", path=file)
    if to:
        app.say("The secret is among them: whoever has it can make anybody's personal links. Keep the folder closed.")


@store.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--at", "moment", help='The moment to go back to: "2026-11-24 12:00", in the organisation\'s time zone.')
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def restore(app: App, file: Path | None, moment: str | None, as_json: bool) -> None:
    """Put the records back as they stood at a moment, or as they are in FILE. The service must not be running.

    What was sent stays known, so nothing is sent twice; afterwards the fuse holds the first letters of each kind
    until you have looked at the plan and approved them. What stood there before is kept, and named.
    """
    from service.engine.restore_policy import held

    if (file is None) == (moment is None):
        raise BadSentence(Sentence('Write either a FILE or --at with a moment: --at "2026-11-24 12:00".'))
    source = read_config(app.path)
    folder, now = _folder(source), app.now()
    at = _moment(moment, _zone(source), now) if moment else now
    refuse_another_user(folder)
    with Daemon(folder, pid=os.getpid(), started=now):

        def read() -> Records:
            return records_in(file) if file else records_at(folder / "store", at)

        try:
            done = put_back(folder / "store", read, change=lambda tables, current: held(tables, current, now))
        except TooEarly as early:
            raise Refused(_too_early(early, _zone(source))) from None
    if as_json:
        app.show({"generation": done.generation, "stood": done.stood.isoformat(), "aside": list(done.aside)})
    else:
        _tell_restored(app, done, _zone(source))


@store.command()
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def compact(app: App, as_json: bool) -> None:
    """Begin a new generation, so that the next start reads no old changes. The service may go on running."""
    folder = _folder(read_config(app.path))
    refuse_another_user(folder)
    with open_database(folder / "store") as database:
        before = database.snapshot_bytes + database.journal_bytes
        done = database.compact()
        after = database.snapshot_bytes + database.journal_bytes
    if as_json:
        app.show({"generation": database.generation, "done": done, "before": before, "after": after})
    elif done:
        app.say("From {before} to {after} bytes.", before=before, after=after)
    else:
        app.say("There is nothing to compact.")


@store.command()
@click.argument("table")
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
def discard(app: App, table: str, key: str, yes: bool) -> None:
    """Take the record KEY out of TABLE: one that cannot be read, and that nobody can put right.

    It is shown first. What it said is not known any more then; the backups of the last seven days still have it.
    """
    folder = _folder(read_config(app.path))
    refuse_another_user(folder)
    with open_database(folder / "store") as database:
        document = database.table(table).find(key)
        if document is None:
            raise Refused(Sentence("There is no record {table} {key}.", {"table": table, "key": key}))
        app.show(document)
        if yes or click.confirm(say(app.language, "Take it out?")):
            database.table(table).drop(key)
            app.say("{table} {key} is taken out.", table=table, key=key)


@store.command("new-secret")
@pass_app
def new_secret(app: App) -> None:
    """Make a new secret when the old one is lost for good or known to others. The service must not be running.

    Every personal link and feed address sent before then stops working. The old secret is kept as secret.before.
    """
    folder = _folder(read_config(app.path))
    refuse_another_user(folder)
    with Daemon(folder, pid=os.getpid(), started=app.now()), open_database(folder / "store") as database:
        aside = renew(database, folder)
    app.say("There is a new secret. Letters from now on carry new links; those of before no longer work.")
    if aside:
        app.say("What stood there before is in {path}.", path=aside)


def _folder(source: Source) -> Path:
    return source.resolve(source.config.store.folder)


def _zone(source: Source) -> ZoneInfo:
    return ZoneInfo(source.config.organisation.zone)


def _copy(database: Database, folder: Path, to: Path) -> list[str]:
    """Copy records, secret and the segments of the spool that are still wanted; the files that were written."""
    made = [database.backup(to)]
    secret = folder / "secret"
    if secret.exists():
        made.append(_copied(secret, to / "secret"))
    letters = {LETTERS: {str(document.doc_id): dict(document) for document in database.table(LETTERS)}}
    wanted = {from_document(key, letters[LETTERS][key]).spool.segment for key in unsettled(letters)}
    there = [segment for segment in sorted(wanted) if (folder / "spool" / segment).exists()]  # else `verify` says so
    made.extend(_copied(folder / "spool" / segment, to / "spool" / segment) for segment in there)
    return [str(path) for path in made]


def _copied(file: Path, to: Path) -> Path:
    """A copy for the owner only, whole or not there."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = to.with_name(f".{to.name}.new")
    with file.open("rb") as opened:
        write_file(temporary, iter(lambda: opened.read(CHUNK_BYTES), b""))
    return temporary.replace(to)


def _moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment that `--at` names; without an offset it is in the organisation's zone, and of an hour that comes
    twice the first."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadSentence(
            Sentence('--at: "{text}" is not a moment. Write for example "2026-11-24 12:00".', {"text": text})
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if moment > now:
        raise BadSentence(Sentence("--at: {text} lies ahead. Write a moment that is over.", {"text": text}))
    return moment


def _too_early(early: TooEarly, zone: ZoneInfo) -> Sentence:
    if early.oldest is None:
        return Sentence("{folder}: there is nothing here to put back.", {"folder": early.folder})
    fields = {"folder": early.folder, "oldest": _shown(early.oldest, zone)}
    return Sentence("{folder}: nothing here reaches so far back. The oldest moment is {oldest}.", fields)


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    """The moment with its offset, as `--at` takes it."""
    return moment.astimezone(zone).isoformat(" ")


def _tell_restored(app: App, done: Restored, zone: ZoneInfo) -> None:
    app.say("The records are again as they stood at {moment}.", moment=_shown(done.stood, zone))
    for path in done.aside:
        app.say("What stood there before is in {path}.", path=path)
    app.say(
        "What was sent stays known. Letters by a mail server wait for your approval: aikultur plan, aikultur apply."
    )


def _tell(app: App, found: Verified, wrong: "list[Unreadable]", zone: ZoneInfo) -> None:
    for checked in found.generations:
        _tell_generation(app, checked, zone)
    for table, count in _counts(found).items():
        app.say("{table}: {count} records", table=table, count=count)
    app.say("Letters as they were sent: {bytes} bytes.", bytes=found.spool_size)
    _tell_faults(app, found, wrong)
    newest = max((checked for checked in found.generations if checked.whole_until), key=_until, default=None)
    if found.whole and not wrong:
        app.say("Everything is whole.")
    elif newest and not found.records_whole:
        text = 'The last moment that can be put back: aikultur store restore --at "{moment}"'
        click.echo(Sentence(text, {"moment": _shown(_until(newest), zone)}).said(app.language), err=True)


def _tell_generation(app: App, checked: Checked, zone: ZoneInfo) -> None:
    fields: dict[str, Any] = {"number": checked.generation, "bytes": checked.size}
    if checked.began is None or checked.whole_until is None:
        app.say("Generation {number}, {bytes} bytes: cannot be put back.", **fields)
        return
    fields |= {"began": _shown(checked.began, zone), "until": _shown(checked.whole_until, zone)}
    app.say("Generation {number}, {bytes} bytes: any moment from {began} to {until}.", **fields)
    if checked.unconfirmed:
        text = "Its last {count} lines had not been confirmed by the disk when the power failed; they are left out."
        app.say(text, count=checked.unconfirmed)


def _tell_faults(app: App, found: Verified, wrong: "list[Unreadable]") -> None:
    for fault in _faults(found):
        click.echo(Relayed(fault).said(app.language), err=True)
    for record in wrong:
        text = "Table {table}, record {key}: it cannot be read ({wrong}). The service goes on without it."
        fields = {"table": record.table, "key": record.key, "wrong": Relayed(record.why)}
        click.echo(Sentence(text, fields).said(app.language), err=True)
    for letter, lost in found.letters.items():
        text = (
            "Letter {letter} waits, but its bytes cannot be read ({wrong}). Give it up: aikultur outbox drop {letter}"
        )
        click.echo(Sentence(text, {"letter": letter[:12], "wrong": Relayed(lost)}).said(app.language), err=True)


def _until(checked: Checked) -> datetime:
    assert checked.whole_until is not None
    return checked.whole_until


def _faults(found: Verified) -> list[str]:
    return [*found.faults, *(checked.fault for checked in found.generations if checked.fault), *found.beside]


def _counts(found: Verified) -> dict[str, int]:
    return dict(sorted(Counter({name: len(table) for name, table in found.tables.items()}).items()))


def _value(found: Verified, wrong: "list[Unreadable]") -> dict[str, Any]:
    """What was found, for a program to read."""
    return {
        "whole": found.whole and not wrong,
        "tables": _counts(found),
        "spool_bytes": found.spool_size,
        "generations": [
            {
                "generation": checked.generation,
                "bytes": checked.size,
                "from": checked.began.isoformat() if checked.began else None,
                "until": checked.whole_until.isoformat() if checked.whole_until else None,
                "fault": checked.fault or None,
            }
            for checked in found.generations
        ],
        "letters_without_bytes": found.letters,
        "unreadable": [{"table": one.table, "key": one.key, "wrong": one.why} for one in wrong],
        "faults": _faults(found),
    }
