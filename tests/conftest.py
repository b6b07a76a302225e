import gc
import os
from contextlib import suppress
from time import sleep
from unittest.mock import patch

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connection, transaction
from django.utils import translation

FILES = ("default", "originals", "renditions")


def pytest_collection_modifyitems(items):
    """``database`` is what asks one; pytest-django lets no other test do so, and the second database need not run it."""
    for item in items:
        if item.get_closest_marker("django_db") or "django_db_setup" in item.fixturenames:
            item.add_marker(pytest.mark.database)


def pytest_collection_finish():
    """What is loaded by now stays to the end: no collection of garbage needs to walk through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def static_folder():
    """WhiteNoise warns where it is missing, as on a fresh clone; the live server starts before ``own_folders``."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What migrations load (states and their facts, permissions, roles) is there again after a transactional test.

    Django would make the permissions and roles anew, or save serialized rows one by one: either takes a second a test.
    PostgreSQL would make each table and index anew by TRUNCATE: ten times what it takes to delete the few rows of a test.
    """
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    with django_db_blocker.unblock():
        rows = [found for model in models if (found := list(model._base_manager.all()))]

    @transaction.atomic  # which table comes first is all the same: foreign keys are checked at its end
    def put_back(*args, **kwargs):
        for found in rows:
            type(found[0])._base_manager.bulk_create(found)

    def delete(style, tables, **options):
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]

    def destroy(name, verbosity):
        """A request of a browser that has been closed may still be answered: it keeps no database alive."""
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)} WITH (FORCE)")

    if connection.vendor == "postgresql":
        connection.creation._destroy_test_db = destroy  # beyond the end of this fixture

    flush = Flush.handle

    def flush_in_peace(command, **options):
        """A browser that has just been closed may have asked for something still: PostgreSQL ends one of the two."""
        for _try in range(5):
            with suppress(CommandError):
                return flush(command, **options)
            sleep(0.5)
        return flush(command, **options)

    with (
        patch("django.core.management.commands.flush.emit_post_migrate_signal", put_back),
        patch.object(Flush, "handle", flush_in_peace),
        patch.object(connection.ops, "sql_flush", delete),
    ):
        yield


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Files and caches of one test are not another's."""
    settings.STORAGES = settings.STORAGES | {
        name: settings.STORAGES[name] | {"OPTIONS": settings.STORAGES[name]["OPTIONS"] | {"location": tmp_path / name}}
        for name in FILES
    }
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    cache.clear()


@pytest.fixture(autouse=True)
def in_english():
    """Outside a request, whose address decides, tests speak the language of the messages' own words."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def plain_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def redis_cache(settings):
    """The cache in a real Redis, and a client that looks into it."""
    import redis

    url = os.environ["TEST_REDIS_URL"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    looking = redis.Redis.from_url(url)
    looking.flushdb()
    yield looking
    looking.flushdb()
    looking.close()


@pytest.fixture(autouse=True)
def own_reads(monkeypatch):
    """The reads that one test counts are not stored by a timer in the middle of another."""
    from news import reading

    monkeypatch.setattr(reading, "buffer", reading.Buffer())
    monkeypatch.setattr(reading.Buffer, "start_timer", lambda buffer: None)


@pytest.fixture(autouse=True)
def own_bucket(monkeypatch, settings):
    """The posts of one test are no flood for the next one."""
    from comments import flood

    settings.POSTS_A_MINUTE = 60_000
    for name, kind in {
        "kinds": flood.make_kinds,
        "sessions": flood.Bucket,
        "told": flood.Bucket,
    }.items():
        monkeypatch.setattr(flood, name, kind())
