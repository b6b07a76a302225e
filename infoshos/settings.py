"""The settings of the site, and the only place that reads the environment.

Development needs no variable at all. With PRODUCTION=1 the variables without which a newsroom can't run safely are
required: a missing one stops the program and is named. .env.example lists them all.
"""

import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name, default=False):
    value = os.environ.get(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def words(name, default=""):
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def number(name, default):
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


PRODUCTION = flag("PRODUCTION")
DEBUG = flag("DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG can't be on together with PRODUCTION.")


def required(name, default):
    """The variable, or ``default`` outside production; in production a missing one stops the program."""
    value = os.environ.get(name)
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. Production needs it: see .env.example.")
    return default() if callable(default) else default


# Data: everything that the portal writes, outside the code.
DATA_DIR = Path(required("DATA_DIR", BASE_DIR / "var"))


def development_secret_key():
    path = DATA_DIR / "secret-key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = required("SECRET_KEY", development_secret_key)
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")

# Addresses
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname
# The old portal was read under www. too: its addresses redirect from there.
HOSTS = f"{SITE_HOST},www.{SITE_HOST}"
ALLOWED_HOSTS = words("ALLOWED_HOSTS", HOSTS if PRODUCTION else f"{HOSTS},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", SITE_URL)
# Where the portal asks for its own pages as a reader would, to prove that they are right (news/proof.py).
PROOF_URL = os.environ.get("PROOF_URL", SITE_URL).rstrip("/")
if urlsplit(PROOF_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured("PROOF_URL must begin with https:// or http://.")
ROOT_URLCONF = "infoshos.urls"
WSGI_APPLICATION = "infoshos.wsgi.application"
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 0)  # how many proxies in front of us add to X-Forwarded-For

# Applications. Our templates win over those of the packages, as ours come first in DIRS.
INSTALLED_APPS = [
    "modeltranslation",  # before the admin
    "infoshos.apps.InfoshosConfig",
    "comments.apps.CommentsConfig",
    "news.apps.NewsConfig",
    "states.apps.StatesConfig",
    "infoshos.apps.DeskConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "comments.apps.PackageConfig",  # django_comments_xtd
    "comments.apps.BasePackageConfig",  # django_comments
    "django_prose_editor",
    "reversion",
    "axes",
    "django_tasks_db",
]

MIDDLEWARE = [
    "infoshos.middleware.head_without_body",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # before what says things about pages: a flag is half headers else
    "infoshos.middleware.security_headers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "infoshos.middleware.GZip",
    "infoshos.middleware.address_language",
    "infoshos.middleware.refuse_null_bytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "infoshos.middleware.nothing_is_lost",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "infoshos.context_processors.site",
            ],
        },
    },
]

# Databases
DATABASES = {
    "default": dj_database_url.parse(
        required("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"), conn_health_checks=True
    )
}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # Several workers write: one writer at a time, taken at BEGIN, so that a transaction can't fail half-way with
    # "database is locked"; readers go on beside it.
    DATABASE.setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,  # seconds
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    )
    # Opening the file and its pragmas take as long as a page from the cache, and whoever closes it last tidies the WAL.
    DATABASE["CONN_MAX_AGE"] = None
    DATA_DIR.mkdir(parents=True, exist_ok=True)
elif DATABASE["ENGINE"] == "django.db.backends.postgresql":
    DATABASE["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    DATABASE.setdefault("OPTIONS", {}).update(
        pool={"min_size": 1, "max_size": number("DATABASE_POOL", 8), "timeout": 10},
    )
if "TEST_DATABASE_NAME" in os.environ:
    DATABASE["TEST"] = {"NAME": os.environ["TEST_DATABASE_NAME"]}

# Caches: local memory is right with several workers too, as the generation number lives in the database.
CACHE_URL = os.environ.get("CACHE_URL", "")
RELEASE = os.environ.get("RELEASE", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": f"infoshos{RELEASE}",
    }
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "infoshos",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
}
# How long a cache between us and the reader may keep a page; 0 where nothing purges it.
SHARED_CACHE_SECONDS = number("SHARED_CACHE_SECONDS", 0)

# Users
AUTH_USER_MODEL = "infoshos.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# django-axes: a wrong password ten times from one address for one name closes that door for a quarter of an hour.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "infoshos.middleware.client_address"
AXES_VERBOSE = False

# Languages. The address alone decides (infoshos.middleware.address_language).
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
FORMAT_MODULE_PATH = ["infoshos.formats"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "ru"
MODELTRANSLATION_LANGUAGES = ("ru", "en", "zh-hans")
MODELTRANSLATION_FALLBACK_LANGUAGES = ()  # a text that is not there is not there: no page mixes languages
MODELTRANSLATION_ENABLE_FALLBACKS = False
MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = lambda field, code: f"{field} · {dict(LANGUAGES)[code]}"  # noqa: E731

# Static files and pictures
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "originals": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "originals", "base_url": None},
    },
    "renditions": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "renditions", "base_url": None, "allow_overwrite": True},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "infoshos.storage.StaticStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
# /favicon.ico is asked for whatever a page says, /apple-touch-icon.png too.
WHITENOISE_ROOT = BASE_DIR / "static" / "icons"


def static_headers(headers, path, url):
    """What a static file says for itself: it belongs to our pages, and a drawing that is opened alone runs nothing.
    The icons at the root are shown by readers of feeds and messengers, and asked for once a day."""
    at_root = not url.startswith(STATIC_URL)
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if at_root else "same-origin"
    if at_root:
        headers["Cache-Control"] = "public, max-age=86400"
    if url.endswith(".svg"):
        headers["Content-Security-Policy"] = "default-src 'none'"


WHITENOISE_ADD_HEADERS_FUNCTION = static_headers
IMAGE_MAX_BYTES = 20 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # a book of Cyrillic letters, six bytes each: refused, it would be lost
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# Mail: smtp://user:password@host:587/?tls=1, smtps://…, console://, file:///folder
DEFAULT_FROM_EMAIL = SERVER_EMAIL = required("DEFAULT_FROM_EMAIL", "InfoSCO <portal@infoshos.example>")
DESK_EMAIL = required("DESK_EMAIL", "desk@infoshos.example")
ADMINS = [parseaddr(address)[1] for address in words("ADMINS")]


def mailer(url):
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": unquote(parts.path)},
        }
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://…, smtps://…, console:// or file:///folder.")
    options = {"host": parts.hostname, "port": parts.port or (465 if parts.scheme == "smtps" else 25), "timeout": 10}
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    if parts.scheme == "smtps":
        options["use_ssl"] = True
    elif dict(parse_qsl(parts.query)).get("tls"):
        options["use_tls"] = True
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


MAILERS = {"default": mailer(required("EMAIL_URL", f"file://{DATA_DIR / 'mail'}"))}

# Background work: at once in development; by `manage.py db_worker` in a newsroom.
BACKGROUND_TASKS = flag("BACKGROUND_TASKS")
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if BACKGROUND_TASKS
        else "django.tasks.backends.immediate.ImmediateBackend"
    }
}

# django-comments-xtd: its models, threads and flags; the flow is ours (comments/).
SITE_ID = 1
COMMENTS_APP = "django_comments_xtd"
COMMENTS_XTD_MAX_THREAD_LEVEL = 2  # levels 0, 1 and 2: three in all
COMMENTS_XTD_CONFIRM_EMAIL = True
COMMENT_MAX_LENGTH = 3000
# Whose confirmed comments appear without a moderator: nobody's, trusted writers', or all that no rule holds (clean).
COMMENTS_PASS = os.environ.get("COMMENTS_PASS", "nobody")
if COMMENTS_PASS not in {"nobody", "trusted", "clean"}:
    raise ImproperlyConfigured("COMMENTS_PASS is nobody, trusted or clean.")

# So many days after its publication a story takes comments, unless its section or its editor says otherwise; 0: for good.
COMMENTS_DAYS = number("COMMENTS_DAYS", 30)
# How long what is only needed against abuse (networks, digests) and to answer (addresses of reporters) is kept.
READER_DATA_DAYS = number("READER_DATA_DAYS", 90)
if READER_DATA_DAYS < 14:
    raise ImproperlyConfigured("READER_DATA_DAYS must be 14 or more: rules for comments look back a week.")
# How many posts of strangers (comments, typo reports, letters), and as many votes, each process takes in a minute; what exceeds
# them costs next to nothing.
POSTS_A_MINUTE = number("POSTS_A_MINUTE", 120)

# An outside spam service with Akismet's interface; empty: none is asked. docs/operations.md says what is sent there.
SPAM_SERVICE_URL = os.environ.get("SPAM_SERVICE_URL", "").rstrip("/")
SPAM_SERVICE_KEY = os.environ.get("SPAM_SERVICE_KEY", "")
if SPAM_SERVICE_URL and (urlsplit(SPAM_SERVICE_URL).scheme not in {"http", "https"} or not SPAM_SERVICE_KEY):
    raise ImproperlyConfigured("SPAM_SERVICE_URL must begin with https:// or http://, and SPAM_SERVICE_KEY be set.")

# The Bank of Russia's table
RATES_URL = os.environ.get("RATES_URL", "https://www.cbr.ru/scripts/XML_daily.asp")

# Security. Public pages carry no nonce, as they are cached and shared; it is added where a template asks for one.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "infoshos.views.csrf_failure"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.tasks": {"level": "WARNING"}},
}
