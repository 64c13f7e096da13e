"""The agenda of the corps' meetings: who is asked and when, what is on it, and the form afterwards. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from culture import outsiders
from culture.ambassadors import agenda as rules
from culture.ambassadors import decisions
from culture.ambassadors.agenda import news_key
from culture.ambassadors.agenda_records import Agenda, AgendaRecords, Minutes, News
from culture.ambassadors.corps import sponsor_role
from culture.ambassadors.meetings import deputy
from culture.ambassadors.recommendations import Answer, Recommendation, RecommendationRecords, Reply
from culture.keys import NoticeKey
from culture.meetings import Amendment
from culture.organisation import Organisation
from culture.outsiders import OutsiderRecords
from culture.policy_news import PolicyRecords, PolicySeen
from culture.relay.challenges import challenges
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.released import Released, ReleasedConcern
from culture.revisit.rules import Judgement, Opening, Revisit, RevisitRecords, Verdict, What
from culture.revisit.settings import RevisitList
from culture.workdays import Closing, Span
from culture.world import World
from mailer.words import LANGUAGES
from service.ambassadors.agenda_letters import decisions_facts
from service.ambassadors.agenda_words import points_of, tried
from service.planning.sample import sample_job
from tests.corps_values import MEETINGS, START, ZONE, ambassador, at, house, on, place, put, world
from tests.culture_values import challenge, person

FEBRUARY = "corps/2027-02"
"""Tuesday 2 February 2027, 13:00. Fifteen working days before it is Tuesday 12 January, ten before it Tuesday 19 January."""

ASKED, MADE, MEETS = date(2027, 1, 12), date(2027, 1, 19), date(2027, 2, 2)
NUMBERS = count()


def corps_of(*ids: str, **changes: Any) -> Organisation:
    people = [ambassador(one) for one in ids]
    return house(*people, person("9", email="mette@x.example"), **changes).having(RevisitList())


def seen(made: Organisation, day: str = "2027-01-19", hour: int = 7, **records: Any) -> World:
    """The world of that morning, with a corps that knows its meetings."""
    found = on(world(made, at("2026-12-28")), at(day, hour))
    return found.having(*records.values())


def learning(
    department: str = "plan", outcome: Outcome = Outcome.WORKED, day: str = "2027-01-11", **changes: Any
) -> Learning:
    values: dict[str, Any] = {"person": "1", "challenge": "", "title": "X", "at": at(day, 12)}
    return Learning(id=f"t-{next(NUMBERS)}", department=department, outcome=outcome, **{**values, **changes})


def relay(*written: Learning | Discovery) -> RelayRecords:
    return RelayRecords(
        learnings={one.id: one for one in written if isinstance(one, Learning)},
        discoveries={one.id: one for one in written if isinstance(one, Discovery)},
    )


def item(key: str, next_on: date | None, **changes: Any) -> Revisit:
    values: dict[str, Any] = {
        "what": What.TOOL, "rejected_by": "", "rejected_on": date(2026, 9, 1), "reason": "x", "would_change": "",
        "months": 4, "owner": "",
    }  # fmt: skip
    return Revisit(id=key, name=key, next_on=next_on, **{**values, **changes})


def of_february(found: World) -> Agenda:
    return rules.advance(found)[FEBRUARY]


def said(found: World) -> list[tuple[str, str]]:
    """Who is told what by now, and not too late."""
    every = (*rules.due(found), *decisions.due(found))
    keys = [NoticeKey.from_text(one.key) for one in every if one.due <= found.now < one.too_late]
    return [(f"{key.kind} {key.period}", key.person_id) for key in keys]


def with_agenda(found: World, *agendas: Agenda, **records: Any) -> World:
    return found.having(AgendaRecords(agendas={one.meeting: one for one in agendas}, **records))


def told_daily(found: World, first: date, last: date) -> Mapping[str, list[tuple[str, str]]]:
    """What is said for the first time on each day at seven, agendas made as they are due."""
    records, before, told = AgendaRecords(), set[tuple[str, str]](), {}
    day = first
    while day <= last:
        found = on(found, at(f"{day}")).having(records)
        records = replace(records, agendas={**records.agendas, **rules.advance(found)})
        found = found.having(records)
        now = set(said(found))
        if new := sorted(now - before):
            told[f"{day:%m-%d}"] = new
        before |= now
        day += timedelta(days=1)
    return told


# --- when, and to whom -------------------------------------------------------------------------------------


def test_sponsor_and_ambassadors_are_asked_then_get_the_agenda_then_the_chair_the_form_and_once_again() -> None:
    made = corps_of("1", "2", sponsor_name="Birgitte", sponsor_email="b@x.example")
    told = told_daily(seen(made, "2027-01-04"), date(2027, 1, 6), date(2027, 2, 10))
    corps = ("1", "2", "sponsor")
    assert told == {
        "01-12": [("corps-news corps%2F2027-02", one) for one in corps],
        "01-19": [("agenda corps%2F2027-02", one) for one in corps],
        "02-03": [("corps-decisions corps%2F2027-02", "1")],
        "02-09": [("corps-news corps%2F2027-03", one) for one in corps],
        "02-10": [("corps-decisions corps%2F2027-02.2", "1")],
    }


def test_closed_days_are_no_working_days() -> None:
    closing = Closing(country="DK", spans=(Span(date(2027, 1, 18), date(2027, 1, 22)),))
    made = corps_of("1", closing=closing)
    meeting = next(iter(rules.coming(seen(made))))
    found = seen(made)
    assert rules.made_at(found, meeting).date() == date(2027, 1, 12)
    assert rules.asked_at(found, meeting).date() == date(2027, 1, 5)


def test_whoever_answered_is_not_asked_and_nothing_new_is_an_answer() -> None:
    made = corps_of("1", "2")
    nothing = News(meeting=FEBRUARY, person="1", at=at("2027-01-05"))
    found = seen(made, "2027-01-12").having(AgendaRecords(news={news_key(FEBRUARY, "1"): nothing}))
    assert [whom for _, whom in said(found)] == ["2"]
    assert [rules.to_answer(found, one) for one in ("1", "3")] == [next(iter(rules.coming(found))), None]
    assert not of_february(on(found, at("2027-01-19")).having(found.of(AgendaRecords))).news


def test_a_meeting_that_comes_late_is_not_asked_about_and_its_agenda_is_made_at_once() -> None:
    soon = replace(MEETINGS, changes=())
    made = corps_of("1", meeting=soon)
    found = seen(made, "2027-01-25")
    assert list(rules.advance(found)) == [FEBRUARY]
    assert said(with_agenda(found, *rules.advance(found).values())) == [("agenda corps%2F2027-02", "1")]


def test_on_the_day_itself_no_agenda_is_made_any_more() -> None:
    made = corps_of("1")
    assert list(rules.advance(seen(made, "2027-02-01"))) == [FEBRUARY]
    today = seen(made, "2027-02-02")
    assert (rules.advance(today), said(today), decisions.held(on(today, at("2027-02-03")))) == ({}, [], None)


def test_a_meeting_that_moves_is_asked_about_once_and_keeps_its_agenda() -> None:
    made = corps_of("1")
    found = seen(made)
    agenda = of_february(found)
    moved = replace(MEETINGS, changes=(Amendment(on=MEETS, to=datetime(2027, 2, 9, 13, tzinfo=ZONE)),))
    later = with_agenda(on(found, at("2027-01-20"), corps_of("1", meeting=moved)), agenda)
    assert said(later) == said(with_agenda(found, agenda))
    assert rules.advance(later) == {}


def test_a_meeting_that_is_called_off_is_not_spoken_of() -> None:
    off = replace(MEETINGS, changes=(Amendment(on=MEETS, cancelled=True),))
    found = on(seen(corps_of("1")), at("2027-01-19"), corps_of("1", meeting=off))
    assert (said(found), rules.advance(found)) == ([], {})


def test_without_a_corps_or_a_meeting_nothing_is_said() -> None:
    for changes in ({"enabled": False}, {"meeting": None}):
        found = seen(corps_of("1", **changes))
        assert (said(found), rules.advance(found), list(decisions.due(found))) == ([], {}, [])


# --- what is on it -------------------------------------------------------------------------------------------


def test_three_that_worked_and_three_that_did_not_yet_each_department_before_anybody_twice() -> None:
    worked = [
        learning(one, day=f"2027-01-{day}")
        for day, one in zip(range(10, 15), ["plan", "plan", "hr", "it", "it"], strict=False)
    ]
    failed = [learning("hr", Outcome.NOT_YET, f"2027-01-{day}") for day in range(10, 14)]
    partly = learning("jura", Outcome.PARTLY, "2027-01-18")
    agenda = of_february(seen(corps_of("1"), relay=relay(*worked, *failed, partly)))
    assert agenda.worked == (worked[4].id, worked[2].id, worked[1].id)
    assert agenda.not_yet == tuple(one.id for one in failed[:0:-1])
    assert len(agenda.learnings_rest) == 4


def test_what_an_agenda_had_is_not_on_the_next() -> None:
    made = corps_of("1")
    old, new = learning(day="2027-01-11"), learning(day="2027-01-20")
    first = of_february(seen(made, relay=relay(old)))
    found = with_agenda(seen(made, "2027-02-16", relay=relay(old, new)), first)
    (second,) = rules.advance(found).values()
    assert ((old.id,), (new.id,)) == (first.worked, second.worked)


@pytest.mark.parametrize("same", [{"challenge": "c"}, {"tool": "Copilot  Chat"}])
def test_the_same_in_two_departments_is_named_together_and_not_again_apart(same: dict[str, Any]) -> None:
    here = learning("plan", day="2027-01-15", **same)
    there = learning(
        "hr", Outcome.NOT_YET, "2026-08-03", **{**same, **({"tool": "copilot chat"} if "tool" in same else {})}
    )
    again = learning("hr", Outcome.NOT_YET, "2026-07-01", **same)
    own = learning("plan", day="2027-01-10", challenge="d")
    agenda = of_february(seen(corps_of("1"), relay=relay(here, there, again, own)))
    assert (agenda.together, agenda.worked, agenda.not_yet) == (((here.id, there.id),), (own.id,), ())


def test_what_was_met_long_ago_or_in_one_department_only_is_not_together() -> None:
    here, again = (learning("plan", day=f"2027-01-{day}", challenge="c") for day in (14, 15))
    long_ago = learning("hr", day="2025-11-03", challenge="c")
    assert of_february(seen(corps_of("1"), relay=relay(here, again, long_ago))).together == ()


def test_the_workshop_is_what_was_proposed_first_else_what_works_nowhere_yet() -> None:
    made, failed = corps_of("1", "2"), learning("hr", Outcome.NOT_YET, "2026-12-01", challenge="c")
    proposals = {
        news_key(FEBRUARY, one): News(meeting=FEBRUARY, person=one, at=at(f"2027-01-1{day}"), topic="T")
        for one, day in (("1", 5), ("2", 3), ("gone", 2))
    }
    found = seen(made, relay=relay(failed))
    assert of_february(found).case == failed.id
    proposed = of_february(found.having(AgendaRecords(news=proposals)))
    assert (proposed.topics, proposed.case) == ((news_key(FEBRUARY, "2"), news_key(FEBRUARY, "1")), "")
    solved = learning("plan", Outcome.WORKED, "2026-12-20", challenge="c")
    assert of_february(seen(made, relay=relay(failed, solved))).case == ""


def test_the_sponsors_news_come_first() -> None:
    made = corps_of("1", sponsor_name="Birgitte", sponsor_email="b@x.example")
    news = {
        news_key(FEBRUARY, one): News(meeting=FEBRUARY, person=one, at=at(f"2027-01-1{day}"), news="N")
        for one, day in (("1", 3), ("sponsor", 5))
    }
    found = seen(made).having(AgendaRecords(news=news))
    assert of_february(found).news == (news_key(FEBRUARY, "sponsor"), news_key(FEBRUARY, "1"))


def test_whoever_is_welcomed_on_the_day_of_an_agenda_gets_it_the_day_after() -> None:
    made = house(ambassador("1"), ambassador("2", first_seen=at("2027-01-19")), person("9", email="mette@x.example"))
    found = seen(made)
    agenda = of_february(found)

    def told(day: str) -> set[str]:
        here = on(found, at(day)).having(AgendaRecords(agendas={FEBRUARY: agenda}))
        return {one.person_id for one in rules.due(here) if one.kind == "agenda"}

    assert (told("2027-01-19"), told("2027-01-20")) == ({"1"}, {"1", "2"})


def test_nobodys_first_letter_is_a_question_about_a_meeting() -> None:
    late, new = (ambassador(key, first_seen=at(day)) for key, day in (("2", "2027-01-18"), ("3", "2027-01-15")))
    found = seen(house(ambassador("1"), late, new, person("9", email="mette@x.example")), "2027-01-18")
    asked = {one.person_id for one in rules.due(found) if one.kind == "corps-news"}
    assert asked == {"1", "3"}  # the other is welcomed today, and tomorrow the agenda is made


def test_a_new_sponsor_gets_the_agenda_that_the_former_one_got_and_the_former_ones_news_stay_managements() -> None:
    before, after = (
        corps_of("1", sponsor_name=name, sponsor_email=f"{name}@x.example") for name in ("Birgitte", "Torben")
    )
    found = seen(before, "2027-01-18")
    found = found.having(outsiders.advance(found, [role] if (role := sponsor_role(found)) else []))
    news = {
        news_key(FEBRUARY, one): News(meeting=FEBRUARY, person=one, at=at("2027-01-13"), news="N", management=backs)
        for one, backs in (("1", False), ("sponsor", True))
    }
    found = on(found, at("2027-01-19"), after).having(found.of(OutsiderRecords), AgendaRecords(news=news))
    agenda = of_february(found)
    assert agenda.news == (news_key(FEBRUARY, "sponsor"), news_key(FEBRUARY, "1"))
    told = with_agenda(found, agenda, news=news)
    assert [one.management for one in points_of(told, agenda, "da", "page").news] == [True, False]
    assert sorted(said(told)) == [("agenda corps%2F2027-02", "1"), ("agenda corps%2F2027-02", "sponsor-2")]


def test_the_five_oldest_revisits_are_on_and_the_rest_counted() -> None:
    items = {f"i{day}": item(f"i{day}", date(2026, 12, day)) for day in range(1, 8)}
    items |= {"at": item("at", MEETS), "later": item("later", MEETS + timedelta(days=1)), "done": item("done", None)}
    agenda = of_february(seen(corps_of("1"), revisit=RevisitRecords(items)))
    assert (agenda.revisits, agenda.revisits_rest) == (("i1", "i2", "i3", "i4", "i5"), ("i6", "i7", "at"))
    off = seen(corps_of("1").having(RevisitList(enabled=False)), revisit=RevisitRecords(items))
    assert of_february(off).revisits == ()


def test_new_tools_and_methods_are_discoveries_what_works_now_and_a_changed_policy() -> None:
    works = Judgement(day=date(2027, 1, 5), by="x", verdict=Verdict.WORKS_NOW, reason="y")
    items = {"new": item("new", None, judgements=(works,))}
    items["old"] = item("old", None, judgements=(replace(works, day=date(2026, 9, 5)),))
    found = [Discovery(id=f"d{day}", at=at(f"2027-01-0{day}"), text="x") for day in (4, 5, 6, 7)]
    made = corps_of("1")
    changed = PolicyRecords({"policy": PolicySeen(policy=made.policy, changed_on=date(2027, 1, 18))})
    agenda = of_february(seen(made, relay=relay(*found), revisit=RevisitRecords(items), policy=changed))
    assert (agenda.discoveries, agenda.works) == (("d7", "d6", "d5"), ("new",))
    assert agenda.policy_changed == date(2027, 1, 18)
    assert not agenda.little


def test_what_management_was_asked_stands_there_when_it_has_waited_long_and_when_it_was_answered() -> None:
    old, fresh, answered = (
        Recommendation(id=key, text="x", reason="y", written_on=day, to_id="9", asked_on=day)
        for key, day in (("old", date(2026, 12, 1)), ("fresh", date(2027, 1, 12)), ("answered", date(2026, 11, 2)))
    )
    answered = replace(answered, answers=(Reply(day=date(2027, 1, 7), answer=Answer.YES, by="x"),))
    records = RecommendationRecords({one.id: one for one in (old, fresh, answered)})
    agenda = of_february(seen(corps_of("1"), recommendations=records))
    assert (agenda.recommendations, agenda.answered, agenda.little) == (("old",), ("answered",), False)


def test_released_concerns_without_an_answer_come_first() -> None:
    concerns = [
        ReleasedConcern(id=f"c{n}", text="x", released_on=MEETS, answer="ja" if n < 3 else "") for n in range(7)
    ]
    agenda = of_february(seen(corps_of("1"), concerns=Released(tuple(concerns))))
    assert agenda.concerns == ("c3", "c4", "c5", "c6", "c0")


def test_what_is_to_be_judged_tells_why_it_did_not_work_the_last_time() -> None:
    still = Judgement(day=ASKED, by="x", verdict=Verdict.STILL_NOT, reason="Aftalen mangler")
    found = seen(corps_of("1"))
    assert tried(found, item("x", MEETS, reason="Ingen tog den i brug."), "da").reason == "Ingen tog den i brug."
    assert tried(found, item("x", MEETS, judgements=(still,)), "da").reason == "Aftalen mangler."


def test_what_is_to_be_judged_is_told_in_the_language_of_whoever_reads_it() -> None:
    turn = Turn(
        id="plan-1",
        department="plan",
        number=1,
        kind="retry",
        person="1",
        presenter="1",
        announced=START,
        challenge="1",
    )
    text = challenge(1).texts["da"]
    texts = {"da": replace(text, title="Et udkast"), "en": replace(text, title="A draft")}
    known = challenges([replace(challenge(1), id="1", texts=texts)])
    found = seen(corps_of("1").having(known), relay=RelayRecords(turns={"plan-1": turn}))
    waited = item("x", MEETS, turn=turn.id, opened_by=Opening.ALLOWED)
    told = {language: tried(found, waited, language) for language in LANGUAGES}
    assert {key: (one.name, one.news) for key, one in told.items()} == {
        "da": ("Et udkast", "nu godkendt."),
        "en": ("A draft", "approved now."),
    }


def test_a_case_that_is_told_above_is_only_named() -> None:
    new = learning(outcome=Outcome.NOT_YET, did_not="Den gætter")
    old = learning(outcome=Outcome.NOT_YET, did_not="Den gætter", day="2026-11-02")
    for one, texts in ((new, ["Den gætter", ""]), (old, ["Den gætter"])):
        found = seen(corps_of("1").having(challenges([])), relay=relay(one))
        points = points_of(found, of_february(found), "da", "page")
        assert points.case
        assert [story.text for story in (*points.not_yet, points.case)] == texts


def test_a_concern_stands_there_once_after_it_was_answered() -> None:
    before, since = (
        ReleasedConcern(id=key, text="x", released_on=date(2026, 10, 1), answer="ja", answered_on=day)
        for key, day in (("before", date(2026, 11, 1)), ("since", date(2026, 12, 20)))
    )
    agenda = of_february(seen(corps_of("1"), concerns=Released((before, since))))
    assert agenda.concerns == ("since",)


def test_an_agenda_with_nothing_says_that_there_is_little() -> None:
    assert of_february(seen(corps_of("1"))).little
    only_due = of_february(seen(corps_of("1"), revisit=RevisitRecords({"x": item("x", MADE)})))
    assert only_due.little  # it is decided on, and nobody has anything to tell


# --- afterwards ----------------------------------------------------------------------------------------------


def after_it(made: Organisation, day: str = "2027-02-03", **records: Any) -> World:
    before = seen(made)
    found = on(before, at(day)).having(*records.values())
    return with_agenda(found, of_february(before))


def test_the_form_is_asked_for_until_it_came_back() -> None:
    found = after_it(corps_of("1", "2"))
    assert said(found) == [("corps-decisions corps%2F2027-02", "1")]
    minutes = Minutes(meeting=FEBRUARY, at=at("2027-02-02", 15), by="1")
    back = found.having(replace(found.of(AgendaRecords), minutes={FEBRUARY: minutes}))
    assert said(back) == []
    assert decisions.to_write(back, "1") == decisions.held(found)  # who wrote it may mend it


def test_whoever_led_it_writes_down_what_was_decided_and_so_may_the_chair() -> None:
    away = corps_of("1", "2", "3")
    away = replace(away, absences={"1": (Span(MEETS, MEETS),)})
    found = after_it(away)
    meeting = decisions.held(found)
    assert meeting
    second = deputy(found, meeting)
    assert second in ("2", "3")
    assert said(found) == [("corps-decisions corps%2F2027-02", second)]
    third = {"2": "3", "3": "2"}[second]
    assert [bool(decisions.to_write(found, one)) for one in ("1", second, third, "9", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_chair_who_left_leaves_the_form_to_the_next() -> None:
    found = after_it(corps_of("1", "2"))
    people = {**found.organisation.people, "1": replace(found.organisation.people["1"], left=MEETS)}
    gone = on(found, found.now, replace(found.organisation, people=people)).having(found.of(AgendaRecords))
    assert said(gone) == [("corps-decisions corps%2F2027-02", "2")]


@pytest.mark.parametrize(("took_over", "again"), [(None, True), ("2027-02-03", True), ("2027-02-11", False)])
def test_whoever_takes_the_chair_after_the_form_was_asked_for_is_not_told_that_they_were(
    took_over: str | None, again: bool
) -> None:
    found = after_it(corps_of("1", "2"), "2027-02-11")
    if took_over:
        found = put(found, "1", replace(place(found, "1"), chair_since=date.fromisoformat(took_over)))
    ((key, reader),) = [one for one in said(found) if one[0].startswith("corps-decisions")]
    action = sample_job(
        found, found.organisation.people[reader], "corps-decisions", f"{key.replace(' ', '/')}/{reader}"
    )
    assert (reader, decisions_facts(found, action, action.key).again) == ("1", again)


def test_a_corps_of_nobody_leaves_the_form_to_the_contact() -> None:
    found = after_it(corps_of("1"))
    people = {**found.organisation.people, "1": replace(found.organisation.people["1"], left=MEETS)}
    gone = on(found, found.now, replace(found.organisation, people=people)).having(found.of(AgendaRecords))
    assert said(gone) == [("corps-decisions corps%2F2027-02", "9")]


def test_during_the_meeting_nothing_is_asked_and_the_next_agenda_closes_the_form() -> None:
    during = after_it(corps_of("1"), "2027-02-02")
    assert decisions.to_write(during, "1") is None
    found = after_it(corps_of("1"), "2027-02-16")
    assert decisions.to_write(found, "1")
    closed = with_agenda(found, *found.of(AgendaRecords).agendas.values(), *rules.advance(found).values())
    assert decisions.to_write(closed, "1") is None


def test_what_was_judged_meanwhile_is_not_judged_again() -> None:
    items = {"a": item("a", date(2027, 1, 1)), "b": item("b", date(2027, 1, 2))}
    before = seen(corps_of("1"), revisit=RevisitRecords(items))
    agenda = of_february(before)
    found = on(before, at("2027-02-03")).having(RevisitRecords({**items, "a": item("a", None)}))
    assert [one.id for one in decisions.to_judge(found, agenda)] == ["b"]
    assert decisions.to_judge(found.having(RevisitRecords({})), agenda) == ()


def test_forty_departments_are_one_agenda() -> None:
    learnings = [learning(f"d{n}", Outcome.NOT_YET if n % 2 else Outcome.WORKED) for n in range(40)]
    agenda = of_february(seen(corps_of("1"), relay=relay(*learnings)))
    assert (len(agenda.worked), len(agenda.not_yet), len(agenda.learnings_rest)) == (3, 3, 34)
