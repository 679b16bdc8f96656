"""JSON in the one way in which it is hashed, signed and sent: keys sorted, no spaces, characters as they are.

Written by orjson, which makes the very bytes of Python's own encoder for what is hashed here: texts, whole numbers, truth values,
nothing, lists and objects with texts as keys. What orjson refuses (numbers beyond 64 bits, keys that are no texts) Python's encoder
writes or refuses as before. Fractions are never hashed: the two write very large and very small ones differently.
"""

import json
from typing import Any

import orjson

_PLAINLY = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
"""What is no JSON stays an error, and is not turned into some text."""
_SORTED = orjson.OPT_SORT_KEYS | _PLAINLY
_encode_sorted = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(content: Any) -> bytes:
    """The bytes over which a hash or a signature is made. Raises TypeError and ValueError for what is no JSON."""
    try:
        return orjson.dumps(content, option=_SORTED)
    except TypeError:
        return _encode_sorted(content).encode()


def compact(content: Any) -> str:
    """Short JSON, its keys in the order in which they come."""
    try:
        return orjson.dumps(content, option=_PLAINLY).decode()
    except TypeError:
        return _encode(content)
