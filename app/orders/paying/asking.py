"""Asking the provider about one attempt: no transaction is open meanwhile, and asking again is harmless."""

from __future__ import annotations

from app.adapters.payments import Outcome, PaymentUnknown, ProviderRefused
from app.money import money
from app.orders.paying.attempts import Attempt
from app.payments.credentials import PayPalAccount, StripeAccount

# Providers remember our keys for a day; later the same key would be a new payment.
KEY_SECONDS = 23 * 3600


class Forgotten(Exception):
    """A payment whose outcome can no longer be found out: the provider has forgotten our key, or never had it."""


def ask(attempt: Attempt) -> Outcome:
    """Bring the attempt forward at its provider and return how it stands.

    Raises ProviderRefused (nothing was charged), ProviderUnavailable (ask again), Forgotten.
    """
    try:
        if isinstance(attempt.account, StripeAccount):
            return _ask_stripe(attempt, attempt.account)
        return _ask_paypal(attempt, attempt.account)
    except PaymentUnknown as error:
        raise Forgotten("The provider does not know this payment.") from error


def withdraw(attempt: Attempt) -> Outcome | None:
    """Keep the payment from happening where that is possible, and return how it stands; raises like `ask`.

    None means that there is nothing at the provider which could still be paid.
    """
    is_stripe = isinstance(attempt.account, StripeAccount)
    if not is_stripe and attempt.provider_id is None:
        return None
    outcome = ask(attempt)
    if outcome.state != "waiting":
        return outcome
    if isinstance(attempt.account, StripeAccount):
        return attempt.account.payments.cancel(outcome.id) if attempt.kind == "intent" else outcome
    # A payer's approval does nothing until we execute it.
    return outcome if outcome.transaction_id is not None else None


def _ask_stripe(attempt: Attempt, account: StripeAccount) -> Outcome:
    if attempt.provider_id is not None:
        return account.payments.look_up(attempt.provider_id)
    if attempt.age_seconds > KEY_SECONDS:
        raise Forgotten("The payment was asked for too long ago to be found again.")
    if attempt.kind == "intent":
        return account.payments.start(attempt.request)
    assert attempt.source is not None  # A check of the table keeps it until the payment is settled.
    return account.payments.charge(attempt.request, attempt.source)


def _ask_paypal(attempt: Attempt, account: PayPalAccount) -> Outcome:
    """Money moves only when we execute what the payer approved, which waits for their coming back (`source`)."""
    if attempt.provider_id is None:
        if attempt.age_seconds > KEY_SECONDS:
            raise Forgotten("The payment was asked for too long ago to be found again.")
        pages = attempt.pages
        return account.payments.start(
            attempt.request, payee=attempt.payee, return_url=pages.approved, cancel_url=pages.given_up
        )
    outcome = account.payments.look_up(attempt.provider_id)
    ready = outcome.state == "waiting" and outcome.transaction_id is None and outcome.is_approved
    if not (ready and attempt.is_wanted and attempt.source is not None):
        return outcome
    check_promise(attempt, outcome)
    return account.payments.execute(attempt.provider_id, attempt.source or None)


def check_promise(attempt: Attempt, outcome: Outcome) -> None:
    """Compare what a payer approved with what the order asks for, before any money is taken; raises ProviderRefused."""
    flaw = flaw_of(attempt, outcome)
    if flaw is not None:
        raise ProviderRefused(flaw)


def flaw_of(attempt: Attempt, outcome: Outcome) -> str | None:
    """In what a payment at the provider differs from what the order asks for; None where it does not."""
    request, payee = attempt.request, outcome.payee
    if outcome.currency != request.currency:
        return f"The payment is in {outcome.currency} instead of {request.currency}."
    if outcome.amount != request.amount:
        paid, wanted = (money(amount, request.currency) for amount in (outcome.amount, request.amount))
        return f"The payment is {paid} instead of {wanted}."
    # A secret key of Stripe's opens one account, so that Stripe names none.
    if payee is not None and payee.lower() != attempt.payee.lower():
        return "The payment goes to somebody else."
    # What the payer's own app started does not carry our key, and perhaps not the order either.
    is_reported = attempt.kind == "reported"
    if outcome.order != request.order and not (is_reported and outcome.order is None):
        return "The payment is for another order."
    return None if is_reported or outcome.key == request.key else "The payment is another one of the order."
