"""The release gate of the registry passes with what is committed and fails when a rule, a kind or a place is wrong."""

from pathlib import Path

import pytest

from portal.devtools import checks, registrycheck

RULES = registrycheck.DATA / "catalogue_competence.yaml"


def test_it_is_part_of_make_check() -> None:
    assert checks.checks()["competence"][0][1:] == ["-m", "portal.devtools.registrycheck"]


def test_what_is_committed_has_no_gap(capsys: pytest.CaptureFixture[str]) -> None:
    assert registrycheck.main([]) == 0
    assert "0 gaps" in capsys.readouterr().out


def test_every_province_is_in_the_sample() -> None:
    country = registrycheck.country()

    assert len(country.communes) == 3321
    assert len({each.place.province_code for each in country.communes[:: registrycheck.EVERY]}) == 34


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("agency_kind: land_registration_branch", "agency_kind: land_office"),
        ('codes: ["1.000656"]', 'codes: ["9.999999"]'),
        ("kind: commune_authority, agency_kind: commune_police", "kind: ministry, agency_kind: commune_police"),
    ],
    ids=["kind that nobody has", "procedure without a rule", "everybody at once"],
)
def test_a_sabotaged_rule_fails_it(old: str, new: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = RULES.read_text(encoding="utf-8")
    assert old in text
    sabotaged = tmp_path / "rules.yaml"
    sabotaged.write_text(text.replace(old, new), encoding="utf-8")

    assert registrycheck.main(["--rules", str(sabotaged), "--every", "100"]) == 1
    assert "more" in capsys.readouterr().out
