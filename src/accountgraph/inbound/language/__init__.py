"""What people write, by language: words, set phrases, days and names. One file a language in `data/`."""
