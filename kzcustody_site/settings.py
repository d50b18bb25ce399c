"""Settings, all of them from the environment. docs/settings.md lists each one."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kzcustody_site import environment

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = environment.mode() == environment.PRODUCTION
RUN_DIR = Path(environment.optional("KZCUSTODY_RUN_DIR", str(BASE_DIR / ".run")))

# --- Core
environment.refuse_in_production("DEBUG", "Production never shows its insides; remove it.")
environment.refuse_in_production(
    "SAMPLES_ALLOWED", "Sample firms and sign-ins have no place in production; remove it."
)
SECRET_KEY = environment.secret("SECRET_KEY")
# Keys the human hash (accounts.identifiers): changing it would let a second account become a second person.
HUMAN_KEY = environment.secret("HUMAN_KEY")
if HUMAN_KEY == SECRET_KEY:
    raise ImproperlyConfigured(
        "HUMAN_KEY is the same as SECRET_KEY. Give each its own: SECRET_KEY may change, HUMAN_KEY may not."
    )
DEBUG = False
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = environment.web_address("BASE_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "kzcustody_site.urls"
WSGI_APPLICATION = "kzcustody_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SAMPLES_ALLOWED = not PRODUCTION

INSTALLED_APPS = [
    "kzcustody_site.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_fsm",
    "pgtrigger",
    "rules.apps.AutodiscoverRulesConfig",
    "kzcustody_site.apps.SiteConfig",
    "audit",
    "workflow",
    "accounts",
    "regulators",
    "documents",
    "notifications",
    "licences",
    "applications",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kzcustody_site.middleware.known_methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kzcustody_site.middleware.maintenance",  # a form that comes meanwhile gets a token to be sent again with
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.Sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactor",
    "kzcustody_site.middleware.no_store",
    "audit.request.middleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kzcustody_site.context.site",
            ],
            "builtins": ["kzcustody_site.templatetags.look"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: PostgreSQL only. The app role serves; the owner role migrates (DATABASE_OWNER_URL).
DATABASE_APP_ROLE = environment.optional("DATABASE_APP_ROLE") or "kzcustody_app"
DATABASES = {
    "default": {
        **environment.connection(
            f"postgresql://kzcustody_app@/kzcustody?host={RUN_DIR}", app_role=DATABASE_APP_ROLE
        ),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}

# --- Redis protocol: broker, and a cache of courtesies. It may be emptied or away at any time.
REDIS_URL = environment.redis("REDIS_URL", f"unix://{RUN_DIR}/valkey.sock")
CACHES = {
    # What sign-in counts and remembers: attempts, codes that are used up.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kzcustody_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    "quick": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CELERY_BROKER_URL = environment.broker(REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A task whose process dies is begun again three times, not for ever: Task.max_retries.
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_ANNOTATIONS = {"*": {"default_retry_delay": 10}}
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_PUBLISH_RETRY = False
# A broker that is down costs a page a tenth of a second, not six; one that hangs, five seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever
CELERY_TIMEZONE = "Asia/Almaty"
CELERY_BEAT_SCHEDULER = "kzcustody_site.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "send what waits in the outbox": {"task": "notifications.tasks.send_waiting", "schedule": 5.0},
    "scan what waits in quarantine": {"task": "documents.tasks.scan_waiting", "schedule": 10.0},
    "scan clean files again": {"task": "documents.tasks.scan_again", "schedule": 86400.0},
    "watch the scanner": {"task": "documents.tasks.watch_scanner", "schedule": 900.0},
    "make previews that are due": {"task": "documents.tasks.preview_waiting", "schedule": 60.0},
    "raise what is due": {"task": "applications.tasks.raise_due", "schedule": 300.0},
    "fold what the pipeline counts": {"task": "applications.tasks.fold_tallies", "schedule": 60.0},
    "go on writing exports": {"task": "applications.tasks.write_exports", "schedule": 60.0},
    "delete exports whose time is over": {"task": "applications.tasks.sweep_exports", "schedule": 3600.0},
    "write the weekly reports": {"task": "applications.tasks.write_reports", "schedule": 900.0},
    "count what requirements cost firms": {"task": "applications.tasks.fold_friction", "schedule": 60.0},
    "raise checks of citations": {"task": "applications.tasks.raise_checks", "schedule": 86400.0},
    "find documents whose time is over": {
        "task": "applications.tasks.find_due_for_destruction",
        "schedule": 86400.0,
    },
    "go on destroying what was confirmed": {"task": "applications.tasks.carry_out_all", "schedule": 3600.0},
    "forget typed text that is old": {"task": "applications.tasks.sweep_typed", "schedule": 86400.0},
    "anchor the audit heads": {"task": "audit.tasks.anchor_heads", "schedule": 3600.0},
    "prove the stored files": {"task": "documents.tasks.verify_integrity", "schedule": 86400.0},
    "sweep what uploads left behind": {"task": "documents.tasks.sweep", "schedule": 3600.0},
}

# --- Sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetails"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.LoginForm",
    "signup": "accounts.sign_in_forms.SignupForm",
    "reset_password": "accounts.sign_in_forms.ResetPasswordForm",
}
MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.AuthenticateForm",
    "reauthenticate": "accounts.factor_forms.ReauthenticateForm",
    "activate_totp": "accounts.factor_forms.ActivateAppForm",
    "add_webauthn": "accounts.factor_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.factor_forms.RenamePasskeyForm",
    "login_webauthn": "accounts.factor_forms.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.factor_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.factor_forms.ReauthenticatePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "kzcustody"
MFA_TOTP_TOLERANCE = 1  # who begins to type as the code changes is not refused: RFC 6238, section 5.2
# Browsers make passkeys over http on localhost alone; production checks the origin too.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser, and after half a day in any case
# Policies of ours: how long one may do nothing, and how long one stays signed in at most.
SESSION_IDLE_MINUTES = environment.number("SESSION_IDLE_MINUTES", 60)
SESSION_IDLE_MINUTES_STAFF = environment.number("SESSION_IDLE_MINUTES_STAFF", 30)
# A policy of ours: staff decide, appoint and export no later than this after they showed a second factor.
FRESH_FACTOR_MINUTES = environment.number("FRESH_FACTOR_MINUTES", 5)
SESSION_COOKIE_AGE = environment.number("SESSION_HOURS", 12) * 3600
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
KNOWN_BROWSER_COOKIE = "__Host-known" if PRODUCTION else "known"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kzcustody_site.failures.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION

# --- Headers
SECURE_SSL_REDIRECT = PRODUCTION
# One proxy of ours stands in front of production and writes these headers itself.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^health$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "microphone": [],
    "geolocation": [],
    "payment": [],
    "usb": [],
}

# --- Closed for a while: every page says so, and the probes answer
MAINTENANCE = environment.flag("MAINTENANCE", default=False)

# --- Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "framework"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION
FORMAT_MODULE_PATH = "kzcustody_site.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

# --- Static files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(environment.optional("STATIC_ROOT", str(RUN_DIR / "static")))

# --- Exports: a list of more rows is written in the background
EXPORT_ROWS_AT_ONCE = environment.number("EXPORT_ROWS_AT_ONCE", 2000)

# --- Documents
DOCUMENT_MAX_BYTES = environment.number("DOCUMENT_MAX_BYTES", 50 * 1024 * 1024)
EXAMINATION_SECONDS = environment.number("EXAMINATION_SECONDS", 10)  # of the processor, for one file
EXAMINATION_MEMORY_MB = environment.number("EXAMINATION_MEMORY_MB", 256)
EXAMINATIONS_AT_ONCE = environment.number("EXAMINATIONS_AT_ONCE", 2)  # in one web process
PREVIEW_SECONDS = environment.number("PREVIEW_SECONDS", 10)  # of the processor, for one file
PREVIEW_MEMORY_MB = environment.number("PREVIEW_MEMORY_MB", 768)
FILES_PER_ANSWER = environment.number("FILES_PER_ANSWER", 30)
FILES_PER_FIRM = environment.number("FILES_PER_FIRM", 3000)
# Above any limit of ours, so that a page can say which file was one too many.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = ["documents.uploads.BoundedUploadHandler"]
CLAMD_ADDRESS = environment.scanner("CLAMD_ADDRESS")
CLAMD_TIMEOUT = environment.number("CLAMD_TIMEOUT", 150)  # seconds for one file
environment.insist_on_two_stores()
DOCUMENTS_OBJECT_LOCK = environment.object_lock("S3_OBJECT_LOCK")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "quarantine": environment.file_store(
        bucket=environment.optional("S3_QUARANTINE_BUCKET"),
        folder=environment.optional("QUARANTINE_DIR", str(RUN_DIR / "quarantine")),
    ),
    "documents": environment.file_store(
        bucket=environment.optional("S3_BUCKET"),
        folder=environment.optional("DOCUMENTS_DIR", str(RUN_DIR / "documents")),
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Mail
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.optional("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.optional("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = environment.flag("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=PRODUCTION and not EMAIL_USE_SSL)
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured(
        "EMAIL_USE_TLS and EMAIL_USE_SSL are both 1. Keep one: EMAIL_USE_SSL is for port 465."
    )
if PRODUCTION and not (EMAIL_USE_TLS or EMAIL_USE_SSL):
    raise ImproperlyConfigured(
        "EMAIL_USE_TLS is 0. Production sends mail encrypted: set it, or EMAIL_USE_SSL, to 1."
    )
# Messages kept by the default run's mail server, shown at /mail/.
CAUGHT_MAIL_DIR = environment.optional("CAUGHT_MAIL_DIR")
environment.refuse_in_production("CAUGHT_MAIL_DIR", "Mail is shown to everybody there; remove it.")
# The second factors of the default run's sample staff, shown at /codes/.
SAMPLE_CODES = environment.flag("SAMPLE_CODES", default=False)
environment.refuse_in_production("SAMPLE_CODES", "Codes are shown to everybody there; remove it.")
EMAIL_TIMEOUT = 15
CONTACT_EMAIL = environment.optional("CONTACT_EMAIL")  # empty: the help page says "not on record"
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "licensing@example.test")
# Where mail comes back to, with a token of each message: docs/deployment.md. Empty: to DEFAULT_FROM_EMAIL.
BOUNCE_ADDRESS = environment.bounce_address("BOUNCE_ADDRESS")

# --- Audit
AUDIT_ANCHOR_DIR = Path(environment.text("AUDIT_ANCHOR_DIR", str(RUN_DIR / "anchors")))

# --- News that goes up a room: handlers by dotted path, called in the same transaction
WORKFLOW_AFTER = {
    "applications.application": "applications.services.effects.after_application",
    "applications.stage": "applications.services.effects.after_stage",
    "applications.individualapproval": "applications.services.individuals.after_individual",
    "applications.destruction": "applications.services.destruction.after_destruction",
    "licences.licence": "licences.services.acts.after_licence",
}
AUDIT_HANDLERS = ["applications.services.standing.on_event"]
# Called as before(request, facts=...) where somebody is about to decide; what it returns is shown first.
WORKFLOW_BEFORE_DECIDING = "accounts.second_factor.demand"
ACCOUNT_HANDLERS = ["notifications.security.on_account"]
FIRM_HANDLERS = ["applications.services.firms.on_firm_corrected"]
CALENDAR_HANDLERS = [
    "applications.services.calendar.on_calendar",
    "applications.services.tallies.on_calendar",
    "applications.pipeline.friction.fold.on_calendar",
]
DOCUMENT_VERDICT_HANDLERS = ["applications.services.evidence.on_verdict"]
OUTBOX_FAILED_HANDLERS: list[str] = []
REMINDER_CHECKS = ["applications.still_due.stands"]
RECIPIENT_CHECKS = ["applications.still_theirs.left"]
MESSAGE_CHECKS = ["applications.pipeline.reports.still_wanted.why_not"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
