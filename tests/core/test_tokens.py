"""Colours of both themes: the same names, and every pair that people read has enough contrast."""

import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
JS = settings.BASE_DIR / "static" / "js"
TEXT, GRAPHIC = 4.5, 3.0
PAIRS = [
    *[("ink", ground, 7.0) for ground in ("paper", "surface", "sunken", "action-soft", "ok-soft", "warn-soft", "bad-soft")],
    *[("ink-muted", ground, TEXT) for ground in ("paper", "surface", "sunken")],
    *[("action", ground, TEXT) for ground in ("paper", "surface", "sunken", "action-soft")],
    *[(tone, ground, TEXT) for tone in ("ok", "warn", "bad") for ground in ("paper", "surface", f"{tone}-soft")],
    ("on-action", "action", TEXT),
    ("on-action", "action-hover", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-strong", TEXT),
    ("gold", "brand", GRAPHIC),
    ("control", "surface", GRAPHIC),
    ("control", "paper", GRAPHIC),
    ("focus", "focus-ink", GRAPHIC),
    *[(f"chart-{number}", "surface", GRAPHIC) for number in range(1, 7)],
]


def blocks() -> dict[str, dict[str, str]]:
    """The colour tokens by block."""
    text = (CSS / "tokens.css").read_text()
    found = re.findall(r"(:root(?:\S*)?) \{([^}]*)\}", text)
    return {selector: dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{6})", body)) for selector, body in found}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_both_dark_blocks_say_the_same_and_no_token_is_missing() -> None:
    light, automatic, chosen = (blocks()[name] for name in (":root", ":root:not([data-theme=light])", ":root[data-theme=dark]"))

    assert automatic == chosen
    assert light.keys() == chosen.keys()


@pytest.mark.parametrize("theme", [":root", ":root[data-theme=dark]"], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=[f"{front} on {ground}" for front, ground, _ in PAIRS])
def test_contrast(theme: str, front: str, ground: str, least: float) -> None:
    colours = blocks()[theme]

    assert contrast(colours[front], colours[ground]) >= least


def test_the_kit_stays_small_and_readable_on_a_phone_of_2020() -> None:
    css = "".join(path.read_text() for path in CSS.glob("*.css"))

    of_one_role = {path.name: path.stat().st_size for path in CSS.glob("*.css") if path.stem in {"counter", "officer", "registry"}}
    assert len(css.encode()) - sum(of_one_role.values()) + max(of_one_role.values()) <= 42 * 1024, "what the heaviest page loads"
    assert sum(path.stat().st_size for path in JS.glob("*.js")) <= 12 * 1024
    assert re.findall(r"@layer|@container|:has\(|light-dark\(|:is\(|:where\(", css) == []
    assert set(re.findall(r"var\(--([a-z0-9-]+)", css)) <= set(re.findall(r"--([a-z0-9-]+):", css))
