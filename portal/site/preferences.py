"""Language, theme, contrast and text size: plain form posts, kept in cookies, so they work without JavaScript or account."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEPT_FOR = timedelta(days=365)
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark"),
    "contrast": ("normal", "more"),
    "text": ("normal", "large", "larger"),
    "keys": ("off", "on"),
}


@dataclass(frozen=True)
class Preferences:
    """How one person wants pages to look; the first of each choice unless they said otherwise."""

    theme: str
    contrast: str
    text: str
    keys: str


def preferences_of(request: HttpRequest) -> Preferences:
    """The choices in the cookies; whatever is not a known choice counts as unsaid."""

    def chosen(name: str) -> str:
        value = request.COOKIES.get(f"motcua_{name}", "")
        return value if value in CHOICES[name] else CHOICES[name][0]

    return Preferences(theme=chosen("theme"), contrast=chosen("contrast"), text=chosen("text"), keys=chosen("keys"))


def keep_choices(request: HttpRequest, response: HttpResponse) -> None:
    """Put every valid choice of the posted form into its cookie; ignore the rest."""
    languages = tuple(code for code, _name in settings.LANGUAGES)
    for name, allowed in (CHOICES | {"language": languages}).items():
        value = request.POST.get(name)
        if value not in allowed:
            continue
        cookie = settings.LANGUAGE_COOKIE_NAME if name == "language" else f"motcua_{name}"
        response.set_cookie(cookie, value, max_age=KEPT_FOR, secure=settings.SECURE, httponly=True, samesite="Lax")
