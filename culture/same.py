"""Two who are one: somebody whom the people file made another of, and an administrator knows better. Pure."""

from dataclasses import dataclass, fields

from culture.people import NO_PREFERENCE, Preference


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """What an administrator decided about an id: it is `person`, and nobody of its own any more.

    `names`: the two names they were known by. Each of them is this person's at their address from then on.
    """

    person: str
    names: tuple[str, ...] = ()


def chosen_by_both(before: Preference, now: Preference) -> Preference:
    """What the one person has chosen: the newer choice wins, and where there is none the older one stands."""
    names = [one.name for one in fields(Preference)]
    chosen = {name for name in names if getattr(now, name) != getattr(NO_PREFERENCE, name)}
    return Preference(**{name: getattr(now if name in chosen else before, name) for name in names})
