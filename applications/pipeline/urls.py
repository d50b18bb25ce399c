from django.urls import path

from applications.pipeline import views

app_name = "pipeline"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("cases/", views.cases, name="cases"),
    path("cases.csv", views.cases_csv, name="cases_csv"),
    path("passages/", views.passages, name="passages"),
    path("steps/", views.steps, name="steps"),
]
