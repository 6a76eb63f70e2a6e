"""Whole stories, from the first step to the last, over real servers."""
