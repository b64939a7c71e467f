"""Shared scoring rules: a rule file → `Rules`, answers → `Score`. Knows nothing of images."""
