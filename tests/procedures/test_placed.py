"""An address as identity data writes it becomes a place that the form knows, and the line before it."""

import pytest

from procedures.formschema.finder import placed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "text", "line"),
    [
        (
            "12 phố Hàng Bồ, Phường Hoàn Kiếm, Thành phố Hà Nội",
            "Phường Hoàn Kiếm, Thành phố Hà Nội",
            "12 phố Hàng Bồ",
        ),
        ("Số 9, ngõ 40, Phường Hồng Hà, Thành phố Hà Nội", "Phường Hồng Hà, Thành phố Hà Nội", "Số 9, ngõ 40"),
        ("Một nơi không ai biết", "Một nơi không ai biết", ""),
    ],
    ids=["street", "house and lane", "no known place"],
)
def test_the_place_is_parted_from_the_line(written, text, line):
    found = placed({"residence": {"text": written, "line": "", "label": written}, "full_name": "Nguyễn Thị Ước"})

    assert found == {"residence": {"text": text, "line": line, "label": written}, "full_name": "Nguyễn Thị Ước"}
