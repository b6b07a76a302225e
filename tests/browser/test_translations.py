"""Saying "still right" beside a text that is being written, with and without JavaScript."""

from news.models import Translation

from ..factories import make_article, make_user


def make_stale():
    article = make_article(body_ru="<p>Раз два</p><p>Три четыре</p>", body_en="<p>One two</p><p>Three four</p>")
    article.body_ru = "<p>Раз новое</p><p>Три новое</p>"
    article.save()
    return article


def test_still_right_is_said_without_leaving_what_is_typed(page, live_server, sign_in):
    article = make_stale()
    sign_in(make_user(groups=["Translator"], languages=["en"]))
    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    page.fill("#id_title_en", "Typed and not saved")

    page.click("text=The translation is still right >> nth=0")

    heading = page.locator("[data-still-right] h2")
    heading.filter(has_text="1 segment of the source has changed").wait_for()
    assert heading.evaluate("element => element === document.activeElement")
    page.click("text=The translation is still right >> nth=0")
    heading.filter(has_text="up to date").wait_for()
    assert page.input_value("#id_title_en") == "Typed and not saved"
    assert Translation.objects.get(language="en").segments == 0


def test_still_right_without_javascript(browser, live_server, page, sign_in):
    article = make_stale()
    sign_in(make_user(groups=["Translator"], languages=["en"]))
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")

    plain.click("text=All of it is still right")

    assert plain.url.endswith(f"/en/admin/news/article/{article.pk}/translation/en/")
    assert "2 segments are marked as still right." in plain.inner_text("body")
    context.close()
