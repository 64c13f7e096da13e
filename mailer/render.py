"""From facts to words: the subject, text and HTML of a letter, and the words of a calendar event, by Jinja2.

A template of the organisation's own, of the same name, stands in for ours. Everything runs in Jinja's sandbox,
where an undefined name is an error and HTML is escaped.
"""

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jinja2
from css_inline import CSSInliner
from jinja2.environment import TemplateModule
from jinja2.meta import find_referenced_templates
from markupsafe import Markup

import templates
from mailer.budget import Budget, BudgetedSandbox, TooMuch, spending
from mailer.compiled import Compiled
from mailer.letter import Facts, Reader
from mailer.words import LANGUAGES, opening, tongue

__all__ = ["Facts", "Rendered", "Renderer", "TemplateFault"]

OURS = Path(templates.__file__).parent

SUBJECT_LENGTH = 1000
"""In characters. Outlook keeps 255 of a subject; what is this long is a text that was taken for one."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters but tab and line ends. Mail programs cut a text there, or show none of it."""


class TemplateFault(Exception):
    """A text that cannot be made: the template's name, and what is wrong there, without the name or a full stop.

    `endless`: it was stopped, for it did or made more than a rendering may.
    """

    def __init__(self, name: str, sentence: str, *, endless: bool = False) -> None:
        super().__init__(f"{name}: {sentence}")
        self.name = name
        self.sentence = sentence
        self.endless = endless


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The words of a letter. The subject is one line; text and HTML say the same."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A letter to be tried, if it says anything, and events with their templates and what those show."""

    reader: Reader
    facts: Sequence[Facts]
    events: Sequence[tuple[str, Mapping[str, object]]] = ()


class _Sandbox(BudgetedSandbox):
    """Jinja's own asks at each look into a value a dozen questions. The fields of our frozen values answer them all:
    they are data, and there for the templates. This halves the time of a letter."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if attribute in getattr(type(obj), "__dataclass_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


BUDGET = Budget()
"""What a template may do. It is never used up itself."""


class Renderer:
    """Makes words. `own` is the folder of the organisation's own templates, if it has one. What a template does in one
    rendering is limited by a copy of `budget`.

    Templates are read at first use and then kept: keep the renderer, and make a new one when a template changed or an
    own one appeared. What has the same text is not compiled again.
    """

    def __init__(self, own: Path | None, budget: Budget = BUDGET) -> None:
        self._own, self._budget = own, budget
        self._folders = ([own] if own else []) + [OURS]
        self._environment = environment(self._folders)
        # Mail programs read a style attribute; a style element only some. Rules marked "keep" (dark mode) stay.
        self._inliner = CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)

    def render(self, reader: Reader, facts: Sequence[Facts]) -> Rendered:
        """One letter that says all `facts` (at least one) in the reader's language, the leading ones first.

        Raises TemplateFault.
        """
        texts, htmls = self._parts(reader, facts, "txt"), self._parts(reader, facts, "html")
        shared = _shared(reader, facts, texts) | {"preheader": getattr(htmls[0], "preheader", "")}
        html = self._module(
            f"mail/{reader.person.language}/letter.html.j2",
            {**shared, "sections": [one.__html__() for one in htmls], "appendix": _appended(htmls)},
        )
        inlined = unbroken(self._inliner.inline(str(html)).strip())
        return Rendered(subject=shared["subject"], text=self._text(reader, shared, texts), html=f"{inlined}\n")

    def subject(self, reader: Reader, facts: Sequence[Facts]) -> str:
        """The subject of that letter, in a tenth of its time: for whoever looks ahead at thousands. Raises TemplateFault."""
        return _subject(reader, facts, self._parts(reader, facts, "txt"))

    def plain(self, reader: Reader, facts: Sequence[Facts]) -> str:
        """The text of that letter, without its HTML. Raises TemplateFault."""
        texts = self._parts(reader, facts, "txt")
        return self._text(reader, _shared(reader, facts, texts), texts)

    def _parts(self, reader: Reader, facts: Sequence[Facts], form: str) -> list[TemplateModule]:
        """What each part of a letter says, as `txt` or `html`."""
        found = []
        for place, one in enumerate(facts):
            values = {"reader": reader, one.template.rpartition("/")[2]: one, "lead": place == 0}
            found.append(self._module(f"mail/{reader.person.language}/{one.template}.{form}.j2", values))
        return found

    def _text(self, reader: Reader, shared: Mapping[str, object], texts: Sequence[TemplateModule]) -> str:
        parts = {"preheader": "", "sections": [str(one).strip() for one in texts], "appendix": _appended(texts)}
        text = self._module(f"mail/{reader.person.language}/letter.txt.j2", {**parts, **shared})
        return f"{str(text).strip()}\n"

    def event(self, reader: Reader, template: str, values: Mapping[str, object]) -> tuple[str, str]:
        """Summary and description (plain text) of an event, by `event/TEMPLATE.LANGUAGE.txt.j2`. Raises TemplateFault."""
        name = f"event/{template}.{reader.person.language}.txt.j2"
        made = self._module(name, {"reader": reader, **values})
        return _one_line(name, made, "summary"), str(made).strip()

    def check(self, tried: Iterable[Trial]) -> list[str]:
        """What is wrong with the templates, a sentence each; empty when every one of these texts can be written.

        Finds own templates that have no use, which is mostly a misspelt name. What is wrong in the same place is said
        once; a letter whose template has no end is not tried again.
        """
        found = dict.fromkeys(self._useless())
        endless = set[object]()
        for one in tried:
            kinds = (one.reader.person.language, *(facts.template for facts in one.facts))
            for fault in () if kinds in endless else self._faults(one):
                found[f"{fault}."] = None
                if fault.endless:
                    endless.add(kinds)
        return list(found)

    def _faults(self, tried: Trial) -> Iterator[TemplateFault]:
        try:
            if tried.facts:
                self.render(tried.reader, tried.facts)
        except TemplateFault as fault:
            yield fault
        for template, values in tried.events:
            try:
                self.event(tried.reader, template, values)
            except TemplateFault as fault:
                yield fault

    def _useless(self) -> Iterator[str]:
        """Sentences about own templates that neither replace one of ours nor are used by another own one."""
        if self._own is None:
            return
        ours, own = _names(OURS), _names(self._own)
        used = set().union(*(self._used_by(name) for name in own))
        for name in sorted(own - ours - used):
            near = get_close_matches(name, sorted(ours), n=1)
            hint = f'Did you mean "{near[0]}"?' if near else "Give it the name of one of ours, or take it out."
            yield f"{name}: none of our templates has this name, so nothing uses it. {hint}"

    def _used_by(self, name: str) -> set[str | None]:
        """What a template includes, extends or imports; nothing when it cannot be read, which `check` says elsewhere."""
        try:
            source = (self._folders[0] / name).read_text("utf-8-sig")
            return set(find_referenced_templates(self._environment.parse(source)))
        except (OSError, UnicodeDecodeError, jinja2.TemplateSyntaxError):
            return set()

    def _module(self, name: str, values: Mapping[str, object]) -> TemplateModule:
        """A template carried out: its text, and what it sets at the top level as attributes."""
        try:
            with spending(replace(self._budget)):
                made = self._environment.get_template(name).make_module(dict(values))
        # Whatever goes wrong in a template is that template's fault: the letters of others must go out.
        except Exception as error:
            raise self._fault(name, error) from error
        _printable(name, str(made))
        return made

    def _fault(self, asked: str, error: Exception) -> TemplateFault:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return TemplateFault(error.name or asked, f"line {error.lineno}: {_plain(error)}")
        if isinstance(error, jinja2.TemplateNotFound):
            return TemplateFault(asked, f'it needs the template "{error.name}", which is neither yours nor ours')
        if isinstance(error, UnicodeDecodeError):
            return TemplateFault(asked, "it, or a template it uses, is not saved as UTF-8")
        # Every frame of compiled template code knows its template; the innermost is where it happened.
        for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
            template = frame.f_globals.get("__jinja_template__")
            if isinstance(template, jinja2.Template):
                where = template.name or asked
                sentence = f"line {template.get_corresponding_lineno(line)}: {_plain(error)}"
                return TemplateFault(where, sentence, endless=isinstance(error, TooMuch))
        return TemplateFault(asked, _plain(error), endless=isinstance(error, TooMuch))


_COMPILED = Compiled()


def environment(folders: Sequence[Path]) -> BudgetedSandbox:
    """What reads and carries out the templates of these folders, the first of a name."""
    made = _Sandbox(
        loader=jinja2.FileSystemLoader(folders, encoding="utf-8-sig"),  # Windows writes a mark before the first letter
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    made.globals.update({language: tongue(language) for language in LANGUAGES})
    made.filters.update(opening=opening, lines=lines)
    return made


def lines(text: str) -> Markup:
    """The text as HTML, a <br> for each line break: Outlook on Windows knows no `white-space: pre-wrap`."""
    return Markup("<br>").join(text.strip().splitlines())


def _shared(reader: Reader, facts: Sequence[Facts], texts: Sequence[TemplateModule]) -> dict[str, Any]:
    """What the frames of text and HTML are both made from."""
    return {
        "reader": reader,
        "subject": _subject(reader, facts, texts),
        "about": min((one.about for one in facts), key=lambda one: one.rank).template,
        "pastes": any(one.pastes for one in facts),
    }


def _subject(reader: Reader, facts: Sequence[Facts], texts: Sequence[TemplateModule]) -> str:
    """The subject of the first text, and in a few words what others say `besides`: it would not be looked for there."""
    name = f"mail/{reader.person.language}/{facts[0].template}.txt.j2"
    subject = _one_line(name, texts[0], "subject")
    besides = " ".join(filter(None, (" ".join(str(getattr(one, "besides", "")).split()) for one in texts[1:])))
    if not besides:
        return subject
    return f"{subject} {opening(besides)}" if subject.endswith((".", "?")) else f"{subject}, {besides}"


def _appended(made: Sequence[TemplateModule]) -> list[Any]:
    """What the parts of a letter have put after its signature."""
    found = (getattr(one, "appendix", "") for one in made)
    return [one.strip() for one in found if one.strip()]


BREAKING = re.compile(r"\bAI-(?=\w)|(?<![\w-])-(?=[^\W\d])")
"""Hyphens after which a narrow screen breaks a line, and must not: of "AI-stafetten" and of an ending such as "-ing"."""

KEPT = re.compile(
    r"(<!--.*?-->|<code>.*?</code>|<td class=\"words\".*?</td>|<div class=\"words\">.*?</div>"
    r"|<textarea.*?</textarea>|<style.*?</style>|<[^>]*>)",
    re.DOTALL,
)
"""Of a letter or a page what is no running text, and what people copy or write."""


def unbroken(html: str) -> str:
    """The HTML with hyphens that do not break (U+2011) where a line would be torn in the wrong place."""
    pieces = KEPT.split(html)
    pieces[::2] = [BREAKING.sub(_kept_together, piece) if "-" in piece else piece for piece in pieces[::2]]
    return "".join(pieces)


def _kept_together(found: re.Match[str]) -> str:
    return found[0].replace("-", "\u2011")


def _printable(name: str, text: str) -> None:
    """Raises TemplateFault for a text with a character that no letter may hold."""
    if found := UNPRINTABLE.search(text):
        raise TemplateFault(name, f"it writes the control character U+{ord(found[0]):04X}. Take it out")


def _one_line(name: str, module: TemplateModule, variable: str) -> str:
    """What a template sets as `variable`, in one line. Raises TemplateFault when it sets none, an empty one, or one that
    is too long or cannot be written."""
    value = " ".join(str(getattr(module, variable, "")).split())
    if not value:
        raise TemplateFault(name, f"it gives no {variable}; write {{% set {variable} %}}...{{% endset %}} at its top")
    if len(value) > SUBJECT_LENGTH:
        raise TemplateFault(name, f"its {variable} has {len(value)} characters. Write at most {SUBJECT_LENGTH}")
    _printable(name, value)
    return value


def _plain(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def _names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*.j2")}
