"""The letters of the AI relay and the revisit list."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise, product
from typing import Any

import pytest

from culture.people import Language
from culture.relay.news import Cause
from mailer.letter import Facts, Links, Reader
from mailer.render import Rendered, Renderer
from mailer.words import LANGUAGES
from service.planning.line import Line
from service.relay.facts import AssignmentFacts, EveFacts, HalfwayFacts, LearningFacts, SwapDeclinedFacts, SwapFacts
from service.relay.lines import told
from service.revisit.facts import WorksFacts
from service.revisit.programme import POLICY_WORDS
from tests.mail_values import (
    FACILITATOR,
    LINKS,
    MEETING,
    NO_LINKS,
    POLICY,
    challenge,
    colleagues_turn,
    free_text,
    learned,
    overview,
    reader,
    revisit,
    shared,
    slot,
    tip,
    turn,
    unreached,
    welcome,
    with_text,
)
from tests.mail_values import RELAY_LETTERS as LETTERS
from tests.test_render import Page, links, words

pytestmark = pytest.mark.slow

OURS = Renderer(None)

READERS = {
    f"{language} {channel} {'' if links_.page else 'no web'}": reader(language, links_, channel=channel)
    for language, (channel, links_) in product(LANGUAGES, (("feed", LINKS), ("invite", LINKS), ("none", NO_LINKS)))
}
NO_WEB = {language: reader(language, NO_LINKS) for language in LANGUAGES}
every_letter = pytest.mark.parametrize("name", LETTERS)


class Shown(Page):
    """A page whose numbered lists show their numbers, as a reader sees them."""

    number = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "ol":
            self.number = 1
        elif tag == "li" and self.number:
            self.words += f"{self.number}. "
            self.number += 1

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag == "ol":
            self.number = 0


def said(facts: Facts, reader_: Reader | None = None) -> list[str]:
    """The paragraphs of the letter's text, without the greeting, the signature and what follows it."""
    text = OURS.plain(reader_ or reader(), [facts])
    body = re.split(r"\n\n\n(?:Venlig hilsen|Kind regards)\n", text)[0]
    return [part for part in re.split(r"\n{2,}", body) if part][1:]


def test_every_kind_of_letter_about_the_relay_is_tried_here() -> None:
    every = {one.template for one in Facts.__subclasses__()}
    ours = {template for template in every if template.startswith(("relay/", "revisit/"))}
    assert {facts.template for facts in LETTERS.values()} == ours


@cache
def made(to: str, name: str) -> tuple[Rendered, Shown]:
    """A letter to one of the readers, and its page: rendered once, and looked at by many tests."""
    found = OURS.render({**READERS, **NO_WEB}[to], [LETTERS[name]])
    return found, Shown(found.html)


@every_letter
def test_text_and_html_say_the_same_and_carry_the_same_links(name: str) -> None:
    for to in READERS:
        letter, page = made(to, name)
        assert words(page.words) == words(letter.text), to
        assert {link for link in page.links if link and not link.startswith("mailto:")} == links(letter.text), to


@every_letter
def test_every_letter_is_tidy_and_calm(name: str) -> None:
    for to, who in READERS.items():
        letter, _ = made(to, name)
        lines = letter.text.splitlines()
        assert not [line for line in lines if line != line.strip() and not line.startswith("  http")], to
        assert "  " not in letter.text.replace("\n  http", "\nhttp"), to
        assert "\n\n\n\n" not in letter.text, to
        assert "!" not in letter.text, to
        assert letter.subject == " ".join(letter.subject.split()), to
        assert letter.text.count(POLICY[who.person.language].data) == LETTERS[name].pastes, to


@every_letter
def test_headings_are_headings_and_follow_each_other(name: str) -> None:
    alone = [made(to, name)[1].headings for to in READERS]
    others = product((READERS["da feed "], NO_WEB["en"]), (welcome(), tip(1)))
    behind = [Shown(OURS.render(who, [other, LETTERS[name]]).html).headings for who, other in others]
    for headings in (*alone, *behind):
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(headings))


@every_letter
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_web_address_no_link_is_empty_and_a_person_stands_in(language: Language, name: str) -> None:
    letter, page = made(language, name)
    assert {link for link in page.links if link} - {"https://x.example/oplæg"} == {"mailto:mette@x.example"}
    assert 'href=""' not in letter.html
    assert ":\n\n\n" not in letter.text


ENGLISH = set(words("the and of is you your turn turns challenge meeting relay slides feedback page write what who"))
DANISH = set(words("og du din der ikke tur turen mødet eller hvad hvem svar til fra siden kl"))


@every_letter
@pytest.mark.parametrize(("language", "foreign"), [("da", ENGLISH), ("en", DANISH)])
def test_a_letter_is_in_one_language(language: Language, foreign: set[str], name: str) -> None:
    letter, _ = made(language, name)  # without addresses, which are in no language
    assert set(words(f"{letter.subject} {letter.text}")) & foreign == set()


# Every fact is told, and nothing can write HTML

HOSTILE = "<script>æøå</script> & {{ 7 * 7 }} \"'</p>"
CHALLENGE = {f"ChallengeText.{name}" for name in ("title", "goal", "steps", "data", "tools", "check")}
EARLIER = ("title", "worked", "did_not", "hard", "easy", "potential", "checked", "tool", "link")
JUDGED = {"Judgement.by", "Judgement.reason"}
ITEM = {f"Revisit.{name}" for name in ("rejected_by", "reason", "would_change")}
SHARED = {f"SharedWords.{name}" for name in ("text", "name")}
TITLE, PLACE, PARTNER = "ChallengeText.title", "TurnWords.place", "TurnWords.partner"
TOLD: dict[str, tuple[Facts, set[str]]] = {
    "slot": (slot(partner="x", challenge=challenge()), {TITLE, PLACE, PARTNER}),
    "slot of another": (
        slot(**FACILITATOR, partner="x", challenge=challenge()),
        {TITLE, PLACE, PARTNER, "TurnWords.presenter", "TurnWords.department"},
    ),
    "swapped": (
        slot("cancel", cause=Cause.SWAPPED, colleague="x", presenter="y"),
        {"SlotChange.colleague"},
    ),
    "no facilitator any more": (slot("cancel", cause=Cause.OTHER_FACILITATOR, **FACILITATOR), {"TurnWords.department"}),
    "assignment": (
        AssignmentFacts(turn=turn(partner="x", earlier=learned())),
        {PLACE, PARTNER, *CHALLENGE, *(f"Learning.{name}" for name in EARLIER)},
    ),
    "tried elsewhere": (
        AssignmentFacts(turn=turn(partner="x"), elsewhere=shared()),
        {PLACE, PARTNER, *CHALLENGE, *SHARED, "SharedWords.department"},
    ),
    "news": (
        overview(turns=(), after=(), news=(shared(),)),
        {"OverviewFacts.department", "OverviewFacts.place", *SHARED, "SharedWords.title", "SharedWords.department"},
    ),
    "halfway": (HalfwayFacts(turn=turn(partner="x")), {PLACE, PARTNER, TITLE, "ChallengeText.steps"}),
    "eve": (EveFacts(turn=turn(partner="x")), {PLACE, PARTNER, TITLE}),
    "learning": (LearningFacts(turn=turn(), retry_days=30), {TITLE}),
    "swap": (
        SwapFacts(turn=colleagues_turn(partner="x"), asker="Bo Lind", own=MEETING),
        {PLACE, PARTNER, TITLE, "SwapFacts.asker", "TurnWords.presenter", "TurnWords.department"},
    ),
    "swap declined": (
        SwapDeclinedFacts(turn=turn(partner="x"), colleague="Bo Lind"),
        {PLACE, PARTNER, TITLE, "SwapDeclinedFacts.colleague"},
    ),
    "unreached": (unreached(), {f"UnreachedFacts.{name}" for name in ("name", "email", "department", "drawn")}),
    "overview": (
        overview(),
        {"OverviewFacts.department", "OverviewFacts.place", "TurnWords.presenter", TITLE},
    ),
    "works": (
        WorksFacts(name="x", by="y", why="z"),
        {"WorksFacts.name", "WorksFacts.by", "WorksFacts.why"},
    ),
    "revisit": (
        revisit("Erik Gade", trigger="x"),
        {*ITEM, *JUDGED, "RevisitFacts.name", "RevisitFacts.news", "RevisitFacts.owner"},
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("facts", "told"), TOLD.values(), ids=TOLD)
def test_every_fact_is_told_in_text_and_html_and_none_can_write_html(
    facts: Facts, told: set[str], language: Language
) -> None:
    found, hostile = list(free_text(facts)), facts
    for number, (_, path) in enumerate(found):
        hostile = with_text(hostile, path, f"{HOSTILE}{number:03}")
    made = OURS.render(reader(language), [hostile])
    page = Page(made.html)
    assert "<script" not in made.html
    assert "\n" not in made.subject
    shown = set()
    for number, (name, path) in enumerate(found):
        in_html = f"{HOSTILE}{number:03}" in page.words
        assert (name, f"{HOSTILE}{number:03}" in made.text) == (name, in_html)
        if in_html:
            shown.add(name)
            assert set(path) & set(LANGUAGES) <= {language}
    assert shown == told


def test_text_of_several_lines_keeps_them() -> None:
    facts = AssignmentFacts(turn=turn(earlier=learned(hard="Først\nså")))
    made = OURS.render(reader(), [facts])
    assert "Det var svært: Først\nså\n" in made.text
    assert "Først<br>så" in made.html


def test_only_a_web_address_becomes_a_link() -> None:
    facts = AssignmentFacts(turn=turn(earlier=learned(link="javascript:alert(1)")))
    made = OURS.render(reader(), [facts])
    assert "javascript:alert(1)" in Page(made.html).words
    assert not [link for link in Page(made.html).links if link and link.startswith("javascript")]


# What each letter says

SUBJECTS: dict[Language, dict[str, str]] = {
    "da": {
        "assignment": "Din udfordring: title 1 da æøå",
        "assignment of their own": "AI-stafetten: Du vælger selv din udfordring",
        "assignment to be handed over": "Til Karen Holm, som ikke får mail: title 1 da æøå",
        "halfway": "Halvvejs: title 1 da æøå",
        "halfway with their own": "Halvvejs i AI-stafetten",
        "eve": "Du fremlægger torsdag den 18. marts kl. 09.00",
        "learning": "Hvad lærte du? Fem spørgsmål om din tur",
        "swap": "Bo Lind spørger, om I kan bytte tur",
        "swap with somebody gone": "En kollega spørger, om I kan bytte tur",
        "swap declined": "Turen torsdag den 18. marts bliver hos dig",
        "overview": "AI-stafetten torsdag den 18. marts: Anna Holm og Bo Lind",
        "overview without turns": "AI-stafetten torsdag den 18. marts",
        "revisit": "Skal vi se på »Assistenten i Excel« igen?",
        "works": "»Assistenten i Excel« virker nu",
    },
    "en": {
        "assignment": "Your challenge: title 1 en æøå",
        "assignment to be handed over": "For Karen Holm, who gets no mail: title 1 en æøå",
        "halfway": "Halfway: title 1 en æøå",
        "swap": "Bo Lind asks whether you would swap turns",
        "overview": "The AI relay on Thursday 18 March: Anna Holm and Bo Lind",
        "revisit": "Shall we look at “Assistenten i Excel” again?",
        "works": "“Assistenten i Excel” works now",
    },
}


@pytest.mark.parametrize(("language", "name"), [(one, name) for one in LANGUAGES for name in SUBJECTS[one]])
def test_the_subject_says_what_the_letter_is_about(language: Language, name: str) -> None:
    assert OURS.render(reader(language), [LETTERS[name]]).subject == SUBJECTS[language][name]


WAY_OUT = (
    "Du kan give turen videre eller bytte med en kollega, og du behøver ikke sige hvorfor. "
    f"Begge dele klarer du på siden med dine ture:\n{LINKS.of('relay')}"
)
ASK = (
    "Du kan give turen videre eller bytte med en kollega, og du behøver ikke sige hvorfor. "
    "Skriv til Mette Lund, mette@x.example, så bliver det ordnet."
)


@pytest.mark.parametrize(
    "name", ["announced", "moved", "another place", "several", "assignment", "halfway", "eve", "swap declined"]
)
def test_whoever_has_a_turn_is_told_how_to_be_free_of_it(name: str) -> None:
    assert WAY_OUT in said(LETTERS[name])
    assert ASK in said(LETTERS[name], reader(links=NO_LINKS))


@pytest.mark.parametrize("name", ["to the facilitator", "gone", "gone, to the facilitator", "overview"])
def test_whoever_has_none_is_not(name: str) -> None:
    assert WAY_OUT not in said(LETTERS[name])


POINTS = (
    "- Processen: Hvad gjorde du, og i hvilken rækkefølge?\n"
    "- Resultatet: Hvad kom der ud af det, og kan det bruges?\n"
    "- Værktøjet: Hvad er fordelene, og hvad er ulemperne?"
)


def test_the_assignment_carries_the_challenge_whole_and_how_to_present_it() -> None:
    paragraphs = said(AssignmentFacts(turn=turn(challenge=challenge(hours=1))))
    assert paragraphs[1] == (
        "Her er din udfordring i AI-stafetten. Prøv den af inden mødet, og fortæl så de andre, hvordan det gik. "
        "Mødet er fristen. Regn med omkring en time af din arbejdstid. Aftal med din leder, hvad der kan vente imens."
    )
    two = said(AssignmentFacts(turn=turn(challenge=replace(challenge(), people=2))))
    assert two[1].endswith(" Den er skrevet til to, så find en kollega, der vil være med.")
    assert "1. step 1.1 da æøå\n2. step 1.2 da æøå\n3. step 1.3 da æøå" in paragraphs
    place = paragraphs.index("Du har 20 minutter. Fortæl om tre ting:")
    assert paragraphs[place + 1 : place + 3] == [
        POINTS,
        "Et forsøg, der ikke lykkedes, er et lige så godt oplæg. Så ved vi, hvad der ikke virker endnu, og hvorfor.",
    ]


def test_a_retry_carries_what_was_learned_and_no_name() -> None:
    paragraphs = said(LETTERS["assignment again"])
    place = paragraphs.index("Det ved vi fra sidst\n--------------------")
    assert paragraphs[place + 2].splitlines()[-1] == "Oplægget: https://x.example/oplæg"
    assert "Timer: 2,5" in paragraphs[place + 2].splitlines()
    assert "Hours: 2.5" in "\n".join(said(LETTERS["assignment again"], reader("en")))
    empty = learned(worked="", did_not="", hard="", easy="", potential="", checked="", tool="", link="", hours=None)
    assert said(AssignmentFacts(turn=turn(earlier=empty)))[place + 2] == "Udfordringen: earlier title æøå"


def test_the_eve_asks_for_three_points_and_one_picture_and_has_the_five_questions() -> None:
    paragraphs = said(EveFacts(turn=turn()))
    assert POINTS in paragraphs
    assert said(LETTERS["learning"])[said(LETTERS["learning"]).index("Fem spørgsmål\n-------------") + 1] in paragraphs
    assert "Tag ét skærmbillede med af det, du helst vil vise. En præsentation behøver du ikke lave." in paragraphs


def test_the_learning_is_five_questions_and_what_was_checked() -> None:
    paragraphs = said(LETTERS["learning"])
    questions = paragraphs[paragraphs.index("Fem spørgsmål\n-------------") + 1]
    assert questions.count("\n- ") + 1 == 5
    assert "Skriv også, hvordan resultatet blev tjekket, og hvem der vurderede, om det holdt." in paragraphs
    assert f"Skriv det på siden med dine ture:\n{LINKS.of('relay')}" in paragraphs
    assert "Skriv det til Mette Lund, mette@x.example." in said(LETTERS["learning"], reader(links=NO_LINKS))


@pytest.mark.parametrize(
    ("name", "promise"),
    [
        ("learning", "Så prøver vi igen om en måned. "),
        ("learning, and a retry in six weeks", "Så prøver vi igen om seks uger. "),
        ("learning of a retry", "Så kommer den på genbesøgslisten, og vi ser på den igen om nogle måneder. "),
        ("learning of a retry without a list", ""),
        ("learning of their own", ""),
    ],
)
def test_what_did_not_work_is_promised_no_more_than_what_happens(name: str, promise: str) -> None:
    assert said(LETTERS[name])[-1] == (
        f"Virkede det ikke i dag, er det lige så meget værd at få med. {promise}"
        "Blev din tur ikke til noget, så sig det til Mette Lund."
    )


def test_a_swap_says_what_a_yes_means() -> None:
    assert (
        "I bytter plads. Du fremlægger torsdag den 18. marts kl. 09.00, og Bo Lind fremlægger for dig torsdag den "
        "25. marts kl. 09.00. Udfordringerne følger med turene."
    ) in said(LETTERS["swap"])
    assert (
        "Du fremlægger torsdag den 18. marts kl. 09.00. Næste gang du står for tur, fremlægger Bo Lind for dig."
    ) in said(LETTERS["swap for the next"])


def test_the_overview_lists_the_turns_in_order_and_who_comes_after() -> None:
    paragraphs = said(overview())
    assert paragraphs[3:5] == [
        "Kl. 09.00: Anna Holm (dig), 20 minutter\nUdfordring: title 1 da æøå",
        "Kl. 09.20: Bo Lind, 20 minutter\nUdfordring: selvvalgt\nHar selv meldt sig.",
    ]
    assert "Var der nogen, der gjorde en spændende opdagelse med AI?" in paragraphs
    assert "- Torsdag den 25. marts kl. 09.00: Cai Friis" in paragraphs
    assert said(LETTERS["overview without turns"])[3] == "Der er ingen oplæg denne gang."
    assert "De næste\n--------" not in said(LETTERS["overview without a place"])


def test_the_revisit_tells_the_case_and_asks_for_one_of_three() -> None:
    paragraphs = said(revisit("Erik Gade", trigger="Ny version."))
    assert paragraphs[1:4] == [
        "Det var Erik Gade, der fulgte den her sag. Erik Gade arbejder her ikke længere, så nu spørger vi dig.",
        "Det er et værktøj, vi sagde nej til. Nu er der nyt, og derfor spørger vi igen.",
        (
            "Afvist: 1. september 2026 af Jura æøå\n"
            "Grunden: Den regnede forkert æøå.\n"
            "Hvad der skal ændre sig: Formlerne skal kunne ses æøå.\n"
            "Nyt siden da: Ny version."
        ),
    ]
    assert "- 1. december 2026, Dorte Krag: stadig ikke. Tallene var forkerte æøå." in paragraphs
    assert (
        "- Det virker nu. Så er sagen lukket, og vi kan komme i gang.\n"
        "- Stadig ikke. Så spørger vi igen om fire måneder.\n"
        "- Vi dropper det. Så spørger vi ikke mere."
    ) in paragraphs
    assert paragraphs[-1] == f"Svar på din side:\n{LINKS.of('revisit')}"


def test_a_question_that_waits_is_asked_again_and_then_of_the_contact_without_blame() -> None:
    assert said(LETTERS["revisit asked again"])[1] == (
        "Sagen har ventet på en vurdering i mindst en måned. Har du ikke mulighed for det, så sig det til Mette Lund."
    )
    assert said(LETTERS["revisit handed on"])[1] == (
        "Sagen hører til hos Erik Gade og venter stadig på en vurdering. Nu spørger vi også dig, så den ikke bliver liggende."
    )


def test_the_revisit_knows_where_the_case_came_from() -> None:
    assert said(LETTERS["revisit of a use case"])[1].startswith("Det er en måde at bruge AI på, som vi sagde nej til.")
    assert said(LETTERS["revisit from the relay"])[1:3] == [
        (
            "Det er en udfordring, der blev prøvet to gange i AI-stafetten uden at virke. "
            "Nu er der gået nogen tid, og meget kan være ændret."
        ),
        "Sidst prøvet: 1. september 2026",
    ]
    tried = said(revisit(turn="plan-3", rejected_by="Plan og Byrum", reason="Kilderne", would_change="", trigger=""))
    assert tried[2] == "Sidst prøvet: 1. september 2026 i Plan og Byrum\nDet virkede ikke: Kilderne"


def test_what_colleagues_found_out_stands_in_the_overview_and_beside_the_same_challenge() -> None:
    assert (
        "- Karen Nygaard i Drift æøå har opdaget: »Den læser håndskrift æøå«\n"
        "- Karen Nygaard i Drift æøå prøvede »Titel æøå« den 25. februar. Det virkede ikke endnu: »Kilderne var opdigtede æøå«\n"
        "- Karen Nygaard i Drift æøå prøvede »Titel æøå« den 25. februar. "
        "Det virkede ikke endnu, og det bliver prøvet igen: »Kilderne var opdigtede æøå«"
    ) in "\n".join(said(LETTERS["overview with news"]))
    paragraphs = said(LETTERS["assignment tried elsewhere"])
    place = paragraphs.index("Sådan gik det i Drift æøå i februar\n" + "-" * 35)
    assert paragraphs[place + 1 : place + 3] == [
        "Karen Nygaard: Det virkede ikke endnu. »Kilderne var opdigtede æøå«",
        f"Resten står på siden:\n{LINKS.of('relay')}",
    ]
    assert "Sådan gik det i en anden afdeling i februar 2027\n" + "-" * 48 in said(
        LETTERS["assignment tried by nobody named"]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("links_", [LINKS, NO_LINKS])
def test_a_weekly_letter_carries_the_lines_in_text_and_html_alike(language: Language, links_: Links) -> None:
    changed = {"day": date(2027, 3, 3), "changed": ("tools", "data", "allowed")}
    policy = Line(template="revisit/policy", values=changed, words=POLICY_WORDS)
    lines = (Line(template="relay/asked", values={}, words=0), told(shared()), policy)
    made = OURS.render(reader(language, links_), [replace(tip(), lines=lines)])
    page = Shown(made.html)
    assert "Karen Nygaard" in made.text
    changed_text = {
        "da": "Organisationens svar om AI er ændret den 3. marts: hvilke værktøjer der er godkendt og hvilke data der må deles.",
        "en": "The organisation's answers about AI changed on 3 March: which tools are approved and which data may be shared.",
    }
    assert changed_text[language] in made.text
    assert words(page.words) == words(made.text)
    assert {link for link in page.links if link and not link.startswith("mailto:")} == links(made.text)
    assert "\n\n\n\n" not in made.text


# The calendar

EVENT = (
    "{}\n\n20 minutter om tre ting:\n"
    "- Processen: Hvordan blev det grebet an?\n"
    "- Resultatet: Hvad kom der ud af det, og kan det bruges?\n"
    "- Værktøjet: Hvad er fordelene, og hvad er ulemperne?\n\n"
    "Et forsøg, der ikke lykkedes, er et lige så godt oplæg.\n\n"
    "Slut med fem spørgsmål: Hvad virkede? Hvad virkede ikke? Hvad var svært? Hvad var overraskende let? "
    "Hvilke muligheder er der for os?"
)


def test_a_slot_in_the_calendar_is_named_by_its_challenge_or_its_department() -> None:
    named = turn(), turn(challenge=None)
    assert [OURS.event(reader(), "slot", {"turn": one})[0] for one in named] == [
        "AI-stafet: title 1 da æøå",
        "AI-stafet: Planafdelingen",
    ]
    assert [OURS.event(reader("en"), "slot", {"turn": one})[0] for one in named] == [
        "AI relay: title 1 en æøå",
        "AI relay: Planafdelingen",
    ]


@pytest.mark.parametrize(
    ("shown", "first"),
    [
        (turn(), "Du fremlægger."),
        (turn(partner="Bo Lind"), "Du fremlægger. På samme møde: Bo Lind."),
        (colleagues_turn(), "Bo Lind fremlægger."),
    ],
)
def test_a_slot_in_the_calendar_says_who_presents_and_what(shown: Any, first: str) -> None:
    assert OURS.event(reader(links=NO_LINKS), "slot", {"turn": shown})[1] == EVENT.format(first)
    assert OURS.event(reader(), "slot", {"turn": shown})[1].startswith(EVENT.format(first) + "\n\n")
    assert OURS.event(reader(), "slot", {"turn": shown})[1].endswith(f"på {LINKS.link}")


def test_a_slot_whose_presenter_is_gone_still_has_words() -> None:
    assert (
        OURS.event(reader(links=NO_LINKS), "slot", {"turn": colleagues_turn(presenter="")})[1]
        == EVENT.format("").strip()
    )


RELAY_FOOT = "har en AI-stafet, som du er med i. Ingen kan se"
REVISIT_FOOT = "har en liste over det, der er værd at prøve igen, og sagen her er din. Ingen kan se"
WORKS_FOOT = "har en liste over det, der er værd at prøve igen, og det her virkede ikke for dig sidst. Ingen kan se"
WEEK_FOOT = "har sat tid af, så alle kan prøve AI i deres eget arbejde. Ingen kan se"


@every_letter
def test_the_foot_says_why_somebody_gets_it_and_what_the_link_stops(name: str) -> None:
    facts = LETTERS[name]
    about = {"revisit/revisit": REVISIT_FOOT, "revisit/works": WORKS_FOOT}.get(facts.template, RELAY_FOOT)
    for letter, reason in (([facts], about), ([facts, tip(1)], WEEK_FOOT), ([welcome(), facts], WEEK_FOOT)):
        text = OURS.plain(reader(), letter)
        assert [one for one in (RELAY_FOOT, REVISIT_FOOT, WORKS_FOOT, WEEK_FOOT) if one in text] == [reason]
        assert "- Stop de ugentlige breve: ingen spørger hvorfor" in text


def test_the_reminder_half_way_promises_no_time() -> None:
    assert "Her er din udfordring igen, og hvor du kan begynde." in said(LETTERS["halfway"])
    assert not [part for part in said(LETTERS["halfway with their own"]) if "Her er din udfordring" in part]
