"""Addresses of the demo's other systems."""

from __future__ import annotations

from django.urls import path

from reviewhub.demo.systems import customers, erp, finance, mailbox, suppliers

urlpatterns = [
    path("erp/orders", erp.orders),
    path("erp/orders/PO-<int:number>/cancellation", erp.cancellation),
    path("finance/budgets/<str:cost_center>", finance.budget),
    path("suppliers", suppliers.history),
    path("customers", customers.customer),
    path("mailbox/messages", mailbox.messages),
]
