"""The desk's pages for everybody: axe-core finds nothing on them, minor things included, in both schemes and on a phone; none
is wider than its screen, and none breaches the content security policy (quiet_console)."""

import pytest
import reversion
from axe_playwright_python.sync_playwright import Axe

from comments import threads
from comments.models import TypoReport
from news import publication
from tests.factories import make_article, make_author, make_image, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {
    "desk": "",
    "articles": "news/article/",
    "new article": "news/article/add/",
    "article": "news/article/{article}/change/",
    "notes": "news/article/{article}/colleagues/",
    "waiting changes": "news/article/{article}/changes/en/",
    "preview": "news/article/{article}/preview/",
    "proof": "news/article/{article}/proof/",
    "history": "news/article/{article}/history/",
    "comparison": "news/article/{article}/history/compare/",
    "deletion": "news/article/{draft}/delete/",
    "deletion refused": "news/article/{article}/delete/",
    "library": "news/image/",
    "picture": "news/image/{image}/change/",
    "picker": "news/image/picker/",
    "upload": "news/image/upload/",
    "home page": "news/homepageslot/",
    "translations": "news/translation/",
    "translation": "news/article/{article}/translation/en/",
    "files of translations": "news/translation/files/",
    "comments": "django_comments_xtd/xtdcomment/queue/",
    "typos": "comments/typoreport/queue/",
    "sections": "news/section/",
    "tag": "news/tag/{tag}/change/",
}


@pytest.fixture
def numbers():
    editor = make_user(groups=["Editor"])
    image, tag, section = make_image(), make_tag(), make_section()
    article = make_article(
        section=section, authors=[make_author()], tags=[tag], lead_image=image, body_en="<p>One two three.</p>"
    )
    article.gallery.create(image=image)
    article.notes.create(author=editor, text="Ask the ministry")
    article.assignments.create(assignee=editor, created_by=editor, task="Call them")
    for title in ("First words", "Second words"):
        with reversion.create_revision():
            article.title_en = title
            publication.save_edit(article, by=editor)
    article.working_copies.create(language="en", texts={"lead": "Waits"}, base_texts={"lead": article.lead_en})
    draft = make_article(["ru"], section=section, published=False)
    threads.post(article, "en", text="Held words", name="Reader", email="reader@example.org")
    TypoReport.objects.create(article=article, language="en", field="body", quote="two", correction="2")
    return {"article": article.pk, "draft": draft.pk, "image": image.pk, "tag": tag.pk}


def violations(page, quiet_console):
    said = len(quiet_console)
    found = Axe().run(page).response["violations"]
    del quiet_console[said:]  # axe tries inline styles, which the policy forbids
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1366, "dark"), (1366, "light")])
def test_pages_of_the_desk_are_for_everybody(page, live_server, sign_in, numbers, quiet_console, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    sign_in(make_user(groups=["Editor", "Moderator"]))
    found = []
    for name, address in PAGES.items():
        answer = page.goto(f"{live_server.url}/en/admin/{address.format(**numbers)}")
        assert answer.status == 200, name
        page.wait_for_timeout(300)  # scripts name what Django leaves nameless at the next frame
        found += [(name, *violation) for violation in violations(page, quiet_console)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append((name, "wider than its screen", wider))
    assert found == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_form_that_may_only_be_read_is_for_everybody(page, live_server, sign_in, numbers, quiet_console, scheme):
    page.emulate_media(color_scheme=scheme)
    sign_in(make_user(groups=["Moderator"]))
    page.goto(f"{live_server.url}/en/admin/news/article/{numbers['article']}/change/")
    page.wait_for_timeout(300)
    assert violations(page, quiet_console) == []


def test_open_list_of_choices_is_for_everybody(page, live_server, sign_in, numbers, quiet_console):
    sign_in(make_user(groups=["Editor"]))
    page.goto(f"{live_server.url}/en/admin/news/article/{numbers['article']}/change/")
    page.locator(".field-tags .select2-selection").click()
    page.locator(".select2-results__option").first.wait_for()
    page.wait_for_timeout(300)
    assert violations(page, quiet_console) == []
