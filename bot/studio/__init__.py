"""The maintainers' work on the FAQ: entries, candidates, golden questions, releases. Nobody's answers."""
