"""What people are told of a record about them: words that several tables share. How long something is kept is said from the
constants by which it is let go of."""

from datetime import timedelta

from service.engine.table_row import FOLD_AFTER, KEEP, Told
from service.messages.translation import Sentence

LINKS_KEPT = timedelta(days=2)
"""How long it is known that somebody asked for a link: until nobody's letter about it can be due."""

NOBODY = "–"
"""What stands where the name of somebody stood of whom all else is erased."""

# Who has seen it.
RUNNERS = Sentence("whoever runs the service")
YOU_AND_RUNNERS = Sentence("you, on your own page, and whoever runs the service")
YOU_ALONE = Sentence("you; whoever runs the service has the files it stands in")
DEPARTMENT = Sentence("your department, its facilitator, and whoever runs the service")
EVERYBODY = Sentence("all colleagues; your name only where you said yes to that")
CORPS = Sentence("the ambassadors, and whoever runs the service")
ALL_COLLEAGUES = Sentence("all colleagues")

# Until when it is kept.
WITH_YOU = Sentence("as long as you work here, and {days} days after", {"days": KEEP.days})
LETTERS_KEPT = Sentence(
    "{weeks} weeks; then one line about each, for {days} days",
    {"weeks": FOLD_AFTER.days // 7, "days": KEEP.days},
)
WEEKS = Sentence("{weeks} weeks", {"weeks": FOLD_AFTER.days // 7})
A_YEAR = Sentence("{days} days", {"days": KEEP.days})
FOR_GOOD = Sentence("for good; without who it was, from {days} days after you have left", {"days": KEEP.days})

NAMELESS = Sentence("it stays, without who it was")

# The service's own tables.
PEOPLE = Told(
    what=Sentence("who you are: your row of the people file, and since when the service knows you"),
    why=Sentence("to write to the right person, in the right place and language"),
    seen=RUNNERS,
    until=WITH_YOU,
)
PREFERENCES = Told(
    what=Sentence("what you have chosen: time, days, track, language, how many letters, breaks"),
    why=Sentence("so that it is as you would like it"),
    seen=YOU_AND_RUNNERS,
    until=WITH_YOU,
)
CHOICES = Told(
    what=Sentence("when you chose what, and by which way"),
    why=Sentence("to be able to answer you when you ask what happened"),
    seen=RUNNERS,
    until=A_YEAR,
)
SAME = Told(
    what=Sentence("that two entries of the people file are both you"),
    why=Sentence("so that you are one person, and not two"),
    seen=RUNNERS,
    until=WITH_YOU,
)
OUTSIDERS = Told(
    what=Sentence("that you have a part in this without being in the people file: name, address, which part"),
    why=Sentence("to be able to write to you about it"),
    seen=RUNNERS,
    until=Sentence("as long as you have that part, and {days} days after", {"days": KEEP.days}),
)
FEEDS = Told(
    what=Sentence("when your calendar to subscribe to changed last"),
    why=Sentence("so that your calendar is only read anew when there is news"),
    seen=YOU_ALONE,
    until=WITH_YOU,
)
LINKS = Told(
    what=Sentence("which of your personal links are valid"),
    why=Sentence("so that a link you have had made new no longer works for others"),
    seen=YOU_ALONE,
    until=WITH_YOU,
)
LINKS_ASKED = Told(
    what=Sentence("that you asked for a link to your own page, and when"),
    why=Sentence("to send it to you once"),
    seen=YOU_ALONE,
    until=Sentence("{days} days", {"days": LINKS_KEPT.days}),
)
PUBLICATIONS = Told(
    what=Sentence("what the service has put into your calendar: the ten minutes, and appointments"),
    why=Sentence("to be able to change it or take it out again"),
    seen=RUNNERS,
    until=Sentence(
        "the ten minutes as long as you work here, and {days} days after; appointments {weeks} weeks after they are over",
        {"days": KEEP.days, "weeks": FOLD_AFTER.days // 7},
    ),
)
MEETINGS = Told(
    what=Sentence("appointments that a calendar server has sent you"),
    why=Sentence("to be able to change them or take them out again"),
    seen=Sentence("those who are invited too, and whoever runs the service"),
    until=Sentence("{weeks} weeks after they are over", {"weeks": FOLD_AFTER.days // 7}),
    on_server=True,
)
LETTERS = Told(
    what=Sentence(
        "letters to you: subject, address, when they left, and what the mail server said. Not whether you read them"
    ),
    why=Sentence("so that none comes twice and none is lost"),
    seen=RUNNERS,
    until=LETTERS_KEPT,
)
NOTICES = Told(
    what=Sentence("what you have been told"),
    why=Sentence("so that you are not told the same twice"),
    seen=RUNNERS,
    until=Sentence(
        "{weeks} weeks; that you have been welcomed as long as you work here, and {days} days after",
        {"weeks": FOLD_AFTER.days // 7, "days": KEEP.days},
    ),
)
LETTERS_OF_A_WEEK = Told(
    what=Sentence("how many letters you have had in a week"),
    why=Sentence("so that they do not become too many"),
    seen=YOU_ALONE,
    until=Sentence("until the week after is over"),
)
UNSAID = Told(
    what=Sentence("what you were to be told and were not, and why"),
    why=Sentence("to be able to answer you when you ask why no letter came"),
    seen=RUNNERS,
    until=WEEKS,
)
APPROVALS = Told(
    what=Sentence("that somebody looked at a change of your row in the people file, and said yes"),
    why=Sentence("so that a mistake in the file does not take you out"),
    seen=RUNNERS,
    until=WEEKS,
)
