"""The engine: claim what is due, decide, call, write down what came of it, and take over from workers that died."""
