"""Numbers that a browser sends."""

INTEGER = 2**31 - 1  # the largest that a column of the database holds
LARGEST = 2**63 - 1  # that a key does


def number(text, largest=LARGEST):
    """The whole number that the text is, from 0 to the largest; None where it is none of these."""
    text = "" if text is None else str(text)
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(largest))):
        return None
    return int(text) if int(text) <= largest else None
