"""Who acts: a person who signed in, or the system by one of its names."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    """What every room may ask of whoever acts."""

    @property
    def pk(self) -> int | None: ...

    @property
    def audit_name(self) -> str: ...

    @property
    def human(self) -> str: ...


@dataclass(frozen=True)
class System:
    """A timer, a task or a command. It is nobody's account and holds no role."""

    name: str
    pk: None = None
    human: str = ""
    language: str = "en"
    is_active: bool = True
    is_staff: bool = False
    is_superuser: bool = False
    is_authenticated: bool = False
    is_anonymous: bool = True

    @property
    def audit_name(self) -> str:
        return f"system: {self.name}"

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False
