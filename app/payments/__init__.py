"""Payments and refunds as this service knows them, and the accounts they go to."""
