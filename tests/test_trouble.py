"""culture/trouble.py: one person's fault is theirs alone."""

import pytest

from culture.trouble import RAISED, Trouble, Troubles


def test_what_is_wrong_is_kept_and_the_next_goes_on() -> None:
    troubles, done = Troubles(), list[str]()
    for who in ("1", "2", "3"):
        with troubles.of(who, "letters"):
            if who == "2":
                raise KeyError("plan")
            done.append(who)
    assert done == ["1", "3"]
    assert troubles.found == [Trouble(who="2", what="letters", why="KeyError: 'plan'")]
    assert [troubles.touch(who) for who in ("1", "2")] == [False, True]


def test_a_copy_goes_on_alone() -> None:
    troubles = Troubles()
    copy = troubles.and_more()
    with copy.of("1", "letters"):
        raise StopIteration
    assert (troubles.found, [one.why for one in copy.found]) == ([], ["StopIteration"])


def test_whoever_asks_about_one_thing_is_told() -> None:
    with pytest.raises(ZeroDivisionError), RAISED.of("1", "letters"):
        raise ZeroDivisionError
