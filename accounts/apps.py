from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from accounts.services import note_changed_email

        email_changed.connect(note_changed_email, dispatch_uid="accounts.note_changed_email")
