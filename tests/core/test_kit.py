"""Icons, assets and texts that templates name do exist."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template import Context, Template

from portal.core import assets, catalogue
from portal.core.icons import ICONS, icon_body

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
OWN = [path for path in TEMPLATES if path.parent.name in {"templates", "components", "errors", "site", "forms", "list", "widgets"}]


def texts(paths: list[Path]) -> set[str]:
    text = "\n".join(path.read_text() for path in paths)
    return set(re.findall(r'{%\s*translate "([^"]*)"', text)) | set(re.findall(r'_\("([^"]*)"\)', text))


def test_every_icon_of_a_template_exists() -> None:
    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())}

    assert all(icon_body(name) for name in used | set(ICONS))


def test_an_icon_is_silent_unless_it_is_named() -> None:
    page = Template('{% load kit %}{% icon "check" %}|{% icon "check" "Xong" %}|{% icon "no-such-icon" %}').render(Context())

    silent, named, missing = page.split("|")
    assert 'aria-hidden="true"' in silent
    assert 'role="img" aria-label="Xong"' in named
    assert missing == ""


def test_a_missing_asset_breaks_nothing() -> None:
    assert Template('{% load kit %}{% asset "css/never-built.css" %}').render(Context()) == ""


def test_templates_keep_scripts_and_styles_out() -> None:
    offending = [path.name for path in OWN if re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on", path.read_text())]

    assert offending == []


def test_every_text_of_the_kit_is_vietnamese() -> None:
    known = {entry.msgid for entry in polib.pofile(str(catalogue.TARGET / "django.po"))}

    assert sorted(texts(OWN) - known) == []


def test_two_texts_for_one_message_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.po").write_text('msgid "Open"\nmsgstr "Mở"\n')
    (tmp_path / "b.po").write_text('msgid "Open"\nmsgstr "Đang mở"\n\nmsgid "Shut"\nmsgstr ""\n')

    with pytest.raises(catalogue.CatalogueError) as refused:
        catalogue.merge(tmp_path)

    assert str(refused.value).splitlines() == ["b.po: 'Open' is 'Đang mở', but in a.po it is 'Mở'", "b.po: no text for 'Shut'"]


def test_the_committed_catalogue_is_the_merged_parts() -> None:
    merged = catalogue.merge()

    assert (catalogue.TARGET / "django.mo").read_bytes() == catalogue.compiled(merged)


def test_fonts_carry_every_vietnamese_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fontTools.ttLib import TTFont

    monkeypatch.setattr(assets, "FONTS", tmp_path)
    letters = set("ăâđêôơư" + "áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")

    built = assets._subset(assets.FACES[0])

    covered = {chr(code) for code in TTFont(built).getBestCmap()}
    assert (letters | {letter.upper() for letter in letters} | set("₫–“”")) - covered == set()
    assert built.stat().st_size < 30_000
