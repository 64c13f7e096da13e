"""A life of turns, letter by letter: what everybody is told of it, in order, and that no calendar shows what is not so."""

from functools import reduce
from itertools import takewhile

import pytest

from tests.turn_life import Letter, Scene, play

pytestmark = pytest.mark.year

WORDS = {
    "CAME": "AI-stafetten er nået til dig. Du får en udfordring, prøver den af og fortæller de andre, hvad du fandt ud af. Lykkes det ikke, er det mindst lige så interessant at høre om.",
    "TASK": "Du får en udfordring, prøver den af og fortæller de andre, hvad du fandt ud af.",
    "GIVEN": "Her er din udfordring i AI-stafetten. Prøv den af inden mødet, og fortæl så de andre, hvordan det gik. Mødet er fristen. Regn med omkring to timer af din arbejdstid.",
    "SHORT": "Her er din udfordring i AI-stafetten. Prøv den af inden mødet, og fortæl så de andre, hvordan det gik. Mødet er fristen. Regn med omkring en time af din arbejdstid.",
    "MERGED": "AI-stafetten i din gamle afdeling er stoppet. Du er nu med i AI-stafetten i Jura og hører fra os, når det bliver din tur.",
    "STILL": "Her er din udfordring igen, og hvor du kan begynde.",
    "AGAIN": "Vi har spurgt før, og vi spørger ikke en tredje gang. Har du fem minutter, vil vi stadig gerne høre om din tur. Ellers er det også i orden.",
    "THANKS": "Tak, fordi du tog en tur i AI-stafetten. Vil du skrive ned, hvad du lærte? Det tager fem minutter, og stikord er nok.",
    "ABOUT": "Det handler om denne tur i AI-stafetten:",
}
"""What is said in these letters again and again."""

SAID = """
# Mandag morgen: de første ture
on feed
Ditte: Din tur i AI-stafetten er torsdag den 21. januar. CAME
Frida: Din tur i AI-stafetten er tirsdag den 19. januar. CAME
Emil: Din tur i AI-stafetten er torsdag den 28. januar. CAME
on invite
Ditte REQUEST: Din tur i AI-stafetten er torsdag den 21. januar. CAME
Frida REQUEST: Din tur i AI-stafetten er tirsdag den 19. januar. CAME
Ditte REQUEST: Emil Bro har tur i AI-stafetten torsdag den 28. januar. Emil Bro får en udfordring, prøver den af og fortæller om den på mødet.
Emil REQUEST: Din tur i AI-stafetten er torsdag den 28. januar. CAME
# Ditte spørger Emil, om de kan bytte
Emil: Ditte Lund spørger, om I kan bytte tur. ABOUT
# Emil siger ja
# Emil fortryder inden ti minutter
Ditte: Turen bliver hos dig. Det blev ikke til noget med at bytte med Emil Bro denne gang. Turen er altså stadig din.
# Ditte spørger igen
Emil: Ditte Lund spørger, om I kan bytte tur. ABOUT
# Emil siger ja igen
# Et sekund før de ti minutter er gået
# Ti minutter efter
on feed
Emil: Du har byttet med Ditte Lund: Din tur er nu torsdag den 21. januar. Ditte Lund fremlægger torsdag den 28. januar kl. 09.00, og du fremlægger torsdag den 21. januar kl. 09.00. Udfordringerne følger med turene.
Ditte: Du har byttet med Emil Bro: Din tur er nu torsdag den 28. januar. Emil Bro fremlægger torsdag den 21. januar kl. 09.00, og du fremlægger torsdag den 28. januar kl. 09.00. Udfordringerne følger med turene.
on invite
Emil REQUEST: Du har byttet med Ditte Lund: Din tur er nu torsdag den 21. januar. Ditte Lund fremlægger torsdag den 28. januar kl. 09.00, og du fremlægger torsdag den 21. januar kl. 09.00. Udfordringerne følger med turene.
Ditte REQUEST: Emil Bro tager din tur torsdag den 21. januar. I har byttet: Du fremlægger torsdag den 28. januar kl. 09.00 i stedet. Udfordringerne følger med turene. Turen bliver stående i din kalender, for du er tovholder.
Ditte REQUEST: Du har byttet med Emil Bro: Din tur er nu torsdag den 28. januar. Emil Bro fremlægger torsdag den 21. januar kl. 09.00, og du fremlægger torsdag den 28. januar kl. 09.00. Udfordringerne følger med turene.
Emil CANCEL: Ditte Lund tager din tur torsdag den 28. januar. I har byttet: Du fremlægger torsdag den 21. januar kl. 09.00 i stedet. Udfordringerne følger med turene.
# Emil tager byttet tilbage
on feed
Emil: Turen i AI-stafetten torsdag den 28. januar er din igen. Du har taget byttet med Ditte Lund tilbage, så alt er, som det var: Du fremlægger torsdag den 28. januar kl. 09.00, og Ditte Lund fremlægger torsdag den 21. januar kl. 09.00.
Ditte: Turen i AI-stafetten torsdag den 21. januar er din igen. Byttet med Emil Bro er taget tilbage, så alt er, som det var: Du fremlægger torsdag den 21. januar kl. 09.00, og Emil Bro fremlægger torsdag den 28. januar kl. 09.00.
on invite
Emil CANCEL: Du har givet turen torsdag den 21. januar tilbage. Byttet er taget tilbage, så alt er, som det var: Ditte Lund fremlægger torsdag den 21. januar kl. 09.00, og du fremlægger torsdag den 28. januar kl. 09.00.
Ditte REQUEST: Turen i AI-stafetten torsdag den 21. januar er din igen. Byttet med Emil Bro er taget tilbage, så alt er, som det var: Du fremlægger torsdag den 21. januar kl. 09.00, og Emil Bro fremlægger torsdag den 28. januar kl. 09.00.
Ditte REQUEST: Emil Bro beholder turen torsdag den 28. januar. Byttet er taget tilbage, så alt er, som det var: Emil Bro fremlægger torsdag den 28. januar kl. 09.00, og du fremlægger torsdag den 21. januar kl. 09.00. Turen bliver stående i din kalender, for du er tovholder.
Emil REQUEST: Turen i AI-stafetten torsdag den 28. januar er din igen. Du har taget byttet med Ditte Lund tilbage, så alt er, som det var: Du fremlægger torsdag den 28. januar kl. 09.00, og Ditte Lund fremlægger torsdag den 21. januar kl. 09.00.
# Tirsdag morgen
Frida: Hvad har vi lovet? Pligter og frister ud af en rammeaftale. GIVEN Aftal med din leder, hvad der kan vente imens.
# Ditte giver sin tur videre
on feed
Bo: Din tur i AI-stafetten er torsdag den 21. januar. CAME
Ditte: Du har givet turen torsdag den 21. januar videre. Du bliver ikke spurgt igen i denne runde.
on invite
Bo REQUEST: Din tur i AI-stafetten er torsdag den 21. januar. CAME
Ditte REQUEST: Bo Dam har tur i AI-stafetten torsdag den 21. januar. Bo Dam får en udfordring, prøver den af og fortæller om den på mødet.
Ditte CANCEL: Du har givet turen torsdag den 21. januar videre. Du bliver ikke spurgt igen i denne runde.
# Ditte tager den tilbage
on feed
Bo: Du skal ikke fremlægge torsdag den 21. januar. Den kollega, der først havde turen, beholder den. Du står på listen, som om du ikke var blevet spurgt.
Ditte: Turen i AI-stafetten torsdag den 21. januar er din igen. Du har taget den tilbage, så alt er, som det var.
on invite
Bo CANCEL: Du skal ikke fremlægge torsdag den 21. januar. Den kollega, der først havde turen, beholder den. Du står på listen, som om du ikke var blevet spurgt.
Ditte CANCEL: Bo Dam har ikke længere tur i AI-stafetten torsdag den 21. januar. Du har selv taget turen tilbage.
Ditte REQUEST: Turen i AI-stafetten torsdag den 21. januar er din igen. Du har taget den tilbage, så alt er, som det var.
# Mødet den 21. januar flyttes til fredag kl. 10
on feed
Ditte: Din tur i AI-stafetten er flyttet til fredag den 22. januar kl. 10.00. Afdelingsmødet er flyttet, og din tur flytter med. Den var sat til torsdag den 21. januar kl. 09.00.
on invite
Ditte REQUEST: Din tur i AI-stafetten er flyttet til fredag den 22. januar kl. 10.00. Afdelingsmødet er flyttet, og din tur flytter med. Den var sat til torsdag den 21. januar kl. 09.00.
# Mødet den 21. januar aflyses
on feed
Ditte: Din tur i AI-stafetten er flyttet til torsdag den 28. januar kl. 09.20. Mødet fredag den 22. januar er aflyst, så turen er flyttet til et andet møde.
on invite
Ditte REQUEST: Din tur i AI-stafetten er flyttet til torsdag den 28. januar kl. 09.20. Mødet fredag den 22. januar er aflyst, så turen er flyttet til et andet møde.
# Emil står ikke på listen mere
on feed
Bo: Din tur i AI-stafetten er torsdag den 4. februar. CAME
on invite
Bo REQUEST: Din tur i AI-stafetten er torsdag den 4. februar. CAME
Ditte REQUEST: Bo Dam har tur i AI-stafetten torsdag den 4. februar. Bo Dam får en udfordring, prøver den af og fortæller om den på mødet.
Ditte CANCEL: Emil Bro har ikke længere tur i AI-stafetten torsdag den 28. januar. Du behøver ikke gøre noget.
Emil CANCEL: Turen i AI-stafetten torsdag den 28. januar er ude af din kalender. Du behøver ikke gøre noget.
# Næste mandag morgen
# Ditte bytter med Anna
on feed
Anna: Ditte Lund spørger, om I kan bytte tur. ABOUT
Anna: Du har byttet med Ditte Lund: Din tur er torsdag den 28. januar. Du tager turen for Ditte Lund. Næste gang du står for tur, fremlægger Ditte Lund for dig. TASK
Ditte: Anna Holm tager din tur torsdag den 28. januar. I har byttet. Næste gang Anna Holm står for tur, fremlægger du. Vi skriver, når datoen er kendt.
on invite
Anna: Ditte Lund spørger, om I kan bytte tur. ABOUT
Anna REQUEST: Du har byttet med Ditte Lund: Din tur er torsdag den 28. januar. Du tager turen for Ditte Lund. Næste gang du står for tur, fremlægger Ditte Lund for dig. TASK
Ditte REQUEST: Anna Holm tager din tur torsdag den 28. januar. I har byttet. Næste gang Anna Holm står for tur, fremlægger du. Vi skriver, når datoen er kendt. Turen bliver stående i din kalender, for du er tovholder.
# Til tirsdag den 19. januar
on feed
Frida: Du er halvvejs. STILL
Anna: Et ark på væggen: Det er den dårlig til hos os. GIVEN Aftal med din leder, hvad der kan vente imens.
Ditte: Din tur i AI-stafetten er torsdag den 11. februar. Anna Holm tog din tur torsdag den 28. januar. Nu er det dig, der fremlægger for Anna Holm. TASK
Gert: Din tur i AI-stafetten er tirsdag den 16. februar. CAME
on invite
Frida: Du er halvvejs. STILL
Anna: Et ark på væggen: Det er den dårlig til hos os. GIVEN Aftal med din leder, hvad der kan vente imens.
Ditte REQUEST: Din tur i AI-stafetten er torsdag den 11. februar. Anna Holm tog din tur torsdag den 28. januar. Nu er det dig, der fremlægger for Anna Holm. TASK
Gert REQUEST: Din tur i AI-stafetten er tirsdag den 16. februar. CAME
# Bo får en sidste dag: den 29. januar
on feed
Carla: Din tur i AI-stafetten er torsdag den 4. februar. CAME
on invite
Carla REQUEST: Din tur i AI-stafetten er torsdag den 4. februar. CAME
Ditte REQUEST: Carla Juul har tur i AI-stafetten torsdag den 4. februar. Carla Juul får en udfordring, prøver den af og fortæller om den på mødet.
Bo CANCEL: Turen i AI-stafetten torsdag den 4. februar er ude af din kalender. Du behøver ikke gøre noget.
Ditte CANCEL: Bo Dam har ikke længere tur i AI-stafetten torsdag den 4. februar. Du behøver ikke gøre noget.
# Til mandag den 25. januar
on feed
Frida: Hvad lærte du?. THANKS
Carla: Et standardbrev, der kan forstås ved første gennemlæsning. GIVEN Aftal med din leder, hvad der kan vente imens.
Anna: Du er halvvejs. STILL
Ditte: Din tur i AI-stafetten er torsdag den 18. februar. CAME
on invite
Frida: Hvad lærte du?. THANKS
Carla: Et standardbrev, der kan forstås ved første gennemlæsning. GIVEN Aftal med din leder, hvad der kan vente imens.
Anna: Du er halvvejs. STILL
Ditte REQUEST: Din tur i AI-stafetten er torsdag den 18. februar. CAME
# Plan bliver en del af Jura
on feed
Anna: Du skal ikke fremlægge torsdag den 28. januar. MERGED
Carla: Du skal ikke fremlægge torsdag den 4. februar. MERGED
Ditte: To ændringer i din kalender. Du skal ikke fremlægge torsdag den 11. februar
on invite
Anna CANCEL: Du skal ikke fremlægge torsdag den 28. januar. MERGED
Carla CANCEL: Du skal ikke fremlægge torsdag den 4. februar. MERGED
Ditte CANCEL: Carla Juul har ikke længere tur i AI-stafetten torsdag den 4. februar. MERGED
Ditte CANCEL: Du skal ikke fremlægge torsdag den 18. februar. MERGED
Ditte CANCEL: Du skal ikke fremlægge torsdag den 11. februar. MERGED
Ditte CANCEL: Anna Holm har ikke længere tur i AI-stafetten torsdag den 28. januar. MERGED
# To dage efter
# Resten af februar
on feed
Gert: Det, den ikke kunne sidst. SHORT Aftal med din leder, hvad der kan vente imens.
Gert: Du er halvvejs. STILL
Ditte: Din tur i AI-stafetten er tirsdag den 16. marts. CAME
Gert: Hvad lærte du?. THANKS
on invite
Gert: Det, den ikke kunne sidst. SHORT Aftal med din leder, hvad der kan vente imens.
Gert: Du er halvvejs. STILL
Ditte REQUEST: Din tur i AI-stafetten er tirsdag den 16. marts. CAME
Gert: Hvad lærte du?. THANKS
"""
"""By scene; where the two channels differ, by channel. Method of the calendar part, headline, and what is told under it."""


def expected(channel: str) -> dict[str, list[str]]:
    """What `SAID` says of a channel, by scene."""
    found: dict[str, list[str]] = {}
    on = channel
    for line in SAID.strip().splitlines():
        if line.startswith("# "):
            letters = found[line.removeprefix("# ")] = []
            on = channel
        elif line.startswith("on "):
            on = line.removeprefix("on ")
        elif on == channel:
            letters.append(reduce(lambda text, short: text.replace(short, WORDS[short]), WORDS, line))
    return found


def line(letter: Letter) -> str:
    method = [part.replace("METHOD:", " ") for part in letter.part if part.startswith("METHOD")]
    return f"{letter.who}{''.join(method)}: {letter.said}"


@pytest.fixture(scope="module", params=["feed", "invite"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def life(channel: str, tmp_path_factory: pytest.TempPathFactory) -> list[Scene]:
    return list(play(tmp_path_factory.mktemp(channel), channel))


def test_each_act_is_told_once_in_order_and_in_the_words_of_whoever_reads(channel: str, life: list[Scene]) -> None:
    assert {scene.title: [line(letter) for letter in scene.letters] for scene in life} == expected(channel)


def test_no_calendar_shows_a_turn_that_is_not_or_lacks_one_that_is(life: list[Scene]) -> None:
    assert [(scene.title, scene.ghosts) for scene in life if scene.ghosts] == []
    shown = {scene.title: [who for who, begins in scene.stands.items() if begins] for scene in life}
    assert shown["Ti minutter efter"] == ["Ditte", "Emil", "Frida", "Plan", "Jura"]
    assert shown["Plan bliver en del af Jura"] == ["Gert", "Jura"]


def test_who_left_gets_no_words_and_a_cancellation_without_links(channel: str, life: list[Scene]) -> None:
    before = list(takewhile(lambda scene: scene.title != "Emil står ikke på listen mere", life))
    after = [letter for scene in life[len(before) :] for letter in scene.letters if letter.who == "Emil"]
    assert len(after) == (channel == "invite")
    for letter in after:
        assert "METHOD:CANCEL" in letter.part
        assert b"ai.x.example" not in letter.raw
        assert "http" not in letter.text
        assert len(letter.text.split()) < 20
