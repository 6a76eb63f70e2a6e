"""What is longer than a request or an answer in memory: uploads, files that are sent as they are made, streams of events."""
