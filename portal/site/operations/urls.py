from django.urls import URLPattern, path

from portal.site.operations import questions, views

urlpatterns: list[URLPattern] = [
    path("van-hanh/", views.overview, name="operations"),
    path("van-hanh/cho-nguoi/", views.parked, name="operations_parked"),
    path("van-hanh/cho-nguoi/gui-lai/", views.replay_ticked, name="operations_replay"),
    path("van-hanh/cho-nguoi/gui-lai-khoang/", views.replay_range, name="operations_replay_range"),
    path("van-hanh/ket-noi/<str:name>/", views.channel, name="operations_channel"),
    path("hoi-dap/", questions.questions, name="questions"),
    path("hoi-dap/<int:call_id>/", questions.answer, name="answer_question"),
]
