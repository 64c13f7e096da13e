"""What the answers of the pulse are called, by their numbers."""

from collections.abc import Mapping

from service.messages.translation import Sentence

ANSWERS: Mapping[int, Sentence] = {
    1: Sentence("No, nothing"),
    2: Sentence("A little"),
    3: Sentence("Quite something"),
    4: Sentence("A lot"),
}
