"""The outside world: mail servers, file stores, payment providers, what clients name by its address, PDF pages.

Plain values in, plain values out; no models.
"""
