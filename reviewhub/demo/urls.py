"""Addresses of the demo. They exist in demo mode only."""

from __future__ import annotations

from django.urls import include, path

from reviewhub.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.tour, name="tour"),
    path("happened/", views.happened, name="happened"),
    path("events/", views.events, name="events"),
    path("erp/", views.erp, name="erp"),
    path("people/<slug:username>/", views.become, name="become"),
    path("systems/", include("reviewhub.demo.systems.urls")),
]
