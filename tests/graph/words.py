"""Bodies as a mailbox gives them back: whole HTML documents, or text made of them.

From samples in the reference: what was written as HTML comes back inside `<html><head>...</head><body>`, and so does plain
text; asked for as text it has CRLF line ends. The exact wrapping is a guess [U]: nobody should depend on it.
"""

import html
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>\r\n'
FOOT = "\r\n</body></html>"
BREAKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3", "table", "ul", "ol"))
HIDDEN = frozenset(("style", "script", "head", "title"))


def shown(body: dict[str, Any] | None, kind: str) -> dict[str, str]:
    """The body in the form that was asked for, "html" or "text"."""
    content, written = (body or {}).get("content") or "", ((body or {}).get("contentType") or "text").lower()
    if kind == "text":
        return {"contentType": "text", "content": as_text(content, written)}
    return {"contentType": "html", "content": as_html(content, written)}


def as_text(content: str, written: str) -> str:
    text = content if written == "text" else plain(content)
    return re.sub(r"\r?\n", "\r\n", text)


def as_html(content: str, written: str) -> str:
    if not content:
        return ""
    if written == "text":
        inner = html.escape(content, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
        return f'{HEAD}<div class="PlainText">{inner}</div>{FOOT}'
    if "<html" in content.lower():
        return content
    return f"{HEAD}{content}{FOOT}"


def preview(body: dict[str, Any] | None) -> str:
    return as_text((body or {}).get("content") or "", ((body or {}).get("contentType") or "text").lower())[:255]


@lru_cache(maxsize=1000)
def plain(content: str) -> str:
    reader = _Reader()
    reader.feed(content)
    reader.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in HIDDEN
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN
        if tag in BREAKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
