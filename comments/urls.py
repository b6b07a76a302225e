from django.urls import path

from . import discussion_views, own_views, views

app_name = "comments"
urlpatterns = [
    path("<int:pk>/", discussion_views.discussion, name="discussion"),
    path("<int:pk>/thread/<int:branch>/", discussion_views.discussion, name="thread"),
    path("c<int:pk>/", discussion_views.permalink, name="permalink"),
    path("vote/<int:pk>/", discussion_views.vote, name="vote"),
    path("<int:pk>/new/", views.new, name="new"),
    path("<int:pk>/sent/", views.after, name="sent"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("own/", own_views.own_list, name="own"),
    path("own/<int:pk>/", own_views.own_comment, name="own_comment"),
    path("own/forget/", own_views.forget, name="forget"),
    path("own/<str:token>/", own_views.own_mailed, name="own_mailed"),
    path("mine/", own_views.mine, name="mine"),
    path("mine/<str:token>/", own_views.mine_linked, name="mine_linked"),
    path("mine/<str:token>/export.json", own_views.mine_export, name="mine_export"),
    path("mute/<str:token>/", views.mute, name="mute"),
    path("report/<int:pk>/", views.report, name="report"),
    path("typo/<int:pk>/", views.typo, name="typo"),
    path("typo/<int:pk>/thanks/", views.typo_thanks, name="typo_thanks"),
]
