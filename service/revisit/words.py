"""What stands on the revisit list, in the words of whoever reads it. Pure."""

from culture.people import Language
from culture.revisit.rules import Revisit
from service.messages.translation import word


def news_in(item: Revisit, language: Language) -> str:
    """What brought an item early, in that language; what somebody wrote stays as they wrote it. Empty for nothing."""
    return word("opening", item.opened_by).said(language) if item.opened_by else item.trigger
