"""Attack the port of a running service, and see what the others get meanwhile: `python -m tests.port_attacks`,
or `... F1 F8` for some of the attacks.

The real service on the example in a temporary folder, with the machine's clock, on loopback and with 1,024
descriptors, as systemd gives. Each attack lasts some seconds and ends by itself. It prints figures; it ends with 1
only where a promise was broken: somebody was not answered, there was a 500 or a traceback, or no letter went out.
"""

import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from tests.service_values import morning_zone

HERE = "127.0.0.1"
ROOT = Path(__file__).parent.parent
DESCRIPTORS = 1024
SECONDS = 25.0
"""How long an attack goes on: longer than the ten seconds that a request has, and than the people file has to stand still."""

PATIENCE = 60.0
URLENCODED = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
KB = 1024


def free_port() -> int:
    with socket.create_server((HERE, 0)) as found:
        return int(found.getsockname()[1])


@dataclass
class Ground:
    """The service, and what can be seen of it from outside."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    people: list[dict[str, str]] = field(default_factory=list)  # the ways to each one's pages

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """The status and text of GET, or of POST where there is a body. Raises OSError, HTTPException.

        No larger client: sixty of them would take the machine from the service.
        """
        with closing(HTTPConnection(HERE, self.port, timeout=PATIENCE)) as connection:
            method = "GET" if body is None else "POST"
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, f"/{path}", body, {"Connection": "close", **named})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    def rss(self) -> int:
        """KB of memory in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def hire(self, number: int) -> str:
        """A new colleague, who is to be welcomed; the name to look for in a letter."""
        name = f"angreb{number}"
        with (self.folder / "people.csv").open("a", encoding="utf-8") as file:
            file.write(f"9{number:03};Ny {number};{name}@groennebyrum.example;Plan og Byrum;;;man-søn;;;11-03-2021;\n")
        return name

    def welcomed(self, name: str) -> bool:
        files = (self.folder / "var" / "mail").glob("*.eml")
        return any(f"{name}@".encode() in file.read_bytes() for file in files)


@contextmanager
def service() -> Iterator[Ground]:
    folder, port = Path(tempfile.mkdtemp(prefix="port-attacks-")), free_port()
    aikultur = [sys.executable, "-c", "from service.cli.main import main; main()"]
    try:
        subprocess.run([*aikultur, "example", str(folder)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        config = folder / "config.toml"
        text = config.read_text("utf-8").replace("# port = 8017", f"port = {port}")
        # Whoever is hired is welcomed on a working morning: where it is one now.
        text = text.replace('# zone = "Europe/Copenhagen"', f'zone = "{morning_zone(datetime.now(UTC))}"')
        text = text.replace('# country = "DK"', 'country = ""').replace("# pulse = false", "pulse = true ")
        config.write_text(text.replace("127.0.0.1:8017", f"{HERE}:{port}"), "utf-8")
        command = [*aikultur, "--config", str(config), "run"]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, preexec_fn=few_descriptors) as process,
        ):
            try:
                yield ready(Ground(folder, port, process))
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder)


def few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def ready(ground: Ground) -> Ground:
    """The service when it answers, and its people."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if ground.ask("healthz")[0] == 200:
                break
        except OSError:
            pass
        if time.monotonic() > until or ground.process.poll() is not None:
            raise SystemExit(f"the service does not come up:\n{ground.log}")
        time.sleep(0.2)
    page = ground.ask("?lang=en")[1]
    links = [re.findall(rf'href="({kind}/[^"]+)"', page) for kind in ("me", "relay", "feed")]
    ground.people = [dict(zip(("me", "relay", "feed"), ways, strict=True)) for ways in zip(*links, strict=True)]
    return ground


# --- the others --------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """How long the others waited, and what went wrong for them."""

    worst: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    rss: int = 0
    descriptors: int = 0

    def measure(self, name: str, do: Callable[[], tuple[int, int]]) -> None:
        """`do` gives the status and the one that was promised."""
        begun = time.monotonic()
        try:
            status, wanted = do()
        except (OSError, HTTPException) as error:
            self.wrong.append(f"{name}: {error!r}")
            return
        self.worst[name] = max(self.worst.get(name, 0.0), time.monotonic() - begun)
        if status != wanted:
            self.wrong.append(f"{name}: {status}")


def watch(ground: Ground, found: Watch, colleague: dict[str, str], stop: threading.Event) -> list[threading.Thread]:
    """Threads that ask for health, for a feed, and save, again and again, each time on a connection of its own."""

    def again(name: str, pause: float, do: Callable[[], tuple[int, int]]) -> threading.Thread:
        def run() -> None:
            while True:
                found.measure(name, do)
                found.rss = max(found.rss, ground.rss())
                found.descriptors = max(found.descriptors, ground.descriptors())
                if stop.wait(pause):
                    return

        return threading.Thread(target=run, daemon=True)

    def get(path: str) -> Callable[[], tuple[int, int]]:
        return lambda: (ground.ask(path)[0], 200)

    def save() -> tuple[int, int]:
        fields = {**token_of(ground, colleague["me"]), **SAVE}
        return ground.ask(colleague["me"], urlencode(fields, doseq=True).encode(), Content_Type=URLENCODED)[0], 303

    return [
        again("healthz", 0.1, get("healthz")),
        again("feed", 0.1, get(colleague["feed"])),
        again("save", 2.5, save),
    ]


SAVE: dict[str, str | list[str]] = {"act": "save", "time_choice": "usual", "days": ["1", "2", "3", "4", "5"]}


def token_of(ground: Ground, path: str) -> dict[str, str]:
    page = ground.ask(path)[1]
    return {"form": re.findall(r'name="form" value="([^"]+)"', page)[0]}


# --- attacks -----------------------------------------------------------------------------------------------------


Attack = Callable[[Ground, dict[str, str], float], str]
"""Attacks until a moment of the monotonic clock, with the links of one person; says what came of it."""


def send_bodies(ground: Ground, until: float, sent: list[tuple[str, str, bytes]], threads: int) -> str:
    """Post each (path, type, body) in turn; how many got which status."""
    counts: dict[int | str, int] = {}
    lock = threading.Lock()

    def run() -> None:
        number = 0
        while time.monotonic() < until:
            path, kind, body = sent[number % len(sent)]
            number += 1
            status: int | str
            try:
                status = ground.ask(path, body, Content_Type=kind)[0]
            except (OSError, HTTPException) as error:
                status = type(error).__name__
            with lock:
                counts[status] = counts.get(status, 0) + 1

    in_threads([run] * threads)
    return ", ".join(f"{status}: {count}" for status, count in sorted(counts.items(), key=str))


def in_threads(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one, daemon=True) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def part(headers: bytes) -> bytes:
    return b"--b\r\n" + headers + b"\r\n\r\ny\r\n--b--"


def nothing(ground: Ground, mine: dict[str, str], until: float) -> str:
    """What the machine gives without an attack."""
    time.sleep(max(0.0, until - time.monotonic()))
    return ""


def slow_bodies(ground: Ground, mine: dict[str, str], until: float) -> str:
    """web F1: bodies that a quadratic parser takes minutes for, to nobody's link and to one's own."""
    quotes = b"Content-Disposition: form-data; name=" + b'"a";' * 25_000
    words = b"Content-Disposition: form-data; name=" + b"=?utf-8?q?a?=" * 29_000
    own = part(b"Content-Disposition: form-data; name=" + b'"a";' * 1_000)
    sent = [(path, PARTS, part(headers)) for path in ("relay/x", mine["relay"]) for headers in (quotes, words)]
    sent += [(stop_of(mine), PARTS, own), (mine["relay"], URLENCODED, b"&a" * 190_000), ("stop/x", PARTS, own)]
    return send_bodies(ground, until, sent, threads=4)


def broken_bodies(ground: Ground, mine: dict[str, str], until: float) -> str:
    """web F2: bodies and types that raised in the parser; dates of twenty digits."""
    comments = part(b"Content-Disposition: " + b"(" * 15_000)
    nested = b"".join(b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" for _ in range(7_000))
    odd = [("multipart/form-data; a*1*", part(b"")), (PARTS, comments), (PARTS, nested), ("", b"x")]
    odd += [(PARTS + "; boundary=" + "b" * 300, comments), (URLENCODED, b"\xff%=%zz&" * 50)]
    sent = [(path, kind, body) for path in ("me/x", "stop/x", mine["me"], mine["relay"]) for kind, body in odd]
    dates = "Tue, 01 Dec 99999999999999999999 08:00:00 GMT"
    styled = ground.ask("style.css", If_Modified_Since=dates)[0]
    return f"{send_bodies(ground, until, sent, threads=4)}; style: {styled}"


def stop_of(mine: dict[str, str]) -> str:
    """Not on any page: a link that is well formed and whose signature is false."""
    return mine["me"].replace("me/", "stop/")


def hold(ground: Ground, until: float, count: int, first: bytes) -> str:
    """Open connections, send `first` on each, and hold them; how many are still open in the end."""
    with ExitStack() as stack:
        held = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection((HERE, ground.port), PATIENCE))
            if first:
                one.sendall(first)
            one.setblocking(False)
            held.append(one)
        time.sleep(max(0.0, until - time.monotonic()))
        return f"{sum(map(is_open, held))} of {count} still open"


def is_open(connection: socket.socket) -> bool:
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    return False


def half_open(ground: Ground, mine: dict[str, str], until: float) -> str:
    """web F7: 1,100 requests that are begun and not ended."""
    return hold(ground, until, 1100, b"GET / HTTP/1.1\r\nHost: x\r\n")


def silent(ground: Ground, mine: dict[str, str], until: float) -> str:
    """mail F10 a: 1,104 connections that send nothing."""
    return hold(ground, until, 1104, b"")


def endless_head(ground: Ground, mine: dict[str, str], until: float) -> str:
    """web F7: 300 MB of headers, again and again."""
    piece, most, tries = b"X: " + b"y" * 1000 + b"\r\n", 0, 0
    while time.monotonic() < until:
        tries += 1
        sent = 0
        with socket.create_connection((HERE, ground.port), PATIENCE) as one:
            try:
                one.sendall(b"GET / HTTP/1.1\r\n")
                while sent < 300 * KB * KB:
                    one.sendall(piece * 100)
                    sent += len(piece) * 100
            except ConnectionError:
                pass
        most = max(most, sent)
    return f"{tries} times, at most {most // KB} KB taken"


def deaf(ground: Ground, mine: dict[str, str], until: float) -> str:
    """mail F10 b: 50 clients that send 19,000 requests each and never read."""
    requests = memoryview(f"GET /{mine['feed']} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 19_000)
    with ExitStack() as stack:
        held = []
        for _ in range(50):
            one = stack.enter_context(socket.create_connection((HERE, ground.port), PATIENCE))
            one.setblocking(False)
            held.append(one)
        taken = [0] * len(held)
        while time.monotonic() < until:
            for number, one in enumerate(held):
                with suppress(OSError):
                    taken[number] += one.send(requests[taken[number] :])
            time.sleep(0.05)
        return f"{sum(taken) // KB} KB taken of {len(held)} clients"


def loop(ground: Ground, mine: dict[str, str], until: float) -> str:
    """web F8: 60 posters of discoveries with one link."""
    token = token_of(ground, mine["relay"])
    fields = {**token, "act": "discovery", "text": "Går det for stærkt? " * 15}
    return send_bodies(ground, until, [(mine["relay"], URLENCODED, urlencode(fields).encode())], threads=60)


def pulse(ground: Ground, mine: dict[str, str], until: float) -> str:
    """40 who open the page that knows nobody and answer at once, each with a form of its own; and as many forms are opened and
    never sent. Where no question is open, the page says so and answers are refused."""
    counts: dict[int, int] = {}
    lock = threading.Lock()

    def run() -> None:
        while time.monotonic() < until:
            page = ground.ask("pulse")[1]
            found = re.findall(r'name="form" value="([^"]+)"', page)
            fields = {"form": found[0] if found else "x", "answer": "3"}
            status = ground.ask("pulse", urlencode(fields).encode(), Content_Type=URLENCODED)[0]
            with lock:
                counts[status] = counts.get(status, 0) + 1

    in_threads([run] * 40)
    said = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
    return f"{said}{' BROKEN: more than 600 a minute' if counts.get(303, 0) > ANSWERS_A_MINUTE else ''}"


ANSWERS_A_MINUTE = 600
"""That are counted of everybody together (service/leaders/pulse_page.py); an attack lasts less than that."""

ATTACKS: list[tuple[str, Attack]] = [
    ("nothing", nothing),
    ("web F1 slow bodies", slow_bodies),
    ("web F2 broken bodies", broken_bodies),
    ("web F7 half requests", half_open),
    ("web F7 300 MB head", endless_head),
    ("mail F10a silent", silent),
    ("mail F10b deaf", deaf),
    ("web F8 one with a loop", loop),
    ("pulse of a mob", pulse),
]


# --- the table ---------------------------------------------------------------------------------------------------


def run(ground: Ground, number: int, name: str, attack: Attack) -> list[str]:
    """Make one attack and print its line; what was broken."""
    found, stop = Watch(), threading.Event()
    before, new = ground.rss(), ground.hire(number)
    logged = len(ground.log)
    others = watch(ground, found, ground.people[number], stop)
    for thread in others:
        thread.start()
    said = attack(ground, ground.people[-1 - number], time.monotonic() + SECONDS)
    letter = ground.welcomed(new)
    stop.set()
    for thread in others:
        thread.join()
    time.sleep(1)
    worst = "  ".join(f"{found.worst.get(one, -1):7.2f}" for one in ("healthz", "feed", "save"))
    memory = f"{before // KB:6} {found.rss // KB:6} {ground.rss() // KB:6}"
    print(f"{name:24} {worst}  {memory}  {found.descriptors:5}   {'yes' if letter else 'NO':6}  {said}", flush=True)
    tail = ground.log[logged:]
    wrong = [f"{name}: {one}" for one in found.wrong[:5]]
    wrong += [f"{name}: a status of ours: {said}"] if re.search(r"\b50[0124]\b", said) else []
    wrong += [f"{name}: {said}"] if "BROKEN" in said else []
    wrong += [f"{name}: a traceback: {tail[:2000]}"] if "Traceback" in tail else []
    return wrong + ([] if letter else [f"{name}: no letter went out meanwhile"])


def main() -> int:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192) if hard > 0 else 8192, hard))
    print(f"{'':24} {'worst seconds of':^25}  {'MB of memory':^20}  {'open':>5}   letter")
    print(
        f"{'attack':24} {'healthz':>7}  {'feed':>7}  {'save':>7}  {'before':>6} {'most':>6} {'after':>6}  files   out"
    )
    wanted = [(name, attack) for name, attack in ATTACKS if not sys.argv[1:] or set(name.split()) & set(sys.argv[1:])]
    with service() as ground:
        wrong = [line for number, (name, attack) in enumerate(wanted) for line in run(ground, number, name, attack)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
