"""SOAP and XML: names, elements, the envelope, and Microsoft's schema where it is at hand.

Shape of envelopes, response messages and faults: Microsoft's web service reference and `messages.xsd`.
"""

import importlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

NAMESPACES = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
    "t": "http://schemas.microsoft.com/exchange/services/2006/types",
    "e": "http://schemas.microsoft.com/exchange/services/2006/errors",
}
for _prefix, _uri in NAMESPACES.items():
    ET.register_namespace(_prefix, _uri)


class EwsError(Exception):
    """What Exchange answers instead: one of Microsoft's response codes. `fault`: the whole request failed."""

    def __init__(self, code: str, text: str = "", *, fault: bool = False, values: Mapping[str, str] | None = None):
        super().__init__(code, text)
        self.code, self.text, self.fault, self.values = code, text or code, fault, dict(values or {})


def tag(name: str) -> str:
    """`t:Start` as ElementTree writes it. Names without a prefix stay."""
    prefix, colon, local_name = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local_name}" if colon else name


def make(name: str, *children: Element | None, text: object = None, **attributes: object) -> Element:
    element = Element(tag(name), {key: _text(value) for key, value in attributes.items()})
    if text is not None:
        element.text = _text(text)
    element.extend(child for child in children if child is not None)
    return element


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant by way of these names, or None."""
    for name in path:
        element = None if element is None else element.find(tag(name))
    return element


def text_of(element: Element | None, *path: str) -> str | None:
    found = child(element, *path)
    return None if found is None else (found.text or "")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request, taken apart. `zone` is the Windows name in the TimeZoneContext header, `impersonated` an SMTP address
    in lower case or None, `version` what RequestServerVersion says."""

    body: Element
    operation: str
    version: str | None
    impersonated: str | None
    zone: str | None


def open_envelope(data: bytes) -> Envelope:
    """Raises EwsError where this is no SOAP request."""
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        raise EwsError("ErrorInvalidRequest", f"no XML: {error}", fault=True) from error
    header, body = child(root, "s:Header"), child(root, "s:Body")
    if body is None or not len(body):
        raise EwsError("ErrorInvalidRequest", "no Body", fault=True)
    version = child(header, "t:RequestServerVersion")
    zone = child(header, "t:TimeZoneContext", "t:TimeZoneDefinition")
    return Envelope(
        body=body[0],
        operation=local(body[0]).removesuffix("Request"),
        version=None if version is None else version.get("Version"),
        impersonated=_impersonated(child(header, "t:ExchangeImpersonation", "t:ConnectingSID")),
        zone=None if zone is None else zone.get("Id"),
    )


def _impersonated(sid: Element | None) -> str | None:
    if sid is None:
        return None
    for name in ("t:PrimarySmtpAddress", "t:SmtpAddress", "t:PrincipalName"):
        address = text_of(sid, name)
        if address:
            return address.lower()
    raise EwsError("ErrorInvalidExchangeImpersonationHeaderData", fault=True)


def envelope(body: Element, build: tuple[int, int, int, int], version: str) -> bytes:
    major, minor, major_build, minor_build = build
    info = make(
        "t:ServerVersionInfo",
        MajorVersion=major,
        MinorVersion=minor,
        MajorBuildNumber=major_build,
        MinorBuildNumber=minor_build,
        Version=version,
    )
    whole = make("s:Envelope", make("s:Header", info), make("s:Body", body))
    return bytes(ET.tostring(whole, encoding="utf-8", xml_declaration=True))


def fault(error: EwsError) -> Element:
    """A SOAP fault in Microsoft's form; it travels with HTTP status 500."""
    detail = make("detail", make("e:ResponseCode", text=error.code), make("e:Message", text=error.text))
    if error.values:
        detail.append(make("t:MessageXml", *values(error.values)))
    return make("s:Fault", make("faultcode", text=f"a:{error.code}"), make("faultstring", text=error.text), detail)


def values(pairs: Mapping[str, str]) -> list[Element]:
    return [make("t:Value", Name=name, text=value) for name, value in pairs.items()]


def message(operation: str, *content: Element | None, error: EwsError | None = None, level: str = "Error") -> Element:
    """One response message: success with its content, or an error with what the schema wants beside it."""
    name = f"m:{operation}ResponseMessage"
    if error is None:
        return make(name, make("m:ResponseCode", text="NoError"), *content, ResponseClass="Success")
    return make(
        name,
        make("m:MessageText", text=error.text),
        make("m:ResponseCode", text=error.code),
        make("m:DescriptiveLinkKey", text=0),
        make("m:MessageXml", *values(error.values)) if error.values else None,
        *content,
        ResponseClass=level,
    )


def response(operation: str, messages: list[Element]) -> Element:
    return make(f"m:{operation}Response", make("m:ResponseMessages", *messages))


@dataclass(frozen=True, slots=True)
class Schema:
    """Microsoft's schema in a folder. Without a folder everything passes."""

    folder: Path | None

    def complaint(self, element: Element) -> str | None:
        """What the schema says against this child of soap:Body, or None."""
        if self.folder is None:
            return None
        # lxml is a dependency of exchangelib; wanted here only.
        document = importlib.import_module("lxml.etree").fromstring(ET.tostring(element))
        schema = _schema(self.folder)
        with _VALIDATING:  # the log of errors is the schema's own
            return None if schema.validate(document) else str(schema.error_log.last_error.message)


_VALIDATING = threading.Lock()


@cache
def _schema(folder: Path) -> Any:
    etree = importlib.import_module("lxml.etree")
    return etree.XMLSchema(etree.parse(str(folder / "messages.xsd")))
