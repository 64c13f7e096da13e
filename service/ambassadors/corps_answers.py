"""What a plan tells of the corps: who has come into it or left, who leads it, which meetings come to be or are not held."""

from collections.abc import Iterator

from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.people import Language
from service.messages.names import some
from service.messages.translation import Sentence
from service.planning.plan import Plan


def _told(plan: Plan, shown: int | None, language: Language) -> Iterator[Sentence]:
    before, after = plan.before.of(AmbassadorRecords), plan.world.of(AmbassadorRecords)
    people = plan.world.organisation.people

    def names(keys: list[str]) -> str:
        return some([people[key].name for key in keys if key in people], language, shown)

    was, now = ({key for key, one in found.places.items() if one.since} for found in (before, after))
    if come := sorted(now - was):
        yield Sentence("New ambassadors: {names}", {"names": names(come)})
    if gone := sorted(was - now):
        yield Sentence("No ambassadors any more: {names}", {"names": names(gone)})
    led, leads = _leading(before), _leading(after)
    if leads and leads != led:
        yield Sentence("The ambassadors' meetings are led by {name}", {"name": names(leads)})
    for key, meeting in after.meetings.items():
        yield from _of_meeting(before.meetings.get(key), meeting)


def _leading(records: AmbassadorRecords) -> list[str]:
    return [key for key, one in records.places.items() if one.chair_since]


def _of_meeting(before: CorpsMeeting | None, meeting: CorpsMeeting) -> Iterator[Sentence]:
    if before is None:
        yield Sentence("A meeting of the ambassadors: {day}", {"day": meeting.day})
    elif meeting.off and not before.off:
        yield Sentence("The ambassadors' meeting on {day} is not held", {"day": before.day})
    elif meeting.starts != before.starts:
        text = "The ambassadors' meeting on {before} is moved to {day}"
        yield Sentence(text, {"before": before.day, "day": meeting.day})


def corps_lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    """What the plan changes."""
    for sentence in _told(plan, shown, language):
        yield sentence.said(language)
