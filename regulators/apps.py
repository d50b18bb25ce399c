from django.apps import AppConfig


class RegulatorsConfig(AppConfig):
    name = "regulators"

    def ready(self) -> None:
        from regulators import checks  # noqa: F401 - registers them
