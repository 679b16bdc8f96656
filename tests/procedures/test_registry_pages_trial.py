"""Trying the rules, what the boxes suggest, and the map."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from portal.core.clock import business_today
from procedures.reasons import FACT_NAMES
from procedures.rule_wording import WHERE
from procedures.views.registry.tiles import POSITIONS
from tests.procedures.registry import SOON, rule_of
from tests.procedures.test_registry_pages import HOME, MARITAL, editor, started, text_of

__all__ = ["editor"]

pytestmark = pytest.mark.django_db


def test_trying_names_agency_rule_reasons_and_what_was_passed_over(editor: Client) -> None:
    page = text_of(editor.get(f"{HOME}thu/", {"thu_tuc": "1.000656", "noi": "phường Ba Đình, Hà Nội", "ngay": "23/11/2026"}))
    old = text_of(editor.get(f"{HOME}thu/", {"thu_tuc": "1.000656", "noi": "Phường Bến Nghé, Quận 1", "ngay": f"{SOON:%d/%m/%Y}"}))

    assert "UBND phường Ba Đình" in page
    assert "Theo quy tắc sau" in page
    assert "Luật Hộ tịch 60/2014/QH13, Điều 32" in page
    assert "nay là:" in old


def test_trying_with_a_draft_uses_its_rules(editor: Client) -> None:
    day = business_today() + timedelta(days=30)
    rule_set = started(editor, first_day=day)
    editor.post(f"{HOME}ban-du-thao/{rule_set.pk}/cham-dut/{rule_of(MARITAL).pk}/")
    asked = {"thu_tuc": MARITAL, "noi": "phường Ba Đình, Hà Nội", "ngay": f"{day:%d/%m/%Y}"}

    without = text_of(editor.get(f"{HOME}thu/", asked))
    with_draft = text_of(editor.get(f"{HOME}thu/", asked | {"bo": rule_set.pk}))

    assert "Một cơ quan" in without
    assert "Không có cơ quan có thẩm quyền" in with_draft


def test_the_map_has_a_place_for_every_province_and_the_style_sheet_agrees() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "css" / "registry.css").read_text()
    drawn = {code: (int(row), int(column)) for code, row, column in re.findall(r"\.province-(\d+) \{ grid-area: (\d+) / (\d+); \}", css)}

    assert drawn == POSITIONS
    assert len(POSITIONS) == len(set(POSITIONS.values())) == 34
    assert max(column for _row, column in POSITIONS.values()) == 5


def test_every_place_fact_has_its_words() -> None:
    assert set(WHERE) >= set(FACT_NAMES)


def test_agencies_are_suggested_without_diacritics(editor: Client) -> None:
    typed = {"phuong ba dinh": "UBND phường Ba Đình", "so tu phap ha noi": "Sở Tư pháp thành phố Hà Nội", "H26.00.004": "Ba Đình"}

    for text, name in typed.items():
        page = editor.get(f"{HOME}goi-y/co-quan/", {"from_agency": text, "field": "from_agency"}).content.decode()
        assert name in page, text
