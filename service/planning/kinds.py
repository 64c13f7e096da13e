"""The kinds of action that can be sent, made or held, and what each is called."""

from culture.people import Language
from service.messages.translation import say

KIND_NAMES = {
    "welcome": "welcome letters",
    "tip": "letters with the week's prompts",
    "link": "links that somebody asked for",
    "invite": "calendar invitations and changes",
    "cancel": "calendar cancellations",
    "slot": "turns that come, move or go",
    "block": "blocks in Outlook that come or change",
    "prompt": "prompts written into Outlook",
    "unblock": "blocks taken out of Outlook",
    "meeting": "meetings about turns that come or move",
    "unmeeting": "meetings about turns that are called off",
    "assignment": "challenges for a turn",
    "halfway": "reminders half-way",
    "eve": "reminders of the day before",
    "learning": "requests for a learning",
    "learning-again": "second requests for a learning",
    "swap": "questions about a swap",
    "swap-declined": "answers to a swap",
    "unreached": "news of somebody who cannot be reached",
    "overview": "overviews for facilitators",
    "revisit": "things to judge again",
    "held": "letters about what is held",
    "people": "people in the people file",
    "meetings": "meetings that would be gone",
    "clock": "everything, because of the clock",
}


def kind_name(kind: str, language: Language) -> str:
    return say(language, KIND_NAMES.get(kind, kind))
