from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from infoshos.models import Magazine

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


def test_issue_is_read_as_pdf(client):
    issue = Magazine.objects.create(number="6", month=date(2013, 9, 1), title_en="The sixth", contents_en="One\nTwo")
    issue.pdf.save("six.pdf", ContentFile(PDF))

    html = client.get("/en/magazine/").content.decode()
    assert f'href="/magazine/{issue.pk}.pdf"' in html
    response = client.get(f"/magazine/{issue.pk}.pdf")
    assert b"".join(response) == PDF
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("stored", ["", "magazine/lost.pdf"])
def test_issue_without_a_file_is_not_found(client, stored):
    issue = Magazine.objects.create(number="6", month=date(2013, 9, 1), title_en="The sixth", pdf=stored)

    assert client.get(f"/magazine/{issue.pk}.pdf").status_code == 404


def test_issues_without_a_title_in_the_language_are_left_out(client):
    Magazine.objects.create(number="6", month=date(2013, 9, 1), title_ru="Шестой")

    assert "Шестой" in client.get("/magazine/").content.decode()
    assert "Шестой" not in client.get("/en/magazine/").content.decode()


def test_web_page_that_calls_itself_a_pdf_is_refused():
    issue = Magazine(number="6", month=date(2013, 9, 1), title_en="x")
    issue.pdf = ContentFile(b"<html>", name="six.pdf")

    with pytest.raises(ValidationError, match="not a PDF"):
        issue.full_clean()
