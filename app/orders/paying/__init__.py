"""How orders are paid, and what becomes of the money.

Every step that asks a payment provider has three parts, each in a file of its own: `attempts` writes down under the
order's lock what is about to be asked and commits; `asking` asks, while no transaction is open; `settling` locks the
order anew and records the answer, with all that follows. Whatever breaks between two of them, the next request or
`reconciling` goes on from what is written down, with the same key, so that a provider does nothing twice.
"""
