"""What holds the house together: which way imports run, who reads the environment, what templates may not hold."""

import ast
import re
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent
FLOORS = ["states", "news", "comments", "infoshos"]  # the lowest first
MODULES = sorted(path for app in FLOORS for path in (BASE / app).rglob("*.py"))
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:ld\+)?json[\"'])", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
}


def relative(path):
    return str(path.relative_to(BASE))


def imports(path):
    """The top-level names that a module imports, also inside its functions and by import_module("…")."""
    package = path.relative_to(BASE).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                up = package[: len(package) - node.level + 1]
                yield up[0] if up else (node.module or "").partition(".")[0]
            else:
                yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            if getattr(node.func, "attr", getattr(node.func, "id", "")) in {"import_module", "import_string"}:
                yield str(node.args[0].value).partition(".")[0]


def above(app):
    return set(FLOORS[FLOORS.index(app) + 1 :])


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_run_downwards(path):
    assert set(imports(path)) & above(path.relative_to(BASE).parts[0]) == set()


def test_the_rule_sees_every_kind_of_import(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_architecture.BASE", tmp_path)
    module = tmp_path / "states" / "rates.py"
    module.parent.mkdir()
    module.write_text(
        "import news.models\n"
        "def late():\n"
        "    from comments import models\n"
        "    from .models import State\n"
        "    import_module('infoshos.views')\n"
    )
    assert set(imports(module)) == {"news", "comments", "states", "infoshos"}


def foreign_keys():
    from django.apps import apps

    for app in FLOORS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.get_fields(include_hidden=False):
                # The user model is named by AUTH_USER_MODEL, as every Django app names it.
                if (
                    field.is_relation
                    and field.concrete
                    and field.related_model
                    and field.related_model.__name__ != "User"
                ):
                    yield app, field.related_model._meta.app_label, str(field)


def test_foreign_keys_run_downwards():
    wrong = [field for app, target, field in foreign_keys() if target in above(app)]
    assert wrong == []


def reads_environment(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if alias.name in {"environ", "getenv"})


def test_only_the_settings_read_the_environment():
    allowed = {"infoshos/settings.py", "infoshos/wsgi.py"}
    readers = {relative(path) for path in MODULES if list(reads_environment(path))}
    assert readers - allowed == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_needs_nothing_that_the_policy_forbids(path):
    if "email" in path.parts:
        pytest.skip("mails have no content security policy")
    markup = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)
    if "admin" in path.parts:  # is not cached, so its tags may carry a nonce
        markup = re.sub(r"<(?:style|script)\b[^>]*{% csp_nonce_attr %}[^>]*>", "", markup)
    assert [name for name, pattern in INLINE.items() if pattern.search(markup)] == []


def referring_text():
    paths = [*MODULES, *TEMPLATES, *(BASE / "templates").rglob("*.txt"), *(BASE / "static").rglob("*.js"),
             *(BASE / "static").rglob("*.css")]  # fmt: skip
    return {path: path.read_text(encoding="utf-8") for path in set(paths)}


def test_every_script_and_style_sheet_is_used():
    texts = referring_text()
    assets = [path for path in (BASE / "static").rglob("*") if path.suffix in {".js", ".css"}]
    unused = [
        relative(asset)
        for asset in assets
        if not any(
            re.search(rf"[/\"']{re.escape(asset.name)}\b", text) for path, text in texts.items() if path != asset
        )
    ]
    assert unused == []


def test_every_static_file_that_a_template_names_exists():
    named = {
        (relative(path), name)
        for path in TEMPLATES
        for name in re.findall(r"{% static [\"']([^\"']+)[\"']", path.read_text(encoding="utf-8"))
    }
    from django.contrib.staticfiles import finders

    assert [place for place in sorted(named) if not finders.find(place[1])] == []
