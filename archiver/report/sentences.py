"""What a verdict means, in a sentence: one row for each verdict and reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.model import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_NOTE = 200

SENTENCES: dict[tuple[Outcome, str], str] = {
    (Outcome.ALIVE, Reason.OK): "answers well",
    (Outcome.ALIVE, Reason.NOT_MODIFIED): "304: is as it was when it was last kept",
    (Outcome.ALIVE, Reason.RETITLED): "answers well, under another title",
    (Outcome.ALIVE, "redirect_NNN"): "{number}: answers well, after a redirect",
    (Outcome.MOVED, "redirect_NNN"): "{number}: moved for good; write the new address",
    (Outcome.RESTRICTED, "status_401"): "401: asks for a login",
    (Outcome.RESTRICTED, "status_402"): "402: asks for money",
    (Outcome.RESTRICTED, "status_407"): "407: asks for a login at a proxy",
    (Outcome.RESTRICTED, "status_451"): "451: withheld for legal reasons",
    (Outcome.RESTRICTED, Reason.LOGIN): "shows a login instead of the {thing}",
    (Outcome.RESTRICTED, Reason.PAYWALL): "shows the title, and the rest to subscribers",
    (Outcome.BLOCKED, "status_403"): "403: refuses us; the {thing} may be well",
    (Outcome.BLOCKED, "status_429"): "429: wants fewer requests, or no robots; the {thing} may be well",
    (Outcome.BLOCKED, "status_999"): "999: refuses robots; the {thing} may be well",
    (Outcome.BLOCKED, Reason.CHALLENGE): "a bot wall answers; the {thing} may be well",
    (Outcome.INSECURE, Reason.TLS_EXPIRED): "its certificate has expired, or is not valid yet",
    (Outcome.INSECURE, Reason.TLS_HOSTNAME): "its certificate is for another name",
    (Outcome.INSECURE, Reason.TLS_UNTRUSTED): "no authority we trust vouches for its certificate",
    (Outcome.FAILING, "status_NNN"): "{number}: the server fails",
    (Outcome.FAILING, Reason.ROBOTS_5XX): "the server fails: not even its robots.txt can be had",
    (Outcome.UNREACHABLE, Reason.DNS_NXDOMAIN): "no host has this name",
    (Outcome.UNREACHABLE, Reason.DNS_FAILURE): "the host's name could not be looked up",
    (Outcome.UNREACHABLE, Reason.REFUSED): "the host refuses connections",
    (Outcome.UNREACHABLE, Reason.RESET): "the host broke the connection off",
    (Outcome.UNREACHABLE, Reason.TIMEOUT): "no answer in time",
    (Outcome.UNREACHABLE, Reason.CONNECT_TIMEOUT): "no connection in time",
    (Outcome.UNREACHABLE, Reason.EMPTY_REPLY): "the host hung up without a word",
    (Outcome.UNREACHABLE, Reason.BAD_HTTP): "what answers is not proper HTTP",
    (Outcome.UNREACHABLE, Reason.TLS_ERROR): "no secure connection came about",
    (Outcome.UNREACHABLE, Reason.NO_ROUTE): "no way leads to the host",
    (Outcome.UNREACHABLE, Reason.HOST_DOWN): "the host gives no answer",
    (Outcome.GONE, "status_404"): "404: the {thing} is gone",
    (Outcome.GONE, "status_410"): "410: the {thing} is gone for good",
    (Outcome.SOFT_404, Reason.SAYS_MISSING): "answers 200, but says that there is no such {thing}",
    (Outcome.SOFT_404, Reason.REDIRECT_HOME): "leads to the site's home page instead",
    (Outcome.SOFT_404, Reason.REDIRECT_COLLAPSE): "leads where other links of its host lead too",
    (Outcome.SOFT_404, Reason.PROBE_MATCH): "shows what its site shows for any address",
    (Outcome.SOFT_404, Reason.IMAGE_IS_HTML): "a page answers in the image's place",
    (Outcome.SOFT_404, Reason.IMAGE_PLACEHOLDER): "a placeholder stands in the image's place",
    (Outcome.PARKED, Reason.FOR_SALE): "the domain is for sale, or shows nothing but advertisements",
    (Outcome.PARKED, Reason.OTHER_OWNER): "leads to another domain's home page, with nothing of the {thing}",
    (Outcome.DRIFTED, Reason.TITLE_MISMATCH): "shows something else than the record describes",
    (Outcome.AMP_RETIRED, Reason.TO_CANONICAL): "the AMP copy leads to the page itself",
    (Outcome.AMP_RETIRED, Reason.CACHE_404): "404: the AMP cache no longer has it, the page lives",
    (Outcome.AMP_RETIRED, "status_NNN"): "{number}: the AMP copy is no longer kept, the page lives",
    (Outcome.BROKEN, Reason.REDIRECT_LOOP): "its redirects turn in a circle",
    (Outcome.BROKEN, Reason.REDIRECT_LIMIT): "its redirects come to no end",
    (Outcome.BROKEN, Reason.REDIRECT_WITHOUT_LOCATION): "redirects, but not to an address",
    (Outcome.BROKEN, Reason.REDIRECT_SCHEME): "redirects to what is not on the web",
    (Outcome.BROKEN, Reason.TRUNCATED): "the {thing} ends before its end, at every try",
    (Outcome.BROKEN, Reason.UNDECODABLE_IMAGE): "what comes is no image that can be shown",
    (Outcome.INVALID, Reason.BAD_URL): "not an address that can be asked for",
    (Outcome.INVALID, Reason.BAD_SCHEME): "not an address of the web (http or https)",
    (Outcome.SKIPPED, Reason.ROBOTS): "its robots.txt asks archiver to stay away",
    (Outcome.SKIPPED, Reason.PRIVATE_ADDRESS): "its host is not on the public network (`--allow-net` permits it)",
    (Outcome.SKIPPED, Reason.NOT_REACHED): "not reached",
    (Outcome.SKIPPED, Reason.NOT_DUE): "not due yet",
    (Outcome.SKIPPED, Reason.EXCLUDED): "left out, as asked for",
    (Outcome.UNKNOWN, Reason.EMPTY): "answers, but with nothing in it",
    (Outcome.UNKNOWN, Reason.NO_CONTENT): "answers, but shows nothing that could be read",
    (Outcome.UNKNOWN, Reason.TOO_LARGE): "too large to be read whole",
    (Outcome.UNKNOWN, Reason.THIN_PAGE): "another title, and too little text to tell what it is",
    (Outcome.UNKNOWN, Reason.NO_TITLE): "answers with a page that has no title to compare",
    (Outcome.UNKNOWN, Reason.CONSENT): "asks for consent before it shows the {thing}",
    (Outcome.UNKNOWN, Reason.UNCERTAIN): "neither plainly the {thing} nor plainly another one",
    (Outcome.UNKNOWN, "status_NNN"): "{number}: an answer that does not tell",
}
"""`{number}` is the status that a reason names by NNN, `{thing}` a page or an image."""

OUTCOMES = {
    Outcome.ALIVE: "answers well",
    Outcome.MOVED: "moved for good; write the new address",
    Outcome.RESTRICTED: "asks for a login or money, or is withheld",
    Outcome.BLOCKED: "refuses robots; the {thing} may be well",
    Outcome.INSECURE: "its certificate does not hold",
    Outcome.FAILING: "the server fails",
    Outcome.UNREACHABLE: "no answer came",
    Outcome.GONE: "the {thing} is gone",
    Outcome.SOFT_404: "answers, but says that the {thing} is missing",
    Outcome.PARKED: "the domain is for sale, or in other hands",
    Outcome.BROKEN: "nobody can use it",
    Outcome.DRIFTED: "shows something else than the record describes",
    Outcome.AMP_RETIRED: "the AMP copy is no longer kept",
    Outcome.INVALID: "not an address that can be asked for",
    Outcome.SKIPPED: "not asked",
    Outcome.UNKNOWN: "the answer does not tell",
}
"""What is said for a reason without a sentence: of an archive that another version wrote."""

_NUMBER = re.compile(r"(?<=_)[0-9]{3}$")


def is_told(outcome: Outcome, reason: str) -> bool:
    """Tell whether there is a sentence for just this."""
    return (outcome, reason) in SENTENCES or (outcome, _NUMBER.sub("NNN", reason)) in SENTENCES


def sentence(outcome: Outcome, reason: str, thing: str = "page", facts: Sequence[str] = ()) -> str:
    """Say what a verdict means, with `facts` in brackets; `thing` is what the link leads to."""
    number = _NUMBER.search(reason)
    exact = SENTENCES.get((outcome, reason)) or SENTENCES.get((outcome, _NUMBER.sub("NNN", reason)))
    said = exact or f"{OUTCOMES[outcome]} ({reason})"
    said = said.replace("{number}", number[0] if number else "").replace("{thing}", thing)
    return f"{said} ({'; '.join(facts)})" if facts else said


def noted(note: str) -> str:
    """Give what a judge noted, on one line of readable length: some of it is a server's own words."""
    note = " ".join(note.split())
    return note if len(note) <= LONGEST_NOTE else f"{note[:LONGEST_NOTE]}..."
