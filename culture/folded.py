"""Text as it is searched and compared: however it was typed, it is found. Pure."""

import unicodedata

FOLDED = str.maketrans({"æ": "ae", "ä": "ae", "ø": "o", "ö": "o", "å": "aa"})


def fold(text: str) -> str:
    """The text as it is searched: small letters, no accents, and ø, oe and o the same, å and aa, æ and ae."""
    small = unicodedata.normalize("NFC", text).casefold().translate(FOLDED)
    if not small.isascii():  # most text is by now, and taking letters apart is slow
        parts = unicodedata.normalize("NFKD", small)
        small = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return small.replace("oe", "o")
