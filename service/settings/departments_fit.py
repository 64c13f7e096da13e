"""Whether the departments of a config go together: what they were called, and whose meetings they share. Pure."""

from collections.abc import Iterator, Mapping

from culture.people import Department
from culture.settings import Bad
from service.settings.department_names import plain_name


def check_names(departments: Mapping[str, Department]) -> None:
    """Whether what a department was called is what no other is or was. Raises Bad."""
    there = dict(_present(departments))
    taken: dict[str, str] = {}
    for key, department in departments.items():
        for was in department.formerly:
            if (other := there.get(plain_name(was), key)) != key or plain_name(was) == plain_name(key):
                raise Bad(
                    '[departments.{key}] formerly has "{was}", which is [departments.{other}] now. Take one of the two out.',
                    key=key,
                    was=was,
                    other=other,
                )
            if (other := taken.setdefault(plain_name(was), key)) != key:
                raise Bad(
                    '"{was}" stands in formerly of [departments.{other}] and of [departments.{key}]. Only one of them can have its people: take it out of the other.',
                    key=key,
                    was=was,
                    other=other,
                )


def _present(departments: Mapping[str, Department]) -> Iterator[tuple[str, str]]:
    """What departments are called now, folded, and whose key it is. A key comes last, for it counts before a name."""
    yield from ((plain_name(one.name), key) for key, one in departments.items())
    yield from ((plain_name(key), key) for key in departments)


def check_shared(departments: Mapping[str, Department]) -> None:
    """Whether there is a meeting of its own where a department goes with another. Raises Bad."""
    for key, department in departments.items():
        host = department.meets_with
        if host is None:
            continue
        if host == key or host not in departments:
            others = ", ".join(one for one, section in departments.items() if section.meeting)
            raise Bad(
                '[departments.{key}] meets_with is "{host}". Write the key of another department that has a meeting: {others}.',
                key=key,
                host=host,
                others=others,
            )
        if further := departments[host].meets_with:
            raise Bad(
                '[departments.{key}] meets_with is "{host}", which itself meets with "{further}". Write the one that has the meeting.',
                key=key,
                host=host,
                further=further,
            )
        if departments[host].meeting is None:
            raise Bad(
                '[departments.{key}] meets_with is "{host}", which has no meeting. Write [departments.{host}.meeting], or take it out.',
                key=key,
                host=host,
            )
