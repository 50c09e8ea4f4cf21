"""`Idempotency-Key`: a POST or PATCH that is sent again is not done again, but answered as before."""
