"""SparkPost: mail."""
