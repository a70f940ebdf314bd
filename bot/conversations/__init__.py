"""Who owns a conversation, what was said in it, and what comes of each message."""
