from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "reviewhub.realtime"
    label = "realtime"
