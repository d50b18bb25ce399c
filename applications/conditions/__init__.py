"""What must be so before an act: each function lists what is missing, in words, with where to mend it.

They take the case or the stage, and the data of the act; ``{}`` when a page only asks what stands in the way.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from workflow.errors import Reason

FIRM = AnonymousUser()  # the reasons are read by everybody of the firm: nothing private is in them
Data = dict[str, Any]
Reasons = list[Reason]
