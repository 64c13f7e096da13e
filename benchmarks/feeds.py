"""Feeds: how fast one is written, and what serving it costs, beside the libraries and other servers.

`python -m benchmarks.feeds product FOLDER` and `... starlette FOLDER` are the servers that are measured.
"""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from benchmarks import baselines
from benchmarks.goal import Goal, cpu_seconds, medians, one_core
from benchmarks.office import MONDAY, office
from calendars.event import Event, Words, day_uid
from calendars.feed import document as feed
from tests.oracles import by_icalendar

NOW = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
EVENTS, FEW = 10_000, 500
ZONE = "Europe/Copenhagen"
"""Events of the large feed, and of the one that libraries write: their rate is the same, and they take longer."""

LOOPBACK = "127.0.0.1"

FEEDS = 50
"""Feeds that are made with their words."""

GETS, FEW_GETS, CONNECTIONS, ROUNDS = 2400, 40, 8, 5
"""Requests in a round, fewer of a slow server, over connections that are kept open. More rounds than
elsewhere: whatever else runs on the machine disturbs processes that talk to each other most."""

WORDS = Words(
    summary="AI-tid: Procent, procentpoint og andre faldgruber",
    description="Prøv mig i tal, som de optræder i aviser og notater. Seks opgaver med opfundne, runde tal.\n\n" * 3,
)


def events(many: int) -> list[Event]:
    """A block a day."""
    zone, first = ZoneInfo(ZONE), date(2027, 1, 4)
    found = []
    for number in range(many):
        day = first + timedelta(days=number)
        begins = datetime(day.year, day.month, day.day, 12, 30, tzinfo=zone)
        found.append(
            Event(
                uid=day_uid("7", day, "x.example"),
                starts=begins,
                ends=begins + timedelta(minutes=10),
                busy="free",
                reminder_minutes=None,
                words=WORDS,
            )
        )
    return found


# --- writing -----------------------------------------------------------------------------------------------------


def writing() -> Iterator[Goal]:
    """A feed of 10,000 events, made anew after a change: events a second, CPU on one core."""
    large, small = events(EVENTS), events(FEW)
    other = by_ical(small)
    works = [
        lambda: EVENTS / cpu_seconds(lambda: feed.calendar("AI-tid", large, NOW, ZONE)),
        lambda: FEW / cpu_seconds(lambda: by_icalendar.feed("AI-tid", small, NOW, ZONE)),
        *([lambda: FEW / cpu_seconds(other)] if other else []),
    ]
    with one_core():
        rates = medians(*works)
    area, figure = f"feed of {EVENTS} events, rebuilt", f"{rates[0]:.0f}/s"
    yield Goal(area=area, figure=figure, baseline="5000/s", ratio=rates[0] / 5000, wanted=1)
    beside = f"icalendar, {rates[1]:.0f}/s"
    yield Goal(area=area, figure=figure, baseline=beside, ratio=rates[0] / rates[1], wanted=None)
    beside, ratio = (f"ical, {rates[2]:.0f}/s", rates[0] / rates[2]) if other else ("ical", None)
    yield Goal(area=area, figure=figure, baseline=beside, ratio=ratio, wanted=None)


def by_ical(shown: list[Event]) -> Callable[[], object] | None:
    """The same feed by ical; None where it is not installed."""
    try:
        from ical.calendar import Calendar
        from ical.calendar_stream import IcsCalendarStream
        from ical.event import Event as OtherEvent
        from ical.timezone import Timezone
    except ImportError:
        return None
    zone = Timezone.from_tzif(ZONE)

    def write() -> str:
        calendar = Calendar.model_validate({"timezones": [zone]})
        for event in shown:
            values = {
                "uid": event.uid,
                "dtstamp": NOW,
                "dtstart": event.starts,
                "dtend": event.ends,
                "summary": event.words.summary,
                "description": event.words.description,
                "transparency": "TRANSPARENT",
            }
            calendar.events.append(OtherEvent.model_validate(values))
        return IcsCalendarStream.calendar_to_ics(calendar)

    return write


def with_words() -> Iterator[Goal]:
    """Whole feeds as the service makes them: prompts, templates, lines."""
    with tempfile.TemporaryDirectory() as scratch:
        engine = office(Path(scratch), FEEDS)
        world = engine.tick(MONDAY).world
        make, known = engine.feed_maker(world), engine.stored.feeds()
        shown = sum(make(key, known[key]).content.count(b"BEGIN:VEVENT") for key in world.organisation.people)

        def all_feeds() -> None:
            for key in world.organisation.people:
                make(key, known[key])

        with one_core():
            (seconds,) = medians(lambda: cpu_seconds(all_feeds))
        engine.close()
    figure = f"{shown / seconds:.0f}/s"
    yield Goal(
        area="feeds with their words, rebuilt", figure=figure, baseline="5000/s", ratio=shown / seconds / 5000, wanted=1
    )


# --- serving -----------------------------------------------------------------------------------------------------


def product(folder: Path) -> None:
    """Serve the feed of somebody who leaves in three weeks: 15 events, 27 KB. Its address is said on standard output."""
    from concurrent.futures import Future

    from service.engine.health import Figures, Pulse
    from service.pages.make_view import make_view
    from service.pages.server import Server
    from service.pages.site import application
    from service.settings.people_file import People

    engine = office(folder, 1)
    assert engine.inputs.people
    rows = tuple(replace(row, left=date(2026, 12, 18)) for row in engine.inputs.people.rows)
    engine.inputs = replace(engine.inputs, people=People(rows=rows))
    view = make_view(engine, engine.tick(MONDAY), lambda: Pulse(MONDAY).health(Figures))
    (token,) = (view.feed_tokens[key] for key in view.organisation.people)
    app = application(lambda: view, lambda act: Future[None](), lambda: MONDAY, False, print)
    server = Server(app, LOOPBACK, 0)
    server.start()
    print(f"http://{LOOPBACK}:{server.port}/feed/{token}.ics", flush=True)
    sys.stdin.read()
    server.stop()
    engine.close()


def starlette(folder: Path) -> None:
    """Serve `ready.ics` of the folder from memory: one route, the least that answers 200 and 304."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from service.pages.server import Server

    content = (folder / "ready.ics").read_bytes()
    headers = {"ETag": feed.etag(content), "Cache-Control": "private, max-age=3600"}

    async def ready(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="text/calendar", headers=headers)

    server = Server(Starlette(routes=[Route("/ready.ics", ready)]), LOOPBACK, 0)
    server.start()
    print(f"http://{LOOPBACK}:{server.port}/ready.ics", flush=True)
    sys.stdin.read()
    server.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server that runs: what it serves, in which process and its children, and how it is asked."""

    address: str
    pid: int
    gets: int = GETS
    headers: Mapping[str, str] = field(default_factory=dict)

    def fetch(self, more: Mapping[str, str], gets: int) -> tuple[int, str, bytes]:
        """GET it so many times, at once over all connections: status, ETag and content of the last answer."""
        where = urlsplit(self.address)
        connections = [http.client.HTTPConnection(where.netloc) for _ in range(min(CONNECTIONS, gets))]
        for _ in range(gets // len(connections)):
            for connection in connections:
                connection.request("GET", where.path, headers={**self.headers, **more})
            for connection in connections:
                answer = connection.getresponse()
                found = answer.status, answer.headers.get("ETag", ""), answer.read()
        for connection in connections:
            connection.close()
        return found

    def each(self, more: Mapping[str, str], status: int) -> float:
        """The server's CPU seconds for one GET. Raises RuntimeError when it answers another status."""
        begin = self._cpu()
        answered, _, _ = self.fetch(more, self.gets)
        if answered != status:
            raise RuntimeError(f"{self.address} answered {answered}, not {status}")
        return (self._cpu() - begin) / self.gets

    def _cpu(self) -> float:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(_cpu_of(pid) for pid in (self.pid, *map(int, children)))


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process so far, of threads that have ended too (proc(5), stat: utime and stime)."""
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def of_ours(kind: str, folder: Path) -> Iterator[Served]:
    """This module as a server, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.feeds", kind, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        yield Served(address=process.stdout.readline().strip(), pid=process.pid)
        process.communicate()


@contextmanager
def started(command: list[str], port: int, path: str, **more: Any) -> Iterator[Served]:
    """Another program as a server. Raises RuntimeError when it does not come up."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - ours or the system's
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex((LOOPBACK, port)) == 0:
                        break
                time.sleep(0.1)
            else:
                raise RuntimeError(f"{command[0]} does not answer")
            yield Served(address=f"http://{LOOPBACK}:{port}{path}", pid=process.pid, **more)
        finally:
            process.terminate()


@contextmanager
def radicale(folder: Path, content: bytes) -> Iterator[Served | None]:
    """Radicale with a collection of the same events; None where it cannot be had."""
    interpreter = baselines.python("radicale>=3.5")
    if interpreter is None:
        yield None
        return
    collection = folder / "collections" / "collection-root" / "u" / "feed"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR"}', "utf-8")
    head, *shown = content.split(b"BEGIN:VEVENT\r\n")
    for number, event in enumerate(shown):
        item = head + b"BEGIN:VEVENT\r\n" + event.partition(b"END:VCALENDAR")[0]
        (collection / f"{number}.ics").write_bytes(item + b"END:VCALENDAR\r\n")
    port = free_port()
    command = [str(interpreter), "-m", "radicale", "--config", "", "--server-hosts", f"{LOOPBACK}:{port}"]
    command += ["--storage-filesystem-folder", str(folder / "collections"), "--auth-type", "none"]
    login = {"Authorization": f"Basic {b64encode(b'u:p').decode()}"}
    with started(command, port, "/u/feed/", gets=FEW_GETS, headers=login) as served:
        yield served


@contextmanager
def nginx(folder: Path) -> Iterator[Served | None]:
    """nginx with the same bytes as a file; None where it is not installed."""
    program, port = shutil.which("nginx"), free_port()
    if program is None:
        yield None
        return
    (folder / "nginx.conf").write_text(
        f"daemon off; user {getuser()}; pid {folder}/pid; error_log stderr; worker_processes 1; events {{}}\n"
        f"http {{ access_log off; server {{ listen {LOOPBACK}:{port}; root {folder}; keepalive_requests 100000; }} }}\n",
        "utf-8",
    )
    with started([program, "-c", f"{folder}/nginx.conf"], port, "/ready.ics") as served:
        yield served


def free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def serving() -> Iterator[Goal]:
    """GET of a feed of 15 events, 200 and 304: CPU of the server, over connections that are kept."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        ours = stack.enter_context(of_ours("product", folder / "ours"))
        _, tag, content = ours.fetch({}, 1)
        (folder / "ready.ics").write_bytes(content)
        ready = stack.enter_context(of_ours("starlette", folder))
        others = [stack.enter_context(radicale(folder, content)), stack.enter_context(nginx(folder))]
        conditions: dict[int, dict[str, str]] = {200: {}, 304: {"If-None-Match": tag}}
        for status, asked in conditions.items():
            works = [partial(one.each, asked, status) for one in (ours, ready)]
            # Radicale answers 200 to If-None-Match, and nginx has an ETag of its own.
            works += [partial(one.each, {}, 200) for one in others if one]
            found = iter(medians(*works, rounds=ROUNDS))
            mine = next(found)
            area, figure = f"feed GET, {status}", f"{mine * 1e6:.0f} us"
            beside = next(found)
            starlette = f"Starlette with ready bytes, {beside * 1e6:.0f} us"
            yield Goal(area=area, figure=figure, baseline=starlette, ratio=mine / beside, wanted=1.25, at_most=True)
            for name, one, wanted in zip(("Radicale", "nginx"), others, (50, None), strict=True):
                theirs = next(found) if one else None
                said = f"{name}, {theirs * 1e6:.0f} us" if theirs else f"{name}: cannot be had here"
                yield Goal(
                    area=area, figure=figure, baseline=said, ratio=theirs / mine if theirs else None, wanted=wanted
                )


def goals() -> Iterator[Goal]:
    yield from writing()
    yield from with_words()
    yield from serving()


if __name__ == "__main__":
    {"product": product, "starlette": starlette}[sys.argv[1]](Path(sys.argv[2]))
