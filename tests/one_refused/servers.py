"""The three servers, and what each refuses."""

import contextlib
import http.server
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from service.answers.status import status_value
from service.settings.meeting_sources import kept_in
from tests.ews import PASSWORD, SERVICE, EwsServer, Fault
from tests.one_refused.office import STEP, Office, Row
from tests.server_office import NO_PROMPTS
from tests.server_values import EXCHANGE, address
from tests.service_values import MONDAY
from tests.smtp_server import Fault as MailFault
from tests.smtp_server import SmtpServer
from tests.test_meeting_sources import CALENDAR

FIRST = address(1)
AFTER = MONDAY + 100 * STEP

EXCHANGE_FAULTS = (
    Fault("503"),
    Fault("503", retry_after=60),
    Fault("500"),
    Fault("404"),
    Fault("429"),
    Fault("busy"),
    Fault("cut"),
    Fault("lost"),
    Fault("hang"),
    Fault("html"),
    Fault("garbage"),
    Fault("ErrorCannotFindUser", status=200),
    Fault("ErrorCannotFindUser"),
    Fault("ErrorImpersonateUserDenied"),
    Fault("ErrorInternalServerError"),
    Fault("ErrorADSessionFilter", status=200),
    Fault("ErrorADSessionFilter"),
)
LETTER_FAULTS = (*EXCHANGE_FAULTS, Fault("ErrorMimeContentInvalid", item=1), Fault("ErrorInvalidRecipients", item=1))
MAIL_FAULTS = (
    *(
        (stage, what)
        for stage in ("rcpt", "data", "end")
        for what in ("421", "450", "451", "452", "550 no", "552", "554 5.7.1 no", "drop", "garbage")
    ),
    ("body", "drop"),
    ("data", "hang"),
    ("end", "hang"),
)
CALENDAR_FAULTS = ("404", "500", "503", "drop", "garbage", "endless", "elsewhere")

CALENDARS = ("arkiv", "borger", "cirkus", "drift")
"""Departments with a calendar each. The first is refused."""

MEETINGS = """
[relay]
starts = 2026-11-30
enabled = true
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
[departments.jura.meeting]
weekday = "friday"
time = "10:00"
"""


def name_of(fault: Fault) -> str:
    how = [f"Retry-After {fault.retry_after}"] if fault.retry_after else []
    how += [f"in a fault, status {fault.status or 500}"] if fault.what.startswith("Error") and not fault.item else []
    return ", ".join([fault.what, *how])


def blocks(office: Office, fault: Fault) -> Row:
    """Blocks in mailboxes, of which the first is refused."""
    with exchange(office, [replace(fault, mailbox=FIRST, times=None)]) as server:
        office.run()
        served = sum(has_block(server, number) for number in range(2, office.people + 1))
        asked = server.requests_per_mailbox()[FIRST]
        return exchange_row(office, "Exchange, blocks", fault, served, office.people - 1, asked)


def meetings(office: Office, fault: Fault) -> Row:
    """Meetings from the service's mailbox, of which the one that comes first is refused whenever it is made. A run is a
    day here, for nobody is told twice a day about their turn."""
    office = replace(office, step=timedelta(days=1))
    with exchange(office, [], more=MEETINGS, departments=("plan", "jura")) as server:
        with office.looked_into() as engine:
            held = next(one for one in engine.plan(MONDAY + STEP).held if one.kind == "meeting")
        first, *others = (address(int(key.rpartition("/")[2])) for key in held.keys)
        server.add_faults(replace(fault, operation="CreateItem", mailbox=SERVICE, naming=first, times=None))
        office.run()
        invited = {who for item in server.mailbox(SERVICE).items for who in item.invited}
        asked = sum(request.fault is not None for request in server.log)
        found = exchange_row(office, "Exchange, meetings", fault, len(invited & {*others}), len(others), asked)
        return (
            replace(found, said="it was made all the same, and found") if first in invited and not found.said else found
        )


def letters_by_exchange(office: Office, fault: Fault) -> Row:
    """Letters through the service's mailbox, of which the one to the first person is refused."""
    aimed = replace(fault, operation="CreateItem", naming=FIRST, times=None)
    with exchange(office, [aimed], channel="none", transport="exchange") as server:
        office.run()
        served = sum(bool(server.mailbox(address(number)).letters) for number in range(2, office.people + 1))
        asked = sum(request.fault is not None for request in server.log)
        said = of_the_letter(office)
    return row(office, "Exchange, letters", name_of(fault), served, office.people - 1, asked, said)


def letters_by_smtp(office: Office, fault: tuple[str, str]) -> Row:
    """Letters by SMTP, of which the one to the first person is refused."""
    stage, what = fault
    with SmtpServer([MailFault(stage, what, times=None, recipient=FIRST)]) as server:
        office.write("", transport="smtp", channel="none", port=server.port)
        office.run()
        taken = Counter(letter.recipients[0] for letter in server.accepted)
        served = sum(taken[address(number)] >= 1 for number in range(2, office.people + 1))
        asked = server.commands.count(f"RCPT TO:<{FIRST}>")
        said = of_the_letter(office)
    return row(office, "SMTP", f"{stage}: {what}", served, office.people - 1, asked, said)


def calendars(office: Office, fault: str) -> Row:
    """Departments' calendars over HTTP, of which the first is refused."""
    with CalendarHost(fault) as host:
        more = "[relay]\nenabled = true\n" + "".join(
            f'[departments.{key}]\nname = "{key}"\n[departments.{key}.meeting]\nics = "{host.url}/{key}.ics"\n'
            for key in CALENDARS
        )
        office.write(more, departments=CALENDARS)
        office.run()
        with office.looked_into() as engine:
            read = sum(kept_in(engine.inputs.source, key).exists() for key in CALENDARS[1:])
            said = "; ".join(str(one) for one in engine.inputs.faults)
        return row(office, "calendar host", fault, read, len(CALENDARS) - 1, host.asked[CALENDARS[0]], said)


@contextlib.contextmanager
def exchange(
    office: Office,
    faults: list[Fault],
    *,
    more: str = "",
    departments: tuple[str, ...] = ("plan",),
    channel: str = "exchange",
    transport: str = "folder",
) -> Iterator[EwsServer]:
    everybody = [address(number) for number in range(1, office.people + 1)]
    with EwsServer(everybody, faults) as server:
        section = EXCHANGE.text(server, f"timeout_seconds = 1\n{NO_PROMPTS}")
        office.write(section + more, departments=departments, channel=channel, transport=transport)
        text = office.config.read_text("utf-8")
        if transport == "exchange":
            office.config.write_text(text.replace("ai-tid@x.example", SERVICE), "utf-8")
        (office.folder / "exchange-secret").write_text(PASSWORD, "utf-8")
        yield server


def has_block(server: EwsServer, number: int) -> bool:
    return any(item.property("aikultur key") for item in server.mailbox(address(number)).items)


def exchange_row(office: Office, what: str, fault: Fault, served: int, others: int, asked: int) -> Row:
    with office.looked_into() as engine:
        found = status_value(engine, AFTER)["exchange"]
        said = [f"{one['who']}: {one['said']}" for one in found["failing"]]
        said += [str(found["trouble"]["said"])] if found["trouble"] else []
    return row(office, what, name_of(fault), served, others, asked, "; ".join(said))


def of_the_letter(office: Office) -> str:
    """What stands about the letter to the first person, in the store."""
    with office.looked_into() as engine:
        return "; ".join(f"{one.to} ({one.state}): {one.said}" for one in engine.letters() if one.to == FIRST)


def row(office: Office, server: str, kind: str, served: int, others: int, requests: int, said: str) -> Row:
    return Row(server=server, kind=kind, served=served, others=others, requests=requests, runs=office.runs, said=said)


class CalendarHost:
    """A context manager: an HTTP server with a calendar for each department, that fails the first one's."""

    def __init__(self, fault: str) -> None:
        self.fault, self.asked = fault, Counter[str]()
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                key = Path(self.path).stem
                host.asked[key] += 1
                if key == CALENDARS[0]:
                    host.fail(self)
                elif key not in CALENDARS:
                    host.send(self, 404, b"")
                else:
                    host.send(self, 200, CALENDAR.format(hour="09", uid=key).encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def send(self, to: http.server.BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
        to.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(body)

    def fail(self, to: http.server.BaseHTTPRequestHandler) -> None:
        if self.fault.isdigit():
            self.send(to, int(self.fault), b"")
        elif self.fault == "drop":
            to.connection.close()
        elif self.fault == "garbage":
            self.send(to, 200, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:\xff\xfe\r\n")
        elif self.fault == "elsewhere":
            self.send(to, 302, b"", Location="/gone.ics")
        else:  # endless: every second for ever
            rule = CALENDAR.replace("FREQ=WEEKLY;COUNT=6", "FREQ=SECONDLY")
            self.send(to, 200, rule.format(hour="09", uid="endless").encode())

    def __enter__(self) -> "CalendarHost":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
