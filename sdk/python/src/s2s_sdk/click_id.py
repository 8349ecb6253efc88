"""The form of click ids. Only the server can tell whether it minted a click id."""

import re

# Unicode's white space, and quotes. `str.strip` without arguments would also drop U+001C to U+001F.
_AROUND = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\"'"
)
# Crockford's base32 of 25 bytes. Case is folded after the match, because folding turns some letters
# outside of this alphabet into letters of the alphabet.
_FORM = re.compile("[0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{40}")


def normalise(text: str) -> str | None:
    """Returns the click id as the server writes it, or None if `text` can't be a click id.

    The result has 40 characters in lower case, without blanks and quotes around them.
    """
    text = text.strip(_AROUND)
    return text.lower() if _FORM.fullmatch(text) else None


def is_click_id(text: str) -> bool:
    """Returns true if `text` has the form of a click id.

    The click id may be in upper or lower case, with blanks and quotes around it.
    """
    return normalise(text) is not None
