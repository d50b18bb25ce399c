from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from kzcustody_site import caught_mail, sample_codes, sessions, views

handler400 = "kzcustody_site.failures.bad_request"
handler403 = "kzcustody_site.failures.forbidden"
handler404 = "kzcustody_site.failures.not_found"
handler429 = "kzcustody_site.failures.too_many"  # allauth asks for it
handler500 = "kzcustody_site.failures.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("healthz", views.healthz, name="healthz"),
    path("health", views.health_of_all, name="health"),
    path("readyz", views.readyz, name="readyz"),
    path("language/", views.set_language, name="set_language"),
    path("session/extend/", sessions.extend, name="session_extend"),
    path("session/again/", sessions.sign_in_again, name="session_again"),
    path("session/ended/", sessions.ended, name="session_ended"),
    path("accounts/", include("accounts.allauth_urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("notifications.urls")),
    path("register/", include("licences.urls")),
    path("law/", include("regulators.urls")),
    path("before/", include("applications.portal.public_urls")),
    path("desk/", admin.site.urls),
    path("pipeline/", include("applications.pipeline.urls")),
    path("applications/", include("applications.portal.urls")),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("parts/", include("kzcustody_site.parts")))
if settings.CAUGHT_MAIL_DIR:
    urlpatterns.append(path("mail/", caught_mail.page, name="caught_mail"))
if settings.SAMPLE_CODES:
    urlpatterns.append(path("codes/", sample_codes.page, name="sample_codes"))
