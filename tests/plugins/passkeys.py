"""A security key in software: what a browser would say of it, and what no browser would."""

import os
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ORIGIN, HOST = "http://localhost", b"localhost"
FLAG = AuthenticatorData.FLAG


class Key:
    def __init__(self) -> None:
        self.private, self.id = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)

    def made(self, challenge: Any = b"challenge", *, kept: bool = True) -> dict[str, Any]:
        """The answer to a wish for a new passkey; ``kept`` on the device, so that it can sign in alone."""
        public = ES256.from_cryptography_key(self.private.public_key())
        data = AuthenticatorData.create(
            sha256(HOST), FLAG.UP | FLAG.UV | FLAG.AT, 0,
            AttestedCredentialData.create(bytes(16), self.id, public),
        )  # fmt: skip
        said = CollectedClientData.create("webauthn.create", challenge, ORIGIN)
        answer = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._said(said, answer, credProps={"rk": kept})

    def shown(self, challenge: Any, user: Any, *, verified: bool = True) -> dict[str, Any]:
        """The answer to a challenge, with or without finger, face or code."""
        data = AuthenticatorData.create(sha256(HOST), FLAG.UP | (FLAG.UV if verified else FLAG(0)), 1)
        said = CollectedClientData.create("webauthn.get", challenge, ORIGIN)
        signature = self.private.sign(bytes(data) + sha256(said), ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(user).encode()
        answer = {"authenticatorData": data, "signature": signature, "userHandle": handle}
        return self._said(said, {name: websafe_encode(value) for name, value in answer.items()})

    def of(self, user: Any, name: str = "Laptop", *, kept: bool = True) -> Authenticator:
        data = {"name": name, "credential": self.made(kept=kept)}
        return Authenticator.objects.create(user=user, type="webauthn", data=data)

    def _said(self, said: bytes, answer: dict[str, str], **extensions: Any) -> dict[str, Any]:
        own = websafe_encode(self.id)
        return {
            "type": "public-key", "id": own, "rawId": own, "clientExtensionResults": extensions,
            "response": {"clientDataJSON": websafe_encode(said), **answer},
        }  # fmt: skip


def passkey_of(user: Any, name: str = "Laptop") -> Authenticator:
    return Key().of(user, name)
