"""An agenda as its page and the command line show it: headings with their lines, and what is said where there are none."""

from collections.abc import Iterator
from dataclasses import dataclass

from culture.people import Language
from culture.relay.learning import Outcome
from mailer.words import tongue
from service.ambassadors.agenda_facts import Brought, Points, Question, Story, Tried, Worry
from service.messages.translation import say, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`of` names it in every language; `rest`: what there is besides, one press away."""

    of: str
    heading: str
    lines: tuple[str, ...]
    rest: tuple[str, ...] = ()
    nothing: str = ""


def sections(points: Points, language: Language) -> list[Section]:
    """The guide's four points, then what is decided on, as far as there is anything."""
    every = (_stories(points, language), _tools(points, language), _case(points, language), _news(points, language))
    return [*every, *_decided_on(points, language)]


def _stories(points: Points, language: Language) -> Section:
    together = (
        say(language, "Met in several places: {texts}", texts=" / ".join(story(one, language) for one in group))
        for group in points.together
    )
    return Section(
        of="stories",
        heading=say(language, "What worked, and what is giving trouble"),
        lines=(*(story(one, language) for one in (*points.worked, *points.not_yet)), *together),
        rest=tuple(story(one, language) for one in points.learnings_rest),
        nothing=say(language, "Nothing new this time. If you have something, bring it along."),
    )


def _tools(points: Points, language: Language) -> Section:
    works = (say(language, "{name} works now: {why}", name=one.name, why=one.why) for one in points.works)
    return Section(
        of="tools",
        heading=say(language, "New tools and methods"),
        lines=(*works, *(_brought(one, language) for one in points.discoveries)),
        nothing=say(language, "None since the last time. If you have met a tool or a shortcut, show it."),
    )


def _case(points: Points, language: Language) -> Section:
    text = story(points.case, language) if points.case else ""
    proposed = [say(language, "A proposal, for it does not work yet: {text}", text=text)] if text else []
    return Section(
        of="case",
        heading=say(language, "A concrete case that we work on together"),
        lines=(*(_brought(one, language) for one in points.topics), *proposed),
        nothing=say(language, "Nobody has proposed a case. Bring one that somebody is stuck with right now."),
    )


def _news(points: Points, language: Language) -> Section:
    news = [_brought(one, language) for one in points.news]
    if points.policy_changed:
        day = tongue(language).day_of_month(points.policy_changed)
        news.append(say(language, "The organisation's answers about AI changed on {day}.", day=day))
    return Section(
        of="news",
        heading=say(language, "News of management's work with AI"),
        lines=(*news, *(_answered(one, language) for one in points.answered)),
        nothing=say(language, "Nothing new to tell this time."),
    )


def _decided_on(points: Points, language: Language) -> Iterator[Section]:
    if points.revisits:
        lines, rest = (
            tuple(to_judge(one, language) for one in found) for found in (points.revisits, points.revisits_rest)
        )
        yield Section(of="revisit", heading=say(language, "To be judged again"), lines=lines, rest=rest)
    if points.recommendations:
        waiting = (
            say(language, "{text}: {name} was asked {count} days ago", text=one.text, name=one.to, count=one.days)
            for one in points.recommendations
        )
        yield Section(
            of="recommendations", heading=say(language, "Recommendations that wait for an answer"), lines=tuple(waiting)
        )
    if points.concerns:
        worries = tuple(_worry(one, language) for one in points.concerns)
        yield Section(of="concerns", heading=say(language, "Concerns of colleagues"), lines=worries)


def story(one: Story, language: Language) -> str:
    """A learning on one line."""
    went = word("outcome", Outcome(one.outcome)).said(language)
    return _named(f"{one.title} ({', '.join(filter(None, (one.department, one.name, went)))})", one.text)


def to_judge(one: Tried, language: Language) -> str:
    """What is to be judged, on one line."""
    text = (
        say(language, "{text}, which {name} looks after.", text=one.name, name=one.owner)
        if one.owner
        else f"{one.name}."
    )
    return " ".join(filter(None, (text, of_item(one, language))))


def of_item(one: Tried, language: Language) -> str:
    """What is told of it beside its name."""
    parts = []
    if one.reason:
        parts.append(say(language, "The last time: {reason}", reason=one.reason))
    if one.news:
        parts.append(say(language, "New since then: {news}", news=one.news))
    return " ".join(parts)


def _brought(one: Brought, language: Language) -> str:
    return _named(one.name or (say(language, "Management") if one.management else ""), one.text)


def _answered(one: Question, language: Language) -> str:
    """What became of a recommendation; one that has come back since waits again."""
    said = word("recommendation-answer", one.answer).said(language) if one.answer else ""
    if one.until:
        day = tongue(language).day_of_month(one.until)
        said = say(language, "{answer}, asked again on {day}", answer=said, day=day)
    return _named(_named(one.text, said), one.words)


def _worry(one: Worry, language: Language) -> str:
    if one.answer:
        return say(language, "{text} Answer: {answer}", text=one.text, answer=one.answer)
    if one.asked and one.by:
        day = tongue(language).day_of_month(one.by)
        if one.late:
            return say(
                language, "{text} Not decided; {name} was to answer by {day}.", text=one.text, name=one.asked, day=day
            )
        return say(language, "{text} Not decided; asked of {name}, by {day}.", text=one.text, name=one.asked, day=day)
    return one.text


def _named(name: str, text: str) -> str:
    return ": ".join(filter(None, (name, text)))
