"""Addresses as they are written: which of them are links in a body, and how they are resolved."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from archiver.urls import BadAddressError, mask_user_info, normalise, resolve

if TYPE_CHECKING:
    from archiver.model import Reason

TEMPLATED = "\ufdd0"
"""Stands for each character of a template's expression (a noncharacter: no text has it)."""

_WEB = re.compile(r"https?:|//", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


class Written(NamedTuple):
    """An address as written, decoded, and the place of its first character in the file's text."""

    text: str
    offset: int


def is_body_link(address: str, base_url: str | None) -> bool:
    """Tell whether a body's address leads anywhere on the web: `mailto:`, fragments and templates do not."""
    if TEMPLATED in address:
        return False
    return bool(_WEB.match(address)) or (base_url is not None and is_relative(address))


def is_relative(address: str) -> bool:
    """Tell whether an address needs a base; a fragment alone leads nowhere else."""
    return bool(address) and not address.startswith("#") and not _SCHEME.match(address)


def target_of(address: str, base_url: str | None) -> tuple[str, Reason | None]:
    """Give what is fetched for an address; where nothing can be, the address as written, and why."""
    try:
        return normalise(address), None
    except BadAddressError as error:
        fault = error.fault
    if base_url is not None and is_relative(address):
        try:
            return resolve(address, base_url), None
        except BadAddressError as error:
            fault = error.fault
    return mask_user_info(address), fault


def decode_references(text: str) -> str:
    """Decode `&amp;` and its like; without a semicolon it is left alone, as in `?a=1&copy=2`."""
    return _REFERENCE.sub(lambda reference: unescape(reference[0]), text) if "&" in text else text
