"""A page's head, without what nobody reads in it: enough to know most pages by their title. Pure.

A head as the standard has it holds elements of a few names, and is over at `</head>` or `<body>`. What stands behind it
need not be parsed to know what the page is called.
"""

from __future__ import annotations

import re

MAX_HEAD_BYTES = 262_144

_PIECES = re.compile(
    rb"""
    (?P<kept>(?:
        [^<]++
      | <(?:base|head|html|link|meta)(?=[\s/>])(?:[^>"']++|"[^"]*+"|'[^']*+')*+>
      | <title(?=[\s/>])(?:[^<]++|<(?!/title))*+</title\s*+>
    )++)
  | (?P<end></head(?=[\s/>])|<body(?=[\s/>]))
  | <(script|style|noscript|template)(?=[\s/>])(?:[^<]++|<(?!/\3))*+</\3\s*+>
  | <!--(?!-?>)(?:[^-]++|-(?!->|-!>))*+-->
  | <[!?](?!--)[^>]*+>
  | (?P<odd><)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What is kept of a head, where it ends, what is left out of it, and what does not belong there."""


def plain_head(body: bytes) -> bytes | None:
    """Give the head of a page in UTF-8, without scripts, styles and comments; None where it has no plain end."""
    kept = []
    for piece in _PIECES.finditer(body, 0, MAX_HEAD_BYTES):
        match piece.lastgroup:
            case "kept":
                kept.append(piece[0])
            case "end":
                return b"".join(kept)
            case "odd":
                return None
    return None
