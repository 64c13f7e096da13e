"""The page of a person's relay: what it shows, made from the view. Pure; the words stand in `templates/pages`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from culture.relay import acts as relay_acts
from culture.relay import schedule as relay
from culture.relay import swaps as relay_swaps
from culture.relay.acts import NotPossible, Request
from culture.relay.challenges import Challenges, ChallengeText
from culture.relay.days import assignment_day, time_enough
from culture.relay.deeds import SERVICE, Did
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.revisit import rules as revisit
from culture.revisit.rules import Revisit, RevisitRecords, Verdict
from mailer.words import opening
from service.messages.translation import Sentence, word
from service.pages.act_form import DONE
from service.pages.html_pages import Page, concern_path
from service.pages.page_row import Asked
from service.relay import learnings
from service.relay.learnings import ANSWERS

TOLD_OF = timedelta(days=60)
"""How long after a turn its learning can be written or mended here: the letters ask for two weeks after one."""

ROOM = 6
"""Meetings that are offered to whoever would like a turn: about a quarter of a year of them."""

NEWEST = 20
"""Learnings on the page; the search finds the others."""

SEARCH_LETTERS = 100

UNDONE = frozenset({Did.PASSED, Did.SWAP_ASKED, Did.SWAPPED, Did.VOLUNTEERED})
"""What can be taken back."""


def _records(asked: Asked) -> RelayRecords:
    return asked.view.world.of(RelayRecords)


def _takes_part(asked: Asked) -> bool:
    return asked.person.department in set(relay.departments(asked.organisation))


def _task(asked: Asked, challenge_id: str) -> ChallengeText | None:
    challenge = asked.organisation.of(Challenges).challenges.get(challenge_id)
    return challenge.text(asked.page.language) if challenge else None


def relay_page(asked: Asked) -> str:
    """The page as HTML."""
    projected = _projected(asked)
    shown: dict[str, Any] = {
        "questions": list(_questions(asked)),
        "turns": [_my_turn(asked, turn, number) for number, turn in enumerate(_mine(asked), 1)],
        "passed": list(_passed(asked)),
        "held": list(_held(asked)),
        "revisits": list(_revisits(asked)),
        "meetings": list(_meetings_with_room(asked)),
        "discovery": _form(asked, "discovery", ""),
    }
    forms = [shown["discovery"]]
    forms += [one["form"] for section in ("turns", "held", "revisits") for one in shown[section]]
    return asked.page.html(
        "relay",
        organisation=asked.organisation,
        person=asked.person,
        takes_part=_takes_part(asked),
        policy=asked.organisation.policy.text(asked.page.language),
        lead=_lead(asked, projected),
        faults=_faults(forms),
        problem=said(asked.page, asked.problem) if asked.problem else "",
        lost=[] if any(form["back"] for form in forms) else _lost(asked),
        done=DONE[asked.done].said(asked.page.language) if asked.done in DONE else "",
        form_token=asked.form_token,
        own_page=asked.own_page,
        calendar=asked.calendar,
        concern=concern_path(asked.page.language, asked.organisation),
        coming=list(_coming(asked)),
        projected=[_row(asked, turn) for turn in projected],
        **_learned(asked),
        **shown,
    )


def said(page: Page, sentence: Sentence) -> str:
    """The sentence with its days as people write them."""
    days = {name: page.tongue.day_of_month(value) for name, value in sentence.fields.items() if isinstance(value, date)}
    return Sentence(sentence.text, {**sentence.fields, **days}).said(page.language)


def _form(asked: Asked, doing: str, about: str, number: int = 0, before: Mapping[str, str] | None = None) -> Any:
    """What a form holds: as it came back, or `before`. `id` ends the names of its fields' elements."""
    name, back = f"{doing}-{number}" if number else doing, asked.written
    mine = back if back and (back.doing, back.about) == (doing, about) else None
    faults = mine.faults if mine else {}
    return {
        "id": name,
        "about": about,
        "back": mine is not None,
        "given": mine.values if mine else before or {},
        "faults": {f"{field}-{name}": said(asked.page, sentence) for field, sentence in faults.items()},
    }


def _lost(asked: Asked) -> list[str]:
    """What somebody wrote into a form that is no longer on the page, to be copied elsewhere."""
    values = asked.written.values if asked.written else {}
    return [values[name] for name in (*ANSWERS, "text", "reason") if values.get(name, "").strip()]


# --- my turns -----------------------------------------------------------------------------------------------


def _faults(forms: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong in the fields of all forms, by field."""
    return {name: sentence for form in forms for name, sentence in form["faults"].items()}


def _foreseen(asked: Asked, projected: Iterable[Turn]) -> datetime | None:
    """When the person is next, as far as can be seen."""
    return next((turn.starts for turn in projected if turn.presenter == asked.person.id and turn.starts), None)


def _lead(asked: Asked, projected: Iterable[Turn]) -> str:
    """How things are for the person, in a sentence or two."""
    if not _takes_part(asked):
        return asked.say(
            "Your department does not take part in the AI relay for now. What colleagues have learned is for everybody."
        )
    mine = _mine(asked)
    if any(turn.starts for turn in mine):
        return asked.say("Your next turn is {moment}.", moment=asked.moment(next(t.starts for t in mine if t.starts)))
    if mine:
        return asked.say("Your turn waits for a meeting.")
    foreseen = _foreseen(asked, projected)
    none = asked.say("You have no turn to come.")
    if foreseen is None:
        return none
    return f"{none} {asked.say('As it looks today, the next one is {moment}.', moment=asked.moment(foreseen))}"


def _mine(asked: Asked) -> list[Turn]:
    """The person's turns to come, those without a meeting last."""
    mine = (turn for turn in _records(asked).turns.values() if turn.open and turn.presenter == asked.person.id)
    return sorted(mine, key=lambda turn: (turn.starts is None, turn.starts or turn.announced, turn.number))


def _questions(asked: Asked) -> Iterator[dict[str, Any]]:
    """Colleagues who ask for a swap, and what a yes means."""
    for turn in _records(asked).turns.values():
        whom = relay_swaps.asked(asked.organisation, turn, asked.now)
        if whom != asked.person.id or turn.starts is None or turn.starts <= asked.now:
            continue
        own = relay_acts.coming_turn(_records(asked), turn, asked.person.id, asked.now)
        fields = {"moment": asked.moment(turn.starts), "name": asked.name(turn.presenter)}
        standings = _records(asked).standings.get(turn.department)
        if own and own.starts:
            text = "You change places: you present on {moment}, and {name} presents for you on {own}."
            means = asked.say(text, own=asked.moment(own.starts), **fields)
        elif standings and standings.owed.get(turn.presenter) == asked.person.id:
            means = asked.say("You present on {moment}, and then the two of you are even.", **fields)
        else:
            text = "You present on {moment}. The next time it is your turn, {name} presents for you."
            means = asked.say(text, **fields)
        task = _task(asked, turn.challenge)
        yield {"about": turn.id, "asker": fields["name"], "means": means, "task": task.title if task else ""}


def _my_turn(asked: Asked, turn: Turn, number: int) -> dict[str, Any]:
    challenge = asked.organisation.of(Challenges).challenges.get(turn.challenge) if turn.assigned else None
    open_ = turn.starts is None or turn.starts > asked.now
    earlier = _records(asked).learnings.get(turn.earlier)
    whom = relay_swaps.asked(asked.organisation, turn, asked.now)
    return {
        "about": turn.id,
        "when": opening(asked.moment(turn.starts)) if turn.starts else asked.say("Waits for a meeting"),
        "lines": list(_lines(asked, turn)),
        "task": challenge.text(asked.page.language) if challenge else None,
        "effort": _effort(asked, challenge.hours) if challenge else "",
        "own_task": bool(turn.assigned) and challenge is None,
        "earlier": _answers(asked, earlier) if earlier else [],
        "changes": open_,
        "offered": asked.name(whom) if whom else "",
        "passing": _passing(asked, turn),
        "undo": _undo(asked, turn),
        "colleagues": _colleagues(asked, turn) if open_ else [],
        "form": _form(asked, "swap", turn.id, number),
    }


def _colleagues(asked: Asked, turn: Turn) -> list[tuple[str, str]]:
    """Who may be asked to change places, by id and name."""
    if turn.starts is None:
        return []
    found = relay_acts.candidates(asked.organisation, _records(asked), turn)
    return [(key, asked.name(key)) for key in found]


def _effort(asked: Asked, hours: int) -> str:
    return asked.say("Your challenge, about {hours} hours", hours=asked.page.tongue.number(hours), count=hours)


def _lines(asked: Asked, turn: Turn) -> Iterator[str]:
    """What there is to say of a turn, a sentence each."""
    if turn.starts is None:
        yield asked.say(
            "The meeting fell away, or you could not be there. You keep the turn and get the next free one."
        )
        return
    minutes = asked.page.tongue.number(turn.minutes)
    yield asked.say("You have {minutes} minutes.", minutes=minutes) + (f" {turn.place}." if turn.place else "")
    if turn.presenter != turn.person:
        yield asked.say("You stand in for {name}.", name=asked.name(turn.person))
    if turn.kind == "volunteer":
        yield asked.say("You have volunteered for this one.")
    elif turn.kind == "retry":
        yield asked.say("You try again what did not work yet.")
    if turn.starts <= asked.now:
        yield asked.say("The meeting has begun.")
    elif not turn.assigned:
        day = assignment_day(asked.organisation, turn.starts.date())
        yield asked.say("You get the challenge on {day}.", day=asked.page.day(max(day, asked.today), asked.today))


def _passing(asked: Asked, turn: Turn) -> str:
    """What becomes of the turn when the person passes."""
    if turn.presenter != turn.person:
        return asked.say("The turn goes back to {name}.", name=asked.name(turn.person))
    if turn.kind != "normal":
        return asked.say("The turn falls away, and the place at the meeting is free again.")
    return asked.say(
        "The turn goes to whoever is next, and you are not asked again in this round. "
        "You can take it back until a colleague is at work on it."
    )


def _undo(asked: Asked, turn: Turn) -> str:
    """The button that takes back the last deed about the turn; empty when it is not this person's to take back."""
    last = next((deed for deed in reversed(turn.deeds) if deed.by != SERVICE), None)
    if last is None or last.by != asked.person.id or last.what not in UNDONE:
        return ""
    try:
        relay_acts.undo(asked.organisation, _records(asked), turn.id, Request(by=asked.person.id, at=asked.now))
    except NotPossible:
        return ""
    return word("undo", last.what).said(asked.page.language)


def _passed(asked: Asked) -> Iterator[dict[str, Any]]:
    """Turns the person passed and may still take back."""
    for turn in _records(asked).turns.values():
        if turn.person == asked.person.id and turn.state == "passed" and turn.starts and _undo(asked, turn):
            yield {"about": turn.id, "when": asked.moment(turn.starts), "undo": _undo(asked, turn)}


# --- afterwards ---------------------------------------------------------------------------------------------


def _held(asked: Asked) -> Iterator[dict[str, Any]]:
    """The turns that the person can tell of, newest first, each with its form; the first that is not told of, open."""
    waited_for = True
    for number, turn in enumerate(_to_tell_of(asked), 1):
        assert turn.starts is not None
        told = _records(asked).learnings.get(turn.id)
        form = _form(asked, "learning", turn.id, number, before=_as_form(asked, told) if told else None)
        yield {
            "when": opening(asked.moment(turn.starts)),
            "title": _title(asked, turn),
            "told": told is not None,
            "version": learnings.version(told),
            "stands": _answers(asked, told) if told and _came_back(asked, form) else [],
            "open": form["back"] or (waited_for and _to_write(asked, told)),
            "outcomes": [(str(one), _outcome(asked, turn, one)) for one in Outcome],
            "form": form,
        }
        waited_for = waited_for and told is not None


def _title(asked: Asked, turn: Turn) -> str:
    task = _task(asked, turn.challenge)
    return task.title if task else asked.say("A challenge of your own")


def _came_back(asked: Asked, form: Mapping[str, Any]) -> bool:
    """Whether this form could not be taken as it was written."""
    return bool(form["back"] and asked.problem)


def _to_write(asked: Asked, told: Learning | None) -> bool:
    """Whether nothing is told of a turn yet, and no form was sent."""
    return told is None and asked.written is None


def _to_tell_of(asked: Asked) -> list[Turn]:
    """The turns that the person can tell of, newest first."""
    theirs = [turn for turn in _records(asked).turns.values() if turn.presenter == asked.person.id]
    held = (turn for turn in theirs if _is_held(asked, turn))
    return sorted(held, key=lambda one: (one.starts, one.number), reverse=True)


def _is_held(asked: Asked, turn: Turn) -> bool:
    if turn.starts is None or not asked.now - TOLD_OF <= turn.starts <= asked.now:
        return False
    return turn.state == "held" or (turn.open and turn.assigned is not None)


def _as_form(asked: Asked, told: Learning) -> dict[str, str]:
    """A learning as the fields of its form."""
    hours = "" if told.hours is None else asked.page.tongue.decimals(told.hours)
    texts = {name: getattr(told, name) for name in ANSWERS if name != "hours"}
    return {**texts, "hours": hours, "outcome": str(told.outcome), "show_name": "yes" if told.show_name else ""}


def _outcome(asked: Asked, turn: Turn, outcome: Outcome) -> str:
    words = word("outcome-told", outcome).said(asked.page.language)
    return f"{words}. {_not_yet(asked, turn)}" if outcome is Outcome.NOT_YET else words


def _not_yet(asked: Asked, turn: Turn) -> str:
    """What follows when it does not work yet."""
    days = asked.organisation.of(Relay).retry_days
    if turn.earlier:
        return asked.say("It then goes on the revisit list, and we look at it again in some months.")
    if not turn.challenge:
        return asked.say("That is worth just as much.")
    if days == 30:
        return asked.say("It then comes back in a month.")
    return asked.say("It then comes back in {days} days.", days=days, count=days)


def _revisits(asked: Asked) -> Iterator[dict[str, Any]]:
    """The items on the revisit list that the person is to judge now."""
    for number, item in enumerate(_to_judge(asked), 1):
        language, months = asked.page.language, asked.page.tongue.number(item.months)
        yield {
            "name": item.name,
            "facts": [(heading, text) for heading, text in _facts(asked, item) if text],
            "judged": [
                (f"{_dated(asked, one.day)}, {one.by}: {word('verdict', one.verdict).said(language)}", one.reason)
                for one in item.judgements
            ],
            "verdicts": [(str(one), word("verdict-to-give", one, months=months).said(language)) for one in Verdict],
            "form": _form(asked, "judgement", item.id, number),
        }


def _to_judge(asked: Asked) -> list[Revisit]:
    items = asked.view.world.of(RevisitRecords).items
    owners = revisit.owners(items.values(), asked.organisation, asked.today)
    due = (one for one in items.values() if one.next_on and one.next_on <= asked.today)
    mine = (item for item in due if owners.get(item.id) == asked.person.id)
    return sorted(mine, key=lambda one: (one.next_on, one.id))


def _facts(asked: Asked, item: Revisit) -> Iterator[tuple[str, str]]:
    rejected = _dated(asked, item.rejected_on)
    by = asked.say("{day}, by {name}", day=rejected, name=item.rejected_by) if item.rejected_by else rejected
    yield asked.say("Rejected"), by
    yield asked.say("The reason"), item.reason
    yield asked.say("What would have to change"), item.would_change
    yield asked.say("New since then"), item.trigger


def _dated(asked: Asked, day: date) -> str:
    return f"{asked.page.tongue.day_of_month(day)} {day.year}"


# --- for everybody ------------------------------------------------------------------------------------------


def _meetings_with_room(asked: Asked) -> Iterator[dict[str, Any]]:
    """The coming meetings at which the person could have a turn more."""
    organisation, today, found = asked.organisation, asked.today, 0
    if not _takes_part(asked):
        return
    for meeting in relay.meetings(organisation, asked.person.department, today, today + relay.SEARCHED):
        request = Request(by=asked.person.id, at=asked.now)
        if found == ROOM or not time_enough(organisation, today, meeting.day):
            continue
        try:
            relay_acts.volunteer(organisation, _records(asked), asked.person.id, meeting, request)
        except NotPossible:
            continue
        found += 1
        yield {"about": meeting.id, "when": asked.moment(meeting.starts)}


def _projected(asked: Asked) -> tuple[Turn, ...]:
    if not _takes_part(asked):
        return ()
    return relay.projected(asked.organisation, _records(asked), asked.person.department, asked.now)


def _coming(asked: Asked) -> Iterator[dict[str, Any]]:
    """The department's turns that are announced."""
    if not _takes_part(asked):
        return
    turns = [turn for turn in _records(asked).of_department(asked.person.department) if turn.open]
    for turn in sorted(turns, key=lambda one: (one.starts is None, one.starts or one.announced, one.seat)):
        yield _row(asked, turn)


def _row(asked: Asked, turn: Turn) -> dict[str, Any]:
    name, task = asked.name(turn.presenter), _task(asked, turn.challenge)
    if turn.presenter != turn.person:
        name = asked.say("{name}, for {other}", name=name, other=asked.name(turn.person))
    return {
        "when": opening(asked.moment(turn.starts)) if turn.starts else asked.say("Waits for a meeting"),
        "name": name,
        "title": task.title if task and turn.assigned else "",
    }


def _learned(asked: Asked) -> dict[str, Any]:
    """What colleagues have learned: the newest, or those that fit the search."""
    organisation, search = asked.organisation, asked.search.strip()[:SEARCH_LETTERS]
    every = sorted(_records(asked).learnings.values(), key=lambda one: (one.at, one.id), reverse=True)
    found = [one for one in every if not search or learnings.matches(search, learnings.texts_of(one, organisation))]
    return {
        "search": search,
        "found": len(found) if search else None,
        "more": len(found) > NEWEST,
        "learned": [_learning(asked, one) for one in found[:NEWEST]],
    }


def _learning(asked: Asked, one: Learning) -> dict[str, Any]:
    task, day = _task(asked, one.challenge), one.at.astimezone(asked.organisation.tz).date()
    about = (
        word("outcome-told", one.outcome).said(asked.page.language),
        learnings.department_name(asked.organisation, one.department),
        learnings.presenter(one, asked.organisation),
        _dated(asked, day),
    )
    return {
        "about": " · ".join(filter(None, about)),
        "title": task.title if task else one.title,
        "answers": _answers(asked, one),
        # Checked once more: what stands in the store may be older than the rule.
        "link": one.link if learnings.is_link(one.link) else "",
    }


def _answers(asked: Asked, one: Learning) -> list[tuple[str, str]]:
    """What a learning says, under its headings; the link apart."""
    found = []
    for name, heading in learnings.HEADINGS.items():
        value = getattr(one, name)
        if name != "link" and value not in ("", None):
            text = asked.page.tongue.decimals(value) if isinstance(value, float) else str(value)
            found.append((asked.say(heading), text))
    return found
