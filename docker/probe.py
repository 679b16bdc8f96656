"""Exit status 0 if this container's portal is ready. Asks under a name that it answers to, past the redirect to HTTPS."""

import http.client
import os
import sys

host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    connection.request("GET", "/readyz", headers={"Host": host})
    sys.exit(connection.getresponse().status != http.HTTPStatus.OK)
except OSError:
    sys.exit(1)
