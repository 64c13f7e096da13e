"""When anything of any programme can next become due, so that an idle service does nothing. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from culture import relay_notices
from culture.organisation import Organisation
from culture.relay import Records
from culture.trouble import Watch
from culture.vitamin import welcome_moment


def next_moment(organisation: Organisation, relay: Records, now: datetime) -> datetime:
    """The next moment at which something can become due: always after `now`.

    Days begin at midnight of each zone, letters at their hours, waiting letters leave when the window opens, and a turn
    is over when its slot ends.
    """
    names = {person.zone for person in organisation.people.values()} | {organisation.zone}
    known = Watch({}, "person", "zone")  # where one cannot be worked out, `due` says so
    zones = list(known.each(sorted(names), str, lambda name: [ZoneInfo(name)]))
    letters = (organisation.vitamin.letter_at, organisation.relay.letter_at, organisation.revisit.letter_at)
    moments = [
        datetime.combine(now.astimezone(tz).date() + timedelta(days=n), hour, tz)
        for tz in zones
        for hour in {time(0), organisation.window.opens, *letters}
        for n in (0, 1, 2)
    ]
    # Somebody first seen later than now: the clock was set back since, and their welcome is still to come.
    unseen = (person for person in organisation.people.values() if person.first_seen > now)
    welcomes = known.each(unseen, lambda person: person.id, lambda person: [welcome_moment(organisation, person)])
    moments += [moment for moment in welcomes if moment]
    moments += relay_notices.slot_ends(relay)
    return min(moment for moment in moments if moment > now)
