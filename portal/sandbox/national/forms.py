"""What a person, or a test, fills in on the national portal."""

from typing import Any

from django import forms

from portal.sandbox.national.models import InboundFiling
from portal.sandbox.national.schema import CODE, PROCEDURE


class _WithAnswers(forms.Form):
    answers = forms.JSONField(label="Nội dung tờ khai (JSON)", required=False, initial=dict)

    def clean_answers(self) -> dict[str, object]:
        """An object, or nothing."""
        answers = self.cleaned_data.get("answers") or {}
        if not isinstance(answers, dict):
            raise forms.ValidationError("Nội dung tờ khai phải là một đối tượng JSON")
        return answers


class FilingForm(_WithAnswers):
    """A dossier is filed."""

    procedure_code = forms.RegexField(PROCEDURE, label="Mã thủ tục", max_length=40, initial="1.001193",
                                      error_messages={"invalid": "Mã thủ tục có dạng 1.001193"})  # fmt: skip
    owner_name = forms.CharField(label="Chủ hồ sơ", max_length=200, initial="Nguyễn Thị Ước")
    owner_citizen_id = forms.RegexField(r"^[0-9]{12}$", label="Số định danh", initial="001190002345",
                                        error_messages={"invalid": "Số định danh gồm 12 chữ số"})  # fmt: skip
    owner_phone = forms.CharField(label="Số điện thoại", max_length=12, required=False)
    place_code = forms.RegexField(r"^[0-9]{5}$", label="Mã xã, phường nơi giải quyết", initial="00070",
                                  error_messages={"invalid": "Mã xã, phường gồm 5 chữ số"})  # fmt: skip
    field_order = ("procedure_code", "owner_name", "owner_citizen_id", "owner_phone", "place_code", "answers")


class _AboutADossier(forms.Form):
    dossier_code = forms.RegexField(rf"^{CODE.pattern}$", label="Mã hồ sơ", max_length=60, required=False,
                                    error_messages={"invalid": "Mã hồ sơ có dạng H26.1-261122-0001"})  # fmt: skip
    filing_id = forms.UUIDField(label="Mã nộp trên Cổng quốc gia (nếu chưa có mã hồ sơ)", required=False,
                                error_messages={"invalid": "Mã nộp là một UUID"})  # fmt: skip
    needs_dossier = True

    def clean(self) -> dict[str, Any]:
        """One of the two names of the dossier is given."""
        values = super().clean() or {}
        if self.needs_dossier and not self.errors and not (values.get("dossier_code") or values.get("filing_id")):
            raise forms.ValidationError("Cần mã hồ sơ, hoặc mã nộp trên Cổng quốc gia")
        return values


class SupplementForm(_AboutADossier, _WithAnswers):
    """Papers or answers are added to a dossier."""

    text = forms.CharField(label="Nội dung bổ sung", max_length=2000, initial="Bổ sung bản chụp giấy tờ còn thiếu")
    papers = forms.JSONField(label="Tài liệu (JSON: danh sách TenTepDinhKem, DuongDanTaiTepTin)", required=False, initial=list)
    field_order = ("dossier_code", "filing_id", "text", "papers", "answers")

    def clean_papers(self) -> list[Any]:
        """A list of objects, or nothing."""
        papers = self.cleaned_data.get("papers") or []
        if not isinstance(papers, list) or not all(isinstance(paper, dict) for paper in papers):
            raise forms.ValidationError("Tài liệu phải là danh sách các đối tượng JSON")
        return papers


class PaymentForm(_AboutADossier):
    """A fee was paid there."""

    reference = forms.CharField(label="Mã tham chiếu giao dịch", max_length=100)
    amount = forms.IntegerField(label="Số tiền (đồng)", min_value=1, max_value=10**12, initial=8000)
    payer = forms.CharField(label="Người nộp", max_length=200, required=False)
    field_order = ("dossier_code", "filing_id", "reference", "amount", "payer")


class QuestionForm(_AboutADossier):
    """Somebody asks."""

    needs_dossier = False
    asker = forms.CharField(label="Người hỏi", max_length=200, initial="Lưu Thị Nghĩa")
    phone = forms.CharField(label="Số điện thoại", max_length=12, required=False)
    email = forms.EmailField(label="Thư điện tử", required=False)
    procedure_code = forms.RegexField(PROCEDURE, label="Mã thủ tục", max_length=40, required=False,
                                      error_messages={"invalid": "Mã thủ tục có dạng 1.001193"})  # fmt: skip
    text = forms.CharField(label="Câu hỏi", max_length=2000, widget=forms.Textarea, initial="Hồ sơ của tôi đã đến đâu rồi?")
    field_order = ("asker", "phone", "email", "procedure_code", "dossier_code", "filing_id", "text")


FORMS: dict[InboundFiling.Kind, type[forms.Form]] = {
    InboundFiling.Kind.FILING: FilingForm,
    InboundFiling.Kind.SUPPLEMENT: SupplementForm,
    InboundFiling.Kind.PAYMENT: PaymentForm,
    InboundFiling.Kind.QUESTION: QuestionForm,
}
