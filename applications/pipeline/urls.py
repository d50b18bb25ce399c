from django.urls import path

from applications.models import Export
from applications.pipeline.exports.lists import LISTS
from applications.pipeline.views import (
    exports,
    forecast,
    friction,
    guidance,
    lists,
    load,
    overview,
    reports,
    time,
)

app_name = "pipeline"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("cases/", lists.cases, name="cases"),
    path("load/", load.load, name="load"),
    path("load/person/", load.person, name="load_person"),
    path("passages/", lists.passages, name="passages"),
    path("friction/", friction.friction, name="friction"),
    path("friction/cases/", friction.friction_cases, name="friction_cases"),
    path("guidance/", guidance.tasks, name="guidance"),
    path("guidance/new/", guidance.new, name="guidance_new"),
    path("forecast/", forecast.forecast, name="forecast"),
    path("steps/", lists.steps, name="steps"),
    path("time/", time.time, name="time"),
    path("flow/", time.flows, name="flow"),
    *(
        path(f"{what}.{form}", exports.leave, {"what": what, "form": form}, name=f"{what}_{form}")
        for what in LISTS
        for form, _name in Export.FORMATS
    ),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:export>/", exports.opened, name="export"),
    path("exports/<int:export>/retry/", exports.retry, name="export_retry"),
    path("report/", reports.report, name="report"),
]
