"""The desk's pages of this room. They live in ``applications.desk``."""

from applications.desk import admin as desk

__all__ = ["desk"]
