from django.urls import path

from licences.views import check, register

app_name = "register"
urlpatterns = [
    path("", register.register, name="list"),
    path("register.json", register.as_json, name="json"),
    path("register.csv", register.as_csv, name="csv"),
    path("<str:number>.json", register.entry_json, name="entry_json"),
    path("check/", check.typed, name="check_form"),
    path("check/<str:code>/", check.check, name="check"),
    path("<str:number>/", register.entry, name="entry"),
]
