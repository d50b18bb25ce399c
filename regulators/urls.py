from django.urls import path

from regulators import views

app_name = "law"
urlpatterns = [
    path("", views.law, name="law"),
    path("claims/", views.claims, name="claims"),
    path("glossary/", views.glossary, name="glossary"),
    path("<str:code>/<str:version>/", views.coverage, name="coverage"),
    path("<str:code>/<str:version>/<str:requirement>/form.xlsx", views.form, name="form"),
]
