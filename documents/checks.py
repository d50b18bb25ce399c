"""System check: what is uploaded can be looked into here."""

import ctypes
from typing import Any

from django.core.checks import CheckMessage, Error, register

from documents.contents import start


@register()
def processes_can_be_cut_off(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        ctypes.CDLL(start.LIBRARY)
    except OSError:
        message = f"{start.LIBRARY} is missing: no uploaded file can be looked into, so none is taken."
        return [Error(message, hint="Install it (Debian: libseccomp2).", id="documents.E001")]
    return []
