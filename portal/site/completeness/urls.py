from django.urls import URLPattern, path

from portal.site.completeness import pages, views

urlpatterns: list[URLPattern] = [
    path("muc-do-day-du/", views.completeness, name="completeness"),
    path("van-hanh/doi-soat/", pages.differences, name="differences"),
    path("van-hanh/doi-soat/<int:difference_id>/gui-lai/", pages.repeat, name="repeat_difference"),
    path("van-hanh/kiem-tra/", pages.inspections, name="inspections"),
    path("van-hanh/kiem-tra/boc-mau/", pages.inspection_draw, name="inspection_draw"),
    path("van-hanh/kiem-tra/<int:draw_id>/", pages.inspection, name="inspection"),
    path("van-hanh/kiem-tra/<int:draw_id>/hoi-lai/", pages.inspection_ask, name="inspection_ask"),
    path("van-hanh/kiem-tra/<int:draw_id>/<int:position>/", pages.inspection_judge, name="inspection_judge"),
]
