import io
from datetime import date

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from infoshos import magazine
from infoshos.models import Magazine

from ..factories import make_image
from ..news.test_admin import posted, signed_in

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


def test_file_of_an_issue_that_no_page_shows_yet_is_not_found(client):
    issue = Magazine.objects.create(number="6", month=date(2013, 9, 1))
    issue.pdf.save("six.pdf", ContentFile(PDF))
    assert client.get(f"/magazine/{issue.pk}.pdf").status_code == 404

    issue.title_zh_hans = "第六期"
    issue.save()

    assert b"".join(client.get(f"/magazine/{issue.pk}.pdf")) == PDF


def test_issues_without_a_title_in_the_language_are_left_out(client):
    Magazine.objects.create(number="6", month=date(2013, 9, 1), title_ru="Шестой")

    assert "Шестой" in client.get("/magazine/").content.decode()
    assert "Шестой" not in client.get("/en/magazine/").content.decode()


def make_pdf(pages=3, size=(600, 800), password=None):
    """A PDF of blank pages, as pypdf makes it."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(*size)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def refused(content):
    issue = Magazine(number="6", month=date(2013, 9, 1), title_en="x")
    issue.pdf = ContentFile(content, name="six.pdf")
    with pytest.raises(ValidationError) as caught:
        issue.full_clean()
    return caught.value.message_dict["pdf"][0]


def test_web_page_that_calls_itself_a_pdf_is_refused():
    assert refused(b"<html>") == "This file is not a PDF."


@pytest.mark.parametrize("content", [PDF, b"%PDF-1.7\n" + b"\x00\xff" * 500, make_pdf()[:150]])
def test_broken_pdf_is_refused_with_a_clear_sentence(content):
    assert "damaged" in refused(content)


def test_other_unusable_pdfs_are_refused_each_with_its_reason(monkeypatch):
    assert "password" in refused(make_pdf(password="secret"))
    assert "no cover" in refused(make_pdf(size=(10, 700)))
    assert "damaged" in refused(make_pdf(pages=0))
    monkeypatch.setattr(magazine, "MAX_PAGES", 2)
    assert "3 pages" in refused(make_pdf(pages=3))
    monkeypatch.setattr(magazine, "MAX_BYTES", 100)
    assert "too large" in refused(make_pdf())


def test_cover_is_made_of_the_first_page_and_pages_are_counted(client):
    editor = signed_in("Editor")
    page = editor.get("/en/admin/infoshos/magazine/add/")
    data = posted(page) | {"month": "2026-11-01", "title_en": "November", "number": "7"}

    response = editor.post(
        "/en/admin/infoshos/magazine/add/", data | {"pdf": SimpleUploadedFile("seven.pdf", make_pdf(pages=3))}
    )

    assert response.status_code == 302
    issue = Magazine.objects.get()
    assert (issue.pages, issue.cover.width, issue.cover.height) == (3, 1200, 1600)
    assert issue.cover.alt_en == "Cover: November"
    assert not issue.cover.alt_ru
    html = client.get("/en/magazine/").content.decode()
    assert "3 pages" in html
    assert issue.cover.token in html


def test_chosen_cover_stays_and_a_refused_file_loses_nothing_typed():
    editor = signed_in("Editor")
    cover = make_image()
    page = editor.get("/en/admin/infoshos/magazine/add/")
    data = posted(page) | {"month": "2026-11-01", "title_en": "November", "cover": cover.pk}

    refusal = editor.post("/en/admin/infoshos/magazine/add/", data | {"pdf": SimpleUploadedFile("x.pdf", PDF)})
    assert refusal.status_code == 200
    html = refusal.content.decode()
    assert "damaged" in html
    assert 'value="November"' in html
    editor.post("/en/admin/infoshos/magazine/add/", data | {"pdf": SimpleUploadedFile("x.pdf", make_pdf())})

    assert Magazine.objects.get().cover == cover
