"""Signs postbacks and verifies signatures, for servers that call or receive postback URLs."""

import hashlib
import hmac
import re
import time

_TOLERANCE_SECONDS_DEFAULT = 300
_MARK = "&sig="
_SIGNATURE = re.compile("[0-9a-fA-F]{64}")
_TIME = re.compile("(?:^|&)ts=([^&]*)")
# A time with more than 18 digits is too far away to be accepted.
_SECONDS = re.compile("[0-9]{1,18}")


def sign(url: str, body: bytes, secret: str, unix_seconds: int) -> str:
    """Returns the URL with the time and its signature appended.

    `url` has all parameters filled in and percent-encoded, and no fragment. `body` is the body of a
    `POST`, or empty. `secret` is the secret that `RotatePostbackSecret` returned. `unix_seconds` is
    the present time; the server accepts the signature for 300 seconds.
    """
    separator = "&" if "?" in url else "?"
    url = f"{url}{separator}ts={unix_seconds}"
    return f"{url}&sig={signature(_query(url).encode(), body, secret)}"


def verify(
    signed_url: str,
    body: bytes,
    secret: str,
    *,
    tolerance_seconds: int = _TOLERANCE_SECONDS_DEFAULT,
    unix_seconds: int | None = None,
) -> bool:
    """Returns true if the URL has a valid signature that was made at most `tolerance_seconds` ago.

    `signed_url` is the URL, or only its path and query, byte for byte as it arrived. `body` is the
    body of a `POST`, or empty. `unix_seconds` is the time to judge at, by default the present. The
    time of signing may lie as far in the future as in the past, since clocks differ.

    If a call is sent again within that time, its signature is still valid. To count a call once,
    remember its `sig`.
    """
    signed, mark, given = _query(signed_url).rpartition(_MARK)
    if not mark or not _SIGNATURE.fullmatch(given):
        return False
    if not hmac.compare_digest(signature(signed.encode("utf-8", "surrogateescape"), body, secret), given.lower()):
        return False
    times = set(_TIME.findall(signed))
    if len(times) != 1 or not _SECONDS.fullmatch(text := times.pop()):
        return False
    now = int(time.time()) if unix_seconds is None else unix_seconds
    return abs(now - int(text)) <= tolerance_seconds


def signature(query: bytes, body: bytes, secret: str) -> str:
    """Returns the signature of a query and a `POST` body: 64 lower-case hexadecimal digits.

    The query is the text between `?` and `&sig=`.
    """
    signed = query + b"\n" + body if body else query
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _query(url: str) -> str:
    return url.partition("?")[2]
