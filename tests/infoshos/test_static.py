import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.middleware import WhiteNoiseMiddleware

from comments import threads
from infoshos import storage
from infoshos.storage import JOINED, StaticStorage
from news.models import column
from states.models import State
from tests.factories import make_article, make_section

SOURCE = settings.BASE_DIR / "static"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """``collected(name)``: the text of a joined file, as readers get it."""
    folder = tmp_path_factory.mktemp("collected")
    target, source = StaticStorage(location=folder, base_url="/static/"), FileSystemStorage(SOURCE)
    target.compress_files = lambda *_args: ()  # whitenoise's own; takes half a minute
    names = [str(path.relative_to(SOURCE)) for kind in ("css", "fonts", "js") for path in (SOURCE / kind).iterdir()]
    for name in names:
        with source.open(name) as file:
            target.save(name, file)
    done = list(target.post_process({name: (source, name) for name in names}))
    assert not [error for *_names, error in done if isinstance(error, Exception)]
    read = lambda name: Path(folder, target.hashed_files[name]).read_text()  # noqa: E731
    read.hashed = target.hashed_files
    read.path = lambda name: Path(folder, target.hashed_files[name])
    return read


@pytest.mark.parametrize(
    ("name", "layers", "rule"),
    [
        ("css/site.css", ("tokens", "base", "layout", "components", "print"), ".story__tools"),
        ("css/sheet.css", ("tokens", "base", "print"), ".digest__title"),
    ],
)
def test_styles_of_a_page_are_one_file(collected, name, layers, rule):
    joined = collected(name)

    assert "@import" not in joined
    assert "/*" not in joined
    assert "  " not in joined
    for layer in layers:
        assert f"@layer {layer} {{" in joined
    assert rule in joined
    assert f'url("../{collected.hashed["fonts/serif-latin.woff2"]}")' in joined


@pytest.mark.parametrize("name", ["js/site.js", "js/article.js"])
def test_modules_of_a_page_are_one_file(collected, name):
    joined = collected(name)

    modules = storage.MODULE.findall((SOURCE / name).read_text())
    assert len(modules) > 1
    assert re.findall(r"^(?:import|export)\b.*", joined, re.MULTILINE) == []
    for module in modules:
        source = (SOURCE / "js" / module).read_text()
        assert not re.search(r"^import\b", source, re.MULTILINE), "a joined module imports nothing"
        assert source.count("`") % 2 == 0 and not re.search(
            r"^[^`\n]*(`[^`\n]*`[^`\n]*)*`[^`\n]*$", source, re.MULTILINE
        ), "no text of several lines, which would lose its indentation"
        code = [line.strip() for line in source.splitlines() if line.strip() and not line.strip().startswith("//")]
        assert "{\n" + "\n".join(code).replace("export const", "const") + "\n}" in joined, "in a block of its own"


def test_every_joined_file_is_there():
    assert [name for name in JOINED if not (SOURCE / name).exists()] == []


@pytest.mark.django_db  # an answer that is closed looks after the connection
@pytest.mark.parametrize(("path", "policy"), [("flags/kz.svg", "default-src 'none'"), ("js/video.js", None)])
def test_static_files_are_for_our_pages_and_a_drawing_runs_nothing(rf, settings, path, policy):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

    response = WhiteNoiseMiddleware(lambda request: None)(rf.get(f"/static/{path}"))

    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.get("Content-Security-Policy") == policy
    assert "Access-Control-Allow-Origin" not in response
    response.close()


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "kind"), [("favicon.ico", "image/x-icon"), ("apple-touch-icon.png", "image/png")])
def test_icons_that_are_asked_for_at_the_root_are_there(client, django_assert_num_queries, name, kind):
    with django_assert_num_queries(0):
        response = client.get(f"/{name}")
        assert b"".join(response.streaming_content) == (SOURCE / "icons" / name).read_bytes()

    assert response["Content-Type"] == kind
    assert response["Cache-Control"] == "public, max-age=86400"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Vary" not in response
    assert "Content-Language" not in response
    assert not response.cookies
    assert client.get(f"/{name}", headers={"If-Modified-Since": response["Last-Modified"]}).status_code == 304
    assert client.get(f"/en/{name}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ru", "en", "zh-hans"])
def test_story_without_pictures_weighs_at_most_60_kilobytes(client, collected, language):
    """As a phone fetches it: all that its page names but pictures, compressed, with the headers of each answer."""
    paragraphs = {"ru": "Паром пришёл в порт.", "en": "The ferry came into port.", "zh-hans": "渡轮中午抵港。"}
    section, states = make_section("politics"), State.objects.filter(iso2__in=["KZ", "CN"])
    for _story in range(12):
        make_article(section=section, states=states)
    body = "".join(f"<p>{number}. {paragraphs[language]}</p>" for number in range(60))
    article = make_article(section=section, states=states, **{column("body", language): body})
    for number in range(10):
        threads.post(article, language, text=f"{number}. {paragraphs[language]}", name="Reader", public=True)

    page = client.get(article.address(language), headers={"Accept-Encoding": "gzip"})

    names = set(re.findall(r'(?:href|src)="/static/((?:css|js|fonts)/[^"]+)"', gzip.decompress(page.content).decode()))
    headers = 500
    sizes = {name: len(gzip.compress(collected.path(name).read_bytes())) + headers for name in names}
    assert {"css/site.css", "js/article.js"} <= names
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) <= 15_000
    assert sum(sizes.values()) + len(page.content) + 2 * headers <= 60_000  # the page itself, and the browser's icon
