"""Learning from conversations: questions asked in vain, what is decided about them, drafts of new entries."""
