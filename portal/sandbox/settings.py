"""Settings of the simulated national services. Demo defaults throughout; importing starts nothing."""

from pathlib import Path
from urllib.parse import urlsplit

import environ

from portal.core.paths import POSTGRES_PORT, run_dir, sandbox_database_name

env = environ.Env()
HERE = Path(__file__).resolve().parent

SANDBOX_BASE_URL: str = env.str("SANDBOX_BASE_URL", "http://127.0.0.1:8001").rstrip("/")
PORTAL_BASE_URL: str = env.str("PORTAL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

# Shared with the portal: it reads the same names with the same defaults.
NATIONAL_CLIENT_ID: str = env.str("NATIONAL_CLIENT_ID", "motcua")
NATIONAL_CLIENT_SECRET: str = env.str("NATIONAL_CLIENT_SECRET", "demo-national-secret")
NATIONAL_HMAC_KEY: str = env.str("NATIONAL_HMAC_KEY", "demo-national-hmac")
NATIONAL_TOKEN_SECONDS: int = env.int("NATIONAL_TOKEN_SECONDS", 3600)
PAYMENT_SECRET: str = env.str("PAYMENT_SECRET", "demo-payment-secret")
POPULATION_TOKEN: str = env.str("POPULATION_TOKEN", "demo-population-token")
MESSAGES_TOKEN: str = env.str("MESSAGES_TOKEN", "demo-messages-token")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", "motcua-portal")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", "demo-oidc-secret")
OIDC_REDIRECT_URIS: list[str] = env.list(
    "OIDC_REDIRECT_URIS",
    default=[
        f"{PORTAL_BASE_URL}/accounts/oidc/vneid/login/callback/",
        f"{PORTAL_BASE_URL}/dang-nhap/vneid/login/callback/",
        f"{PORTAL_BASE_URL}/dang-nhap/oidc/vneid/login/callback/",
    ],
)
OIDC_LOGOUT_URIS: list[str] = env.list("OIDC_LOGOUT_URIS", default=[f"{PORTAL_BASE_URL}/"])
SANDBOX_ADMIN_TOKEN: str = env.str("SANDBOX_ADMIN_TOKEN", "demo-sandbox-admin")

SECRET_KEY = env.str("SANDBOX_SECRET_KEY", "demo-only-key-of-the-simulated-services")
DEBUG = env.bool("SANDBOX_DEBUG", False)
ALLOWED_HOSTS = env.list(
    "SANDBOX_ALLOWED_HOSTS",
    default=[urlsplit(SANDBOX_BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"],
)

_database_url = env.str("SANDBOX_DATABASE_URL", "")
DATABASES = {
    "default": env.db_url_config(_database_url)
    if _database_url
    else {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": sandbox_database_name(),
        "USER": "sandbox",
        "HOST": str(run_dir()),
        "PORT": str(POSTGRES_PORT),
    }
}
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "portal.sandbox",
    "portal.sandbox.faults",
    "portal.sandbox.delivery",
    "portal.sandbox.national",
    "portal.sandbox.identity",
    "portal.sandbox.payment",
    "portal.sandbox.messages",
    "portal.sandbox.population",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.sandbox.faults.middleware.FaultMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "portal.sandbox.urls"
WSGI_APPLICATION = "portal.sandbox.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
            "builtins": ["django.templatetags.static"],
        },
    }
]

AUTH_USER_MODEL = "sandbox_identity.Citizen"
PASSWORD_HASHERS = ["portal.sandbox.identity.hasher.QuickHasher"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "citizen_id"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
IDP_OIDC_ADAPTER = "portal.sandbox.identity.adapter.IdentityAdapter"

# Authorisation codes live in the cache: every worker process must see them.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "sandbox_cache"}}

# Cookies ignore ports, so these must not be named like the portal's.
SESSION_COOKIE_NAME = "sandbox_session"
CSRF_COOKIE_NAME = "sandbox_csrf"
LANGUAGE_COOKIE_NAME = "sandbox_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SANDBOX_BASE_URL.startswith("https:")
CSRF_TRUSTED_ORIGINS = [SANDBOX_BASE_URL]
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # plain HTTP on the loopback address


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        # Chromium refuses a form whose redirect leaves the listed origins: consent leads back to the portal.
        "form-action": ["'self'", PORTAL_BASE_URL, *sorted({_origin(uri) for uri in OIDC_REDIRECT_URIS})],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "vi"
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
STATIC_URL = "/sandbox-static/"
WHITENOISE_USE_FINDERS = True
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
