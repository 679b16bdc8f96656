import pytest

from tests.sandbox.client import Services

TOKEN = "demo-messages-token"


def test_a_message_is_received_once_however_often_it_is_sent(services: Services) -> None:
    message = {"key": "m-1", "channel": "sms", "to": "0912345601", "text": "Hồ sơ H26.9-261122-0001 đã được tiếp nhận."}

    statuses = [services.post_json("/messages", message, TOKEN).status for _ in range(3)]

    listed = services.call("GET", "/messages?to=0912345601", headers={"Authorization": f"Bearer {TOKEN}"}).json()["items"]
    assert statuses == [201, 200, 200]
    assert [(row["text"], row["times_received"]) for row in listed] == [(message["text"], 3)]


def test_a_key_is_not_reused_for_another_message(services: Services) -> None:
    message = {"key": "m-2", "channel": "sms", "to": "0912345602", "text": "Một"}
    services.post_json("/messages", message, TOKEN)

    assert services.post_json("/messages", message | {"text": "Hai"}, TOKEN).status == 409


def test_the_inbox_shows_newest_first_and_filters(services: Services) -> None:
    for number in (1, 2):
        body = {
            "key": f"m-3-{number}",
            "channel": "email",
            "to": "uoc@thu.example.vn",
            "subject": f"Thư số {number}",
            "text": "<b>Xin chào</b>",
        }
        services.post_json("/messages", body, TOKEN)

    page = services.call("GET", "/inbox/?to=uoc@thu.example.vn").data.decode()
    other = services.call("GET", "/inbox/?to=nobody@thu.example.vn").data.decode()

    assert page.index("Thư số 2") < page.index("Thư số 1")
    assert "<b>Xin chào</b>" not in page
    assert "Thư số" not in other


@pytest.mark.parametrize(
    "body", [[], {}, {"key": "x", "channel": "fax", "to": "1", "text": "2"}, {"key": "x", "channel": "sms", "to": "1"}]
)
def test_what_is_no_message_is_refused(services: Services, body: object) -> None:
    assert services.post_json("/messages", body, TOKEN).status == 400


def test_the_carrier_needs_its_token(services: Services) -> None:
    assert services.post_json("/messages", {"key": "x", "channel": "sms", "to": "1", "text": "2"}, "guess").status == 401
