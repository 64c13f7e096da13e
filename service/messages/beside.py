"""What stands beside a prompt for whoever wants it gentle or bold: the same for all prompts of a kind."""

from culture.vitamin.timetable import Today
from service.messages.translation import Sentence, word


def beside_prompt(found: Today) -> Sentence | None:
    """A first step, or a way further; None for whoever wants the prompt as it is."""
    match found.beside:
        case "first-step":
            return word("first-step", found.prompt.kind)
        case "further":
            return word("further", found.prompt.kind)
    return None
