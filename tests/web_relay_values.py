"""A small organisation with a relay, its engine and its web, for the tests of the pages about turns."""

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

from culture.relay.turns import Turn
from culture.revisit.rules import Revisit
from mailer.drain import Outbox
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.engine.engine import Engine
from service.engine.health import Figures, Pulse
from service.pages.make_view import make_view
from service.pages.site import application
from service.pages.view import View
from service.planning.plan import Plan
from service.planning.programme import outsiders
from service.relay.records import relay_records
from service.revisit.items import add
from store.records import CONCERNS, DISCOVERIES, LEARNINGS, PREFERENCES, REVISITS, STANDINGS, TURNS
from tests.kept_folders import kept_folder
from tests.relay_values import BEGIN, SCRIPT, at, make_place
from tests.relay_values import Place as Files
from tests.service_values import look, make_engine
from tests.web_client import TestClient as TestClient

DAY = timedelta(days=1)

PEOPLE = """number;name;email;department;language;working days;started;left
1;Anna Holm;anna@x.example;plan;;;;
2;Bo <i>Lind</i>;bo@x.example;plan;;;;
3;Carla Juhl;carla@x.example;plan;en;;;
4;Dan Friis;dan@x.example;plan;;mon-wed;;
5;Eva Skov;eva@x.example;plan;;;;
9;Mette Lund;mette@x.example;jura;;;;
"""

OF = {
    **dict.fromkeys(
        ("ambassador-ask", "ambassador-undo", "ambassador-yes", "ambassador-no", "ambassador-leave"), "ambassadors"
    ),
    **dict.fromkeys(("judgement", "make-challenge", "make-prompt"), "revisit"),
    **dict.fromkeys(("corps-news", "corps-nothing", "corps-decisions"), "agenda"),
}
"""The page of an act, where that is not the relay's."""

WORKED = {"outcome": "worked", "worked": SCRIPT, "checked": "Læst efter", "judged_by": "Anna, jurist"}


HELD = (BEGIN, at(3), at(11))
"""The days until the first turn was held, on the 10th: it gets its challenge, and is asked what was learned."""


class Place:
    """An engine on a small organisation with a relay, its web, and the acts written as the service writes them.

    `then` are the moments that it has lived through. They are lived once in a process: each place is a service that was
    started again on a copy of the folder. To write each letter for each test took half of the time. `lived` is a folder
    in which more happened, up to the last of these moments.
    """

    def __init__(
        self,
        folder: Path,
        people: str = PEOPLE,
        *,
        then: tuple[datetime, ...] = (BEGIN,),
        lived: Path | None = None,
        **given: Any,
    ) -> None:
        shutil.copytree(lived or _lived(people, then, tuple(sorted(given.items()))), folder, dirs_exist_ok=True)
        self.files = Files(folder)
        self.engine: Engine = make_engine(folder)
        self.outbox = self.engine.make_outbox()
        self.now = then[-1]
        self.at(self.now)
        self.open()

    def open(self) -> None:
        """A web that has not seen anybody yet."""
        self.acts: list[PageChoice | Act] = []
        app = application(lambda: self.view, self.submit, lambda: self.now, True, print)
        self.client = TestClient(app, "http://127.0.0.1", follow_redirects=False)

    def bytes(self) -> dict[Path, bytes]:
        """All that it keeps."""
        return {path: path.read_bytes() for path in self.files.folder.rglob("*") if path.is_file()}

    def at(self, now: datetime) -> "Place":
        """Tick at `now`, weekly up to it, send what is due, and show it."""
        for moment in _weekly(self.now, now):
            found = _tick(self.engine, self.outbox, moment)
        self.now = now
        self.view: View = make_view(self.engine, found, lambda: Pulse(BEGIN).health(Figures))
        return self

    def sent(self) -> "Place":
        """What is due is said: a turn of which nobody was told is not held."""
        _send(self.engine, self.outbox, self.now)
        return self

    def submit(self, act: PageChoice | Act) -> "Future[None]":
        self.acts.append(act)
        answer: Future[None] = Future()
        try:
            carry_out(self.engine, act, self.now)
            self.at(self.now)
            answer.set_result(None)
        except Exception as error:
            answer.set_exception(error)
        return answer

    def path(self, person: str, of: str = "relay") -> str:
        return f"/{of}/{self.engine.links.token(of, self.linked(person), self.now)}"

    def linked(self, person: str) -> str:
        """What their links are made for: an outsider's also for their address."""
        found = outsiders(self.engine.snapshot(self.now)).get(person)
        return found.linked if found else person

    def page(self, person: str, query: str = "", of: str = "relay") -> str:
        answer = self.client.get(self.path(person, of) + query)
        assert answer.status_code == 200
        return str(answer.text)

    def post(self, person: str, act: str, about: str = "", **values: str) -> Any:
        form = {
            "form": self.engine.links.token("form", self.linked(person), self.now),
            "act": act,
            "about": about,
            **values,
        }
        return self.client.post(self.path(person, OF.get(act, "relay")), data=form)

    def done(self, person: str, act: str, about: str = "", **values: str) -> str:
        """Post, and the page that comes after."""
        answer = self.post(person, act, about, **values)
        assert answer.status_code == 303, answer.text
        return self.page(person, answer.headers["Location"], OF.get(act, "relay"))

    def turn(self, number: int) -> Turn:
        return relay_records(self.engine.stored).turns[f"plan-{number}"]

    def mine(self, person: str) -> list[str]:
        """The ids of the turns that the person presents, by number."""
        turns = relay_records(self.engine.stored).of_department("plan")
        return [turn.id for turn in turns if turn.open and turn.presenter == person]

    def records(self, table: str) -> list[dict[str, Any]]:
        return [dict(document) for document in self.engine.database.table(table).all()]


# --- what a place has lived through


@cache
def _lived(people: str, then: tuple[datetime, ...], given: tuple[tuple[str, Any], ...]) -> Path:
    """A folder of an organisation after these moments."""
    folder = kept_folder()
    make_place(folder, people=people, **dict(given))
    engine = make_engine(folder)
    try:
        outbox, before = engine.make_outbox(), then[0]
        for next_one in then:
            for moment in _weekly(before, next_one):
                _tick(engine, outbox, moment)
            before = next_one
    finally:
        engine.close()
    return folder


def _weekly(before: datetime, now: datetime) -> Iterator[datetime]:
    """The moments of ticks up to `now`: a clock that jumps further than a week is not believed."""
    while now - before > 7 * DAY:
        before += 7 * DAY
        yield before
    yield now


def _tick(engine: Engine, outbox: Outbox, now: datetime) -> Plan:
    look(engine, now)
    found = engine.tick(now)
    _send(engine, outbox, now)
    return found


def _send(engine: Engine, outbox: Outbox, now: datetime) -> None:
    while claimed := engine.claim_some(now):
        outbox.add(claimed, now)
        outbox.drain(lambda: now, Event())


# --- what a page says


def text_of(page: str) -> str:
    """What a reader sees: no tags, blanks as one."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", page)).split())


def saved(page: str) -> str:
    """What is said to have been done."""
    said = "".join(re.findall(r'<p class="saved" role="status">(.*?)</p>', page))
    return unescape(re.sub("<[^>]*>", "", said))


def problem(answer: Any) -> tuple[int, str]:
    """The status of a refusal, and the sentence at its top."""
    summary = re.findall(
        r'<div class="summary" role="alert" tabindex="-1" autofocus>(.*?)</div>', answer.text, re.DOTALL
    )
    return answer.status_code, text_of(re.sub(r"<h2>.*?</h2>", "", summary[0], flags=re.DOTALL))


def section(page: str, heading: str) -> str:
    """The section under a heading; empty when there is none."""
    return next((part for part in page.split("<section") if f">{heading}</h2>" in part), "")


def unchanged(place: Place, do: Callable[[], Any]) -> Any:
    """What `do` gives, having seen that it writes nothing."""
    before = [(table, place.records(table)) for table in WRITTEN]
    answer = do()
    assert [(table, place.records(table)) for table in WRITTEN] == before
    return answer


WRITTEN = (TURNS, STANDINGS, LEARNINGS, DISCOVERIES, CONCERNS, REVISITS, PREFERENCES)


def deeds(turn: Turn) -> list[tuple[str, str]]:
    """What people did about a turn, and who."""
    return [(deed.by, str(deed.what)) for deed in turn.deeds if deed.by != "service"]


def item(place: Place, owner: str, **changes: Any) -> Revisit:
    """An item on the revisit list that is due to be judged on 3 December."""
    values: dict[str, Any] = {
        "id": "",
        "name": "Referater",
        "what": "tool",
        "rejected_by": "IT",
        "rejected_on": date(2026, 8, 3),
        "reason": "Lyden lå uden for EU.",
        "would_change": "En aftale",
        "months": 4,
        "owner": owner,
        "next_on": date(2026, 12, 3),
    }
    found, _ = add(place.engine, Revisit(**{**values, **changes}))
    return found
