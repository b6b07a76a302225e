import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from infoshos import storage
from infoshos.storage import JOINED, StaticStorage

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
    return read


@pytest.mark.parametrize(
    ("name", "layers", "rule"),
    [
        ("css/site.css", ("tokens", "base", "layout", "components"), ".story__tools"),
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
        assert "{\n" + source.replace("export const", "const") + "}" in joined, "in a block, where its names stay"


def test_every_joined_file_is_there():
    assert [name for name in JOINED if not (SOURCE / name).exists()] == []
