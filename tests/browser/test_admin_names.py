"""What Django's admin leaves without a name is named by a script."""

import pytest

from tests.factories import make_article, make_image, make_section, make_user

pytestmark = pytest.mark.django_db(transaction=True)

NAMELESS = """() => [...document.querySelectorAll(
    ".select2-selection, .select2-search__field, .select2-selection [role=textbox], #result_list td input[type=number]"
)].filter((element) => !element.getAttribute("aria-label") && !element.labels?.length).length"""


def test_boxes_of_the_article_s_form_have_names(page, live_server, sign_in):
    article = make_article(lead_image=make_image())
    sign_in(make_user(groups=["Editor"]))

    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    box = page.locator(".select2-selection").first
    box.wait_for()
    page.wait_for_function(f"({NAMELESS})() === 0")

    names = page.locator(".select2-selection").evaluate_all("boxes => boxes.map((box) => box.ariaLabel)")
    assert all(names)
    assert not any(name.endswith(":") for name in names)


def test_fields_in_the_rows_of_a_list_have_names(page, live_server, sign_in):
    make_section()
    sign_in(make_user(groups=["Editor"]))

    page.goto(f"{live_server.url}/en/admin/news/section/")
    page.wait_for_function(f"({NAMELESS})() === 0")

    assert page.locator("#result_list td input[type=number]").first.get_attribute("aria-label") == "Position"
