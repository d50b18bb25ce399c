from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.account.signals import email_changed
        from allauth.mfa.models import Authenticator
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_delete, post_save

        from accounts.services import note_added_factor, note_changed_email, note_removed_factor
        from accounts.sessions import begin

        user_logged_in.connect(begin, dispatch_uid="accounts.sessions.begin")
        email_changed.connect(note_changed_email, dispatch_uid="accounts.note_changed_email")
        # allauth's own signals come after its transaction; the event and the mail belong into it.
        post_save.connect(note_added_factor, sender=Authenticator, dispatch_uid="accounts.note_added_factor")
        post_delete.connect(
            note_removed_factor, sender=Authenticator, dispatch_uid="accounts.note_removed_factor"
        )
