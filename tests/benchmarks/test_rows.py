"""The statement is made from rows, and leaves the same rows."""

from tests.benchmarks.rows import Column, Table, statement


def test_rows_become_one_statement_with_new_ids_and_unique_values() -> None:
    parent = Table(
        "case_file",
        [Column("id", "bigint", True, False, ""), Column("code", "text", False, True, ""), Column("note", "text", False, False, "")],
        [{"id": "7", "code": "H26-0001", "note": "it's 10:15\n"}],
    )
    child = Table(
        "step",
        [Column("id", "bigint", True, False, ""), Column("case_id", "bigint", False, False, "case_file")],
        [{"id": "1", "case_id": "7"}, {"id": "2", "case_id": "7"}],
    )

    assert statement([child, parent]) == (
        "WITH case_file_ AS (INSERT INTO case_file (code, note) "
        "SELECT lpad(nextval('bench_serial')::text, 8, '0'), CAST(E'it\\'s 10\\x3a15\\n' AS text) RETURNING id), "
        "step_ AS (INSERT INTO step (case_id) "
        "SELECT case_file_.id FROM case_file_ UNION ALL SELECT case_file_.id FROM case_file_) SELECT 1;\n"
    )
