"""Asks the portal in this container whether it and its database are well."""

import os
import urllib.request
from urllib.parse import urlsplit

host = urlsplit(os.environ["SITE_URL"]).netloc
port = os.environ.get("BIND", ":8000").rpartition(":")[2]
request = urllib.request.Request(
    f"http://127.0.0.1:{port}/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"}
)
urllib.request.urlopen(request, timeout=4).close()  # noqa: S310
