"""What the letters about the corps' agendas say."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.ambassadors.recommendations import Answer
from culture.people import Language
from culture.relay.learning import Outcome
from mailer.letter import Facts
from mailer.words import LANGUAGES
from service.ambassadors.agenda_facts import (
    AgendaFacts,
    Brought,
    DecisionsFacts,
    NewsFacts,
    Points,
    Question,
    Story,
    Tried,
    Worry,
)
from service.ambassadors.corps_facts import MeetingWords
from tests.mail_values import LINKS, NO_LINKS, free_text, reader, with_text
from tests.test_relay_letters import HOSTILE, OURS, Shown, said
from tests.test_render import Page, links, words

pytestmark = pytest.mark.slow

MEETING = MeetingWords(
    starts=datetime(2027, 2, 2, 13, tzinfo=ZoneInfo("Europe/Copenhagen")), minutes=90, place="Rådssalen"
)
STORY = Story(title="Referater", text="Navnene var rigtige", outcome=Outcome.WORKED, department="Plan", name="Bo Lind")
OTHER = Story(title="Referater", text="Den fandt på", outcome=Outcome.NOT_YET)
FULL = Points(
    worked=(STORY,),
    not_yet=(OTHER,),
    together=((STORY, OTHER),),
    learnings_rest=(OTHER,) * 4,
    discoveries=(Brought(text="Genvejen", name="Eva Skov"),),
    works=(Tried(name="Copilot", why="Regner rigtigt"),),
    topics=(Brought(text="Høringssvarene", name="Cai Friis"),),
    news=(Brought(text="Aftalen er i hus", management=True),),
    policy_changed=date(2027, 1, 18),
    revisits=(Tried(name="Excel", reason="Regnede forkert.", owner="Dan Friis", news="Ny version."),),
    answered=(
        Question(
            text="Flere licenser", to="Ida Krogh", answer=Answer.LATER, words="Efter budgettet", until=date(2027, 6, 15)
        ),
        Question(text="En fast tid", to="Ida Krogh"),
    ),
    revisits_rest=(Tried(name="Word"),) * 3,
    recommendations=(Question(text="En time om ugen", to="Ida Krogh", days=45),),
    concerns=(
        Worry(text="Bliver vi færre", asked="Ida Krogh", by=date(2027, 3, 1)),
        Worry(text="Hvem bestemmer", asked="Ida Krogh", by=date(2027, 1, 4), late=True),
        Worry(text="Hvem har ansvaret", answer="Det har lederen"),
    ),
)
LETTERS: dict[str, Facts] = {
    "agenda": AgendaFacts(meeting=MEETING, points=FULL, chair="Anna Holm", deputy="Bo Lind"),
    "agenda for the chair": AgendaFacts(
        meeting=MEETING, points=replace(FULL, topics=(), case=OTHER), chair="", deputy=""
    ),
    "agenda with little": AgendaFacts(meeting=MEETING, points=Points(little=True), chair="", deputy="Bo Lind"),
    "news": NewsFacts(meeting=MEETING, sponsor=False, made_on=date(2027, 1, 19)),
    "news of the sponsor": NewsFacts(meeting=MEETING, sponsor=True, made_on=date(2027, 1, 19)),
    "decisions": DecisionsFacts(meeting=MEETING, revisits=1, again=False),
    "decisions again": DecisionsFacts(meeting=MEETING, revisits=0, again=True),
}
every_letter = pytest.mark.parametrize("facts", LETTERS.values(), ids=LETTERS)


@every_letter
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("links_", [LINKS, NO_LINKS], ids=["linked", "not linked"])
def test_text_and_html_say_the_same_and_are_tidy(facts: Facts, language: Language, links_: Any) -> None:
    made = OURS.render(reader(language, links_), [facts])
    page = Shown(made.html)
    assert words(page.words) == words(made.text)
    assert {link for link in page.links if link and not link.startswith("mailto:")} == links(made.text)
    assert "\n\n\n\n" not in made.text
    assert "!" not in made.text
    assert not [line for line in made.text.splitlines() if line != line.strip() and not line.startswith("  http")]
    assert made.subject == " ".join(made.subject.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_is_told_and_can_write_no_html(language: Language) -> None:
    told = set[str]()
    for facts in LETTERS.values():
        for name, path in (one for one in free_text(facts) if one[0] not in ("Story.outcome", "Question.answer")):
            made = OURS.render(reader(language), [with_text(facts, path, HOSTILE)])
            assert "<script" not in made.html
            assert (HOSTILE in Page(made.html).words) == (HOSTILE in made.text)
            if "learnings_rest" in path or "revisits_rest" in path:
                continue  # they are counted in a letter, and stand on the page
            told |= {name} if HOSTILE in made.text else set()
    assert told == {
        *("AgendaFacts.chair", "AgendaFacts.deputy", "MeetingWords.place", "Brought.text", "Brought.name"),
        *(f"Story.{name}" for name in ("title", "text", "department", "name")),
        *("Question.text", "Question.to", "Question.words", "Worry.text", "Worry.answer", "Worry.asked"),
        *(f"Tried.{name}" for name in ("name", "why", "reason", "owner", "news")),
    }


def test_an_agenda_has_four_points_and_then_what_is_decided() -> None:
    paragraphs = said(LETTERS["agenda"])
    assert paragraphs[2] == (
        "Tirsdag den 2. februar kl. 13.00, 90 minutter, Rådssalen. Anna Holm leder mødet. "
        "Bo Lind tager over, hvis det bliver nødvendigt."
    )
    headings = [part.split("\n")[0] for part in paragraphs[3:] if set(part.split("\n")[-1]) == {"-"}]
    assert headings == [
        "1. Det, der lykkedes, og det, der driller",
        "2. Nye værktøjer og metoder",
        "3. En konkret sag, vi arbejder med sammen",
        "4. Nyt om ledelsens arbejde med AI",
        "Det tager vi stilling til",
    ]
    assert "- »Referater« i Plan (Bo Lind): Navnene var rigtige" in paragraphs
    together = "- Mødt flere steder: »Referater« i Plan (virkede) og en anden afdeling (ikke endnu)."
    assert [one for one in paragraphs if one.startswith(together)]
    assert "- »Excel«, som Dan Friis følger. Sidst: Regnede forkert. Nyt: Ny version." in paragraphs
    assert "- »En time om ugen«, som Ida Krogh blev spurgt om for 45 dage siden" in paragraphs
    assert "- »Hvem bestemmer« Ikke afgjort; Ida Krogh skulle have svaret den 4. januar." in "\n".join(paragraphs)
    assert "- »Bliver vi færre« Ikke afgjort; Ida Krogh er spurgt og svarer senest den 1. marts." in "\n".join(
        paragraphs
    )
    assert (
        "- Svar på »Flere licenser«: senere; spørges igen den 15. juni. Efter budgettet\n- Svar på »En fast tid«"
        in paragraphs
    )


def test_little_to_say_is_said_kindly() -> None:
    paragraphs = said(LETTERS["agenda with little"])
    assert paragraphs[3].startswith("Der er ikke meget på denne gang, og det er helt i orden.")
    assert paragraphs[4:] == [
        f"Det hele står på mødets side:\n{LINKS.of('agenda')}"
    ]  # and no four headings over nothing


def test_the_form_is_asked_for_once_more_in_other_words() -> None:
    first, again = (said(LETTERS[name]) for name in ("decisions", "decisions again"))
    assert first[3] == "En sag på genbesøgslisten venter på jeres vurdering."
    assert again[2].startswith("Vi spørger en enkelt gang til")
