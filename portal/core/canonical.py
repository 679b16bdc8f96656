"""JSON in the one way in which it is hashed, signed and sent: keys sorted, no spaces, characters as they are.

Written by orjson, which makes the very bytes of Python's own encoder for what is hashed here: texts, whole numbers, truth values,
nothing, lists and objects with texts as keys. What orjson refuses (numbers beyond 64 bits, keys that are no texts) Python's encoder
writes or refuses as before; it does all of it on machines for which there is no orjson. Fractions are never hashed: the two write very
large and very small ones differently.
"""

import json
from typing import Any

try:
    import orjson
except ModuleNotFoundError:  # no wheel for this machine: the same bytes, more slowly
    orjson = None  # type: ignore[assignment]

_encode_sorted = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PLAINLY = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS if orjson else 0
"""What is no JSON stays an error, and is not turned into some text."""
_SORTED = orjson.OPT_SORT_KEYS | _PLAINLY if orjson else 0


def canonical(content: Any) -> bytes:
    """The bytes over which a hash or a signature is made. Raises TypeError and ValueError for what is no JSON."""
    if orjson:
        try:
            return orjson.dumps(content, option=_SORTED)
        except TypeError:
            pass
    return _encode_sorted(content).encode()


def compact(content: Any) -> str:
    """Short JSON, its keys in the order in which they come."""
    if orjson:
        try:
            return orjson.dumps(content, option=_PLAINLY).decode()
        except TypeError:
            pass
    return _encode(content)


def parsed(text: str | bytes) -> Any:
    """What the JSON says. Raises ValueError."""
    if orjson:
        return orjson.loads(text)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
