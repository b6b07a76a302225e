"""Every public address at which a story could show itself: the one list for all tests that look for a leak.

A place is the name of an address with its arguments; tests/news/test_embargo.py sees to it that none is forgotten.
"""

from urllib.parse import quote

from django.urls import get_resolver, reverse
from django.utils import timezone, translation

from infoshos.models import Page

LANGUAGES = ("ru", "en", "zh-hans")
# What takes a signed word or answers without a page: it tells of no story by being asked.
APART = {
    "news:shared_preview", "magazine_pdf", "read", "comments:confirm", "comments:mute", "comments:forget", "comments:own_mailed",
    "comments:mine_linked", "comments:mine_export",
    # Of a comment, which a story has only after it was public.
    "comments:permalink", "comments:report", "comments:vote", "comments:own_comment",
}  # fmt: skip


def title(article, language):
    return article.text("title", language)


def listed(article, language):
    """[(name, arguments, query)]: what shows the story as soon as it is out in the language."""
    at = timezone.localtime(max(filter(None, article.editions.values_list("published_at", flat=True))))
    day, month = f"{at:%Y-%m-%d}", [f"{at:%Y}", f"{at:%m}"]
    section, places = article.section.slug, []
    for state in article.states.all():
        places += [("states:detail", [state.slug], ""), ("news:digest", [], f"state={state.iso2}")]
        places += [("news:state_rss", [state.slug], ""), ("news:state_atom", [state.slug], "")]
    places += [("news:tag", [tag.slug], "") for tag in article.tags.all()]
    places += [("news:author", [author.slug], "") for author in article.authors.all()]
    return [
        ("home", [], ""), ("news:section", [section], ""), ("news:section_rss", [section], ""),
        ("news:section_atom", [section], ""), ("news:rss", [], ""), ("news:atom", [], ""),
        ("news:archive", [], ""), ("news:archive_year", month[:1], ""), ("news:archive_month", month, ""),
        ("news:archive_day", [*month, f"{at:%d}"], ""), ("news:digest_day", [day], ""),
        ("news:digest", [], f"section={section}"), ("news:corrections", [], ""),
        ("news:search", [], f"q={quote(title(article, language)[:-2])}"), *places,
    ]  # fmt: skip


def near(article, language, neighbour):
    """What has no cause to show it, or only beside something else: related stories, furniture, another moment."""
    slug = neighbour.edition_in(language).slug
    beside = [(name, [neighbour.pk, slug], "") for name in ("news:article", "news:print")]
    forms = [(name, [neighbour.pk], "") for name in ("comments:new", "comments:typo", "comments:discussion")]
    furniture = ("states:list", "magazine", "contact", "offline", "manifest", "comments:own", "comments:mine")
    return [
        *beside, *forms, *((name, [], "") for name in furniture), ("news:digest", [], ""),
        *(("page", [page.slug], "") for page in Page.objects.all()),
        ("home", [], "at=2099-01-01T09:00"),  # the desk's look ahead, asked for by a stranger
    ]  # fmt: skip


def of_the_site(article):
    """What is one for all languages."""
    number = article.pk // 5000 + 1
    maps = [("sitemap_articles", {"language": language}, f"p={number}") for language in LANGUAGES]
    return [("sitemap", [], ""), ("sitemap_part", ["topics"], ""), ("sitemap_part", ["pages"], ""),
            ("news_sitemap", [], ""), ("worker", [], ""), *maps]  # fmt: skip


def own(article, language):
    """The story's own addresses: what stands there is this story or nothing."""
    pk, edition = article.pk, article.edition_in(language)
    slug = edition.slug if edition else "none"
    named = (
        "news:number", "news:qr", "comments:new", "comments:sent", "comments:typo", "comments:typo_thanks",
        "comments:discussion",
    )  # fmt: skip
    return [
        *((name, [pk], "") for name in named), ("comments:new", [pk], "fragment=1"),
        ("comments:discussion", [pk], "language=all"), ("comments:thread", [pk, 1], ""),
        *((name, [pk, text], "") for name in ("news:article", "news:print") for text in (slug, "x")),
    ]  # fmt: skip


def pictures(article):
    """Where somebody who guesses would look for its picture; its address itself can't be guessed."""
    token = article.lead_image.token
    guesses = [("image", [guess, 1, "full-320.jpg"], "") for guess in (token[:-1], "0" * 22)]
    return [("library_image", [token], ""), *guesses]


def addresses(places, language):
    found = []
    with translation.override(language):
        for name, arguments, query in places:
            by_name = isinstance(arguments, dict)
            path = reverse(name, args=None if by_name else arguments, kwargs=arguments if by_name else None)
            found.append(f"{path}?{query}" if query else path)
    return found


def of_the_old_portal(article):
    """Addresses that had names in the old portal only; none where the story never stood there."""
    if article.legacy_idn is None:
        return []
    prefixes = ["/", "/en/", "/cn/", "/zh-hans/"]
    return [f"{prefix}{page}?idn={article.legacy_idn}" for prefix in prefixes for page in ("", "print.php")]


def names_of(article, language, neighbour):
    """All addresses that the list knows, by name."""
    places = listed(article, language) + near(article, language, neighbour) + of_the_site(article)
    return {name for name, *_rest in places + own(article, language) + pictures(article)}


def that_list(article, language):
    return addresses(listed(article, language), language)


def that_show_others(article, language, neighbour):
    return [*addresses([*near(article, language, neighbour), *of_the_site(article)], language), "/robots.txt"]


def of_its_own(article, language):
    return addresses([*own(article, language), *pictures(article)], language) + of_the_old_portal(article)


def traces(article):
    """What would give it away: its words, its number, its slugs, its picture."""
    slugs = {edition.slug for edition in article.editions.all()}
    words = {title(article, language) for language in LANGUAGES}
    return sorted({*words, *slugs, f"/news/{article.pk}", article.lead_image.token} - {"", None})


def leaks(article, neighbour, read):
    """Where the story shows itself, as [(address, what)]: none, while nobody may see it. ``read(address)`` gives (status, text)."""
    found, given_away, elsewhere, its_own = [], traces(article), set(), set()
    for language in LANGUAGES:
        elsewhere.update(that_list(article, language), that_show_others(article, language, neighbour))
        its_own.update(of_its_own(article, language))
    for address in sorted(elsewhere | its_own):
        status, text = read(address)
        if status != 404 and (status != 200 or address in its_own):
            found.append((address, status))
        # A page that was asked for by the story's own address may repeat the address.
        found += [(address, trace) for trace in given_away if trace in text.replace(address, "")]
    return found


def public_names():
    """The names of all addresses outside the desk."""
    names = set()

    def walk(resolver, prefix):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                if pattern.namespace != "admin":
                    walk(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
            elif pattern.name:
                names.add(prefix + pattern.name)

    walk(get_resolver(), "")
    return names
