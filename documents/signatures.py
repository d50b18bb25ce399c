"""The one virus signature of the default run and the tests: the EICAR test pattern, which harms nothing.

Imports nothing, so that the launcher can read it before anything is installed. The pattern is kept in pieces:
a scanner that looks at this file must find nothing.
"""

PIECES = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-", "TEST-FILE!", "$H+H*")


def eicar() -> bytes:
    return "".join(PIECES).encode("ascii")


def eicar_signature() -> str:
    """One line of a ``.ndb`` signature file: name, any file type, any offset, the pattern in hex."""
    return f"Eicar-Test-Signature:0:*:{eicar().hex()}"
