"""Every number that a page's verdict hangs on, in one place; calibrated with `bench/verdicts.py`."""

from __future__ import annotations

# --- is it the article: S is the titles' likeness, E the excerpt's share found in the page, D its date

SAME_TITLE = 0.8
"""From this S on a page is the article, whatever else it says."""

LIKE_TITLE = 0.5
"""From this S on it is, if the excerpt or the date agrees; and a home page is not where a deep link was sent."""

OTHER_TITLE = 0.4
"""Below this S a page's title is another one; between this and LIKE_TITLE nothing is said."""

EXCERPT_FOUND = 0.5
"""From this E on the excerpt is in the page: under another title, the article was retitled."""

EXCERPT_ABSENT = 0.2
"""Below this E the excerpt is not in the page; single shingles may be shared by chance."""

SAME_DATE_DAYS = 2
"""Within so many days a page's date is the record's (Reyes Ayala 2022: time zones and late updates)."""

# --- how much a page shows

ENOUGH_WORDS = 50
ENOUGH_CHARACTERS = 200
"""A page of fewer words, and fewer letters of scripts that set no spaces, has no main text worth the name."""

SHORT_WORDS = 150
SHORT_CHARACTERS = 500
"""Up to here a text may be a wall, a teaser or an excuse; what it says of itself counts."""

# --- the probe

SAME_ANSWER = 0.95
"""From this share of common words on a page is what the site answers to any address (Bar-Yossef 2004)."""

PROBE_LETTERS = 25
"""So long a random name no site has by chance."""

DEEP_SLUG_CHARS = 12
"""A single path segment of this length names a page, not a section."""

# --- together

COLLAPSED = 3
"""From so many deep links of one host on, that all end on one address, none of them shows its page."""
