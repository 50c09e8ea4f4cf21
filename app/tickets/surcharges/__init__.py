"""What is added to the price of tickets: the tax of an event, and the fee of the installation."""
