pytest_plugins = ["tests.plugins.app_role", "tests.plugins.smtp"]
