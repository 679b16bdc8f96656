"""Trying the rules, what the boxes suggest, and the map."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from portal.core.clock import business_now, business_today
from procedures.actions.completeness import keep_report
from procedures.competence_check import Outcome
from procedures.queries.completeness import Completeness, Scope
from procedures.queries.gaps import Gap
from procedures.reasons import FACT_NAMES
from procedures.rule_wording import WHERE
from procedures.views.registry.tiles import POSITIONS
from tests.factories.reorganisations import DAY, approved
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


def test_a_province_with_a_new_code_stands_below_the_map_and_counts(editor: Client) -> None:
    approved("merger", ("01", "97", "Tỉnh Thăng Long", "tỉnh"), ("04", "97", "Tỉnh Thăng Long", "tỉnh"), level="province")
    gaps = [
        Gap(DAY, MARITAL, Outcome.HOLE, code, name, ("Xã A", "Xã B"), ("1", "2")) for code, name in (("97", "Tỉnh Thăng Long"), ("08", "T"))
    ]
    found = Completeness(DAY, 86, 3321, Counter({Outcome.HOLE: 4}), gaps)
    keep_report(found, scope=Scope(), took=timedelta(seconds=1), at=business_now())

    page = editor.get(f"{HOME}kiem-tra/", {"tinh": "97"})

    tiles = dict(re.findall(r'<li[^>]*><a class="shade-\d" href="[^"]*tinh=(\d+)"[^>]*>[^<]+<b>(\d+)</b>', page.content.decode()))
    assert len(tiles) == 33
    assert {code: count for code, count in tiles.items() if count != "0"} == {"08": "2", "97": "2"}
    assert "Thăng Long2" in text_of(page)
    assert 'class="province-97"' not in page.content.decode()
    assert [each["province"] for each in page.context["rows"]] == ["97"]


def test_every_place_fact_has_its_words() -> None:
    assert set(WHERE) >= set(FACT_NAMES)


def test_agencies_are_suggested_without_diacritics(editor: Client) -> None:
    typed = {"phuong ba dinh": "UBND phường Ba Đình", "so tu phap ha noi": "Sở Tư pháp thành phố Hà Nội", "H26.00.004": "Ba Đình"}

    for text, name in typed.items():
        page = editor.get(f"{HOME}goi-y/co-quan/", {"from_agency": text, "field": "from_agency"}).content.decode()
        assert name in page, text
