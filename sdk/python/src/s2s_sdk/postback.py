"""Signs postbacks, for merchants who call a postback URL from their own server."""

import hashlib
import hmac


def sign(url: str, body: bytes, secret: str, unix_seconds: int) -> str:
    """Returns the URL with the time and its signature appended.

    `url` has all parameters filled in and percent-encoded, and no fragment. `body` is the body of a
    `POST`, or empty. `secret` is the secret that `RotatePostbackSecret` returned. `unix_seconds` is
    the present time; the server accepts the signature for 300 seconds.
    """
    separator = "&" if "?" in url else "?"
    url = f"{url}{separator}ts={unix_seconds}"
    _, _, query = url.partition("?")
    return f"{url}&sig={signature(query.encode(), body, secret)}"


def signature(query: bytes, body: bytes, secret: str) -> str:
    """Returns the signature of a query and a `POST` body: 64 lower-case hexadecimal digits.

    The query is the text between `?` and `&sig=`.
    """
    signed = query + b"\n" + body if body else query
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
