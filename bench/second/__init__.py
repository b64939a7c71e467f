"""A second, independent maker of filled-in and scanned sheets; see README.md beside this file."""
