"""What a setting would do as it is typed, before it is saved: shown beside the form, and stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from orchestration.exceptions import NotFound
from reviewhub.accounts.auditing import ModelAdmin
from reviewhub.reviews.admin.previews import rows_of
from reviewhub.reviews.policy_texts import InvalidPolicy
from reviewhub.reviews.selectors.future import FutureEntry

SUPPOSED = "supposed"  # begins the names of the fields beside the form


@dataclass(frozen=True, slots=True)
class Fault:
    """`where`: a line of the text, or a field; empty where it is neither."""

    where: str
    said: str


class UnsavedAdmin(ModelAdmin):
    """`supposed_form` asks for a task that there is not; `foresee` answers for it."""

    change_form_template = "admin/unsaved.html"
    supposed_form: type[forms.Form]

    def foresee(self, request: HttpRequest, given: Mapping[str, Any]) -> Sequence[FutureEntry]:
        """By the fields of the form as they were typed (`request.POST`). Raises InvalidPolicy, ValidationError."""
        raise NotImplementedError

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.unsaved)
        return [path("unsaved/", view, name=f"reviews_{self.opts.model_name}_unsaved"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.has_change_permission(request):
            context["supposed"] = self.supposed_form(prefix=SUPPOSED)
            context["unsaved"] = f"admin:reviews_{self.opts.model_name}_unsaved"
        return super().render_change_form(request, context, *args, **kwargs)

    def unsaved(self, request: HttpRequest) -> HttpResponse:
        """A part of the page where its script asks, and a page where there is none."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        supposed = self.supposed_form(request.POST, prefix=SUPPOSED)
        faults = _faults_of_fields(supposed)
        entries: Sequence[FutureEntry] = ()
        if not faults:
            entries, faults = self._foreseen(request, supposed.cleaned_data)
        shown = {"faults": faults, "rows": rows_of(entries), "opts": self.opts, "title": _("As it is typed")}
        if request.headers.get("X-Requested-With"):
            return render(request, "admin/foreseen.html", shown)
        return render(request, "admin/foreseen_page.html", {**self.admin_site.each_context(request), **shown})

    def _foreseen(self, request: HttpRequest, given: Mapping[str, Any]) -> tuple[Sequence[FutureEntry], list[Fault]]:
        try:
            return self.foresee(request, given), []
        except InvalidPolicy as error:
            return (), [Fault(_("Line %(line)s") % {"line": line}, said) for line, said in error.faults]
        except forms.ValidationError as error:
            return (), [Fault("", said) for said in map(str, error.messages)]
        except NotFound as error:
            return (), [Fault("", str(error))]
        except OverflowError:
            return (), [Fault("", _("This would come later than the calendar goes."))]


def _faults_of_fields(form: forms.Form) -> list[Fault]:
    return [Fault(str(form[name].label), str(said)) for name, faults in form.errors.items() for said in faults]
