from accounts.models import User
from applications.models import TypedText


def typed_on(user: User, path: str) -> TypedText | None:
    """What this person typed on this page and did not save."""
    return TypedText.objects.filter(user=user, path=path).first()
