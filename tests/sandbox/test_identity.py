import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from portal.sandbox.identity.citizens import CITIZENS
from tests.sandbox.browser import Browser
from tests.sandbox.client import Receiver, Services

SCOPE = "openid profile phone address email organisation"
SECRET = "demo-oidc-secret"


class Client:
    """What a relying party does, up to the verified ID token."""

    def __init__(self, services: Services, receiver: Receiver) -> None:
        self.services, self.browser = services, Browser(services)
        self.discovery = services.call("GET", "/.well-known/openid-configuration").json()
        self.redirect_uri = f"http://127.0.0.1:{receiver.port}/accounts/oidc/vneid/login/callback/"
        self.verifier, self.nonce, self.state = secrets.token_urlsafe(48), secrets.token_urlsafe(16), secrets.token_urlsafe(16)

    def authorize_url(self, **changed: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": "motcua-portal",
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        chosen = {name: value for name, value in (query | changed).items() if value}
        return f"{self.discovery['authorization_endpoint']}?{urlencode(chosen)}"

    def code(self, citizen_id: str, action: str = "grant") -> dict[str, list[str]]:
        """The query with which the browser comes back to the portal."""
        sign_in = self.browser.get(self.authorize_url())
        assert sign_in.status == 302
        page = self.browser.get(sign_in.headers["Location"])
        signed_in = self.browser.submit(page, citizen_id=citizen_id)
        consent = self.browser.get(signed_in.headers["Location"])
        answer = self.browser.submit(consent, action=action)
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (302, self.redirect_uri)
        return parse_qs(urlsplit(answer.headers["Location"]).query)

    def exchange(self, code: str, **changed: str) -> tuple[int, dict[str, Any]]:
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri, "client_id": "motcua-portal",
                "client_secret": SECRET, "code_verifier": self.verifier} | changed  # fmt: skip
        path = self.discovery["token_endpoint"].removeprefix(self.services.url)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.services.call("POST", path, body=urlencode(body), headers=headers)
        return answer.status, answer.json()

    def verified(self, id_token: str) -> dict[str, Any]:
        keys = self.services.call("GET", self.discovery["jwks_uri"].removeprefix(self.services.url)).json()
        wanted = jwt.get_unverified_header(id_token)["kid"]
        key = next(key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == wanted)
        return dict(jwt.decode(id_token, key.key, algorithms=["RS256"], audience="motcua-portal", issuer=self.services.url))


@pytest.fixture
def client(services: Services, receiver: Receiver) -> Client:
    return Client(services, receiver)


def test_discovery_names_every_endpoint(client: Client, services: Services) -> None:
    discovery = client.discovery

    assert discovery["issuer"] == services.url
    assert discovery["code_challenge_methods_supported"] == ["S256"]
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(discovery)


def test_the_code_flow_gives_a_verified_person(client: Client) -> None:
    returned = client.code("001190002345")
    code, tokens = client.exchange(returned["code"][0])

    claims = client.verified(tokens["id_token"])
    path = client.discovery["userinfo_endpoint"].removeprefix(client.services.url)
    userinfo = client.services.call("GET", path, headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert (code, returned["state"], claims["nonce"]) == (200, [client.state], client.nonce)
    assert (claims["name"], claims["citizen_id"], claims["birthdate"], claims["gender"]) == (
        "Nguyễn Thị Ước",
        "001190002345",
        "1990-03-12",
        "female",
    )
    assert claims["address"]["commune_code"] == "00070"
    assert "organisation" not in claims
    assert {name: userinfo[name] for name in ("sub", "citizen_id", "phone_number")} == {
        name: claims[name] for name in ("sub", "citizen_id", "phone_number")
    }
    assert claims["citizen_id"] not in claims["sub"]


def test_a_legal_representative_has_an_organisation(client: Client) -> None:
    _, tokens = client.exchange(client.code("079088003356")["code"][0])

    claims = client.verified(tokens["id_token"])
    assert claims["organisation"] == {
        "tax_code": "0312345673",
        "name": "Công ty TNHH Thương mại Bến Nghé Xanh",
        "role": "legal_representative",
    }


def test_refusing_consent_returns_without_a_code(client: Client) -> None:
    assert client.code("001190002345", action="cancel") == {"error": ["access_denied"], "state": [client.state]}


def test_a_code_serves_once_and_only_with_the_secret(client: Client) -> None:
    code = client.code("001190002345")["code"][0]

    other_secret, _ = client.exchange(code, client_secret="guess")
    right, _ = client.exchange(code)
    again, _ = client.exchange(code)

    assert (other_secret, right, again) == (401, 200, 400)


def test_a_code_needs_its_verifier(client: Client) -> None:
    status, answer = client.exchange(client.code("001190002345")["code"][0], code_verifier="x" * 64)

    assert (status, answer["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("missing", ["code_challenge", "nonce", "code_challenge_method"])
def test_a_request_without_pkce_or_nonce_is_refused(client: Client, missing: str) -> None:
    answer = client.browser.get(client.authorize_url(**{missing: ""}))

    assert answer.status == 400
    assert missing in answer.data.decode()


def test_an_unknown_redirect_address_is_not_followed(client: Client) -> None:
    page = client.browser.get(client.browser.get(client.authorize_url()).headers["Location"])
    client.browser.submit(page, citizen_id="001190002345")

    answer = client.browser.get(client.authorize_url(redirect_uri="http://127.0.0.1:9/elsewhere"))

    assert (answer.status, answer.headers.get("Location")) == (200, None)
    assert "Yêu cầu không hợp lệ" in answer.data.decode()


def test_an_unknown_citizen_is_asked_again(client: Client) -> None:
    page = client.browser.get(client.browser.get(client.authorize_url()).headers["Location"])

    answer = client.browser.submit(page, typed="000000000000")

    assert answer.status == 422
    assert "không có trong danh sách" in answer.data.decode()


def test_cookies_are_the_sandboxs_own(client: Client) -> None:
    client.code("001190002345")

    assert set(client.browser.cookies) == {"sandbox_session", "sandbox_csrf"}


@pytest.mark.parametrize("citizen", CITIZENS, ids=lambda citizen: citizen.citizen_id)
def test_personal_numbers_agree_with_birth_and_sex(citizen: Any) -> None:
    century = {1900: 0, 2000: 2}[citizen.birth_on.year // 100 * 100]
    digit = century + (citizen.gender == "female")

    assert citizen.citizen_id[3:6] == f"{digit}{citizen.birth_on.year % 100:02d}"
    if citizen.organisation_tax_code:
        weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
        total = sum(int(number) * weight for number, weight in zip(citizen.organisation_tax_code, weights, strict=False))
        assert int(citizen.organisation_tax_code[9]) == 10 - total % 11
