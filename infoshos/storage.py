import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED = ("css/site.css", "css/sheet.css", "js/site.js", "js/article.js")
SHEET = re.compile(r'@import url\("([\w-]+\.css)"\);')
MODULE = re.compile(r'import "\./([\w-]+\.js)";')


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for ever, in ES modules' imports too; files that only import others (JOINED) hold them instead."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def post_process(self, paths, dry_run=False, **options):
        for name in JOINED if not dry_run else ():
            if name in paths:
                join = joined_sheets if name.endswith(".css") else joined_modules
                content = join(paths, name)
                self.delete(name)
                self.save(name, ContentFile(content.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def read(paths, name):
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def joined_sheets(paths, name):
    """Without comments, and with one space for each white space: a tenth less on the wire."""
    css = SHEET.sub(lambda match: read(paths, f"css/{match[1]}"), read(paths, name))
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def joined_modules(paths, name):
    """Each module in a block of its own, where its names stay; none of them imports anything. Without lines that are
    comments, and without indentation: a fifth less on the wire."""

    def block(match):
        return (
            "{\n" + re.sub(r"^export (?=const|function)", "", read(paths, f"js/{match[1]}"), flags=re.MULTILINE) + "}"
        )

    return re.sub(r"^\s*//.*\n|^\s+", "", MODULE.sub(block, read(paths, name)), flags=re.MULTILINE)
