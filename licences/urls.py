from django.urls import path

from licences import views

app_name = "register"
urlpatterns = [
    path("", views.register, name="list"),
    path("register.json", views.as_json, name="json"),
    path("register.csv", views.as_csv, name="csv"),
    path("<str:number>/", views.entry, name="entry"),
]
