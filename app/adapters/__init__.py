"""The outside world: mail servers, file stores, PDF pages. Plain values in, plain values out; no models."""
