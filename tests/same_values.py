"""A house whose people file has no numbers, with `run --once`, its command line and its pages at chosen moments."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from culture.people import Preference
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.cli.app import BadSentence
from service.cli.main import complete
from service.daemon.once import once
from service.engine.health import Figures, Pulse
from service.engine.opening import opened
from service.messages.faults import Refused
from service.pages.make_view import make_view
from service.pages.site import application
from tests.cli_values import Said
from tests.relay_values import RELAY, AppAt
from tests.service_values import MONDAY, write_config
from tests.web_client import TestClient

URL = "https://ai.x.example"

OTHERS = ("Bo Lind", "Dan Friis", "Finn Toft")


def rows(*first: str, others: tuple[str, ...] = OTHERS) -> str:
    """A people file: rows as `name;email`, and the others who are always there."""
    listed = [*first, *(f"{name};{name.split()[0].lower()}@x.example" for name in others)]
    return "".join(f"{line}\n" for line in ("name;email;department", *(f"{one};plan" for one in listed)))


@dataclass
class House:
    """`now` is set by each test; the files are written as HR would."""

    folder: Path
    channel: str = "feed"
    now: datetime = MONDAY
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        write_config(self.folder, channel=self.channel)
        config = (self.folder / "config.toml").read_text("utf-8")
        config = config.replace("[web]\nenabled = false", f'[web]\npublic_url = "{URL}"')
        config += RELAY.format(enabled="true").replace('absences = "absences.csv"', "")
        (self.folder / "config.toml").write_text(config, "utf-8")
        (self.folder / "var").mkdir(mode=0o700)
        secret = self.folder / "var/secret"
        secret.write_text(
            bytes(range(32)).hex(), "ascii"
        )  # so that ids, and with them who is drawn when, are the same each time
        secret.chmod(0o600)

    def file(self, *first: str) -> "House":
        (self.folder / "people.csv").write_text(rows(*first), "utf-8")
        return self

    def once(self, now: datetime) -> list[tuple[str, str]]:
        """Run it once; the address and text of each new letter to Anna's address."""
        self.now = now
        once(self.folder / "config.toml", lambda: now, "en", lambda _: None)
        files = {str(path): path for path in (self.folder / "var/mail").glob("**/*.eml")}
        new = [files[name] for name in sorted(files.keys() - self.seen)]
        self.seen |= files.keys()
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in new]
        return [(str(one["Subject"]), _text(one)) for one in found if "anna@x.example" in str(one["To"])]

    def run(self, *arguments: str) -> Said:
        app = AppAt(self.folder / "config.toml", "en", self.now)
        result = CliRunner().invoke(complete().commands[arguments[0]], arguments[1:], obj=app)
        if isinstance(result.exception, Refused):
            return Said(2 if isinstance(result.exception, BadSentence) else 1, "", result.exception.sentence.said("en"))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def same(self, before: str, there: str) -> Said:
        return self.run("people", "same", before, there)

    @property
    def here(self) -> dict[str, str]:
        """The ids of whoever has a row, by name."""
        with opened(self.folder / "config.toml") as engine:
            return {one.row.name: key for key, one in engine.stored.known().items() if one.gone is None}

    def id_of(self, name: str) -> str:
        with opened(self.folder / "config.toml") as engine:
            (found,) = (key for key, one in engine.stored.known().items() if one.row.name == name)
        return found

    def chosen(self, person_id: str) -> Preference:
        with opened(self.folder / "config.toml") as engine:
            return engine.stored.preference(person_id)

    def documents(self, table: str) -> dict[str, Mapping[str, Any]]:
        with opened(self.folder / "config.toml") as engine:
            return dict(engine.database.storage.documents(table))

    def put(self, table: str, documents: Mapping[str, Mapping[str, Any]]) -> None:
        with opened(self.folder / "config.toml") as engine:
            for key, document in documents.items():
                engine.database.table(table).put(key, document)

    @contextmanager
    def web(self) -> Iterator[TestClient]:
        """The pages as they are now."""
        with opened(self.folder / "config.toml") as engine:
            view = make_view(engine, engine.plan(self.now), lambda: Pulse(MONDAY).health(Figures))

            def submit(act: PageChoice | Act) -> "Future[None]":
                answer: Future[None] = Future()
                carry_out(engine, act, self.now)
                answer.set_result(None)
                return answer

            app = application(lambda: view, submit, lambda: self.now, False, print)
            yield TestClient(app, URL, follow_redirects=False)

    def answers(self, text: str) -> dict[str, int]:
        """What the links of a letter lead to now, by their kind."""
        with self.web() as client:
            return {kind: client.get(path).status_code for kind, path in links(text).items()}


def links(text: str) -> dict[str, str]:
    """The personal links of a letter, by their kind."""
    return {kind: f"/{kind}/{token}" for kind, token in re.findall(rf"{URL}/(me|stop|feed)/([\w.-]+)", text)}


def _text(message: Any) -> str:
    parts = [part for part in message.walk() if part.get_content_type() in ("text/plain", "text/calendar")]
    return "\n".join(part.get_content() for part in parts)
