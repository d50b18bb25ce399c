"""OpenStack Swift with its S3 interface, on loopback: one disk, one copy of each object, two people.

It is installed beside the service and not into its packages (requirements/drills.lock).
"""

import hashlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from drills.house import ROOT, insist
from kzcustody_site.embedded import places, ports

LOCK = ROOT / "requirements" / "drills.lock"
OWNER, OWNER_SECRET = "documents:web", "the-secret-of-the-web-role"
OTHER, OTHER_SECRET = "documents:other", "the-secret-of-somebody-else"
SERVERS = ("account", "container", "object")
CONF = "[swift-hash]\nswift_hash_path_suffix = drill\n[storage-policy:0]\nname = one\ndefault = yes\n"
DEFAULT = (
    "[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nworkers = 0\nuser = {user}\nswift_dir = {etc}\n"
)
STORE = "devices = {disks}\nmount_check = false\n"
STORE += "[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
FILTERS = (
    "catch_errors",
    "listing_formats",
    "s3api",
    "tempauth",
    "bulk",
    "slo",
    "versioned_writes",
    "symlink",
    "copy",
)
MORE = {
    "versioned_writes": "allow_object_versioning = true\n",
    "tempauth": f"user_documents_web = {OWNER_SECRET} .admin\nuser_documents_other = {OTHER_SECRET}\n",
}


def installed():
    """The folder of its programs, installed once into the running state of the checkout."""
    home = places.private(places.RUN) / f"swift-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        command = [
            home / "bin" / "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            LOCK,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        insist(done.returncode == 0, f"Swift could not be installed:\n{done.stderr[-1500:]}")
        (home / "complete").touch()
    return home / "bin"


class Swift:
    def __init__(self, house):
        self.house, self.programs = house, installed()
        self.etc, self.disks = house.state / "swift", house.state / "disks"
        for folder in (self.etc, self.disks / "d1"):
            folder.mkdir(parents=True)
        _insist_on_attributes(self.disks / "d1")
        first = 20000 + os.getpid() % 10000
        self.ports = {}
        for name in (*SERVERS, "proxy"):
            port, sockets = ports.listen(first)
            for listening in sockets:
                listening.close()
            self.ports[name], first = port, port + 1
        self.url = f"http://127.0.0.1:{self.ports['proxy']}"

    def start(self):
        (self.etc / "swift.conf").write_text(CONF)
        for name in SERVERS:
            self._ring(name)
            self._start(name, STORE.format(disks=self.disks, name=name))
        proxy = self._start("proxy", _proxy())
        self.house.family.wait_for(proxy, self._answers)

    def version(self):
        said = subprocess.run(
            [self.programs / "pip", "show", "swift"], capture_output=True, text=True, check=True
        ).stdout
        return next(line.split()[1] for line in said.splitlines() if line.startswith("Version"))

    def _ring(self, name):
        builder = self.etc / f"{name}.builder"
        device = f"r1z1-127.0.0.1:{self.ports[name]}/d1"
        for order in (["create", "4", "1", "1"], ["add", device, "1"], ["rebalance"]):
            command = [self.programs / "swift-ring-builder", builder, *order]
            subprocess.run(command, check=True, capture_output=True)

    def _start(self, name, what):
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        path = self.etc / f"{name}.conf"
        path.write_text(DEFAULT.format(port=self.ports[name], user=user, etc=self.etc) + what)
        return self.house.family.start(
            f"swift-{name}",
            [self.programs / f"swift-{name}-server", path],
            environment=self.house.environment,
        )

    def _answers(self):
        try:
            urllib.request.urlopen(self.url, timeout=2)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


def _proxy():
    filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n{MORE.get(name, '')}" for name in FILTERS)
    pipeline = f"[pipeline:main]\npipeline = {' '.join(FILTERS)} proxy-server\n"
    return f"{pipeline}[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n{filters}"


def _insist_on_attributes(folder: Path):
    try:
        os.setxattr(folder, "user.swift", b"1")
    except OSError:
        insist(False, f"{folder} keeps no attributes of files; set TMPDIR to a file system that does")
