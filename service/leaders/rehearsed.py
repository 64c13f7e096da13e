"""What people answer to the pulse in a rehearsal, as a file of acts says it: so many of an answer, in the week that asks."""

from collections.abc import Mapping
from datetime import datetime

from culture.concerns import Tally
from culture.keys import TallyKey
from culture.leaders.pulse import ANSWERS, PULSE, open_week
from service.leaders.concern_rehearsed import CONCERN_DOING
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.rehearsal.stage import Doing, ScriptedAct, Stage
from store import records
from store.plain import to_plain


def answer(stage: Stage, act: ScriptedAct, now: datetime) -> None:
    """So many give an answer. Raises Refused where there is none such, or no question is open."""
    given = {key: str(value) for key, value in act.values.items()}
    today = now.astimezone(stage.engine.zone).date()
    week, chosen, count = open_week(today), given.get("answer", ""), given.get("count", "1")
    if week is None or chosen not in map(str, ANSWERS) or not count.isdecimal():
        text = "the pulse is open in two weeks of a month, and takes an answer from 1 to 4 and a count."
        raise Refused(Sentence(text))
    key = TallyKey(PULSE, week, int(chosen)).to_text()
    tallies = stage.engine.stored.table_of(records.TALLIES)
    before = tallies[key].count if key in tallies else 0
    tally = Tally(count=before + int(count), moved=today)
    stage.engine.database.table(records.TALLIES).put(key, to_plain(tally))


DOING: Mapping[str, Doing] = {"pulse": answer, **CONCERN_DOING}
