"""When a human takes over, what the human is told, and what the customer is told."""
