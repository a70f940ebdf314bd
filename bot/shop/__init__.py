"""The shop's systems behind one protocol, and the one way through which callers may use them."""
