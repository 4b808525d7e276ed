"""Business calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration.api import InvalidCalendar, calendar_from
from reviewhub.accounts.auditing import AnyForm, actor_behind
from reviewhub.accounts.models.people import validate_zone
from reviewhub.reviews.admin.previews import ComesForm, supposed_of
from reviewhub.reviews.admin.unsaved import UnsavedAdmin
from reviewhub.reviews.admin.versions import VersionedAdmin, VersionInline
from reviewhub.reviews.holidays import holidays_of
from reviewhub.reviews.models import BusinessCalendar, BusinessCalendarVersion
from reviewhub.reviews.selectors.future import FutureEntry
from reviewhub.reviews.selectors.preview import foreseen, unsaved_calendar
from reviewhub.reviews.services.settings import save_calendar

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


OF_THE_CALENDAR = ("zone", "country", "subdivision", "extra_holidays", *DAYS)


class CalendarForm(AnyForm):
    zone = forms.CharField(validators=[validate_zone], help_text=_lazy("Like Europe/Helsinki."))
    country = forms.CharField(max_length=2, required=False, help_text=_lazy("Public holidays of a country, like FI."))
    subdivision = forms.CharField(max_length=6, required=False, help_text=_lazy("Of a part of it, like BY in DE."))
    extra_holidays = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("More days off, like 2026-12-24, one a line."),
    )
    mon = forms.CharField(
        label="Monday", required=False, help_text=_lazy("Like 09:00-12:30, 13:30-17:00; empty is closed.")
    )
    tue = forms.CharField(label="Tuesday", required=False)
    wed = forms.CharField(label="Wednesday", required=False)
    thu = forms.CharField(label="Thursday", required=False)
    fri = forms.CharField(label="Friday", required=False)
    sat = forms.CharField(label="Saturday", required=False)
    sun = forms.CharField(label="Sunday", required=False)

    begins_with: Any = None

    class Meta:
        model = BusinessCalendar
        fields = ("title", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.begins_with or (self.instance.current if self.instance.pk else None)
        if current is not None:
            for name in ("zone", "country", "subdivision"):
                self.initial[name] = getattr(current, name)
            self.initial["extra_holidays"] = "\n".join(current.extra_holidays)
            for day in DAYS:
                self.initial[day] = ", ".join(current.week.get(day, ()))

    def clean_extra_holidays(self) -> list[date]:
        words = self.cleaned_data["extra_holidays"].replace(",", " ").split()
        try:
            return [date.fromisoformat(word) for word in words]
        except ValueError as error:
            raise forms.ValidationError(_("A day is written like 2026-12-24: %(error)s") % {"error": error}) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors.keys() & {*OF_THE_CALENDAR}:
            return cleaned
        try:
            holidays_of(cleaned["country"], cleaned["subdivision"])
            calendar_from({"name": "calendar", "zone": cleaned["zone"], "week": self.week()})
        except InvalidCalendar as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned

    def week(self) -> dict[str, list[str]]:
        given = {day: [text.strip() for text in self.cleaned_data[day].split(",") if text.strip()] for day in DAYS}
        return {day: blocks for day, blocks in given.items() if blocks}


class CalendarVersionInline(VersionInline):
    model = BusinessCalendarVersion
    readonly_fields = ("number", "zone", "opening_hours", "days_off", "created_at", "created_by")

    @admin.display(description="opening hours")
    def opening_hours(self, version: BusinessCalendarVersion) -> str:
        return "; ".join(f"{DAYS[day][:3]} {', '.join(version.week[day])}" for day in DAYS if version.week.get(day))

    @admin.display(description="days off")
    def days_off(self, version: BusinessCalendarVersion) -> str:
        place = f"{version.country} {version.subdivision}".strip()
        return ", ".join(part for part in (place, *version.extra_holidays) if part) or "none"


class DueForm(ComesForm):
    hours = forms.DecimalField(
        label=_lazy("Due after"), initial=8, min_value=0, max_value=10_000, help_text=_lazy("Working hours.")
    )


@admin.register(BusinessCalendar)
class CalendarAdmin(UnsavedAdmin, VersionedAdmin):
    form = CalendarForm
    supposed_form = DueForm
    inlines = (CalendarVersionInline,)
    fieldsets = (
        (None, {"fields": ("title", "name", "zone")}),
        (_lazy("Opening hours"), {"fields": tuple(DAYS)}),
        (_lazy("Days off"), {"fields": ("country", "subdivision", "extra_holidays")}),
    )

    def foresee(self, request: HttpRequest, given: Mapping[str, Any]) -> Sequence[FutureEntry]:
        """When a task of so many working hours would be due."""
        form = CalendarForm(request.POST)
        wrong = [f"{form[name].label}: {said}" for name in OF_THE_CALENDAR for said in form.errors.get(name, ())]
        wrong += [str(said) for said in form.non_field_errors()]
        if wrong:
            raise forms.ValidationError(wrong)
        typed = form.cleaned_data
        place = {name: typed[name] for name in ("zone", "country", "subdivision")}
        calendar = unsaved_calendar(**place, week=form.week(), extra=typed["extra_holidays"])
        return foreseen(supposed_of(given), clock={"due": float(given["hours"] * 3600)}, calendar=calendar)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        version = save_calendar(
            name=obj.name,
            title=given["title"],
            zone=given["zone"],
            week=form.week(),
            country=given["country"].upper(),
            subdivision=given["subdivision"].upper(),
            extra_holidays=given["extra_holidays"],
            actor=actor_behind(request),
        )
        obj.pk, obj.current = version.calendar_id, version
