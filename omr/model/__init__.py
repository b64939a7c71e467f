"""Nouns only: frozen types that travel between the steps. Nothing here reads, writes or decides."""
