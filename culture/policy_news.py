"""What has become of the policy since it was last looked at. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta

from culture.policy import Policy, PolicyText
from culture.workdays import Week

ALLOWED = "allowed"
"""Beside the names of the questions: what may be dealt, `most_sensitive` and `tools`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySeen:
    """The policy as it was last looked at, when that was another than before (None: never), and in what: names of its
    questions, and ALLOWED."""

    policy: Policy
    changed_on: date | None = None
    changed: tuple[str, ...] = ()


ONLY = "policy"
"""The key of the one record."""


@dataclass(frozen=True, slots=True)
class PolicyRecords:
    """That record; none before the policy was looked at for the first time."""

    seen: Mapping[str, PolicySeen] = field(default_factory=dict)

    @property
    def last(self) -> PolicySeen | None:
        return self.seen.get(ONLY)


def looked_at(records: PolicyRecords, policy: Policy, today: date) -> PolicyRecords:
    """The records when the policy is looked at today: as they were, where it is the same."""
    last = records.last
    if last is None:
        return PolicyRecords({ONLY: PolicySeen(policy=policy)})
    changed = changes(last.policy, policy)
    return PolicyRecords({ONLY: PolicySeen(policy=policy, changed_on=today, changed=changed)}) if changed else records


def changes(before: Policy, after: Policy) -> tuple[str, ...]:
    """In what the one policy is another than the other. An answer in one language more is no other answer."""
    both = before.answers.keys() & after.answers.keys()
    pairs = [(before.answers[one], after.answers[one]) for one in both]
    names = (one.name for one in fields(PolicyText))
    found = [name for name in names if any(getattr(old, name, None) != getattr(new, name, None) for old, new in pairs)]
    dealt = (before.most_sensitive, frozenset(before.tools)) != (after.most_sensitive, frozenset(after.tools))
    return (*found, ALLOWED) if dealt else tuple(found)


def of_week(records: PolicyRecords, week: Week) -> PolicySeen | None:
    """What the weekly letter of that week tells of it: that it changed in the week before. So it is told once."""
    last, monday = records.last, week.monday
    told = last and last.changed_on and monday - timedelta(weeks=1) <= last.changed_on < monday
    return last if told else None
