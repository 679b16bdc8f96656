from django.urls import path

from procedures.views.fees import pages

SET = "<int:pk>/"

urlpatterns = [
    path("", pages.index, name="fee_sets"),
    path("moi/", pages.create, name="fee_set_new"),
    path(SET, pages.show, name="fee_set"),
    path(f"{SET}mo-ta/", pages.describe, name="fee_set_describe"),
    path(f"{SET}them/", pages.add, name="fee_add"),
    path(f"{SET}sua/<int:change>/", pages.edit, name="fee_edit"),
    path(f"{SET}bo/<int:change>/", pages.remove, name="fee_remove"),
    path(f"{SET}trinh-duyet/", pages.submit, name="fee_set_submit"),
    path(f"{SET}tra-lai/", pages.back, name="fee_set_back"),
    path(f"{SET}huy/", pages.discard, name="fee_set_discard"),
    path(f"{SET}cong-bo/", pages.publish, name="fee_set_publish"),
]
