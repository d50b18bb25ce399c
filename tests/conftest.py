pytest_plugins = [
    "tests.plugins.app_role",
    "tests.plugins.asked",
    "tests.plugins.calendar_file",
    "tests.plugins.cases",
    "tests.plugins.failed_checks",
    "tests.plugins.languages",
    "tests.plugins.no_skips",
    "tests.plugins.own_part",
    "tests.plugins.plain_static",
    "tests.plugins.prepared",
    "tests.plugins.smtp",
    "tests.plugins.versions",
]
