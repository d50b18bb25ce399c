"""Whether the web server in this container is ready: asked under its public name, the one it answers to."""

import http.client
import os
import sys
from urllib.parse import urlsplit

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/readyz", headers={"Host": urlsplit(os.environ["BASE_URL"]).hostname or ""})
sys.exit(0 if connection.getresponse().status == 200 else 1)
