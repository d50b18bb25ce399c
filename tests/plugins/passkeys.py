"""A passkey as a browser would have made it, of a key that nobody holds."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData


def passkey_of(user: Any, name: str = "Laptop") -> Authenticator:
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    made = AttestedCredentialData.create(bytes(16), f"passkey of {user.pk}".encode(), key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(sha256(b"localhost"), flags, 0, made)
    said = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    credential = {
        "type": "public-key",
        "id": websafe_encode(made.credential_id),
        "rawId": websafe_encode(made.credential_id),
        "response": {
            "clientDataJSON": websafe_encode(said),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": name, "credential": credential}
    )
