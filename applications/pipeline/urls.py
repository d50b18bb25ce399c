from django.urls import path

from applications.pipeline.views import forecast, lists, overview, time

app_name = "pipeline"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("cases/", lists.cases, name="cases"),
    path("cases.csv", lists.cases_csv, name="cases_csv"),
    path("passages/", lists.passages, name="passages"),
    path("forecast/", forecast.forecast, name="forecast"),
    path("steps/", lists.steps, name="steps"),
    path("time/", time.time, name="time"),
    path("flow/", time.flows, name="flow"),
]
