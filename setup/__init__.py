"""Set-up of a checkout: both Python environments, the web pages and every built artefact.

Standard library only and Python 3.8+, because it runs before anything is installed.
"""
