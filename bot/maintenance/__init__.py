"""What a maintainer learns from stored conversations."""
