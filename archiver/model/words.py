"""The words that verdicts are made of."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """A verdict's word (docs/verdicts.md)."""

    ALIVE = "alive"
    MOVED = "moved"
    RESTRICTED = "restricted"
    BLOCKED = "blocked"
    INSECURE = "insecure"
    FAILING = "failing"
    UNREACHABLE = "unreachable"
    GONE = "gone"
    SOFT_404 = "soft_404"
    PARKED = "parked"
    BROKEN = "broken"
    DRIFTED = "drifted"
    AMP_RETIRED = "amp_retired"
    INVALID = "invalid"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


LIVING = frozenset({Outcome.ALIVE, Outcome.MOVED})
"""The verdicts on what shows what was linked."""


class Reason(StrEnum):
    """Why, where the reason is not a status: `status_404` and `redirect_301` are built from their numbers."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    RETITLED = "retitled"
    # restricted
    LOGIN = "login"
    PAYWALL = "paywall"
    # unreachable
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_FAILURE = "dns_failure"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    CONNECT_TIMEOUT = "connect_timeout"
    EMPTY_REPLY = "empty_reply"
    BAD_HTTP = "bad_http"
    TLS_ERROR = "tls_error"
    NO_ROUTE = "no_route"
    HOST_DOWN = "host_down"
    # insecure
    TLS_EXPIRED = "tls_expired"
    TLS_HOSTNAME = "tls_hostname"
    TLS_UNTRUSTED = "tls_untrusted"
    # failing
    ROBOTS_5XX = "robots_5xx"
    # blocked
    CHALLENGE = "challenge"
    # soft_404
    SAYS_MISSING = "says_missing"
    REDIRECT_HOME = "redirect_home"
    REDIRECT_COLLAPSE = "redirect_collapse"
    PROBE_MATCH = "probe_match"
    IMAGE_IS_HTML = "image_is_html"
    IMAGE_PLACEHOLDER = "image_placeholder"
    # parked
    FOR_SALE = "for_sale"
    OTHER_OWNER = "other_owner"
    # drifted
    TITLE_MISMATCH = "title_mismatch"
    # amp_retired
    TO_CANONICAL = "to_canonical"
    CACHE_404 = "cache_404"
    # broken
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_LIMIT = "redirect_limit"
    REDIRECT_WITHOUT_LOCATION = "redirect_without_location"
    REDIRECT_SCHEME = "redirect_scheme"
    TRUNCATED = "truncated"
    UNDECODABLE_IMAGE = "undecodable_image"
    # invalid
    BAD_URL = "bad_url"
    BAD_SCHEME = "bad_scheme"
    # skipped
    ROBOTS = "robots"
    PRIVATE_ADDRESS = "private_address"
    NOT_REACHED = "not_reached"
    NOT_DUE = "not_due"
    EXCLUDED = "excluded"
    # unknown
    EMPTY = "empty"
    NO_CONTENT = "no_content"
    THIN_PAGE = "thin_page"
    NO_TITLE = "no_title"
    CONSENT = "consent"
    UNCERTAIN = "uncertain"
    TOO_LARGE = "too_large"


class Caution(StrEnum):
    """A warning: true of the link, but no verdict."""

    ROBOTS = "robots"  # its robots.txt asks that the page not be kept
    TITLE_MISMATCH = "title_mismatch"  # the page is another link's, not this one's
    PROVIDER_MISMATCH = "provider_mismatch"  # it ends on a domain that is neither the provider's nor its own
    AMP_CACHE_MISMATCH = "amp_cache_mismatch"  # the cached address is not the AMP address's
    NOT_AMP = "not_amp"  # the AMP address shows a page that is none
    AMP_NOT_LINKED = "amp_not_linked"  # the page does not name this AMP copy
    CANONICAL_MISMATCH = "canonical_mismatch"  # the AMP copy is another page's
    CONTENT_TYPE = "content_type"  # its header says another kind of content than came
    IMAGE_DIMENSIONS = "image_dimensions"  # an image of another size than the record says
    IMAGE_CHANGED = "image_changed"  # another image than before
    INCONCLUSIVE = "inconclusive"  # our own network was away: the check counts for nothing
