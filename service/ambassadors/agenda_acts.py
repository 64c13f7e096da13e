"""What people do about the corps' meetings: bring news, and write down what was decided. The same for pages, command line
and a rehearsal. By the command line (`Act.by`) an administrator does it for whoever wrote to them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from culture.ambassadors import agenda as rules
from culture.ambassadors import decisions
from culture.ambassadors.agenda import news_key
from culture.ambassadors.agenda_records import Agenda, AgendaRecords, Minutes, News
from culture.ambassadors.corps import SPONSOR, corps, sponsor
from culture.ambassadors.records import CorpsMeeting
from culture.revisit.rules import Judgement, Revisit, RevisitRecords, Verdict, judged
from culture.world import World
from service.acts.act_row import ActRow
from service.acts.requests import Act
from service.acts.who import meant
from service.ambassadors import recommendations
from service.engine.engine import Engine
from service.messages.faults import BadInput, Fault, Refused
from service.messages.plain_text import id_meant, plain
from service.messages.translation import Sentence
from store import records

MOST = 1000
"""Letters of what is brought to a meeting or written down of it: some lines."""

JUDGED = tuple(range(1, rules.REVISITS + 1))
"""The places of what is judged, in the order of the agenda."""


AS_HERE = {"text": "recommendation", "reason": "because"}
"""The fields of a draft as this form calls them."""


def _text(name: str, values: Mapping[str, str], faults: list[Fault], most: int = MOST) -> str:
    found = plain(values.get(name, ""))
    if len(found) > most:
        sentence = "This is {count} letters long. Keep it to {most}."
        faults.append(Fault(name, "", Sentence(sentence, {"count": len(found), "most": most})))
    return found


def _bring(engine: Engine, act: Act, now: datetime) -> None:
    _asked(engine.snapshot(now), act)  # whose it is comes before what is wrong with it
    faults: list[Fault] = []
    news, topic = _text("news", act.values, faults), _text("topic", act.values, faults)
    if not faults and not news and not topic:
        text = "Nothing is written here. Write a few words, or say that there is nothing new."
        faults.append(Fault("news", "", Sentence(text)))
    if faults:
        raise BadInput(faults)
    _answered(engine, act, now, news, topic)


def _asked(world: World, act: Act) -> CorpsMeeting:
    """The meeting for which somebody is asked. Raises Refused where they are not, or no more."""
    meeting = rules.to_answer(world, act.person_id)
    if meeting is None or act.about not in ("", meeting.id):
        raise Refused(
            Sentence("The agenda has been made. Bring it along to the meeting, or write to whoever leads it.")
        )
    return meeting


def _nothing(engine: Engine, act: Act, now: datetime) -> None:
    _answered(engine, act, now, "", "")


def _answered(engine: Engine, act: Act, now: datetime, news: str, topic: str) -> None:
    with engine.act(now) as acting:
        world = acting.world
        meeting = _asked(world, act)
        known, key = world.of(AgendaRecords), news_key(meeting.id, act.person_id)
        backs = act.person_id == corps(world).sponsor
        one = News(meeting=meeting.id, person=act.person_id, at=now, news=news, topic=topic, management=backs)
        before = known.news.get(key)
        if before and replace(before, at=now) == one:
            return  # posted twice it is the first
        engine.stored.put(records.CORPS_NEWS, key, one)
        acting.world = world.having(replace(known, news={**known.news, key: one}))


def _decide(engine: Engine, act: Act, now: datetime) -> None:
    _read(engine.snapshot(now), act, now)  # whatever is wrong with it is said before anything is written
    _drafted(engine, act, now)  # first, for the same draft again is no other: stopped in between, the form comes again
    with engine.act(now) as acting:
        minutes, found = _read(acting.world, act, now)
        acting.world = _kept(engine, acting.world, minutes, found)


def _read(world: World, act: Act, now: datetime) -> tuple[Minutes, list[Revisit]]:
    """What was decided: the minutes, and the items as they are judged. Raises BadInput, Refused."""
    meeting = decisions.held(world) if act.by else decisions.to_write(world, act.person_id)
    agenda = world.of(AgendaRecords).agendas.get(meeting.id) if meeting else None
    if meeting is None or agenda is None or act.about not in ("", meeting.id):
        raise Refused(Sentence("That is not for you to write down, or the next meeting has its agenda already."))
    faults: list[Fault] = []
    text = _text("minutes", act.values, faults, 3 * MOST)
    found = _judgements(world, agenda, act, faults)
    if not faults and not text and not found and not act.values.get("recommendation", "").strip():
        sentence = "Nothing is written here. A few words will do, such as that nothing was decided."
        faults.append(Fault("minutes", "", Sentence(sentence)))
    if faults:
        raise BadInput(faults)
    return Minutes(meeting=meeting.id, at=now, by=act.person_id, text=text), found


def _drafted(engine: Engine, act: Act, now: datetime) -> None:
    """A recommendation that they agreed on becomes a draft of the corps. Raises BadInput."""
    text, reason = act.values.get("recommendation", ""), act.values.get("because", "")
    if not (text.strip() or reason.strip()):
        return
    try:
        recommendations.add(engine, {"text": text, "reason": reason}, sponsor(engine.snapshot(now)), now)
    except BadInput as bad:
        raise BadInput([replace(one, file=AS_HERE.get(one.file, one.file)) for one in bad.faults]) from None


def _judgements(world: World, agenda: Agenda, act: Act, faults: list[Fault]) -> list[Revisit]:
    """The items as they are judged; those that nobody chose for stay. Raises Refused for one that was decided meanwhile
    otherwise."""
    person, items = world.organisation.people.get(act.person_id), world.of(RevisitRecords).items
    found = []
    for number, key in zip(JUDGED, agenda.revisits, strict=False):
        given = act.values.get(f"verdict_{number}", "").strip()
        if not given or key not in items:
            continue
        item, verdict = items[key], id_meant(given, Verdict, "verdict")
        reason = _text(f"reason_{number}", act.values, faults)
        if verdict is None:
            sentence = 'Write "works now", "still not" or "dropped".'
            faults.append(Fault(f"verdict_{number}", "", Sentence(sentence)))
        elif not reason:
            faults.append(Fault(f"reason_{number}", "", Sentence("This is missing. Write a few words.")))
        else:
            name = person.name if person else ""
            judgement = Judgement(day=world.today, by=name, verdict=verdict, reason=reason, judge=act.person_id)
            found += _judged(item, judgement, world)
    return found


def _judged(item: Revisit, judgement: Judgement, world: World) -> list[Revisit]:
    """The item after it; none when it was judged so already. Raises Refused."""
    if item.next_on and item.next_on <= world.today:
        return [judged(item, judgement)]
    last = item.judgements[-1] if item.judgements else None
    if last and last.verdict is judgement.verdict:
        return []
    raise Refused(Sentence("{name} has been judged already.", {"name": item.name}))


def _kept(engine: Engine, world: World, minutes: Minutes, found: list[Revisit]) -> World:
    """The world in which it is written down, in one line of the journal."""
    known, items = world.of(AgendaRecords), world.of(RevisitRecords).items
    before = known.minutes.get(minutes.meeting)
    if before is None or replace(before, at=minutes.at) != minutes:
        if before and not minutes.text:
            minutes = replace(minutes, text=before.text)
        engine.stored.put(records.CORPS_MINUTES, minutes.meeting, minutes)
    for item in found:
        engine.stored.put(records.REVISITS, item.id, item)
    return world.having(
        replace(known, minutes={**known.minutes, minutes.meeting: minutes}),
        RevisitRecords({**items, **{one.id: one for one in found}}),
    )


def asked_person(world: World, who: str) -> str:
    """The id of whoever is meant: an id, an address, a name, or the word for whoever backs the corps. Raises Refused."""
    if who.strip().casefold() == SPONSOR and (found := sponsor(world)):
        return found.id
    hits = meant(world.organisation.people.values(), who, world.today)
    if len(hits) == 1:
        return hits[0].id
    if hits:
        names = ", ".join(f"{one.name} ({one.id})" for one in hits[:5])
        raise Refused(Sentence('"{text}" fits several: {names}. Write the id.', {"text": who, "names": names}))
    raise Refused(Sentence('"{text}" is nobody here. Look with aikultur people list.', {"text": who}))


AGENDA_ACTS = (
    ActRow(
        name="corps-news",
        carry_out=_bring,
        done=Sentence("Thank you. It comes on the agenda."),
        fields=("news", "topic"),
        outsiders=True,
    ),
    ActRow(
        name="corps-nothing",
        carry_out=_nothing,
        done=Sentence("Thank you. Nothing new is an answer too."),
        outsiders=True,
    ),
    ActRow(
        name="corps-decisions",
        carry_out=_decide,
        done=Sentence("Thank you. It is written down, and whoever is to hear of it does."),
        fields=(
            *(name for one in JUDGED for name in (f"verdict_{one}", f"reason_{one}")),
            "recommendation",
            "because",
            "minutes",
        ),
    ),
)
