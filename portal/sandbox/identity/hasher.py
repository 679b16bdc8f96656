from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with fewer rounds: the only secret hashed here is the portal's long client secret, checked at every sign-in."""

    algorithm = "pbkdf2_sha256_quick"
    iterations = 20_000
