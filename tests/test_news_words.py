"""What is said when a turn comes, moves or goes: who did what, in both languages, to whoever is told."""

from dataclasses import replace

import pytest

from culture.people import Language
from mailer.render import Renderer
from mailer.words import LANGUAGES
from service.relay.facts import SlotFacts
from tests.mail_values import LINKS, NEWS, NO_LINKS, RELAY_LETTERS, SEVERAL, reader, slot
from tests.test_relay_letters import DANISH, ENGLISH, WAY_OUT, said
from tests.test_render import Page, words

OURS = Renderer(None)
SLOTS = {name: facts for name, facts in RELAY_LETTERS.items() if isinstance(facts, SlotFacts)} | NEWS

WHEN: dict[Language, str] = {"da": "torsdag den 18. marts", "en": "Thursday 18 March"}
AT: dict[Language, str] = {"da": "torsdag den 18. marts kl. 09.00", "en": "Thursday 18 March at 09:00"}
NEXT: dict[Language, str] = {"da": "torsdag den 25. marts kl. 09.00", "en": "Thursday 25 March at 09:00"}
BEFORE: dict[Language, str] = {"da": "torsdag den 11. marts", "en": "Thursday 11 March"}
CLOCK: dict[Language, str] = {"da": " kl. 09.00", "en": " at 09:00"}

SAID: dict[Language, dict[str, tuple[str, str]]] = {
    "da": {
        "announced": (
            "Din tur i AI-stafetten er WHEN",
            "AI-stafetten er nået til dig. TASK Lykkes det ikke, er det mindst lige så interessant at høre om.",
        ),
        "volunteered": ("Din tur i AI-stafetten er WHEN", "Tak, fordi du har meldt dig. TASK"),
        "retry": (
            "Vi prøver igen: Din tur i AI-stafetten er WHEN",
            (
                "Sidste gang virkede det ikke. Nu prøver vi igen, og det, der blev lært dengang, kommer med i brevet om "
                "udfordringen."
            ),
        ),
        "to the facilitator": (
            "Bo Lind har tur i AI-stafetten WHEN",
            "Bo Lind får en udfordring, prøver den af og fortæller om den på mødet.",
        ),
        "volunteered, to the facilitator": ("Bo Lind har tur i AI-stafetten WHEN", "Bo Lind har selv meldt sig."),
        "retry, to the facilitator": (
            "Bo Lind har tur i AI-stafetten WHEN",
            "Bo Lind prøver igen det, der ikke virkede sidste gang.",
        ),
        "moved": ("Din tur i AI-stafetten er flyttet til AT", "Den var sat til BEFORECLOCK."),
        "moved, to the facilitator": ("Bo Lind har nu tur i AI-stafetten AT", "Den var sat til BEFORECLOCK."),
        "another place": (
            "Din tur i AI-stafetten WHEN er ændret",
            "Tidspunktet er det samme. Sådan står turen nu.",
        ),
        "another place, to the facilitator": (
            "Turen i AI-stafetten WHEN er ændret",
            "Tidspunktet er det samme. Sådan står turen nu.",
        ),
        "gone": ("Du skal ikke fremlægge WHEN", "Skal du have en ny dato, hører du fra os."),
        "gone, to the facilitator": ("Turen i AI-stafetten WHEN er ude af din kalender", "Du behøver ikke gøre noget."),
        "pass undone": ("Turen i AI-stafetten WHEN er din igen", "Du har taget den tilbage, så alt er, som det var."),
        "pass undone for them": (
            "Turen i AI-stafetten WHEN er din igen",
            "Den er taget tilbage, så alt er, som det var.",
        ),
        "new date": (
            "Din tur i AI-stafetten har fået en ny dato: WHEN",
            "Du beholdt turen, da den mistede sin dato. Nu er der et møde til den.",
        ),
        "in return": (
            "Din tur i AI-stafetten er WHEN",
            "Bo Lind tog din tur BEFORE. Nu er det dig, der fremlægger for Bo Lind. TASK",
        ),
        "in return for one forgotten": (
            "Din tur i AI-stafetten er WHEN",
            "Bo Lind tog din tur. Nu er det dig, der fremlægger for Bo Lind. TASK",
        ),
        "got in exchange": (
            "Du har byttet med Bo Lind: Din tur er nu WHEN",
            "Bo Lind fremlægger NEXT, og du fremlægger AT. Udfordringerne følger med turene.",
        ),
        "got for the next": (
            "Du har byttet med Bo Lind: Din tur er WHEN",
            "Du tager turen for Bo Lind. Næste gang du står for tur, fremlægger Bo Lind for dig. TASK",
        ),
        "got and even": (
            "Du har byttet med Bo Lind: Din tur er WHEN",
            "Du tager turen for Bo Lind, og så er I kvit. Udfordringen følger med turen.",
        ),
        "got from somebody gone": (
            "Du har byttet med en kollega: Din tur er WHEN",
            "Du tager turen for en kollega. Næste gang du står for tur, fremlægger en kollega for dig. TASK",
        ),
        "got back": (
            "Turen i AI-stafetten WHEN er din igen",
            "Du har taget byttet med Bo Lind tilbage, så alt er, som det var.",
        ),
        "got back in exchange": (
            "Turen i AI-stafetten WHEN er din igen",
            "Byttet med Bo Lind er taget tilbage, så alt er, som det var: Du fremlægger AT, og Bo Lind fremlægger NEXT.",
        ),
        "swap void": (
            "Turen i AI-stafetten WHEN er din igen",
            "Byttet med Bo Lind holder ikke alligevel, så det er dig, der fremlægger.",
        ),
        "update: moved": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Afdelingsmødet er flyttet, og din tur flytter med. Den var sat til BEFORECLOCK.",
        ),
        "update: moved, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Afdelingsmødet er flyttet, og turen flytter med. Den var sat til BEFORECLOCK.",
        ),
        "update: cancelled": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Mødet BEFORE er aflyst, så turen er flyttet til et andet møde.",
        ),
        "update: cancelled, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Mødet BEFORE er aflyst, så turen er flyttet til et andet møde.",
        ),
        "update: away": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Den var sat til BEFORECLOCK, men den dag er du der ikke.",
        ),
        "update: away, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORECLOCK.",
        ),
        "update: no room": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Der er ikke længere plads til den på mødet BEFORE.",
        ),
        "update: no room, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Der er ikke længere plads til den på mødet BEFORE.",
        ),
        "update: too short": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Der var for kort tid til at løse en udfordring inden mødet BEFORE.",
        ),
        "update: too short, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORECLOCK.",
        ),
        "update: no challenge": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Du nåede ikke at få en udfordring inden mødet BEFORE.",
        ),
        "update: no challenge, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORECLOCK.",
        ),
        "update: not reached": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Brevet med din udfordring nåede ikke frem inden mødet BEFORE.",
        ),
        "update: not reached, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORECLOCK.",
        ),
        "cancel: not reached": (
            "Du skal ikke fremlægge WHEN",
            "Brevet med din udfordring nåede ikke frem. KEPT",
        ),
        "update: missed": (
            "Din tur i AI-stafetten kommer igen AT",
            "Den blev ikke til noget BEFORE. Det gør ikke noget: Nu kommer den igen, og udfordringen er den samme.",
        ),
        "update: after break": (
            "Din tur i AI-stafetten er flyttet til AT",
            (
                "Mødet BEFORE er et af de første efter lukkedagene, og der holder vi ingen oplæg. Så turen er flyttet til "
                "et senere møde."
            ),
        ),
        "update: after break, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORE kl. 09.00.",
        ),
        "update: not begun": (
            "Din tur i AI-stafetten er flyttet til AT",
            "AI-stafetten begynder senere, så turen BEFORE er flyttet til et af de første møder i den.",
        ),
        "update: not begun, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORE kl. 09.00.",
        ),
        "cancel: after break": (
            "Du skal ikke fremlægge WHEN",
            "Mødet er et af de første efter lukkedagene, og der holder vi ingen oplæg. KEPT",
        ),
        "cancel: not begun": ("Du skal ikke fremlægge WHEN", "AI-stafetten begynder først senere. KEPT"),
        "update: postponed": (
            "Din tur i AI-stafetten er flyttet til AT",
            "Den måtte vente og kommer nu på et senere møde. Udfordringen er den samme.",
        ),
        "update: postponed, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den var sat til BEFORE kl. 09.00.",
        ),
        "cancel: postponed": ("Du skal ikke fremlægge WHEN", "KEPT"),
        "update: missed, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten AT",
            "Den blev ikke til noget BEFORE, så nu kommer den igen.",
        ),
        "another calendar": (
            "Din tur i AI-stafetten WHEN har skiftet kalender",
            "Tiden er den samme. Turen står nu i den kalender, du abonnerer på.",
        ),
        "another calendar, to the facilitator": (
            "Turen i AI-stafetten WHEN har skiftet kalender",
            "Tiden er den samme. Turen står nu i den kalender, du abonnerer på.",
        ),
        "passed": ("Du har givet turen WHEN videre", "Du bliver ikke spurgt igen i denne runde."),
        "passed for them": (
            "Turen WHEN er givet videre",
            "Den er givet videre for dig. Du bliver ikke spurgt igen i denne runde.",
        ),
        "passed what they volunteered for": ("Du har givet turen WHEN videre", "Det er helt i orden."),
        "given in exchange": (
            "Bo Lind tager din tur WHEN",
            "I har byttet: Du fremlægger NEXT i stedet. Udfordringerne følger med turene.",
        ),
        "given for the next": (
            "Bo Lind tager din tur WHEN",
            "I har byttet. Næste gang Bo Lind står for tur, fremlægger du. Vi skriver, når datoen er kendt.",
        ),
        "given and even": ("Bo Lind tager din tur WHEN", "I har byttet, og så er I kvit."),
        "given to somebody gone": ("En kollega tager din tur WHEN", "I har byttet, og så er I kvit."),
        "given back": ("Du har givet turen WHEN tilbage", "Byttet er taget tilbage, så Bo Lind fremlægger."),
        "taken back": ("Bo Lind beholder turen WHEN", "Byttet er taget tilbage, så Bo Lind fremlægger."),
        "taken back in exchange": (
            "Bo Lind beholder turen WHEN",
            "Byttet er taget tilbage, så alt er, som det var: Bo Lind fremlægger AT, og du fremlægger NEXT.",
        ),
        "gone back": (
            "Du skal ikke fremlægge WHEN",
            "Den dag er du der ikke, så turen er gået tilbage til Bo Lind.",
        ),
        "withdrawn": ("Du har trukket din tur WHEN tilbage", "Det er helt i orden. Meld dig igen, når det passer."),
        "withdrawn for them": (
            "Din tur WHEN er trukket tilbage",
            "Det er helt i orden. Meld dig igen, når det passer.",
        ),
        "cancel: not needed": (
            "Du skal ikke fremlægge WHEN",
            "Den kollega, der først havde turen, beholder den. Du står på listen, som om du ikke var blevet spurgt.",
        ),
        "cancel: solved": ("Du skal ikke fremlægge WHEN", "Det, der ikke virkede sidste gang, skal ikke prøves igen."),
        "cancel: cancelled": ("Mødet WHEN er aflyst", "KEPT"),
        "cancel: away": ("Du skal ikke fremlægge WHEN", "Den dag er du der ikke. KEPT"),
        "cancel: no room": ("Der er ikke plads til din tur WHEN", "KEPT"),
        "cancel: too short": (
            "Du skal ikke fremlægge WHEN",
            "Der er for kort tid til at løse en udfordring inden da. KEPT",
        ),
        "cancel: held": ("Du skal ikke fremlægge WHEN", "Din tur står nu som holdt."),
        "cancel: no relay": (
            "Du skal ikke fremlægge WHEN",
            "AI-stafetten i Planafdelingen er stoppet. Går den i gang igen, hører du fra os.",
        ),
        "cancel: no relay, to the facilitator": (
            "Bo Lind har ikke længere tur i AI-stafetten WHEN",
            "AI-stafetten i Planafdelingen er stoppet. Går den i gang igen, hører du fra os.",
        ),
        "cancel: passed, to the facilitator": (
            "Turen i AI-stafetten WHEN er givet videre",
            "Den næste på listen får besked.",
        ),
        "cancel: not needed, to the facilitator": (
            "Bo Lind har ikke længere tur i AI-stafetten WHEN",
            "Den, der først havde turen, beholder den.",
        ),
        "cancel: offer undone, to the facilitator": (
            "Bo Lind har ikke længere tur i AI-stafetten WHEN",
            "Den er trukket tilbage.",
        ),
        "cancel: cancelled, to the facilitator": (
            "Mødet WHEN er aflyst",
            "Bo Lind beholder turen og får en ny dato.",
        ),
        "cancel: left, to the facilitator": (
            "Bo Lind har ikke længere tur i AI-stafetten WHEN",
            "Du behøver ikke gøre noget.",
        ),
        "cancel: held, to the facilitator": (
            "Turen i AI-stafetten WHEN er ude af din kalender",
            "Den står nu som holdt.",
        ),
        "cancel: other facilitator, to the facilitator": (
            "Turen i AI-stafetten WHEN er ude af din kalender",
            "Du er ikke længere tovholder for AI-stafetten i Planafdelingen.",
        ),
        "cancel: no relay, merged": (
            "Du skal ikke fremlægge WHEN",
            "AI-stafetten i din gamle afdeling er stoppet. JURA",
        ),
        "cancel: no relay, moved": (
            "Du skal ikke fremlægge WHEN",
            "AI-stafetten i Planafdelingen er stoppet. JURA",
        ),
        "cancel: not needed, by the facilitator": (
            "Bo Lind har ikke længere tur i AI-stafetten WHEN",
            "Du har selv taget turen tilbage.",
        ),
        "stays, got in exchange": (
            "Du har byttet med Bo Lind: Din tur er nu WHEN",
            "Bo Lind fremlægger NEXT, og du fremlægger AT. Udfordringerne følger med turene.",
        ),
        "stays, given in exchange": (
            "Bo Lind tager din tur WHEN",
            "I har byttet: Du fremlægger NEXT i stedet. Udfordringerne følger med turene. STAYS",
        ),
        "stays, got back": (
            "Turen i AI-stafetten WHEN er din igen",
            "Du har taget byttet med Bo Lind tilbage, så alt er, som det var.",
        ),
        "stays, taken back": ("Bo Lind beholder turen WHEN", "Byttet er taget tilbage, så Bo Lind fremlægger. STAYS"),
        "stays, gone back": (
            "Du skal ikke fremlægge WHEN",
            "Den dag er du der ikke, så turen er gået tilbage til Bo Lind. STAYS",
        ),
        "stays: swapped, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten WHEN",
            "Bo Lind har byttet med Cai Friis.",
        ),
        "stays: swap undone, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten WHEN",
            "Byttet med Cai Friis er taget tilbage.",
        ),
        "stays: swap void, to the facilitator": (
            "Bo Lind har nu tur i AI-stafetten WHEN",
            "Byttet med Cai Friis er faldet væk.",
        ),
    },
    "en": {
        "announced": (
            "Your turn in the AI relay is on WHEN",
            "The AI relay has come round to you. TASK If it does not work, that is at least as interesting to hear about.",
        ),
        "volunteered": ("Your turn in the AI relay is on WHEN", "Thank you for volunteering. TASK"),
        "retry": (
            "We try again: your turn in the AI relay is on WHEN",
            (
                "Last time it did not work. Now we try again, and what was learned then will be in the letter with the "
                "challenge."
            ),
        ),
        "to the facilitator": (
            "Bo Lind has a turn in the AI relay on WHEN",
            "Bo Lind is given a challenge, tries it and presents it at the meeting.",
        ),
        "moved": ("Your turn in the AI relay has moved to AT", "It was planned for BEFORECLOCK."),
        "another place": (
            "Your turn in the AI relay on WHEN has changed",
            "The time is the same. This is how the turn stands now.",
        ),
        "gone": ("You are not presenting on WHEN", "If you are to have a new date, you will hear from us."),
        "pass undone": (
            "The turn in the AI relay on WHEN is yours again",
            "You have taken it back, so all is as it was.",
        ),
        "new date": (
            "Your turn in the AI relay has a new date: WHEN",
            "You kept the turn when it lost its date. Now there is a meeting for it.",
        ),
        "in return": (
            "Your turn in the AI relay is on WHEN",
            "Bo Lind took your turn on BEFORE. Now it is you who present for Bo Lind. TASK",
        ),
        "got in exchange": (
            "You have swapped with Bo Lind: your turn is now on WHEN",
            "Bo Lind presents on NEXT, and you present on AT. The challenges go with the turns.",
        ),
        "got for the next": (
            "You have swapped with Bo Lind: your turn is on WHEN",
            "You take the turn for Bo Lind. The next time it is your turn, Bo Lind presents for you. TASK",
        ),
        "got and even": (
            "You have swapped with Bo Lind: your turn is on WHEN",
            "You take the turn for Bo Lind, and that makes you even. The challenge goes with the turn.",
        ),
        "got back": (
            "The turn in the AI relay on WHEN is yours again",
            "You have taken back the swap with Bo Lind, so all is as it was.",
        ),
        "got back in exchange": (
            "The turn in the AI relay on WHEN is yours again",
            (
                "The swap with Bo Lind has been taken back, so all is as it was: you present on AT, and Bo Lind presents on "
                "NEXT."
            ),
        ),
        "swap void": (
            "The turn in the AI relay on WHEN is yours again",
            "The swap with Bo Lind does not hold after all, so it is you who present.",
        ),
        "update: moved": (
            "Your turn in the AI relay has moved to AT",
            "The department meeting has moved, and your turn moves with it. It was planned for BEFORECLOCK.",
        ),
        "update: cancelled": (
            "Your turn in the AI relay has moved to AT",
            "The meeting on BEFORE is cancelled, so the turn has moved to another meeting.",
        ),
        "update: away": (
            "Your turn in the AI relay has moved to AT",
            "It was planned for BEFORECLOCK, but you are not there that day.",
        ),
        "update: away, to the facilitator": (
            "Bo Lind now has a turn in the AI relay on AT",
            "It was planned for BEFORECLOCK.",
        ),
        "update: missed": (
            "Your turn in the AI relay comes back on AT",
            "It came to nothing on BEFORE. That does not matter: it comes back now, with the same challenge.",
        ),
        "passed": ("You have passed on your turn on WHEN", "You will not be asked again in this round."),
        "passed for them": (
            "Your turn on WHEN has been passed on",
            "It has been passed on for you. You will not be asked again in this round.",
        ),
        "given in exchange": (
            "Bo Lind takes your turn on WHEN",
            "You have swapped: you present on NEXT instead. The challenges go with the turns.",
        ),
        "given for the next": (
            "Bo Lind takes your turn on WHEN",
            ("You have swapped. The next time Bo Lind has a turn, you present. We will write when the date is known."),
        ),
        "taken back in exchange": (
            "Bo Lind keeps the turn on WHEN",
            "The swap has been taken back, so all is as it was: Bo Lind presents on AT, and you present on NEXT.",
        ),
        "withdrawn": (
            "You have withdrawn your turn on WHEN",
            "That is perfectly all right. Volunteer again when it suits you.",
        ),
        "cancel: not needed": (
            "You are not presenting on WHEN",
            "The colleague who had the turn first keeps it. You stand in the list as if you had not been asked.",
        ),
        "cancel: cancelled": ("The meeting on WHEN is cancelled", "KEPT"),
        "cancel: other facilitator, to the facilitator": (
            "The turn in the AI relay on WHEN has been taken out of your calendar",
            "You no longer facilitate the AI relay in Planafdelingen.",
        ),
        "cancel: no relay, merged": (
            "You are not presenting on WHEN",
            "The AI relay has stopped in your old department. JURA",
        ),
        "cancel: no relay, moved": (
            "You are not presenting on WHEN",
            "The AI relay has stopped in Planafdelingen. JURA",
        ),
        "cancel: not needed, by the facilitator": (
            "Bo Lind no longer has a turn in the AI relay on WHEN",
            "You have taken the turn back yourself.",
        ),
        "stays, given in exchange": (
            "Bo Lind takes your turn on WHEN",
            "You have swapped: you present on NEXT instead. The challenges go with the turns. STAYS",
        ),
        "stays: swapped, to the facilitator": (
            "Bo Lind now has the turn in the AI relay on WHEN",
            "Bo Lind has swapped with Cai Friis.",
        ),
        "stays: swap undone, to the facilitator": (
            "Bo Lind now has the turn in the AI relay on WHEN",
            "The swap with Cai Friis has been taken back.",
        ),
        "stays: swap void, to the facilitator": (
            "Bo Lind now has the turn in the AI relay on WHEN",
            "The swap with Cai Friis does not hold after all.",
        ),
    },
}
TASK: dict[Language, str] = {
    "da": "Du får en udfordring, prøver den af og fortæller de andre, hvad du fandt ud af.",
    "en": "You will be given a challenge to try, and then tell the others what you found out.",
}
KEPT: dict[Language, str] = {
    "da": "Du beholder turen og hører fra os, når der er en ny dato.",
    "en": "You keep the turn and will hear from us when there is a new date.",
}
ABSENCE = ("der ikke", "not there", "syg", "ferie", "orlov", "holder op", "fratr", "sick", "leave")


STAYS: dict[Language, str] = {
    "da": "Turen bliver stående i din kalender, for du er tovholder.",
    "en": "The turn stays in your calendar, since you are the facilitator.",
}
JURA: dict[Language, str] = {
    "da": "Du er nu med i AI-stafetten i Jura æøå og hører fra os, når det bliver din tur.",
    "en": "You are now part of the AI relay in Jura æøå and will hear from us when it is your turn.",
}


def written(text: str, language: Language) -> str:
    """The sentence with its days in it."""
    marks: dict[str, dict[Language, str]] = {
        "WHEN": WHEN,
        "BEFORE": BEFORE,
        "CLOCK": CLOCK,
        "AT": AT,
        "NEXT": NEXT,
        "TASK": TASK,
        "KEPT": KEPT,
        "STAYS": STAYS,
        "JURA": JURA,
    }
    for mark, by_language in marks.items():
        text = text.replace(mark, by_language[language])
    return text


def test_every_news_is_read_here_in_danish() -> None:
    assert set(SLOTS) - set(SAID["da"]) == {"announced with a partner", "several"}
    assert set(NEWS) <= set(SAID["da"])


@pytest.mark.parametrize(("language", "name"), [(one, name) for one in LANGUAGES for name in SAID[one]])
def test_the_letter_says_what_was_done_and_what_follows(language: Language, name: str) -> None:
    title, sentence = (written(text, language) for text in SAID[language][name])
    assert OURS.render(reader(language), [SLOTS[name]]).subject == title
    heading, told = said(SLOTS[name], reader(language))[:2]
    assert (heading.split("\n")[1:2], told) == ([title], sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_say_the_same_calmly_and_in_one_language(language: Language) -> None:
    for facts in NEWS.values():
        made = OURS.render(reader(language, NO_LINKS), [facts])
        assert words(Page(made.html).words) == words(made.text)
        assert not [line for line in made.text.splitlines() if line != line.strip()]
        assert ("  " in made.text, "\n\n\n\n" in made.text, "!" in made.text) == (False, False, False)
        assert not set(words(f"{made.subject} {made.text}")) & {"da": ENGLISH, "en": DANISH}[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in NEWS if name.endswith("to the facilitator")])
def test_nobody_is_told_of_anothers_absence(language: Language, name: str) -> None:
    text = " ".join(said(NEWS[name], reader(language)))
    assert [word for word in ABSENCE if word in text] == []


# What else stands in such a letter

THE_CHALLENGE_COMES = "Udfordringen får du i et brev torsdag den 11. marts. Indtil da behøver du ikke gøre noget."


def test_the_announcement_says_when_where_how_long_and_that_the_challenge_comes() -> None:
    assert said(slot(partner="Bo Lind"), reader(channel="none"))[2:] == [
        "Hvornår: torsdag den 18. marts kl. 09.00, 20 minutter\nHvor: Lokale 4 æøå\nPå samme møde: Bo Lind",
        THE_CHALLENGE_COMES,
        "Hvis det ikke passer dig\n------------------------",
        WAY_OUT,
    ]


def test_a_challenge_that_has_been_given_is_named_and_not_promised() -> None:
    assert THE_CHALLENGE_COMES not in said(SLOTS["retry"])
    assert "Udfordring: title 1 da æøå" in "\n".join(said(SLOTS["retry"]))


def test_an_empty_place_leaves_no_empty_line() -> None:
    assert said(slot(place=""))[2] == "Hvornår: torsdag den 18. marts kl. 09.00, 20 minutter"


def test_several_changes_of_appointments_stand_under_headings_of_their_own_in_one_letter() -> None:
    headings = [part.split("\n")[0] for part in said(SEVERAL) if part.endswith("---")]
    assert headings == [
        "Bo Lind tager din tur torsdag den 18. marts",
        "Din tur i AI-stafetten er flyttet til torsdag den 25. marts kl. 09.00",
        "Hvis det ikke passer dig",
    ]
    assert OURS.render(reader(), [SEVERAL]).subject == "AI-stafetten: to ændringer i din kalender"
    assert OURS.render(reader("en"), [SEVERAL]).subject == "The AI relay: two changes in your calendar"


@pytest.mark.parametrize(
    ("channel", "name", "last"),
    [
        ("feed", "announced", "Din kalender viser det, næste gang den henter nyt. Der kan gå et døgn."),
        ("invite", "announced", "Du behøver ikke svare på invitationen."),
        ("none", "announced", WAY_OUT),
        ("feed", "cancel: cancelled", KEPT["da"]),
        ("invite", "cancel: cancelled", KEPT["da"]),
    ],
)
def test_a_slot_says_how_it_reaches_the_calendar(channel: str, name: str, last: str) -> None:
    assert said(SLOTS[name], reader(channel=channel))[-1] == last


def test_whoever_passed_a_turn_is_told_how_to_take_it_back() -> None:
    again = "Fortryder du, kan du tage den tilbage, indtil en kollega er gået i gang med den."
    assert said(NEWS["passed"])[2:] == [f"{again} Det gør du på siden med dine ture:\n{LINKS.of('relay')}"]
    asked = said(NEWS["passed"], reader(links=NO_LINKS))[2:]
    assert asked == [f"{again} Skriv til Mette Lund, mette@x.example."]
    assert not [part for part in said(NEWS["passed for them"]) if "tilbage" in part]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_left_gets_two_lines_and_no_link(language: Language) -> None:
    made = OURS.render(replace(reader(language, NO_LINKS), gone=True), [SLOTS["gone"]])
    text = {
        "da": "AI-stafetten\nTuren i AI-stafetten torsdag den 18. marts er ude af din kalender\nDu behøver ikke gøre noget.",
        "en": "The AI relay\nThe turn in the AI relay on Thursday 18 March has been taken out of your calendar\n"
        "You need not do anything.",
    }[language]
    assert [line for line in made.text.splitlines() if line.strip("=")] == text.splitlines()
    page = Page(made.html)
    assert page.links == []
    assert " ".join(page.words.split()).endswith(text.splitlines()[-1])
