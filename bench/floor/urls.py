from django.contrib import admin
from django.urls import path

from bench.floor import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.case_list, name="list"),
    path("search/", views.search, name="search"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/approve/<int:stage>/", views.approve, name="approve"),
]
