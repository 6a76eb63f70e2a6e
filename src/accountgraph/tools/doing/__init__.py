"""What agents do: ask for messages, write down what happened, take back their own."""
