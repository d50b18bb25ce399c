"""The one way to change a state: ``workflow.services.perform``."""
