import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SITE = "css/site.css"
IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);')


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for ever, in ES modules' imports too; the sheets that css/site.css imports stand in it."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def post_process(self, paths, dry_run=False, **options):
        if SITE in paths and not dry_run:
            joined = IMPORT.sub(lambda match: read(paths, f"css/{match[1]}"), read(paths, SITE))
            self.delete(SITE)
            self.save(SITE, ContentFile(joined.encode()))
            paths[SITE] = (self, SITE)
        yield from super().post_process(paths, dry_run, **options)


def read(paths, name):
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
