"""Rule-plus-retrieval customer-service bot for Chinese."""
