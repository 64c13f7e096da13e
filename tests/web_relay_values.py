"""A small organisation with a relay, its engine and its web, for the tests of the pages about turns."""

import re
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

from culture.relay.turns import Turn
from culture.revisit.rules import Revisit
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.engine.engine import Engine
from service.engine.health import Figures, Pulse
from service.pages.make_view import make_view
from service.pages.site import application
from service.pages.view import View
from service.planning.programme import outsiders
from service.relay.records import relay_records
from service.revisit.items import add
from store.records import CONCERNS, DISCOVERIES, LEARNINGS, PREFERENCES, REVISITS, STANDINGS, TURNS
from tests.relay_values import BEGIN, SCRIPT, make_place
from tests.service_values import look, make_engine

with warnings.catch_warnings():
    # Starlette would rather have httpx2; with httpx its client works as well, and we need no other.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient as TestClient

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


class Place:
    """An engine on a small organisation with a relay, its web, and the acts written as the service writes them."""

    def __init__(self, folder: Path, people: str = PEOPLE, **given: Any) -> None:
        self.files = make_place(folder, people=people, **given)
        self.engine: Engine = make_engine(folder)
        self.outbox = self.engine.make_outbox()
        self.acts: list[PageChoice | Act] = []
        self.now = BEGIN
        self.at(BEGIN)
        app = application(lambda: self.view, self.submit, lambda: self.now, True, print)
        self.client = TestClient(app, "http://127.0.0.1", follow_redirects=False)

    def at(self, now: datetime) -> "Place":
        """Tick at `now`, weekly up to it, send what is due, and show it."""
        while now - self.now > 7 * DAY:  # a clock that jumps further is not believed
            self.at(self.now + 7 * DAY)
        self.now = now
        look(self.engine, now)
        found = self.engine.tick(now)
        while claimed := self.engine.claim_some(now):
            self.outbox.add(claimed, now)
            self.outbox.drain(lambda: now, Event())
        self.view: View = make_view(self.engine, found, lambda: Pulse(BEGIN).health(Figures))
        return self

    def sent(self) -> "Place":
        """What is due is said: a turn of which nobody was told is not held."""
        while claimed := self.engine.claim_some(self.now):
            self.outbox.add(claimed, self.now)
            self.outbox.drain(lambda: self.now, Event())
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
