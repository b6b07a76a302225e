from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from infoshos.storage import SITE, StaticStorage

SOURCE = settings.BASE_DIR / "static"


def test_every_page_s_styles_are_one_file(tmp_path):
    storage, source = StaticStorage(location=tmp_path, base_url="/static/"), FileSystemStorage(SOURCE)
    names = [str(path.relative_to(SOURCE)) for folder in ("css", "fonts") for path in (SOURCE / folder).iterdir()]
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)

    done = list(storage.post_process({name: (source, name) for name in names}))

    assert not [error for *_names, error in done if isinstance(error, Exception)]
    joined = Path(tmp_path, storage.hashed_files[SITE]).read_text()
    assert "@import" not in joined
    for name in ("tokens", "base", "layout", "components"):
        assert f"@layer {name} {{" in joined
    assert f'url("../{storage.hashed_files["fonts/serif-latin.woff2"]}")' in joined
