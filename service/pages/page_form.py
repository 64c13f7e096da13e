"""What every page with forms of acts shows of them: as they came back, what is wrong, what was done. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from service.messages.translation import Sentence
from service.pages.act_form import DONE
from service.pages.html_pages import Page
from service.pages.page_row import Asked


def form(asked: Asked, doing: str, about: str, number: int = 0, before: Mapping[str, str] | None = None) -> Any:
    """What a form holds: as it came back, or `before`. `id` ends the names of its fields' elements."""
    name, back = f"{doing}-{number}" if number else doing, asked.written
    mine = back if back and (back.doing, back.about) == (doing, about) else None
    faults = mine.faults if mine else {}
    return {
        "id": name,
        "about": about,
        "back": mine is not None,
        "given": mine.values if mine else before or {},
        "faults": {f"{field}-{name}": said(asked.page, sentence) for field, sentence in faults.items()},
    }


def around(asked: Asked, forms: Iterable[Mapping[str, Any]], texts: Iterable[str]) -> dict[str, Any]:
    """What stands around the forms of a page: faults, problem, what was done; and `lost`, the `texts` (names of fields)
    of a form that is no longer there, to be copied elsewhere."""
    shown = list(forms)
    return {
        "faults": {name: sentence for one in shown for name, sentence in one["faults"].items()},
        "problem": said(asked.page, asked.problem) if asked.problem else "",
        "lost": [] if any(one["back"] for one in shown) else _lost(asked, texts),
        "done": DONE[asked.done].said(asked.page.language) if asked.done in DONE else "",
        "form_token": asked.form_token,
        "own_page": asked.own_page,
    }


def said(page: Page, sentence: Sentence) -> str:
    """The sentence with its days as people write them."""
    days = {name: page.tongue.day_of_month(value) for name, value in sentence.fields.items() if isinstance(value, date)}
    return Sentence(sentence.text, {**sentence.fields, **days}).said(page.language)


def _lost(asked: Asked, texts: Iterable[str]) -> list[str]:
    values = asked.written.values if asked.written else {}
    return [values[name] for name in texts if values.get(name, "").strip()]


def dated(page: Page, day: date) -> str:
    """The day with its year."""
    return f"{page.tongue.day_of_month(day)} {day.year}"
