#!/bin/sh
# Buys two tickets of the demo conference and pays for them, with curl alone, at a service started by `make run`.
#
#     sh docs/examples/purchase.sh            pays by card, through the stand-in for Stripe
#     sh docs/examples/purchase.sh paypal     pays through the stand-in for PayPal
#
# SERVICE names another address than http://127.0.0.1:5000.
set -eu

service=${SERVICE:-http://127.0.0.1:5000}
way=${1:-stripe}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '\n== %s\n' "$1"; }

# read_member FILE PATH: one member of a JSON document, such as data.attributes.amount or data.0.id
read_member() {
    python3 - "$1" "$2" <<'PYTHON'
import json, sys
value = json.load(open(sys.argv[1]))
for name in sys.argv[2].split("."):
    value = value[int(name)] if isinstance(value, list) else value[name]
print(value)
PYTHON
}

# ask METHOD PATH FILE [BODY]: keeps the answer in FILE, and stops with it where the service refuses
ask() {
    status=$(curl --silent --show-error --output "$3" --write-out '%{http_code}' --request "$1" "$service$2" \
        --header "Authorization: JWT ${token:-}" --header "Content-Type: $media" \
        --header "Idempotency-Key: $(date +%s)-$$-$(basename "$3")" ${4:+--data "$4"})
    printf '%s %s -> %s\n' "$1" "$2" "$status"
    case $status in 2*) ;; *) cat "$3"; exit 1 ;; esac
}

json=application/json
jsonapi=application/vnd.api+json

say "Sign in as the buyer"
curl --silent --show-error --output "$folder/session" "$service/auth/session" --header "Content-Type: $json" \
    --data '{"username": "buyer@example.com", "password": "buyer-password"}'
token=$(read_member "$folder/session" access_token)

say "Find the conference and its business ticket"
media=$jsonapi
ask GET /v1/events/upcoming "$folder/events"
event=$(read_member "$folder/events" data.0.attributes.identifier)
filter='%5B%7B%22name%22%3A%22name%22%2C%22op%22%3A%22eq%22%2C%22val%22%3A%22Business%22%7D%5D'
ask GET "/v1/events/$event/tickets?filter=$filter" "$folder/tickets"
ticket=$(read_member "$folder/tickets" data.0.id)
ask GET "/v1/events/$event/discount-codes/EARLYBIRD" "$folder/code"
code=$(read_member "$folder/code" data.id)

say "What would two of them cost?"
media=$json
cart="{\"tickets\": [{\"id\": \"$ticket\", \"quantity\": 2}], \"discount-code\": \"$code\"}"
ask POST /v1/orders/calculate-amount "$folder/quote" "$cart"
printf 'total: %s, of it discounted: %s\n' "$(read_member "$folder/quote" total)" "$(read_member "$folder/quote" discount)"

say "Order them: the seats are held from now on"
ask POST /v1/orders/create-order "$folder/order" "$cart"
order=$(read_member "$folder/order" data.attributes.identifier)
number=$(read_member "$folder/order" data.id)
media=$jsonapi
ask GET "/v1/orders/$order/attendees" "$folder/attendees"

say "Say who attends, and how it is paid"
for index in 0 1; do
    attendee=$(read_member "$folder/attendees" "data.$index.id")
    ask PATCH "/v1/attendees/$attendee" "$folder/attendee-$index" "{\"data\": {\"type\": \"attendee\", \"id\": \"$attendee\",
        \"attributes\": {\"firstname\": \"Ada\", \"lastname\": \"Guest $index\", \"email\": \"guest$index@example.com\"}}}"
done
ask PATCH "/v1/orders/$order" "$folder/pending" "{\"data\": {\"type\": \"order\", \"id\": \"$number\",
    \"attributes\": {\"status\": \"pending\", \"payment-mode\": \"$way\"}}}"

if [ "$way" = paypal ]; then
    say "Pay through PayPal: the payer approves at PayPal, then the order is charged"
    ask GET "/v1/orders/$order?regenerate=true" "$folder/payable"
    approval=$(read_member "$folder/payable" data.attributes.payment-url)
    curl --silent --show-error --output "$folder/approved" --write-out "POST $approval -> %{http_code}\n" --request POST "$approval"
    charge='{"data": {"type": "charge", "attributes": {}}}'
else
    say "Pay by card: Stripe's script would turn a card into a token, here it is one of the stand-in's"
    charge='{"data": {"type": "charge", "attributes": {"stripe": "tok_visa"}}}'
fi
ask POST "/v1/orders/$order/charge" "$folder/charge" "$charge"
printf '%s\n' "$(read_member "$folder/charge" data.attributes.message)"

say "The tickets"
ask GET "/v1/orders/$order" "$folder/done"
printf 'order %s is %s: %s, paid by %s\n' "$(read_member "$folder/done" data.attributes.invoice-number)" \
    "$(read_member "$folder/done" data.attributes.status)" "$(read_member "$folder/done" data.attributes.amount)" \
    "$(read_member "$folder/done" data.attributes.paid-via)"
ask GET "/v1/orders/$order/tickets-pdf" tickets.pdf
ask GET "/v1/orders/invoices/$order" invoice.pdf
echo "tickets.pdf and invoice.pdf are in this folder; the mails are in data/mail of the service."
