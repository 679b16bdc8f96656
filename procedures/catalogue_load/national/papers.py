"""The tables of components, flattened: heading, then name, attached forms and quantity of each, glued together."""

import re

from procedures.catalogue_load.national.attachments import split_attachments
from procedures.catalogue_load.national.components import component, group_kind
from procedures.catalogue_load.national.values import Findings, Group, Paper
from procedures.catalogue_load.national.wording import clean, one_line

HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
_QUANTITY = re.compile(r"(?P<digits>\d+) bản (?:chính(?:,(?P<copies>\d+) bản sao)?|(?P<only_copies>sao))")
_IN_A_SENTENCE = tuple(" .,;:)/\n")


def groups(text: str, found: Findings) -> tuple[Group, ...]:
    """The tables in their order. A record without a table has no groups; whatever text stands there instead is a gap."""
    tables = text.split(HEAD)
    if len(tables) == 1:
        said = clean(text).strip("- ")
        found.missing("papers", "no_table" if not said else "shifted_text", said)
        return ()
    read = []
    title = tables[0]
    for number, body in enumerate(tables[1:], 1):
        rows, rest = _rows(body)
        is_last = number == len(tables) - 1
        trailing = clean(rest).strip("- ")
        read.append(_group(title, rows + ([(trailing, 0, 0)] if is_last and trailing else []), found))
        title = rest
    return tuple(group for group in read if group.papers)


def _group(title: str, rows: list[tuple[str, int, int]], found: Findings) -> Group:
    title = one_line(title).strip("-–*+ ").rstrip(":").strip()
    kind = group_kind(title)
    papers: list[Paper] = []
    for text, originals, copies in rows:
        name, attachments = split_attachments(text)
        for each in _several(clean(name), found):
            papers += component(each, originals, copies, attachments, kind, found)
            attachments = ()
    return Group(title, kind, tuple(papers))


def _rows(body: str) -> tuple[list[tuple[str, int, int]], str]:
    """Name, originals and copies of each row, and the text after the last quantity."""
    rows, start = [], 0
    for match in _QUANTITY.finditer(body):
        count = _own_digits(body, match)
        if count is None or match.start() < start:
            continue
        name_end, number = count
        copies = int(match["copies"] or 0)
        originals = 0 if match["only_copies"] else number
        rows.append((body[start:name_end], originals, number if match["only_copies"] else copies))
        start = match.end()
    return [row for row in rows if row[0].strip(" -–+*.\n")], body[start:]


def _own_digits(body: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Where the quantity begins and its number; None when the words belong to a sentence ("nộp 02 bản chính")."""
    digits, start = match["digits"], match.start()
    before, after = body[start - 1 : start], body[match.end() : match.end() + 1]
    if digits == "0" + digits[-1] and digits != "0":
        return None
    if len(digits) > 1 and not re.search(r"[^\W\d_]{2}$", body[max(0, start - 2) : start]):
        return start + len(digits) - 1, int(digits[-1])
    if len(digits) > 2:
        return None
    if after and after in _IN_A_SENTENCE:
        follows = body[match.end() :].lstrip(" \n")[:1]
        if after not in " \n" or before.isspace() or not (follows.isupper() or follows in "-+*(" or not follows):
            return None
    if before.isspace() and after == "(":
        return None
    return start, int(digits)


def _several(name: str, found: Findings) -> list[str]:
    """The papers of one row: a row that opens with a bullet and goes on with the same bullet, or with a), b), is a list."""
    parts = _bulleted(name) if name[:1] in "-+*•" else _lettered(name)
    if len(parts) > 1:
        found.repaired("papers", "row_split", one_line(name), f"{len(parts)}: {' | '.join(one_line(part)[:60] for part in parts)}")
    return parts


def _lettered(name: str) -> list[str]:
    """A row from a) on; the letters follow one another."""
    if not re.match(r"a\)\s*\S", name):
        return [name]
    cuts, wanted = [0], iter("bcdđeghiklmn")
    letter = next(wanted)
    for match in re.finditer(r"(?<=[;.:])\s*([a-zđ])\)\s*(?=\S)", name):
        if match[1] == letter:
            cuts.append(match.start())
            letter = next(wanted, "")
    parts = [name[start:end].strip() for start, end in zip(cuts, [*cuts[1:], len(name)], strict=True)]
    return [re.sub(r"^[a-zđ]\)\s*", "", part) for part in parts] if len(parts) > 1 else [name]


def _bulleted(name: str) -> list[str]:
    opening = re.match(r"([-+*•])\s*(?=\S)", name)
    if not opening:
        return [name]
    bullet = re.escape(opening[1])
    parts = re.split(rf"(?<=[;.)])\s*{bullet}\s*(?=[A-ZĐÀ-Ỹ])", name[opening.end() :])
    if len(parts) == 1 or any(part.rstrip().endswith(":") for part in parts) or re.search(r":\s*[-+]", name) or min(map(len, parts)) < 8:
        return [name]
    return parts
