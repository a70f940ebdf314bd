"""FAQ entries, retrieval, calibrated decisions and releases."""
