"""What is wrong with the input, as sentences for the administrator."""

from collections.abc import Sequence
from dataclasses import dataclass

from culture.people import Language
from service.messages.translation import WRITTEN_IN, Sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: the file, the place in it (a key path, a line), and what to write instead."""

    file: str
    place: str
    sentence: Sentence

    def said(self, language: Language) -> str:
        """One line in that language: where, and what."""
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.sentence.said(language)}"

    def __str__(self) -> str:
        return self.said(WRITTEN_IN)


class BadInput(Exception):
    """The input cannot be used: every fault of it. The command ends with status 2."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class Refused(Exception):
    """Something the service will not or cannot do now, in a sentence. Status 1: the outside world."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
