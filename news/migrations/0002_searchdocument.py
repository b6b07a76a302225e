import django.db.models.deletion
from django.db import migrations, models

# The index is kept by the database itself, so that no row can be stored without it. Mind on SQLite: a later migration
# that makes news_searchdocument anew (any AlterField does) loses the triggers and has to create them again.
CREATE = {
    "postgresql": [
        """
        ALTER TABLE news_searchdocument ADD COLUMN vector tsvector GENERATED ALWAYS AS (
            setweight(to_tsvector('simple', title), 'A')
            || setweight(to_tsvector('simple', lead), 'B')
            || setweight(to_tsvector('simple', body), 'C')
        ) STORED
        """,
        "CREATE INDEX news_searchdocument_vector ON news_searchdocument USING gin (vector)",
    ],
    "sqlite": [
        """
        CREATE VIRTUAL TABLE news_search USING fts5(
            title, lead, body, content='news_searchdocument', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
        )
        """,
        """
        CREATE TRIGGER news_search_insert AFTER INSERT ON news_searchdocument BEGIN
            INSERT INTO news_search (rowid, title, lead, body) VALUES (new.id, new.title, new.lead, new.body);
        END
        """,
        """
        CREATE TRIGGER news_search_delete AFTER DELETE ON news_searchdocument BEGIN
            INSERT INTO news_search (news_search, rowid, title, lead, body)
            VALUES ('delete', old.id, old.title, old.lead, old.body);
        END
        """,
        """
        CREATE TRIGGER news_search_update AFTER UPDATE ON news_searchdocument BEGIN
            INSERT INTO news_search (news_search, rowid, title, lead, body)
            VALUES ('delete', old.id, old.title, old.lead, old.body);
            INSERT INTO news_search (rowid, title, lead, body) VALUES (new.id, new.title, new.lead, new.body);
        END
        """,
    ],
}
DROP = {
    "postgresql": ["ALTER TABLE news_searchdocument DROP COLUMN vector"],
    "sqlite": [
        "DROP TRIGGER news_search_insert",
        "DROP TRIGGER news_search_delete",
        "DROP TRIGGER news_search_update",
        "DROP TABLE news_search",
    ],
}


def run(statements):
    def code(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return code


class Migration(migrations.Migration):
    dependencies = [("news", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(choices=[("ru", "Russian"), ("en", "English"), ("zh-hans", "Chinese")], max_length=10)),
                ("title", models.TextField(blank=True)),
                ("lead", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                ("article", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="search_documents", to="news.article")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("article", "language"), name="one_document_a_language")],
            },
        ),
        migrations.RunPython(run(CREATE), run(DROP), elidable=False),
    ]
