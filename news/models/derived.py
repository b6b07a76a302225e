"""What is derived from articles: the generation of public pages, and the words for search."""

from django.conf import settings
from django.db import models

from .articles import Article


class Generation(models.Model):
    """One number a language, part of every cached page's key (news/caching.py)."""

    language = models.CharField(primary_key=True, max_length=10)
    number = models.PositiveBigIntegerField(default=1)

    def __str__(self):
        return f"{self.language} {self.number}"


class SearchDocument(models.Model):
    """An article's words in one language, as news/search.py analysed them. The database keeps the index by itself:
    a generated column with a GIN index on PostgreSQL, a full-text table with triggers on SQLite (migration 0002)."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="search_documents")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.TextField(blank=True)
    lead = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="one_document_a_language")]

    def __str__(self):
        return f"{self.article_id} · {self.language}"
