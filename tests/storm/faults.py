"""What goes wrong in a storm: each with the share of calls it would hit if it came first. Together about two calls in five.

What was acknowledged and lost (`lost_write`, `restored_backup`) the next step of the dossier finds, and a comparison at the end.
"""

from typing import Any

FAULTS: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("error_500", 0.04, {}),
    ("error_502", 0.03, {}),
    ("error_503", 0.03, {"retry_after": 1}),
    ("error_504", 0.04, {}),
    ("rate_limited", 0.02, {"retry_after": 1}),
    ("rate_limited", 0.02, {"retry_after": 1, "http_date": True}),
    ("maintenance", 0.02, {"retry_after": 1}),
    ("truncated_json", 0.04, {}),
    ("reset_mid_body", 0.04, {}),
    ("html_garbage", 0.02, {}),
    ("json_garbage", 0.01, {}),
    ("binary_garbage", 0.01, {}),
    ("slow_headers", 0.01, {"seconds": 1, "bytes_per_second": 20}),
    ("token_expired", 0.03, {}),
    ("refuse", 0.03, {}),
    ("timeout_after", 0.02, {"seconds": 1}),
    ("timeout_before", 0.02, {"seconds": 1}),
    ("slow_body", 0.02, {"seconds": 1}),
    ("latency", 0.02, {"seconds": 0.5}),
    ("redirect", 0.02, {"location": "http://127.0.0.1:1/"}),
    ("certificate_error", 0.01, {}),
    ("dns_failure", 0.01, {}),
    ("partial_batch", 0.08, {}),
    ("duplicate_ack", 0.08, {}),
    ("wrong_item", 0.05, {}),
    ("reordered", 0.08, {}),
    ("token_lost_mid_batch", 0.03, {}),
    ("lost_write", 0.02, {}),
    ("restored_backup", 0.004, {"seconds": 3}),
)
SKEW = 120
"""Seconds by which the portal's clock is off during the whole storm: more would be a refusal, which stops the channel."""
