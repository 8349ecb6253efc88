"""Signing postbacks, for those who call a postback URL from their own server."""

import hashlib
import hmac


def sign(url: str, body: bytes, secret: str, unix_seconds: int) -> str:
    """The URL with the time and its signature at its end.

    `url`: all parameters filled in and percent-encoded, without a fragment. `body`: that of a `POST`; empty where there
    is none. `secret`: as `RotatePostbackSecret` answered it. `unix_seconds`: the time now; the server takes it for 300
    seconds.
    """
    separator = "&" if "?" in url else "?"
    url = f"{url}{separator}ts={unix_seconds}"
    _, _, query = url.partition("?")
    return f"{url}&sig={signature(query.encode(), body, secret)}"


def signature(query: bytes, body: bytes, secret: str) -> str:
    """The signature of a query, which is what stands between `?` and `&sig=`, and of the body of a `POST`; 64
    lower-case hexadecimal digits.
    """
    signed = query + b"\n" + body if body else query
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
