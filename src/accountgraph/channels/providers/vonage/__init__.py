"""Vonage: text messages, by its Messages API."""
