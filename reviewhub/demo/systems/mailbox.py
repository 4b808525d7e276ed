"""The demo's mailbox: takes every mail that leaves the product, once for each Idempotency-Key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from orchestration.ports import clock
from reviewhub.demo.models import Mail
from reviewhub.demo.systems.access import body_of, called_with, refusal

NEEDED = ("to", "subject", "text")


@called_with("mailbox")
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    key, mail = request.headers.get("Idempotency-Key", ""), body_of(request)
    if not key or mail is None or not all(isinstance(mail.get(name), str) for name in NEEDED):
        return refusal(422, "A mail needs an Idempotency-Key, to, subject and text.")
    kept, created = Mail.objects.get_or_create(
        idempotency_key=key[:300],
        defaults={
            "to": mail["to"][:254],
            "subject": mail["subject"][:250],
            "text": mail["text"],
            "received_at": clock().process_now(),
        },
    )
    return JsonResponse({"message_id": f"<{kept.pk}@mail.demo>"}, status=201 if created else 200)
