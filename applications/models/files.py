"""What a firm says about a file that it gave. The file itself is with ``documents``, which knows no case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentFacts(models.Model):
    """A document in the firm's words. What was submitted is in the snapshots; this may change in a draft."""

    IDENTITY = "identity"
    KINDS = [
        ("corporate", _("Corporate document")),
        (IDENTITY, _("Identity document")),
        ("qualification", _("Qualification or certificate")),
        ("contract", _("Contract or agreement")),
        ("financial", _("Accounts or bank document")),
        ("policy", _("Policy or procedure")),
        ("plan", _("Plan, forecast or report")),
        ("technical", _("Technical document or diagram")),
        ("other", _("Another kind")),
    ]
    LANGUAGES = [
        ("kk", _("Kazakh")),
        ("ru", _("Russian")),
        ("en", _("English")),
        ("other", _("Another language")),
    ]
    CERTIFIED = [
        ("notary", _("By a notary")),
        ("apostille", _("With an apostille")),
        ("issuer", _("By who issued it")),
        ("firm", _("By the firm itself")),
    ]
    SAID = (
        "title", "kind", "language", "translated_by", "certification", "certified_on", "issued_on",
        "expires_on", "confidential", "confidential_why",
    )  # fmt: skip
    # of one version alone: for the next one it is said anew
    OWN = ("certification", "certified_on", "issued_on", "expires_on")
    CARRIED = ("title", "kind", "language", "translated_by", "confidential", "confidential_why")

    document = models.OneToOneField("documents.Document", on_delete=models.CASCADE, related_name="facts")
    title = models.CharField(_("name for readers"), max_length=150, blank=True)
    kind = models.CharField(_("kind of document"), max_length=20, choices=KINDS, blank=True)
    language = models.CharField(_("language of the document"), max_length=5, choices=LANGUAGES, blank=True)
    translated_by = models.CharField(_("translated by"), max_length=150, blank=True)
    certification = models.CharField(_("certified"), max_length=10, choices=CERTIFIED, blank=True)
    certified_on = models.DateField(_("day of the certification"), null=True, blank=True)
    issued_on = models.DateField(_("date of issue"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    # narrows who may open it: rules, "open_confidential"
    confidential = models.BooleanField(_("confidential"), default=False)
    confidential_why = models.CharField(_("why it is confidential"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (
            models.Index(
                fields=["expires_on"],
                condition=models.Q(expires_on__isnull=False),
                name="applications_files_that_end",
            ),
        )

    def __str__(self) -> str:
        return self.title or str(self.document)
