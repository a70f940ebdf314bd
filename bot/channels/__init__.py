"""Ways in which customers reach the service."""
