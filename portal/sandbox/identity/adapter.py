"""What the identity provider says about a person."""

import uuid
from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.internal.private_keys import filter_keys
from allauth.idp.oidc.models import Client, PrivateKey
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from portal.sandbox import settings
from portal.sandbox.identity.models import Citizen, SigningKey

SCOPES = {
    "openid": "Mã tài khoản định danh",
    "profile": "Họ và tên, số định danh cá nhân, ngày sinh, giới tính",
    "email": "Địa chỉ thư điện tử",
    "phone": "Số điện thoại",
    "address": "Nơi cư trú",
    "organisation": "Tổ chức mà bạn đại diện theo pháp luật",
}


class IdentityAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # the library is untyped
    """Subjects are random identifiers, never the citizen's number; keys come from the database."""

    scope_display = SCOPES

    def get_issuer(self) -> str:
        return str(settings.SANDBOX_BASE_URL)

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        assert isinstance(user, Citizen)  # noqa: S101 -- narrows the type; there is no other user model here
        return str(user.subject)

    def get_user_by_sub(self, client: Client, sub: str) -> Citizen | None:
        try:
            subject = uuid.UUID(sub)
        except ValueError:
            return None
        return Citizen.objects.filter(subject=subject, is_active=True).first()

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        assert isinstance(user, Citizen)  # noqa: S101 -- narrows the type
        return claims_of(user, set(scopes))

    def list_private_keys(self, *, did_activate: Literal[True] | None = None, is_active: Literal[True] | None = None) -> list[PrivateKey]:
        keys = [PrivateKey(pem=key.pem, issued_at=key.created_at) for key in SigningKey.objects.order_by("-pk")]
        active: list[PrivateKey] = filter_keys(keys, did_activate=did_activate, is_active=is_active)
        return active

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        # People reach these by browser; the other endpoints keep the host that the portal's server asked.
        data["authorization_endpoint"] = settings.SANDBOX_BASE_URL + reverse("idp:oidc:authorization")
        data["end_session_endpoint"] = settings.SANDBOX_BASE_URL + reverse("idp:oidc:logout")
        data["scopes_supported"] = list(SCOPES)


def claims_of(citizen: Citizen, scopes: set[str]) -> dict[str, Any]:
    """The claims that these scopes allow, under both their standard and their Vietnamese names."""
    claims: dict[str, Any] = {"sub": str(citizen.subject)}
    if "profile" in scopes:
        claims |= {
            "name": citizen.full_name,
            "birthdate": citizen.birth_on.isoformat(),
            "gender": citizen.gender,
            "citizen_id": citizen.citizen_id,
            "preferred_username": citizen.citizen_id,
            "SoDinhDanh": citizen.citizen_id,
            "HoVaTen": citizen.full_name,
            "NgayThangNamSinh": f"{citizen.birth_on:%d/%m/%Y}",
            "LoaiTaiKhoan": 2 if citizen.organisation_tax_code else 1,
            "loAs": 2,
        }
    if "email" in scopes and citizen.email:
        claims |= {"email": citizen.email, "email_verified": True}
    if "phone" in scopes:
        claims |= {"phone_number": citizen.phone_number, "phone_number_verified": True}
    if "address" in scopes:
        claims["address"] = {
            "formatted": citizen.address,
            "street_address": citizen.street,
            "locality": citizen.commune,
            "region": citizen.province,
            "country": "VN",
            "commune_code": citizen.commune_code,
            "province_code": citizen.province_code,
        }
    if "organisation" in scopes and citizen.organisation_tax_code:
        claims["organisation"] = {
            "tax_code": citizen.organisation_tax_code,
            "name": citizen.organisation_name,
            "role": "legal_representative",
        }
        claims |= {"MaSoThue": citizen.organisation_tax_code, "TenDoanhNghiep": citizen.organisation_name}
    return claims
