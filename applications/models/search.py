"""By which words a case is found."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from applications.models.case import Application


class SearchText(models.Model):
    """What was submitted with a filed case, in the form of ``queries.search.searchable``. In a table of its
    own, so that an act on the case leaves the index of words alone.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="search"
    )
    text = models.TextField()

    class Meta:
        indexes = [
            GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="applications_search_words"),
        ]

    def __str__(self) -> str:
        return str(self.application_id)
