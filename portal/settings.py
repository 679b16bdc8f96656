"""The portal's one settings file. Everything that differs between machines comes from the environment (`.env.example`).

Importing it starts nothing: with DATABASE_URL and REDIS_URL unset it only computes where the embedded services live.
"""

import contextlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ

from portal.core import paths
from portal.core.celeryconf import celery_settings
from portal.core.patience import patient

django_stubs_ext.monkeypatch()
env = environ.Env()
BASE_DIR = paths.ROOT
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

EMBEDDED = not env.str("DATABASE_URL", "")
DEMO = env.bool("DEMO", EMBEDDED)
DEBUG = env.bool("DEBUG", False)
PATIENCE = env.float("MOTCUA_PATIENCE", 1)  # see portal.core.patience


def _secret() -> str:
    """The signing key: from the environment, or made once for the demo and kept in `.local/`."""
    if value := env.str("SECRET_KEY", ""):
        return str(value)
    if not DEMO:
        raise environ.ImproperlyConfigured("Set SECRET_KEY (50 random characters or more).")
    kept = paths.LOCAL / "secret_key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        scratch = kept.with_suffix(f".{os.getpid()}")
        scratch.write_text(os.urandom(48).hex())
        scratch.chmod(0o600)
        with contextlib.suppress(FileExistsError):  # another process was first; its key counts
            os.link(scratch, kept)
        scratch.unlink()
    return kept.read_text()


SECRET_KEY = _secret()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
BASE_URL = env.str("PORTAL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
SANDBOX_BASE_URL = env.str("SANDBOX_BASE_URL", "http://127.0.0.1:8001").rstrip("/")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "template_partials",
    "portal",
    "portal.core",
    "portal.agencies",
    "portal.accounts",
    "portal.outbox",
    "portal.notifications",
    "portal.site",
    "procedures",
    "dossiers",
    "payments",
    "counters",
]
if DEMO:
    INSTALLED_APPS.append("portal.devtools")

MIDDLEWARE = [
    "portal.core.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.core.middleware.database_outage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.core.middleware.preferred_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.core.uploadlimit.upload_limit",
    "portal.accounts.middleware.access_policy",
    "portal.core.middleware.storable_text",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.site.context.page",
            ],
        },
    }
]
FORM_RENDERER = "portal.core.forms.PortalRenderer"

# --- database: three roles, none a superuser -------------------------------------------------------------------------
DATABASE_ROLE = env.str("DATABASE_ROLE", "web")
DATABASE_NAME = env.str("DATABASE_NAME", "motcua")


def _database() -> dict[str, Any]:
    """Connection settings of this process's role: DATABASE_URL (web), DATABASE_WORKER_URL, DATABASE_OWNER_URL."""
    variable = {"web": "DATABASE_URL", "worker": "DATABASE_WORKER_URL", "owner": "DATABASE_OWNER_URL"}[DATABASE_ROLE]
    if EMBEDDED:
        base = {"NAME": DATABASE_NAME, "USER": f"portal_{DATABASE_ROLE}", "HOST": str(paths.run_dir()), "PORT": str(paths.POSTGRES_PORT)}
    else:
        base = dict(env.db_url(variable, default=env.str("DATABASE_URL")))
    options = {"server_side_binding": True, "prepare_threshold": env.int("PREPARE_THRESHOLD", 2), "connect_timeout": int(patient(5))}
    return base | {
        "ENGINE": "portal.core.db",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options | base.get("OPTIONS", {}),
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and caches -----------------------------------------------------------------------------------------------
_VALKEY_SOCKET = paths.run_dir() / "valkey.sock"
REDIS_URL = env.str("REDIS_URL", f"unix://{_VALKEY_SOCKET}?db=1")
BROKER_URL = env.str("CELERY_BROKER_URL", "") or (
    REDIS_URL if env.str("REDIS_URL", "") else f"redis+socket://{_VALKEY_SOCKET}?virtual_host=0"
)
globals().update(celery_settings(BROKER_URL, prefix=f"{DATABASE_NAME}:"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # Sign-in limits live here: with Django's 300 entries anybody could push them out.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": DATABASE_NAME,
        "OPTIONS": {"socket_timeout": patient(0.3), "socket_connect_timeout": patient(0.3)},
    },
}

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/dang-nhap/"
LOGIN_REDIRECT_URL = "/ban-lam-viec/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.CitizenAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
# A whole province's offices share one address and sign in at the same hour; failures stay limited by account and address.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip"}
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_LOGIN_ON_GET = False
OIDC_ISSUER_URL = env.str("OIDC_ISSUER_URL", SANDBOX_BASE_URL)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "vneid",
                "name": "VNeID",
                "client_id": env.str("OIDC_CLIENT_ID", "motcua-portal"),
                "secret": env.str("OIDC_CLIENT_SECRET", "demo-oidc-secret"),
                "settings": {"server_url": f"{OIDC_ISSUER_URL}/.well-known/openid-configuration", "oauth_pkce_enabled": True},
            }
        ],
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "motcua_session"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "motcua_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "portal.core.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "motcua_language"

# --- language, time, numbers -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
FORMAT_MODULE_PATH = ["portal.core.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = True

# --- files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(paths.LOCAL / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", paths.LOCAL / "assets"]
(paths.LOCAL / "assets").mkdir(parents=True, exist_ok=True)
SEALS_DIR = env.str("SEALS_DIR", str(paths.LOCAL / paths.flavour() / "seals"))
SIGNERS_PEM = env.str("SIGNERS_PEM", "")
SEAL_PASSWORD = env.str("SEAL_PASSWORD", "")
SEALS_ARE_DEMO = DEMO
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("MEDIA_ROOT", str(paths.media_root()))},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False
FILE_UPLOAD_HANDLERS = ["portal.core.uploadlimit.LimitedUploads"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_MAX_FILES = 20
REQUEST_MAX_BYTES = 70 * 1024 * 1024  # the 60 MB of files that a dossier may have, and what surrounds them

# --- outside systems (the sandbox in the demo) -----------------------------------------------------------------------
NATIONAL_GENERATION = env.str("NATIONAL_GENERATION", "2026")
NATIONAL_UNIT_CODE = env.str("NATIONAL_UNIT_CODE", "G22")
NATIONAL_URL = env.str("NATIONAL_URL", SANDBOX_BASE_URL)
NATIONAL_CLIENT_ID = env.str("NATIONAL_CLIENT_ID", "motcua")
NATIONAL_CLIENT_SECRET = env.str("NATIONAL_CLIENT_SECRET", "demo-national-secret")
NATIONAL_HMAC_KEY = env.str("NATIONAL_HMAC_KEY", "demo-national-hmac")
NATIONAL_HMAC_KEY_PREVIOUS = env.str("NATIONAL_HMAC_KEY_PREVIOUS", "")
PAYMENT_URL = env.str("PAYMENT_URL", SANDBOX_BASE_URL)
PAYMENT_SECRET = env.str("PAYMENT_SECRET", "demo-payment-secret")
MESSAGES_URL = env.str("MESSAGES_URL", SANDBOX_BASE_URL)
MESSAGES_TOKEN = env.str("MESSAGES_TOKEN", "demo-messages-token")
OPERATORS = env.list("OPERATORS", default=["van-hanh@motcua.example"])
TRACKING_KEY = env.str("TRACKING_KEY", "") or SECRET_KEY

# --- headers ---------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
