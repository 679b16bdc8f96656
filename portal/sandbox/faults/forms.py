from datetime import datetime, timedelta

from django import forms

from portal.sandbox.faults.kinds import KINDS, SERVICES
from portal.sandbox.faults.models import FaultRule


class FaultForm(forms.Form):
    """One fault to switch on."""

    service = forms.ChoiceField(label="Dịch vụ", choices=[*SERVICES.items(), ("*", "Tất cả")])
    kind = forms.ChoiceField(label="Lỗi", choices=[(kind.code, kind.label) for kind in KINDS])
    rate = forms.FloatField(label="Tỷ lệ (0–1)", min_value=0, max_value=1, initial=1)
    count = forms.IntegerField(label="Số lần (bỏ trống: không giới hạn)", min_value=0, required=False)
    minutes = forms.IntegerField(label="Kéo dài (phút, bỏ trống: đến khi tắt)", min_value=1, max_value=1440, required=False)
    seed = forms.CharField(label="Hạt ngẫu nhiên", initial="1", max_length=60)
    params = forms.JSONField(label="Tham số (JSON, có thể bỏ trống)", required=False, initial=dict)

    def clean_params(self) -> dict[str, object]:
        """An object, or nothing."""
        params = self.cleaned_data.get("params") or {}
        if not isinstance(params, dict):
            raise forms.ValidationError('Tham số phải là một đối tượng JSON, ví dụ {"seconds": 10}')
        return params

    def create(self, *, at: datetime) -> FaultRule:
        """The fault is on from now."""
        values = self.cleaned_data
        return FaultRule.objects.create(
            service=values["service"],
            kind=values["kind"],
            rate=values["rate"],
            remaining=values["count"],
            until=at + timedelta(minutes=values["minutes"]) if values["minutes"] else None,
            seed=values["seed"],
            params=values["params"],
            created_at=at,
        )
