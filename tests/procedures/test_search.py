"""Everyday questions and the procedure that must come first, or among the first ten."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from procedures.search import repaired

GOLDEN = {
    "khai sinh": "1.001193",
    "ket hon": "1.000894",
    "em be moi sinh": "1.001193",
    "lam khai sinh": "1.001193",
    "so do": "1.013978",
    "ho chieu": "1.001456",
    "dang ki ket hon": "1.000894",
    "đăng ký kết hôn": "1.000894",
    "dang ky khai snih": "1.001193",
    "lay vo nuoc ngoai": "2.000806",
    "mất bằng lái": "3.000348",
    "xay nha": "1.013225",
    "ly lich tu phap": "3.000333",
    "mo quan": "1.001612",
    "sao y": "2.000815",
    "1.004222": "1.004222",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "code"), GOLDEN.items(), ids=GOLDEN)
def test_the_procedure_meant_comes_first(text: str, code: str) -> None:
    out = StringIO()

    call_command("search_procedures", text, "--json", stdout=out)

    found = json.loads(out.getvalue())
    assert found[0]["code"] == code
    assert len(found) <= 10
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)


@pytest.mark.django_db
def test_a_code_that_replaced_others_leads_to_them_while_it_is_not_in_the_catalogue() -> None:
    out = StringIO()

    call_command("search_procedures", "1.116410", "--json", stdout=out)

    assert {row["code"] for row in json.loads(out.getvalue())} == {"1.014061", "1.014063", "1.014064"}


@pytest.mark.parametrize(
    ("word", "meant"),
    [("snih", "sinh"), ("sihn", "sinh"), ("hon", "hon"), ("kết", "kết"), ("xyzt", "xyzt")],
)
def test_only_a_word_that_nothing_begins_with_is_repaired(word: str, meant: str) -> None:
    assert repaired([word], ["sinh", "hon", "kết", "tu"]) == [meant]
