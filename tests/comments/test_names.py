import pytest

from comments import names
from comments.models import PendingComment
from tests.factories import make_author, make_user

from .conftest import STRANGER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        "Admin", "ADMIN", "аdmin", "аdмin", "Αdmin", "ａｄｍｉｎ", "Ad\u200bmin", "A d m i n", "Adm1n", "Admįn", "The Editors",
        "admin7", "𝐀𝐝𝐦𝐢𝐧", "Moderator", "rnoderator", "lnfoSCO", "InfоSCО", "InfoSCO desk",
        "Редакция", "редакция ИнфоШОС", "РЕДАКТОР", "Peдакция", "Р е д а к ц и я", "Модератор №1", "АДМИНИСТРАТОР", "админ",
        "Модераторы", "Главред", "Секретариат ШОС", "SCO Secretariat", "ИнфоSCO", "編輯部", "上合组织秘书处",
        "编辑部", "本站编辑", "管理员", "管 理 员", "小编",
    ],
)  # fmt: skip
def test_the_desks_names_are_refused_however_they_are_drawn(name):
    assert names.is_the_desks(name)


@pytest.mark.parametrize(
    "name",
    [
        "Айгуль",
        "Tom Edison",
        "李明",
        "王小平",
        "Админо Петров",
        "Adminton",
        "Éditha",
        "Мода",
        "O'Neil",
        "🙂",
        "Ed",
        "Хасан",
    ],
)
def test_readers_names_are_free(name):
    assert not names.is_the_desks(name)


@pytest.mark.parametrize(
    "name", ["Anna Petrova", "ANNA  PETROVA", "Petrova Anna", "Аnnа Pеtrоvа", "AnnaPetrova", "Änna Petrova"]
)
def test_those_who_work_here_are_not_passed_for(name):
    assert not names.is_the_desks(name)
    make_user("anna", first_name="Anna", last_name="Petrova", is_staff=True)

    assert names.is_the_desks(name)
    assert not names.is_the_desks("Anna")
    assert not names.is_the_desks("Anna Petrov")


def test_authors_are_not_passed_for_in_any_language():
    make_author(name_ru="Игорь Соколов", name_en="Igor Sokolov", name_zh_hans="索科洛夫")

    assert all(map(names.is_the_desks, ("Игорь Соколов", "Соколов Игорь", "Igor Sokolov", "索科洛夫")))


def test_names_are_checked_in_a_constant_number_of_queries(django_assert_num_queries):
    for number in range(5):
        make_user(first_name="Reader", last_name=str(number), is_staff=True)
        make_author()
    with django_assert_num_queries(2):
        names.is_the_desks("Somebody")


@pytest.mark.parametrize(
    ("language", "said"), [("/en", "somebody of the desk"), ("", "редакции"), ("/zh-hans", "编辑部")]
)
def test_the_form_says_so_beside_the_name_and_keeps_the_text(client, article, language, said):
    response = client.post(f"{language}/comments/{article.pk}/new/", STRANGER | {"name": "Аdmin"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]
    assert said in response.content.decode().partition('id="comment-name_error"')[2][:200]
    assert STRANGER["text"] == response.context["form"]["text"].value()
    assert not PendingComment.objects.exists()
