import re

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from infoshos import offline

pytestmark = pytest.mark.django_db
FOREIGN = {"": r"[\u4e00-\u9fff]", "/en": r"[\u4e00-\u9fff\u0400-\u04ff]", "/zh-hans": r"[\u0400-\u04ff]"}


@pytest.mark.parametrize(
    ("prefix", "lang", "name"), [("", "ru", "ИнфоШОС"), ("/en", "en", "InfoSCO"), ("/zh-hans", "zh-Hans", None)]
)
def test_manifest_is_in_one_language(client, prefix, lang, name):
    response = client.get(f"{prefix}/manifest.webmanifest")

    found = response.json()
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (found["lang"], found["id"], found["start_url"], found["scope"]) == (lang, f"{prefix}/", f"{prefix}/", "/")
    assert name is None or found["name"] == name
    assert {shortcut["url"].startswith(f"{prefix}/") for shortcut in found["shortcuts"]} == {True}
    words = " ".join([found["name"], found["description"], *(shortcut["name"] for shortcut in found["shortcuts"])])
    assert not re.search(FOREIGN[prefix], words)


def test_manifest_is_answered_with_304(client):
    response = client.get("/en/manifest.webmanifest")

    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get("/en/manifest.webmanifest", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_icons_exist_and_have_their_size(client):
    icons = client.get("/en/manifest.webmanifest").json()["icons"]

    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    for icon in icons:
        path = finders.find(icon["src"].removeprefix("/static/"))
        if icon["type"] == "image/png":
            with Image.open(path) as image:
                assert icon["sizes"] == f"{image.width}x{image.height}"


def test_icons_that_are_missing_are_not_named(client, monkeypatch):
    monkeypatch.setattr(offline, "ICONS", [*offline.ICONS, ("icons/nowhere.png", "64x64", "image/png", "maskable")])

    assert "nowhere" not in client.get("/en/manifest.webmanifest").content.decode()


@pytest.mark.parametrize("address", ["/", "/en/", "/zh-hans/"])
def test_pages_name_the_manifest_of_their_language(client, address):
    assert f'<link rel="manifest" href="{address}manifest.webmanifest">' in client.get(address).content.decode()
