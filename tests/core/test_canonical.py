"""The bytes that are hashed are the same whoever writes them: for ever those of Python's own encoder."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.canonical import canonical, compact

WHOLE = st.integers() | st.booleans() | st.none()
JSON: Any = st.recursive(
    WHOLE | st.text(), lambda part: st.lists(part, max_size=5) | st.dictionaries(st.text(), part, max_size=5), max_leaves=25
)


def plain(content: Any, *, is_sorted: bool) -> str:
    return json.dumps(content, sort_keys=is_sorted, separators=(",", ":"), ensure_ascii=False)


@given(JSON)
def test_it_writes_what_pythons_encoder_writes(content: Any) -> None:
    """Numbers of any size, control characters, characters beyond 16 bits, keys in any order."""
    assert canonical(content) == plain(content, is_sorted=True).encode()
    assert compact(content) == plain(content, is_sorted=False)


def test_the_bytes_of_a_body_never_change() -> None:
    body: dict[str, Any] = {
        "TenTTHC": 'Cấp bản sao "trích lục"\t\x7f\u2028',
        "MaHoSo": "H26-261102-0001",
        "Ước": [1, 0, -5, 2**70, True, None, {"b": [], "a": {}}],
        "\U0001f600": "\\ / \b\f\n\r \x00\x1f",
        "Z": "z",
    }
    written = canonical(body)
    assert hashlib.sha256(written).hexdigest() == "41c52193219212fc990fc015fdbb618a3c302b20e8c3a2508eb57f9e63c6d88f"


@pytest.mark.parametrize("content", [datetime(2026, 11, 30, tzinfo=UTC), {"a": object()}, {1, 2}])
def test_what_is_no_json_is_an_error(content: Any) -> None:
    with pytest.raises(TypeError):
        canonical(content)
    with pytest.raises(TypeError):
        compact([content])


def test_half_a_character_is_an_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical("\ud800")
