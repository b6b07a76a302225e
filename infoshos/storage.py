from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for ever, in ES modules' imports too."""

    support_js_module_import_aggregation = True
    manifest_strict = False
