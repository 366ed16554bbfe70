"""robots.txt (RFC 9309), as a reader's click needs it: only a group that names us forbids a visit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

from archiver.model import Chain, NoAnswer, Origin, Reason, Reply

MAX_BYTES = 500 * 1024
"""RFC 9309, section 2.5: at least this much is read."""
RETRIES = 1
_SERVER_ERRORS = range(500, 600)
_OK = range(200, 300)


def robots_url(origin: Origin) -> str:
    """Give where an origin's robots.txt stands."""
    return f"{origin}/robots.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What one origin's robots.txt says to us."""

    rules: Protego | None = None
    agent: str = ""
    names_us: bool = False

    def allow_visit(self, url: str) -> bool:
        """Tell whether a link may be checked: a group for `*` does not forbid what a reader may click."""
        return not self.names_us or self.allow_keeping(url)

    def allow_keeping(self, url: str) -> bool:
        """Tell whether a page may be kept: the whole file counts."""
        return self.rules is None or self.rules.can_fetch(url, self.agent)


def parse(text: str, agent: str) -> Robots:
    """Read a robots.txt for the product token `agent`."""
    text = "\n".join(text.splitlines())
    naming = rf"^([ \t]*user-agent[ \t]*:[ \t]*{re.escape(agent)})(?:/[^\s#]*)?(?=[ \t]*(?:#|$))"
    text, times = re.subn(naming, r"\1", text, flags=re.IGNORECASE | re.MULTILINE)  # a version is no part of a name
    return Robots(rules=Protego.parse(text), agent=agent, names_us=times > 0)


def robots_of(chain: Chain, agent: str) -> Robots | NoAnswer:
    """Judge the chain that asked for a robots.txt; NoAnswer settles every link of the origin.

    No answer from the origin, or a server's error, forbids all; any other answer without a file allows all.
    """
    answer = chain.last.answer
    match answer:
        case NoAnswer() if len(chain.exchanges) == 1:
            return answer
        case Reply(status=status) if status in _SERVER_ERRORS:
            return NoAnswer(reason=Reason.ROBOTS_5XX, note=f"robots.txt answers {status}")
        case Reply(status=status, body=bytes(body), cut=cut) if status in _OK and chain.broken is None:
            whole = (
                body if cut is None else body[: body.rfind(b"\n") + 1]
            )  # half a rule might forbid more than the rule
            return parse(whole.decode("utf-8", "replace").removeprefix("\ufeff"), agent)
        case _:
            return Robots()
