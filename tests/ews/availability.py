"""GetUserAvailability: who is busy when, in the time zone of the request.

From the reference: at most 100 mailboxes (ErrorMailboxDataArrayTooBig) and 62 days (ErrorTimeIntervalTooBig); an
unknown address is that mailbox's error only; the merged string has a digit for each interval: 0 free, 1 tentative,
2 busy, 3 away, 4 working elsewhere or unknown. Guesses [U]: events that are shown as
free are listed too; subjects are given to everybody who may see anything.
"""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from xml.etree.ElementTree import Element

from dateutil import tz
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

from tests.ews.call import Call, elements_in
from tests.ews.mailbox import Mailbox, Occurrence
from tests.ews.soap import EwsError, child, make, text_of, values

MOST_MAILBOXES = 100
LONGEST = timedelta(days=62)
DIGITS = {"Free": 0, "Tentative": 1, "Busy": 2, "OOF": 3, "NoData": 4, "WorkingElsewhere": 4}
WEEKDAYS = {
    "Monday": MO, "Tuesday": TU, "Wednesday": WE, "Thursday": TH, "Friday": FR, "Saturday": SA, "Sunday": SU,
}  # fmt: skip


def availability(call: Call) -> Element:
    """The whole response: this operation has a form of its own."""
    request = call.request
    zone = request_zone(child(request, "t:TimeZone"))
    options = child(request, "t:FreeBusyViewOptions")
    if options is None:
        raise EwsError("ErrorInvalidFreeBusyViewType", fault=True)
    window = child(options, "t:TimeWindow")
    start, end = (_read(text_of(window, f"t:{name}") or "", zone) for name in ("StartTime", "EndTime"))
    if start >= end:
        raise EwsError("ErrorInvalidTimeInterval", fault=True)
    if end - start > LONGEST:
        raise EwsError("ErrorTimeIntervalTooBig", fault=True)
    asked = elements_in(request, "MailboxDataArray")
    if len(asked) > MOST_MAILBOXES:
        raise EwsError("ErrorMailboxDataArrayTooBig", fault=True)
    interval = timedelta(minutes=int(text_of(options, "t:MergedFreeBusyIntervalInMinutes") or 30))
    view = _View(zone, start, end, interval, text_of(options, "t:RequestedView") or "FreeBusy")
    answers = [_answer(call, number, data, view) for number, data in enumerate(asked, 1)]
    return make("m:GetUserAvailabilityResponse", make("m:FreeBusyResponseArray", *answers))


def request_zone(element: Element | None) -> tzinfo:
    """The zone as the request spells it out: a bias, and when it changes. Bias is what must be added to reach UTC."""
    bias = timedelta(minutes=int(text_of(element, "t:Bias") or 0))
    standard, daylight = child(element, "t:StandardTime"), child(element, "t:DaylightTime")
    if standard is not None and daylight is not None and _change(standard) == _change(daylight):
        # [U] .NET takes no rule whose two changes are the same moment of the year.
        raise EwsError("ErrorTimeZone", "The two changes are the same.", fault=True)
    shift = timedelta(minutes=int(text_of(daylight, "t:Bias") or 0))
    if standard is None or daylight is None or not shift:
        return timezone(-bias)
    # dateutil wants the end of daylight time on the standard clock; the request gives it on the daylight clock.
    back = relativedelta(hours=int(shift.total_seconds() // 3600))
    changing: tzinfo = tz.tzrange("S", -bias, "D", -bias - shift, start=_change(daylight), end=_change(standard) + back)
    return changing


def _change(element: Element) -> relativedelta:
    hour, minute = (int(part) for part in (text_of(element, "t:Time") or "0:0").split(":")[:2])
    order = int(text_of(element, "t:DayOrder") or 1)
    weekday = WEEKDAYS[(text_of(element, "t:DayOfWeek") or "Sunday").split()[0]]
    month = int(text_of(element, "t:Month") or 1)
    day, nth = (31, -1) if order == 5 else (1, order)
    return relativedelta(hours=hour, minutes=minute, month=month, day=day, weekday=weekday(nth))


def _read(text: str, zone: tzinfo) -> datetime:
    at = datetime.fromisoformat(text)
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


class _View:
    def __init__(self, zone: tzinfo, start: datetime, end: datetime, interval: timedelta, wanted: str) -> None:
        self.zone, self.start, self.end, self.interval, self.wanted = zone, start, end, interval, wanted

    def render(self, box: Mailbox) -> Element:
        days = box.occurrences(self.start, self.end)
        merged, listed = self.wanted.endswith(("Merged", "MergedOnly")), self.wanted != "MergedOnly"
        return make(
            "m:FreeBusyView",
            make("t:FreeBusyViewType", text=self.wanted),
            make("t:MergedFreeBusy", text=self.merged(days)) if merged else None,
            make("t:CalendarEventArray", *(self.event(day) for day in days)) if listed and days else None,
        )

    def merged(self, days: list[Occurrence]) -> str:
        digits, at = "", self.start
        while at < self.end:
            after = at + self.interval
            here = [DIGITS[_status(day)] for day in days if day.start < after and day.end > at]
            digits, at = digits + str(max(here, default=0)), after
        return digits

    def event(self, day: Occurrence) -> Element:
        details = None
        if self.wanted.startswith("Detailed"):
            details = make(
                "t:CalendarEventDetails",
                make("t:ID", text=day.id),
                make("t:Subject", text=day.subject),
                make("t:Location", text=day.text("Location")),
                make("t:IsMeeting", text=bool(day.item.attendees)),
                make("t:IsRecurring", text=day.item.recurrence is not None),
                make("t:IsException", text=day.is_exception),
                make("t:IsReminderSet", text=day.text("ReminderIsSet") == "true"),
                make("t:IsPrivate", text=day.text("Sensitivity") == "Private"),
            )
        times = [
            make(f"t:{name}", text=self.local(at)) for name, at in (("StartTime", day.start), ("EndTime", day.end))
        ]
        return make("t:CalendarEvent", *times, make("t:BusyType", text=_status(day)), details)

    def local(self, at: datetime) -> str:
        return at.astimezone(self.zone).replace(tzinfo=None).isoformat()


def _status(day: Occurrence) -> str:
    return day.text("LegacyFreeBusyStatus") or "Busy"


def _answer(call: Call, number: int, data: Element, view: _View) -> Element:
    try:
        call.strike(number)
        address = (text_of(data, "t:Email", "t:Address") or "").lower()
        box = call.world.mailboxes.get(address)
        if box is None or box.state in ("cloud", "disabled"):
            raise EwsError("ErrorMailRecipientNotFound", f"Unable to resolve e-mail address {address}.")
        shown = view.render(box)
    except EwsError as error:
        said = make(
            "m:ResponseMessage",
            make("m:MessageText", text=error.text),
            make("m:ResponseCode", text=error.code),
            make("m:DescriptiveLinkKey", text=0),
            make("m:MessageXml", *values(error.values)) if error.values else None,
            ResponseClass="Error",
        )
        return make("m:FreeBusyResponse", said)
    success = make("m:ResponseMessage", make("m:ResponseCode", text="NoError"), ResponseClass="Success")
    return make("m:FreeBusyResponse", success, shown)
