pytest_plugins = ["tests.plugins.app_role"]
