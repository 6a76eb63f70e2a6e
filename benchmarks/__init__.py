"""What the README's performance table is made with: ratios of one run on one machine."""
