import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Files and caches of one test are not another's."""
    settings.STORAGES = settings.STORAGES | {
        name: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": settings.STORAGES[name]["OPTIONS"] | {"location": tmp_path / name},
        }
        for name in ("default", "originals", "renditions")
    } | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    cache.clear()


@pytest.fixture(autouse=True)
def plain_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
