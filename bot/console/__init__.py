"""The agents' side: accounts, the HTTP interface, and the live feed."""
