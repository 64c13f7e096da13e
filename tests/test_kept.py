"""What is kept by the very values it was made from."""

from collections.abc import Mapping

from culture.kept import LAST, OF_EACH, kept, kept_of_each


def test_a_result_is_kept_for_the_same_mapping_and_made_anew_for_another_or_another_question() -> None:
    asked: list[tuple[Mapping[str, int], str]] = []

    @kept
    def value(numbers: Mapping[str, int], key: str) -> int:
        asked.append((numbers, key))
        return numbers.get(key, 0)

    first, alike = {"a": 1, "b": 2}, {"a": 1, "b": 2}
    assert [value(first, "a"), value(first, "b"), value(first, "a"), value(alike, "a")] == [1, 2, 1, 1]
    assert len(asked) == 3  # what is equal and not the same is asked anew: it would cost the walk to find out
    for number in range(LAST):
        assert value({"a": number}, "a") == number
    assert (value(first, "a"), len(asked)) == (1, 3 + LAST + 1)  # and only of the last is it kept


def test_of_each_name_the_last_results_are_kept_however_many_names_there_are() -> None:
    made: list[str] = []

    @kept_of_each
    def value(name: str, number: int) -> int:
        made.append(f"{name}{number}")
        return number

    names = [
        f"d{number}" for number in range(3000)
    ]  # a region's departments; a cache of so many in all would hold none
    assert [value(name, 1) for name in names] == [value(name, 1) for name in names] == [1] * len(names)
    assert len(made) == len(names)
    assert [value("d0", number) for number in range(2, 2 + OF_EACH)] == list(range(2, 2 + OF_EACH))
    assert (value("d0", 1), made[-1], value("d1", 1), made[-1]) == (1, "d01", 1, "d01")
