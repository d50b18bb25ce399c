"""SeaweedFS on loopback, started as docker-compose.yml starts it, with the roles that it gives there.

It is installed beside the service and not into its packages (requirements/drills.lock).
"""

import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request

import yaml

from drills.house import ROOT, insist
from kzcustody_site.embedded import places, ports

LOCK = ROOT / "requirements" / "drills.lock"
ROLES = ("web", "worker", "release")
LISTENING = ("master", "volume", "filer", "s3")


def installed():
    """The folder of its programs, installed once into the running state of the checkout."""
    home = places.private(places.RUN) / f"weed-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        command = [home / "bin" / "pip", "install", "-q", "--disable-pip-version-check"]
        command += ["--require-hashes", "-r", LOCK]
        done = subprocess.run(command, capture_output=True, text=True)
        insist(done.returncode == 0, f"SeaweedFS could not be installed:\n{done.stderr[-1500:]}")
        (home / "complete").touch()
    return home / "bin"


def secret_of(role):
    return f"the-secret-of-{role}"


def keys_of(role):
    return {"S3_ACCESS_KEY": role, "S3_SECRET_KEY": secret_of(role)}


class Weed:
    def __init__(self, house):
        self.house, self.program = house, installed() / "weed"
        self.data, self.roles = house.state / "weed", house.state / "s3.json"
        self.data.mkdir()
        first = 20000 + os.getpid() % 10000
        self.ports = {}
        for name in (part for one in LISTENING for part in (f"{one}.port", f"{one}.port.grpc")):
            port, sockets = ports.listen(first)
            for listening in sockets:
                listening.close()
            self.ports[name], first = port, port + 1
        self.url = f"http://127.0.0.1:{self.ports['s3.port']}"

    def start(self):
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
        roles = compose["configs"]["storage-keys"]["content"]
        roles = re.sub(r"\$\{S3_([A-Z]+)_SECRET:\?\}", lambda found: secret_of(found[1].lower()), roles)
        insist({one["name"] for one in json.loads(roles)["identities"]} == {*ROLES}, "other roles than known")
        self.roles.write_text(roles)
        ours = {"-dir": self.data, "-s3.config": self.roles, "-ip.bind": "127.0.0.1"}
        command = [
            f"{name}={ours[name]}" if (name := option.split("=")[0]) in ours else option
            for option in compose["services"]["storage"]["command"]
        ]
        command += ["-ip=127.0.0.1", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += [f"-{name}={port}" for name, port in self.ports.items()]
        server = self.house.family.start(
            "weed",
            [self.program, *command],
            environment={**self.house.environment, "WEED_S3_SSE_KEK": secrets.token_hex(32)},
        )
        self.house.family.wait_for(server, self._answers)

    def version(self):
        said = subprocess.run([self.program, "version"], capture_output=True, text=True, check=True).stdout
        return re.search(r"\d+\.\d+", said.split("GB", 1)[1])[0]

    def holds(self, content):
        """Whether these bytes stand in any file of it as they are."""
        return any(content in path.read_bytes() for path in self.data.rglob("*") if path.is_file())

    def _answers(self):
        try:
            urllib.request.urlopen(self.url, timeout=2)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True
