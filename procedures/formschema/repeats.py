"""A table of people or things: blank rows are offered, more can be asked for without JavaScript."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its form field reads and checks each cell, `to_json` keeps it."""

    key: str
    label: str
    field: forms.Field
    is_required: bool


@dataclass(frozen=True, slots=True)
class TypedRows:
    """What stood in the cells, as typed."""

    rows: tuple[tuple[tuple[str, object], ...], ...]
    adds_row: bool = False

    def as_dicts(self) -> list[Row]:
        return [dict(row) for row in self.rows]


class RepeatWidget(forms.Widget):
    template_name = "formschema/repeat.html"
    use_fieldset = True

    def __init__(self, columns: list[Column], *, blank_rows: int, max_rows: int) -> None:
        super().__init__()
        self.columns, self.blank_rows, self.max_rows = columns, blank_rows, max_rows
        self.cell_errors: dict[tuple[int, str], str] = {}

    def value_from_datadict(self, data: Mapping[str, object], files: Mapping[str, object], name: str) -> TypedRows:
        count = _count(data.get(f"{name}_rows"), self.max_rows)

        def cell(index: int, column: Column) -> object:
            return column.field.widget.value_from_datadict(data, files, _cell(name, index, column.key))

        rows = tuple(tuple((column.key, cell(index, column)) for column in self.columns) for index in range(count))
        return TypedRows(rows, adds_row=f"{name}_add" in data)

    def value_omitted_from_data(self, data: Mapping[str, object], files: object, name: str) -> bool:
        return f"{name}_rows" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, object]:
        context: dict[str, object] = super().get_context(name, None, attrs)
        given = value.as_dicts() if isinstance(value, TypedRows) else value
        typed = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
        extra = 1 if isinstance(value, TypedRows) and value.adds_row else 0
        shown = min(max(len(typed) + extra, self.blank_rows), self.max_rows)
        context["repeat"] = {
            "columns": self.columns,
            "rows": [self._row(name, index, typed[index] if index < len(typed) else {}) for index in range(shown)],
            "count": shown,
            "can_add": shown < self.max_rows,
        }
        return context

    def _row(self, name: str, index: int, row: Row) -> dict[str, object]:
        cells = []
        for column in self.columns:
            cell_name = _cell(name, index, column.key)
            error = self.cell_errors.get((index, column.key), "")
            attrs = {"id": f"id_{cell_name}"} | ({"aria-invalid": "true", "aria-describedby": f"id_{cell_name}_error"} if error else {})
            value = column.field.prepare_value(row.get(column.key))
            html = column.field.widget.render(cell_name, value, attrs)
            cells.append({"id": attrs["id"], "label": column.label, "error": error, "html": html})
        return {"number": index + 1, "cells": cells}


class RepeatField(forms.Field):
    """Keeps a list of rows, each a dict by column key; rows left blank are dropped."""

    empty_values = [None, "", [], ()]

    def __init__(self, columns: list[Column], *, blank_rows: int, max_rows: int, **kwargs: object) -> None:
        self.columns = columns
        super().__init__(widget=RepeatWidget(columns, blank_rows=blank_rows, max_rows=max_rows), **kwargs)  # type: ignore[arg-type]

    def clean(self, value: object) -> list[Row]:
        typed = value.as_dicts() if isinstance(value, TypedRows) else []
        rows: list[Row] = []
        errors: dict[tuple[int, str], str] = {}
        for index, row in enumerate(typed):
            if any(cell not in (None, "") for cell in row.values()):
                rows.append(self._clean_row(index, row, errors))
        if errors:
            if isinstance(self.widget, RepeatWidget):
                self.widget.cell_errors = errors
            labels = {column.key: column.label for column in self.columns}
            told = gettext("Row %(row)d, %(column)s: %(error)s")
            raise ValidationError(
                [told % {"row": index + 1, "column": labels[key], "error": text} for (index, key), text in errors.items()]
            )
        if not rows and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return rows

    def _clean_row(self, index: int, row: Row, errors: dict[tuple[int, str], str]) -> Row:
        cleaned: Row = {}
        for column in self.columns:
            try:
                cell = column.field.clean(row.get(column.key))
            except ValidationError as error:
                errors[index, column.key] = " ".join(error.messages)
                continue
            if column.is_required and cell in (None, ""):
                errors[index, column.key] = gettext("Fill in this cell, or empty the whole row.")
            cleaned[column.key] = cell
        return cleaned

    def has_changed(self, initial: object, data: object) -> bool:
        return True


def _cell(name: str, index: int, key: str) -> str:
    return f"{name}_{index}_{key}"


def _count(raw: object, most: int) -> int:
    text = str(raw or "")
    return min(int(text), most) if text.isascii() and text.isdigit() else 0


def post_rows(name: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """The inputs of the table, as a browser would send them."""
    posted = {f"{name}_rows": str(len(rows))}
    for index, row in enumerate(rows):
        posted |= {_cell(name, index, key): value for key, value in row.items()}
    return posted
