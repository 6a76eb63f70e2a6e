"""Campaigns: their texts, their life, the people in them, what was decided and done."""
