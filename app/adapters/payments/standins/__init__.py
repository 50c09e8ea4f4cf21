"""Stand-ins for Stripe and PayPal: they speak the providers' protocols on this machine, and no money moves.

For trying and testing only. `server.py` starts them; `docs/payments.md` tells how to pay with them.
"""
