"""The second secret that lets somebody follow a dossier without an account.

It is derived from the code and the issue count with a key, so a reprinted slip can show it again, and giving it out
anew makes the former one worthless. Eight characters without look-alikes (37 bits).
"""

import hashlib
import hmac

from django.conf import settings

from dossiers.codes import SECRET_ALPHABET, SECRET_LENGTH


def secret_for(code: str, issue: int) -> str:
    """The secret of this dossier's `issue`-th slip."""
    digest = hmac.new(settings.TRACKING_KEY.encode(), f"tracking:{code}:{issue}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(SECRET_LENGTH):
        number, place = divmod(number, len(SECRET_ALPHABET))
        letters.append(SECRET_ALPHABET[place])
    return "".join(letters)


def secret_matches(code: str, issue: int, typed: str) -> bool:
    """Whether `typed` is the secret; tolerant of case, spaces and hyphens, constant in time."""
    cleaned = "".join(letter for letter in typed.upper() if letter.isalnum())
    return hmac.compare_digest(secret_for(code, issue).encode(), cleaned.encode())
