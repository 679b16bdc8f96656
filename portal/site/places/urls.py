from django.urls import path

from portal.site.places import counters, suggestions

app_name = "agencies"
urlpatterns = [
    path("dia-ban/goi-y/", suggestions.suggestions, name="place_suggestions"),
    path("quay-gan-ban/", counters.near, name="counters_near"),
]
