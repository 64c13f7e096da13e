"""Letters of the leaders programme for the tests of the mail."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailer.letter import Facts
from service.leaders.facts import FrameFacts, Ruling, StepFacts
from service.leaders.step_file import shipped_steps
from service.planning.line import Line

STEPS = tuple(shipped_steps().steps.values())
MEETING = datetime(2027, 1, 14, 9, tzinfo=ZoneInfo("Europe/Copenhagen"))
DECIDED = Ruling(key="jobs", asked="Hvad med job?", answer="Ingen mister sit.\nDet gælder til 2028.")
OPEN = Ruling(key="vision", asked="Hvad vil vi?", answer="")

LEADER_LETTERS: dict[str, Facts] = {
    "step": StepFacts(step=STEPS[0]),
    "step with all beside it": StepFacts(
        step=STEPS[5], ruling=DECIDED, decided=(DECIDED, DECIDED), meeting=MEETING, again=date(2026, 1, 7)
    ),
    "step that rests on what is open": StepFacts(step=STEPS[3], ruling=OPEN),
    "step to the one who is asked": StepFacts(step=STEPS[3], ruling=OPEN, asks_reader=True),
    "sheet": FrameFacts(rulings=(DECIDED, OPEN)),
    "sheet to the one who is asked": FrameFacts(rulings=(DECIDED, OPEN), asks_reader=True),
}

LEADER_LINES = (
    Line(template="leaders/pulse", words=20, values={}),
    Line(template="leaders/say", words=60, values={"said": STEPS[0].texts["da"].say, "meeting": MEETING}),
)
