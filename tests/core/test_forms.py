"""Fields are wired for assistive technology, and dates are read day first."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict

from portal.core.forms import DateField, FilesField


class Person(forms.Form):
    name = forms.CharField(label="Tên", help_text="Như trên thẻ")
    sex = forms.ChoiceField(label="Giới", choices=[("f", "Nữ"), ("m", "Nam")], widget=forms.RadioSelect, required=False)


@pytest.mark.parametrize("typed", ["03/04/2026", "3/4/2026", "03-04-2026", "03.04.2026", "03042026", "2026-04-03", " 03 / 04 / 2026 "])
def test_a_date_is_read_day_first(typed: str) -> None:
    assert DateField().clean(typed) == date(2026, 4, 3)


@pytest.mark.parametrize("typed", ["31/02/2026", "12/25/2026", "01/01/0026", "hôm nay"])
def test_a_day_that_never_was_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        DateField().clean(typed)


def test_hint_and_error_are_announced_with_the_field() -> None:
    page = Person({}).as_div()

    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert '<span class="helptext" id="id_name_helptext">Như trên thẻ</span>' in page
    assert 'id="id_name_error"' in page
    assert "<legend>Giới" in page
    assert "(không bắt buộc)" in page


def test_several_files_are_cleaned_into_a_list() -> None:
    class Papers(forms.Form):
        papers = FilesField()

    files: MultiValueDict[str, UploadedFile[bytes]] = MultiValueDict(
        {"papers": [SimpleUploadedFile("a.pdf", b"1"), SimpleUploadedFile("b.pdf", b"2")]}
    )
    form = Papers({}, files)

    assert form.is_valid(), form.errors
    assert [one.name for one in form.cleaned_data["papers"]] == ["a.pdf", "b.pdf"]
    assert not Papers({}, MultiValueDict()).is_valid()
