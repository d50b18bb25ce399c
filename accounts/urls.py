from django.urls import path

from accounts import factor_views, views

app_name = "accounts"
urlpatterns = [
    path("firm/new/", views.found_firm, name="found_firm"),
    path("firm/<uuid:firm_id>/", views.firm, name="firm"),
    path("firm/<uuid:firm_id>/invite/", views.invite_member, name="invite_member"),
    path(
        "firm/<uuid:firm_id>/invitations/<int:invitation_id>/again/",
        views.invite_again,
        name="invite_again",
    ),
    path(
        "firm/<uuid:firm_id>/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path(
        "firm/<uuid:firm_id>/members/<int:membership_id>/end/",
        views.end_membership,
        name="end_membership",
    ),
    path("second-factor/", factor_views.second_factor, name="second_factor"),
    path("invitation/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("staff-invitation/<str:token>/", views.accept_staff_invitation, name="accept_staff_invitation"),
]
