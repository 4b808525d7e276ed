"""The wording of customers' messages and of the answers they got, by topic."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = (
    "Ines Duarte",
    "Tomas Berg",
    "Mei Tan",
    "Jo Walker",
    "Aylin Kaya",
    "Pavel Novak",
    "Grace Okafor",
    "Henrik Lund",
    "Lucia Ferri",
    "Sam Patel",
)
PLANS = ("basic", "basic", "plus", "business")


@dataclass(frozen=True, slots=True)
class Topic:
    """What people write about, and how customer care answers. An empty answer: none is needed."""

    name: str
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    middles: tuple[str, ...]
    answer: str


TOPICS = (
    Topic(
        "delivery",
        ("Where is my parcel?", "Delivery is late", "Tracking does not move", "My order has not arrived"),
        ("I ordered a week ago and nothing has arrived.", "The tracking page has shown the same place for four days."),
        ("When will the parcel be delivered?", "Could you ask the carrier where it is?", "The shop said two days."),
        "Hello {name},\n\nthank you for writing. We have asked the carrier where order {order} is, and you will hear "
        "from us within one working day. If it is lost, we send it again at no cost.\n\nKind regards\nCustomer care",
    ),
    Topic(
        "refund",
        ("Money back for my return", "Refund not received", "I sent it back", "Return and refund"),
        ("I sent the jacket back two weeks ago.", "I returned my order because it does not fit."),
        ("When do I get my money back?", "The refund is not in my account yet.", "Please refund the full price."),
        "Hello {name},\n\nyour return of order {order} has reached us. The money goes back to the card you paid with "
        "and arrives within five working days.\n\nKind regards\nCustomer care",
    ),
    Topic(
        "invoice",
        ("Invoice missing", "Wrong address on the invoice", "Copy of the invoice please", "VAT number on invoice"),
        ("Our bookkeeping needs the invoice for last month.", "The invoice shows our old address."),
        ("Could you send a corrected invoice with our VAT number?", "Please send the invoice as a PDF again."),
        "Hello {name},\n\nthe corrected invoice for order {order} is attached to your account under Documents. "
        "You can download it there as a PDF at any time.\n\nKind regards\nCustomer care",
    ),
    Topic(
        "complaint",
        ("Very disappointed", "Broken on arrival", "This is the second time", "Poor quality"),
        ("The lamp arrived broken, and the box was open.", "I am angry: the zip tore on the first day."),
        ("I have been a customer for years and expected better.", "Nobody answered my first complaint."),
        "Hello {name},\n\nwe are sorry: this is not the quality we stand for. We send a new one for order {order} "
        "today, and you need not return the old one.\n\nKind regards\nCustomer care",
    ),
    Topic(
        "question",
        ("Does it fit outdoors?", "Which size should I take?", "Question before I order", "Is it in stock again?"),
        ("I would like to order the bench but am not sure of the size.", "Is the green one coming back this spring?"),
        ("Which size do you recommend for a small balcony?", "Can it stay outside in the rain?"),
        "Hello {name},\n\nthank you for your interest. Sizes and materials are on the product's page under Details; "
        "everything marked Outdoor may stand in the rain all year.\n\nKind regards\nCustomer care",
    ),
    Topic(
        "thanks",
        ("Thank you!", "Great service", "Just to say thanks", "Arrived safely"),
        ("The parcel came today and everything is perfect.", "Thanks for the quick help yesterday."),
        ("No answer needed, I just wanted to say thank you.", "You have a happy customer."),
        "",
    ),
)

SIGNED = "\n\nKind regards\nCustomer care"
OWN_WORDS = (
    "Hello {name},\n\nI have looked into order {order} myself and will call you before noon tomorrow." + SIGNED,
    "Hello {name},\n\nmy colleague Sofia looks after order {order} from here on and writes to you today." + SIGNED,
)
